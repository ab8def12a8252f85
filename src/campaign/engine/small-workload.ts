// A small, constant amount of work for every execution, so that the speed of one driver under the engine can be compared
// with that of another harness: a split ring of 8 entries over direct mapping, and always 16 records. bench/native/fuzz.c
// does the same to its inputs.

import { HEADER_SIZE, encodeConfiguration } from '../../scenario/configuration.js';
import { RECORD_SIZE } from '../../scenario/scenario.js';

export const SMALL_RECORDS = 16;
export const SMALL_LENGTH = HEADER_SIZE + RECORD_SIZE * SMALL_RECORDS;

const QUEUE = encodeConfiguration({ num: 8, backEnd: 'direct' });

/** Bits of the header that are the input's own: indirect, event index, callback and reset, no failing creation, kicks. */
const FREE = Uint8Array.of(2 | 4 | 8 | 128, 0, 0, 16);

/** Writes to `into`, which holds SMALL_LENGTH bytes, what an input stands for: its records, from the first again if need be. */
export function smallInput(data: Uint8Array, into: Uint8Array): void {
  for (let k = 0; k < HEADER_SIZE; k++) into[k] = ((data[k] ?? 0) & (FREE[k] ?? 0)) | (QUEUE[k] ?? 0);
  const own = Math.max(0, data.length - HEADER_SIZE) & ~(RECORD_SIZE - 1);
  for (let k = 0; k < SMALL_LENGTH - HEADER_SIZE; k++) {
    into[HEADER_SIZE + k] = own === 0 ? 0 : (data[HEADER_SIZE + (k % own)] ?? 0);
  }
}
