// A small, bounded amount of work for every execution, so that the speed of one driver under the engine can be compared
// with that of another harness: a split ring of 8 entries over direct mapping, and always 16 records, none of which stands
// for many adds or makes the ring larger. (With those a corpus grows towards them: two that grew from other seeds differed
// by 1.7 in the time of an execution.) bench/native does the same to its inputs.

import { HEADER_SIZE, encodeConfiguration } from '../../scenario/configuration.js';
import { OPERATIONS_BY_BYTE, type Operation, operationByte, operationCode } from '../../scenario/operations.js';
import { RECORD_SIZE } from '../../scenario/scenario.js';

export const SMALL_RECORDS = 16;
export const SMALL_LENGTH = HEADER_SIZE + RECORD_SIZE * SMALL_RECORDS;

const QUEUE = encodeConfiguration({ num: 8, backEnd: 'direct' });

/** Bits of the header that are the input's own: indirect, event index, callback and reset, no failing creation, kicks. */
const FREE = Uint8Array.of(2 | 4 | 8 | 128, 0, 0, 16);

/** What is done instead of the operations that make much of one record. */
const INSTEAD: readonly (readonly [Operation, Operation])[] = [
  ['add-many', 'add'],
  ['resize', 'reset'],
];

/** For each value of a record's first byte the one that is executed. */
const OPERATION_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const code = OPERATIONS_BY_BYTE.ring[byte];
  const [, instead] = INSTEAD.find(([name]) => operationCode(name) === code) ?? [];
  return instead === undefined ? byte : operationByte('ring', instead);
});

/** The operation that each value of a record's first byte means here. */
export const SMALL_OPERATIONS = OPERATION_BYTES.map((byte) => OPERATIONS_BY_BYTE.ring[byte] ?? 0);

/** Writes to `into`, which holds SMALL_LENGTH bytes, what an input stands for: its records, from the first again if need be. */
export function smallInput(data: Uint8Array, into: Uint8Array): void {
  for (let k = 0; k < HEADER_SIZE; k++) into[k] = ((data[k] ?? 0) & (FREE[k] ?? 0)) | (QUEUE[k] ?? 0);
  const own = Math.max(0, data.length - HEADER_SIZE) & ~(RECORD_SIZE - 1);
  for (let k = 0; k < SMALL_LENGTH - HEADER_SIZE; k++) {
    const byte = own === 0 ? 0 : (data[HEADER_SIZE + (k % own)] ?? 0);
    into[HEADER_SIZE + k] = k % RECORD_SIZE === 0 ? (OPERATION_BYTES[byte] ?? 0) : byte;
  }
}
