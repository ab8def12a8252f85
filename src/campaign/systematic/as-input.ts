// Bytes that may do by themselves what a placement does: records in front of the step in which it happens, or the header's
// failing creation. A guess, for whoever runs it to check: what the input itself has armed may come in between, and what
// only the epilogue shows no bytes show.

import { FAIL_COHERENT, FAIL_KMALLOC } from '../../platform/failures.js';
import { HEADER_SIZE } from '../../scenario/configuration.js';
import { type Operation, OPERATION_TABLES, operationByte, operationCode } from '../../scenario/operations.js';
import { MAX_RECORDS, RECORD_SIZE, recordCount } from '../../scenario/scenario.js';
import type { TargetSpec } from '../../target/target-spec.js';
import type { PlacementLog } from '../../world/placement.js';
import type { Choice } from './choice.js';
import type { TrialInput } from './trials.js';

/** Modes of `arm-load`: a field is set, or its low bits are turned (src/world/races.ts). */
const MODES = { set: 1, xor: 0 } as const;
type Mode = keyof typeof MODES;

/** What the operands of `fail` and `arm-load` can count. */
const MOST_ATTEMPTS = 15;
const MOST_FAILURES = 8;
const MOST_LOADS = 64;
/** Byte 3 of the header: an allocation fails while the queue is created, after up to 3 that succeed. */
const CREATION_BYTE = 3;
const CREATION_FAILS = 8;
const MOST_ALLOCATIONS = 4;

/** A record that goes in front of a step. */
interface Insertion {
  readonly step: number;
  readonly operation: Operation;
  readonly operands: readonly [a: number, b: number, c: number];
}

/** The input as it is, then what `choices` make of it. `log` is that of the execution with the choices. */
export function asInputs({ target, bytes }: TrialInput, choices: readonly Choice[], log: PlacementLog): Uint8Array[] {
  const made = [inCreation(bytes, choices, log)];
  if (target.form === 'scenario') {
    for (const mode of ['set', 'xor'] as const) made.push(withRecords(target, bytes, insertionsOf(choices, log, mode)));
  }
  return [bytes, ...made.filter((candidate) => candidate !== null)];
}

/** The header says it where the only failure is one of the creation. */
function inCreation(bytes: Uint8Array, [choice, second]: readonly Choice[], log: PlacementLog): Uint8Array | null {
  const { failure } = choice ?? {};
  if (failure === undefined || second !== undefined || pointOf(failure, log)?.step !== 0) return null;
  const { kind, attempt } = failure;
  if ((kind !== FAIL_KMALLOC && kind !== FAIL_COHERENT) || attempt > MOST_ALLOCATIONS) return null;
  const edited = Uint8Array.from(bytes);
  const held = (bytes[CREATION_BYTE] ?? 0) & ~0x0f;
  edited[CREATION_BYTE] = held | CREATION_FAILS | ((attempt - 1) << 1) | (kind === FAIL_COHERENT ? 1 : 0);
  return edited;
}

/** Null where one of them cannot be said by a record. */
function insertionsOf(choices: readonly Choice[], log: PlacementLog, mode: Mode): readonly Insertion[] | null {
  const insertions: Insertion[] = [];
  for (const { failure, write } of choices) {
    const next = failure !== undefined ? failing(failure, log) : write !== undefined ? racing(write, log, mode) : null;
    if (next === null) return null;
    const last = insertions.at(-1);
    const joined = last === undefined ? null : joinedFailures(last, next);
    if (joined === null) insertions.push(next);
    else insertions[insertions.length - 1] = joined;
  }
  return insertions;
}

function failing(failure: NonNullable<Choice['failure']>, log: PlacementLog): Insertion | null {
  const { kind, attempt } = failure;
  const step = pointOf(failure, log)?.step ?? 0;
  const before = log.failures.filter((point) => point.kind === kind && point.step === step && point.attempt < attempt);
  if (step === 0 || before.length > MOST_ATTEMPTS) return null;
  return { step, operation: 'fail', operands: [kind, before.length, 1] };
}

/** Arming a kind again replaces what was armed, so two failures in one step are one record. */
function joinedFailures(first: Insertion, second: Insertion): Insertion | null {
  const [kind, after] = first.operands;
  const distance = second.operands[1] - after;
  const isSame = first.operation === 'fail' && second.operation === 'fail' && first.step === second.step;
  if (!isSame || kind !== second.operands[0] || distance < 1 || distance >= MOST_FAILURES) return null;
  return { ...first, operands: [kind, after, 1 | (1 << distance)] };
}

function racing(write: NonNullable<Choice['write']>, { races = [] }: PlacementLog, mode: Mode): Insertion | null {
  const loads = races.filter(({ at }) => at === 'load');
  const point = loads.find(({ number }) => number === write.number);
  const [site] = point?.sites ?? [];
  if (write.at !== 'load' || point === undefined || site === undefined || point.step === 0) return null;
  const before = loads.filter(({ step, number }) => step === point.step && number < write.number).length;
  if (before >= MOST_LOADS) return null;
  const operand = mode === 'set' ? write.value % 0x10000 : (write.value % 0x10000) ^ (site.value % 0x10000);
  return {
    step: point.step,
    operation: 'arm-load',
    operands: [(before << 2) | MODES[mode], operand & 0xff, operand >> 8],
  };
}

function withRecords(
  { operations }: TargetSpec,
  bytes: Uint8Array,
  insertions: readonly Insertion[] | null,
): Uint8Array | null {
  const records = recordCount(bytes.length);
  if (insertions === null || insertions.length === 0 || records + insertions.length > MAX_RECORDS) return null;
  const table = OPERATION_TABLES[operations];
  if (insertions.some(({ operation }) => !table.includes(operationCode(operation)))) return null;
  const edited: number[] = [...bytes.subarray(0, HEADER_SIZE)];
  for (let record = 0; record < records; record++) {
    for (const { operation, operands } of insertions.filter(({ step }) => step === record + 1)) {
      edited.push(operationByte(operations, operation), ...operands);
    }
    const at = HEADER_SIZE + record * RECORD_SIZE;
    edited.push(...bytes.subarray(at, at + RECORD_SIZE));
  }
  return Uint8Array.from(edited);
}

function pointOf(
  { kind, attempt }: NonNullable<Choice['failure']>,
  log: PlacementLog,
): PlacementLog['failures'][number] | null {
  return log.failures.find((point) => point.kind === kind && point.attempt === attempt) ?? null;
}
