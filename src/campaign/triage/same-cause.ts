// Whether two buckets have probably one cause: one bug often shows in several ways. Evidence is what executions do, never
// names alone: a small change to the minimised input of one bucket, which the bug should not care about, ends in the other.
//
// 1. Its oracle silenced: the same input goes on, and the next violation of the same kind at the same place is a consequence
//    of the first. An input with all its noise is worth asking as well, but only about the call that failed, or about adds.
// 2. Another configuration, one setting changed: the same steps, each of which is still needed, fail in the same call. With
//    another feature of the queue, which is other code of the driver, they must fail alike.
// 3. The last call asked otherwise: the calls that ask whether something was used, or whether to kick, answer wrongly alike.
//
// What links two bugs of one driver by mistake is measured in tests/bugs/bucket-quality.ts.

import { HEADER_SIZE } from '../../scenario/configuration.js';
import {
  OPERATIONS,
  OPERATIONS_BY_BYTE,
  OPERATION_TABLES,
  type Operation,
  operationByte,
  operationCode,
} from '../../scenario/operations.js';
import { RECORD_SIZE, recordCount } from '../../scenario/scenario.js';
import type { TargetSpec } from '../../target/target-spec.js';
import type { Finding } from '../../verdict/verdict.js';
import type { Harness } from '../harness.js';

export interface Symptom {
  readonly finding: Finding;
  /** The minimised input that ends in it. */
  readonly bytes: Uint8Array;
}

/** A bucket as it was found. */
export interface SymptomWithInputs extends Symptom {
  /** Inputs as they were found. */
  readonly inputs: readonly Uint8Array[];
}

/** What an add unmaps, it unmaps in one place: where it gives up. */
const ADD = 'addSgs';

/** Inputs of a bucket that are asked for consequences. */
const MOST_INPUTS = 30;

/** Oracles silenced one after the other. */
const MOST_SILENCED = 4;

/** Oracles of which one sees what follows from what the other saw: a wrong unmap, or a wrong copy. */
const KINDS: readonly (readonly string[])[] = [
  ['early-unmap', 'double-unmap', 'unknown-unmap', 'unmap-mismatch', 'mapping-leak', 'out-of-bounds'],
  ['bounce-mismatch', 'stale-bytes', 'read-only-data', 'disclosure'],
];

/** Oracles that judge an answer. */
const ANSWERS: readonly string[] = ['premature', 'notification', 'liveness'];

/** Calls of one kind ask the same question. */
const QUESTIONS: readonly (readonly Operation[])[] = [
  ['get', 'prepare-and-poll', 'enable-cb', 'enable-cb-delayed', 'interrupt'],
  ['kick', 'kick-prepare'],
];

/** Header bits of features: packed ring, indirect, event index, callback, contexts, reset. */
const FEATURES = [1, 2, 4, 8, 16, 128] as const;
const BACK_END_BITS = 0x60;
const BACK_ENDS = [0x00, 0x20, 0x40, 0x60] as const;
const RING_SIZES = [0, 1, 2, 4] as const;
const PLATFORM_BYTE = 2;
const EXTRA_BYTE = 3;
/** vduse instead of swiotlb. */
const VDUSE_BIT = 0x40;
/** Pool, minimum alignment and allocation alignment. */
const PLATFORM_FIELDS = [0, 2, 4] as const;

/** Buckets, other than its own, in which a symptom's bug shows as well. */
export function relatives(harness: Harness, target: TargetSpec, symptom: SymptomWithInputs): ReadonlySet<string> {
  const found = [
    ...consequences(harness, target, symptom),
    ...consequencesAtOnce(harness, target, symptom),
    ...otherConfigurations(harness, target, symptom),
    ...otherQuestions(harness, target, symptom),
  ];
  const buckets = new Set(found.map(({ bucket }) => bucket));
  buckets.delete(symptom.finding.bucket);
  return buckets;
}

function consequencesAtOnce(harness: Harness, target: TargetSpec, symptom: SymptomWithInputs): readonly Finding[] {
  return symptom.inputs.slice(0, MOST_INPUTS).flatMap((bytes) => {
    const finding = findingOf(harness, target, bytes);
    if (finding?.bucket !== symptom.finding.bucket) return [];
    return consequences(harness, target, { finding, bytes }).filter(
      (next) => isSameCall(finding, next) || (finding.call === ADD && next.call === ADD),
    );
  });
}

/** What oracles see after a violation at the same place, each of them silenced in turn. */
function consequences(harness: Harness, target: TargetSpec, { finding, bytes }: Symptom): readonly Finding[] {
  const disabledOracles = [finding.oracle];
  const found: Finding[] = [];
  while (disabledOracles.length <= MOST_SILENCED) {
    const next = findingOf(harness, target, bytes, disabledOracles);
    if (next === null) break;
    found.push(next);
    disabledOracles.push(next.oracle);
  }
  return found.filter((next) => isSameKind(finding, next) && isSamePlace(finding, next));
}

function isSameKind(a: Finding, b: Finding): boolean {
  return KINDS.some((kind) => kind.includes(a.oracle) && kind.includes(b.oracle));
}

function otherConfigurations(harness: Harness, target: TargetSpec, { finding, bytes }: Symptom): readonly Finding[] {
  const failing = (variants: readonly Uint8Array[]): readonly Symptom[] =>
    variants.flatMap((variant) => {
      const other = findingOf(harness, target, variant);
      return other !== null && isSameCall(finding, other) ? [{ finding: other, bytes: variant }] : [];
    });
  const isAlike = ({ finding: other }: Symptom): boolean =>
    other.oracle === finding.oracle && other.shape === finding.shape;
  const found = [
    ...failing(otherFeatures(bytes)).filter(isAlike),
    ...failing(otherPlatforms(bytes)).filter((other) => isAlike(other) || needsEveryStep(harness, target, other)),
  ];
  return found.map((symptom) => symptom.finding);
}

/** Whether there are steps, and without any one of them something else happens. */
function needsEveryStep(harness: Harness, target: TargetSpec, { finding, bytes }: Symptom): boolean {
  const steps = recordCount(bytes.length);
  if (target.form === 'raw' || steps < 2) return false;
  return Array.from({ length: steps }, (_, step) => HEADER_SIZE + step * RECORD_SIZE).every((at) => {
    const shorter = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + RECORD_SIZE)]);
    const other = findingOf(harness, target, shorter);
    return other?.bucket !== finding.bucket || other.call !== finding.call;
  });
}

function otherQuestions(harness: Harness, target: TargetSpec, { finding, bytes }: Symptom): readonly Finding[] {
  const at = HEADER_SIZE + (finding.step - 1) * RECORD_SIZE;
  if (target.form === 'raw' || finding.step < 1 || at + RECORD_SIZE > bytes.length) return [];
  if (!ANSWERS.includes(finding.oracle)) return [];
  const operation = OPERATIONS[OPERATIONS_BY_BYTE[target.operations][bytes[at] ?? 0] ?? 0];
  const table = OPERATION_TABLES[target.operations];
  return QUESTIONS.filter((kind) => operation !== undefined && kind.includes(operation))
    .flat()
    .filter((name) => name !== operation && table.includes(operationCode(name)))
    .map((name) => findingOf(harness, target, replaced(bytes, at, operationByte(target.operations, name))))
    .filter((other) => other !== null)
    .filter((other) => other.step === finding.step && ANSWERS.includes(other.oracle));
}

/** The input with one feature of the queue switched. */
function otherFeatures(bytes: Uint8Array): readonly Uint8Array[] {
  return FEATURES.map((bit) => replaced(bytes, 0, (bytes[0] ?? 0) ^ bit));
}

/** The input on another back end, with another ring size, or with one setting of the pool changed. */
function otherPlatforms(bytes: Uint8Array): readonly Uint8Array[] {
  const [flags = 0, , platform = 0, extra = 0] = bytes;
  return [
    ...BACK_ENDS.map((value) => replaced(bytes, 0, (flags & ~BACK_END_BITS) | value)),
    replaced(bytes, EXTRA_BYTE, extra ^ VDUSE_BIT),
    ...RING_SIZES.map((size) => replaced(bytes, 1, size)),
    ...PLATFORM_FIELDS.flatMap((shift) =>
      [1, 2, 3].map((change) => replaced(bytes, PLATFORM_BYTE, platform ^ (change << shift))),
    ),
  ];
}

function findingOf(
  harness: Harness,
  target: TargetSpec,
  bytes: Uint8Array,
  disabledOracles: readonly string[] = [],
): Finding | null {
  const verdict = harness.execute(target, bytes, { disabledOracles });
  return verdict.kind === 'finding' ? verdict.finding : null;
}

function isSameCall(a: Finding, b: Finding): boolean {
  return a.step === b.step && a.call === b.call;
}

/** The same function; for the DMA layer, whose parts only work together, the same back end. */
function isSamePlace(a: Finding, b: Finding): boolean {
  return siteOf(a) === siteOf(b) || (a.site.file === b.site.file && a.site.file.startsWith('src/dma/'));
}

/** The middle of a bucket: file and function without a line. */
function siteOf({ bucket }: Finding): string {
  return bucket.split('.')[1] ?? '';
}

function replaced(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = value;
  return copy;
}
