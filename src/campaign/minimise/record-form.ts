// Minimises an input of records: fewer steps first, since a reader follows steps; then plain operands, plainer operations
// and the plainest configuration. Each of these can make room for the one before, so all are repeated until none helps.

import { HEADER_SIZE } from '../../scenario/configuration.js';
import { type Operation, type OperationTable, OPERATIONS, OPERATIONS_BY_BYTE } from '../../scenario/operations.js';
import { RECORD_SIZE, recordCount } from '../../scenario/scenario.js';
import { shortest, smallest } from './delta-debugging.js';
import { plainerOperations, plainestByte } from './plainer-operations.js';

type Keeps = (bytes: Uint8Array) => boolean;
/** `op`, `a`, `b`, `c`. */
type StepBytes = readonly number[];

/** Operations that place something some moments on, and the operand that counts them with what one of them is worth. */
const PLACING: Readonly<Partial<Record<Operation, readonly [at: number, unit: number]>>> = {
  'arm-load': [1, 4],
  defer: [2, 1],
  fail: [2, 1],
};
/** Most moments that pass in a step which goes. */
const MOMENTS = 4;

/** Header bytes for rings of one and of two entries: what needs a lap is then near. */
const SMALL_RINGS = [4, 2] as const;
const RING_SIZE_AT = 1;
/** An input of this many steps is worth a second search in a smaller ring. */
const LONG = 6;

/** The smallest input found that `keeps` accepts; `bytes` itself where nothing smaller is. */
export function shrinkRecords(bytes: Uint8Array, table: OperationTable, keeps: Keeps): Uint8Array {
  const first = shrinkInRing(tidied(bytes, table, keeps), table, keeps);
  if (recordCount(first.length) < LONG) return first;
  const others = SMALL_RINGS.map((size) => replaced(first, RING_SIZE_AT, [size]))
    .filter(keeps)
    .map((start) => shrinkInRing(start, table, keeps));
  const best = [first, ...others].reduce((shortest, other) => (other.length < shortest.length ? other : shortest));
  // The answer is known; asking again makes it the last one that was kept.
  return keeps(best) ? best : first;
}

function shrinkInRing(bytes: Uint8Array, table: OperationTable, keeps: Keeps): Uint8Array {
  let current = bytes;
  for (;;) {
    const before = current;
    current = withFewerSteps(current, keeps);
    current = withFewerMoments(current, table, keeps);
    current = withPlainerOperands(current, keeps);
    current = withPlainerOperations(current, table, keeps);
    current = withPlainerHeader(current, keeps);
    if (Buffer.from(current).equals(before)) return current;
  }
}

/** Without what means nothing: a missing header byte, a cut-off record, records beyond the last, a second byte for an operation. */
function tidied(bytes: Uint8Array, table: OperationTable, keeps: Keeps): Uint8Array {
  const header = Uint8Array.from({ length: HEADER_SIZE }, (_, index) => bytes[index] ?? 0);
  const steps = stepsOf(bytes).map(([op = 0, ...operands]) => [plainestByte(table, op), ...operands]);
  const candidate = joined(header, steps);
  return candidate.length <= bytes.length && keeps(candidate) ? candidate : bytes;
}

function withFewerSteps(bytes: Uint8Array, keeps: Keeps): Uint8Array {
  const header = bytes.slice(0, HEADER_SIZE);
  return joined(
    header,
    shortest(stepsOf(bytes), (steps) => keeps(joined(header, steps))),
  );
}

/** A step goes whose moments another one counts, and the count goes down with it. */
function withFewerMoments(bytes: Uint8Array, table: OperationTable, keeps: Keeps): Uint8Array {
  let current = bytes;
  for (let at = HEADER_SIZE; at + RECORD_SIZE <= current.length; at += RECORD_SIZE) {
    const operation = OPERATIONS[OPERATIONS_BY_BYTE[table][current[at] ?? 0] ?? 0];
    const [offset, unit] = (operation === undefined ? undefined : PLACING[operation]) ?? [0, 0];
    if (unit === 0) continue;
    for (let gone = current.length - RECORD_SIZE; gone > at; gone -= RECORD_SIZE) {
      const count = current[at + offset] ?? 0;
      const shorter = Uint8Array.from([...current.subarray(0, gone), ...current.subarray(gone + RECORD_SIZE)]);
      const candidates = Array.from({ length: MOMENTS }, (_, k) => count - unit * (k + 1))
        .filter((value) => value >= 0)
        .map((value) => replaced(shorter, at + offset, [value]));
      current = candidates.find(keeps) ?? current;
    }
  }
  return current;
}

function withPlainerOperands(bytes: Uint8Array, keeps: Keeps): Uint8Array {
  let current = bytes;
  for (let at = HEADER_SIZE; at < bytes.length; at++) {
    if ((at - HEADER_SIZE) % RECORD_SIZE !== 0) current = withSmallerByte(current, at, keeps);
  }
  return current;
}

function withPlainerOperations(bytes: Uint8Array, table: OperationTable, keeps: Keeps): Uint8Array {
  let current = bytes;
  for (let at = HEADER_SIZE; at + RECORD_SIZE <= bytes.length; at += RECORD_SIZE) {
    const plainer = plainerOperations(table, current[at] ?? 0).flatMap((op) => [
      replaced(current, at, [op, 0, 0, 0]),
      replaced(current, at, [op]),
    ]);
    current = plainer.find(keeps) ?? current;
  }
  return current;
}

/** Every field of the header has its plainest value at 0 (docs/input-format.md). */
function withPlainerHeader(bytes: Uint8Array, keeps: Keeps): Uint8Array {
  let current = bytes;
  for (let at = 0; at < Math.min(HEADER_SIZE, bytes.length); at++) current = withSmallerByte(current, at, keeps);
  return current;
}

/** The input with the byte at `at` as small as it can be. */
export function withSmallerByte(bytes: Uint8Array, at: number, keeps: Keeps): Uint8Array {
  const value = smallest(bytes[at] ?? 0, (candidate) => keeps(replaced(bytes, at, [candidate])));
  return replaced(bytes, at, [value]);
}

function replaced(bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
}

function stepsOf(bytes: Uint8Array): readonly StepBytes[] {
  return Array.from({ length: recordCount(bytes.length) }, (_, index) => {
    const at = HEADER_SIZE + index * RECORD_SIZE;
    return [...bytes.subarray(at, at + RECORD_SIZE)];
  });
}

function joined(header: Uint8Array, steps: readonly StepBytes[]): Uint8Array {
  return Uint8Array.from([...header, ...steps.flat()]);
}
