// A scenario as a value: header and records, decoded from bytes and encoded back. Total: every byte string is a scenario,
// a trailing partial record is ignored. The world itself reads the bytes; this form is for people and for tools.

import type { TargetSpec } from '../target/target-spec.js';
import { HEADER_SIZE } from './configuration.js';
import { type Operation, OPERATIONS, OPERATIONS_BY_BYTE, type OperationTable, operationByte } from './operations.js';

export const RECORD_SIZE = 4;

/** Records beyond these are ignored. */
export const MAX_RECORDS = 64;

export interface Step {
  readonly operation: Operation;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export interface Scenario {
  /** The 4 header bytes (src/scenario/configuration.ts). */
  readonly header: Uint8Array;
  readonly steps: readonly Step[];
}

/** How many records an input of that many bytes has. */
export function recordCount(byteLength: number): number {
  return Math.max(0, Math.min(MAX_RECORDS, Math.trunc((byteLength - HEADER_SIZE) / RECORD_SIZE)));
}

export function decodeScenario(target: TargetSpec, bytes: Uint8Array): Scenario {
  const header = new Uint8Array(HEADER_SIZE);
  header.set(bytes.subarray(0, HEADER_SIZE));
  const table = OPERATIONS_BY_BYTE[target.operations];
  const steps: Step[] = [];
  for (let k = 0; k < recordCount(bytes.length); k++) {
    const at = HEADER_SIZE + k * RECORD_SIZE;
    const code = table[bytes[at] ?? 0] ?? 0;
    steps.push({
      operation: OPERATIONS[code] ?? 'add',
      a: bytes[at + 1] ?? 0,
      b: bytes[at + 2] ?? 0,
      c: bytes[at + 3] ?? 0,
    });
  }
  return { header, steps };
}

/** Throws a RangeError for an operation that the table lacks, an operand that is no byte, or too many records. */
export function encodeScenario(table: OperationTable, scenario: Scenario): Uint8Array {
  if (scenario.steps.length > MAX_RECORDS)
    throw new RangeError(`${scenario.steps.length} records; ${MAX_RECORDS} at most`);
  const bytes = new Uint8Array(HEADER_SIZE + scenario.steps.length * RECORD_SIZE);
  bytes.set(scenario.header.subarray(0, HEADER_SIZE));
  scenario.steps.forEach((step, k) => {
    const record = [operationByte(table, step.operation), step.a, step.b, step.c];
    if (record.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 255)) {
      throw new RangeError(`record ${k + 1} (${step.operation}) has an operand that is no byte: ${record.join(', ')}`);
    }
    bytes.set(record, HEADER_SIZE + k * RECORD_SIZE);
  });
  return bytes;
}
