// Inputs of honest operations only: a conforming device, a correct client, failures of the platform. Pseudo-random, the
// same for a seed on every machine, and systematic in the configuration: each occurs once before one occurs twice.

import type { BackEndName } from '../dma/back-end.js';
import { FAIL_COHERENT, FAIL_KMALLOC } from '../platform/failures.js';
import {
  ALLOC_ALIGN_MASKS,
  type Configuration,
  HEADER_SIZE,
  MIN_ALIGN_MASKS,
  POOL_SLOTS,
  USED_ALIGNMENTS,
  backEndsOf,
  encodeConfiguration,
  ringSize,
} from '../scenario/configuration.js';
import {
  type Operation,
  type OperationTable,
  OPERATION_TABLES,
  operationByte,
  operationCode,
} from '../scenario/operations.js';
import { MAX_RECORDS, RECORD_SIZE } from '../scenario/scenario.js';
import type { TargetSpec } from '../target/target-spec.js';

type Weights = Readonly<Partial<Record<Operation, number>>>;

/** How often each honest operation occurs; a target's table has some of them. */
const WEIGHTS: Weights = {
  add: 24,
  'add-many': 4,
  get: 14,
  drain: 5,
  kick: 6,
  'kick-prepare': 3,
  notify: 2,
  'disable-cb': 3,
  'enable-cb': 3,
  'enable-cb-delayed': 3,
  'prepare-and-poll': 3,
  interrupt: 2,
  'detach-all': 1,
  reset: 2,
  resize: 2,
  query: 1,
  'client-map': 5,
  'client-write': 3,
  'client-sync': 6,
  'client-unmap': 4,
  complete: 20,
  'complete-many': 5,
  'device-fill': 5,
  'want-kicks': 2,
  defer: 3,
};

/** Added in every second input, so that the queues of the others are never broken at all. */
const FAILURE_WEIGHTS: Weights = { fail: 5, break: 1 };

/** One input in so many begins with an allocation that fails while the queue is created. */
const CREATE_FAILURE_PERIOD = 32;

/** The next number of a sequence, 0 to 2^32 - 1. */
export type Random = () => number;

/** xorshift32 (Marsaglia 2003). */
export function xorshift(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0 || 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Whether a target's inputs can be told honest from hostile: raw ones are hostile bytes as they are. */
export function hasHonestInputs(target: TargetSpec): boolean {
  return target.form === 'scenario';
}

/** Full-length inputs of one target. */
export class HonestInputs {
  private readonly headers: Uint32Array;
  private readonly calm: Uint8Array;
  private readonly failing: Uint8Array;
  private readonly bytes = new Uint8Array(HEADER_SIZE + MAX_RECORDS * RECORD_SIZE);
  private count = 0;

  constructor(
    readonly target: TargetSpec,
    private readonly random: Random,
  ) {
    this.headers = shuffled(configurationHeaders(target), random);
    this.calm = operationBytes(target.operations, WEIGHTS);
    this.failing = operationBytes(target.operations, { ...WEIGHTS, ...FAILURE_WEIGHTS });
  }

  /** Configurations that there are for the target. */
  get configurationsInAll(): number {
    return this.headers.length;
  }

  /** Configurations that occurred so far. */
  get configurations(): number {
    return Math.min(this.count, this.headers.length);
  }

  /** The next input; valid until the call after. */
  next(): Uint8Array {
    const { bytes, random } = this;
    const header = this.headers[this.count % this.headers.length] ?? 0;
    for (let k = 0; k < HEADER_SIZE; k++) bytes[k] = header >>> (8 * k);
    if ((this.count + 1) % CREATE_FAILURE_PERIOD === 0) bytes[3] = (header >>> 24) | createFailure(random());
    const operations = (this.count & 1) === 0 ? this.calm : this.failing;
    for (let at = HEADER_SIZE; at < bytes.length; at += RECORD_SIZE) {
      const operands = random();
      bytes[at] = operations[random() % operations.length] ?? 0;
      bytes[at + 1] = operands;
      bytes[at + 2] = operands >>> 8;
      bytes[at + 3] = operands >>> 16;
    }
    this.count++;
    return bytes;
  }
}

/** A header for every queue and platform that differ: options without effect (a pool that nobody uses) count once. */
function configurationHeaders(target: TargetSpec): Uint32Array {
  const backEnds = backEndsOf(target);
  const layouts = target.ring === 'any' ? [false, true] : [target.ring === 'packed'];
  const rings = layouts.flatMap((packed) =>
    ringSizes(packed).flatMap((num) =>
      (packed ? [USED_ALIGNMENTS[0]] : USED_ALIGNMENTS).map((align) => ({ packed, num, align })),
    ),
  );
  const platforms = backEnds.flatMap((backEnd) => pools(backEnd).map((pool) => ({ backEnd, ...pool })));
  const flags = flagHeaders();
  const headers = new Uint32Array(rings.length * platforms.length * flags.length);
  let count = 0;
  for (const ring of rings) {
    for (const platform of platforms) {
      const base = headerOf({ ...ring, ...platform });
      for (const flag of flags) headers[count++] = base | flag;
    }
  }
  return headers;
}

/** The header bits of every combination of what is on or off. */
function flagHeaders(): readonly number[] {
  return Array.from({ length: 128 }, (_, bits) =>
    headerOf({
      indirect: (bits & 1) !== 0,
      eventIndex: (bits & 2) !== 0,
      callback: (bits & 4) === 0,
      context: (bits & 8) !== 0,
      resettable: (bits & 16) === 0,
      kicksOff: (bits & 32) !== 0,
      inOrder: (bits & 64) !== 0,
      // No bits of its own.
      backEnd: 'none',
    }),
  );
}

function headerOf(part: Partial<Configuration>): number {
  const header = encodeConfiguration(part);
  return new DataView(header.buffer).getUint32(0, true);
}

function ringSizes(packed: boolean): readonly number[] {
  return [...new Set(Array.from({ length: 16 }, (_, byte) => ringSize(packed, byte)))];
}

/** The pool is swiotlb's or vduse's, the alignment swiotlb's alone. */
function pools(backEnd: BackEndName): readonly Partial<Configuration>[] {
  if (backEnd === 'vduse') return POOL_SLOTS.map((poolSlots) => ({ poolSlots }));
  if (backEnd !== 'swiotlb') return [{}];
  return POOL_SLOTS.flatMap((poolSlots) =>
    MIN_ALIGN_MASKS.flatMap((minAlignMask) =>
      [...new Set(ALLOC_ALIGN_MASKS)].map((allocAlignMask) => ({ poolSlots, minAlignMask, allocAlignMask })),
    ),
  );
}

/** Header byte 3 for one of the allocations of the creation to fail. */
function createFailure(random: number): number {
  const createFailure = (random & 4) === 0 ? FAIL_KMALLOC : FAIL_COHERENT;
  return headerOf({ createFailure, createFailureSkip: random & 3 }) >>> 24;
}

/** A byte for each operation that the table has, as often as it weighs. */
function operationBytes(table: OperationTable, weights: Weights): Uint8Array {
  const bytes: number[] = [];
  for (const [name, weight] of Object.entries(weights) as [Operation, number][]) {
    if (!OPERATION_TABLES[table].includes(operationCode(name))) continue;
    for (let k = 0; k < weight; k++) bytes.push(operationByte(table, name));
  }
  return Uint8Array.from(bytes);
}

function shuffled(values: Uint32Array, random: Random): Uint32Array {
  for (let k = values.length - 1; k > 0; k--) {
    const other = random() % (k + 1);
    const value = values[k] ?? 0;
    values[k] = values[other] ?? 0;
    values[other] = value;
  }
  return values;
}
