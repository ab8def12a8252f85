// What an oracle is: a claim with its source, and a way to say that it was violated. A violation is thrown through the
// driver, because nothing that happens after the first wrong step means anything.

import type { Numbers, Severity } from '../verdict/verdict.js';

export interface OracleInfo {
  /** Stable name: part of buckets, bug.json files and reports. */
  readonly id: string;
  readonly claim: string;
  /** Clause, commit or facts row that the claim rests on. */
  readonly source: string;
  readonly severity: Severity;
  readonly cwe: number;
}

/**
 * Whose work is wrong, for what is seen at a moment that says nothing about it: bytes that are compared when a buffer comes
 * back, a result that a shared helper decided. `layout` is the split or the packed queue, whichever there is.
 */
export interface Blame {
  readonly layer: 'dma' | 'layout' | 'shared';
  readonly function: string;
}

export interface Evidence {
  readonly expected: Numbers;
  readonly got: Numbers;
  /** Entry in the DMA ledger that the violation is about. */
  readonly mapping?: number;
  /** Ring field concerned, such as `desc[2].flags`. */
  readonly field?: string;
  /** Absent where the stack tells. */
  readonly blame?: Blame;
  /** What the bucket says instead of the shape: the same for shapes that differ with the input, not with the bug. */
  readonly group?: string;
}

/** The layout's own function that ends the flight of a buffer, whichever call gives it back. */
export const DETACH: Blame = { layer: 'layout', function: 'detach' };
/** The back end's work when a mapping begins and ends. */
export const DMA_MAP: Blame = { layer: 'dma', function: 'map' };
export const DMA_UNMAP: Blame = { layer: 'dma', function: 'unmap' };
/** The copies of unmap and of both syncs. */
export const DMA_SYNC: Blame = { layer: 'dma', function: 'sync' };

/** Which function of the layout answers whether something is pending: enableCb is enableCbPrepare, then poll. */
export function blameOfPoll(call: string): Blame {
  return { layer: 'layout', function: call === 'enableCb' ? 'poll' : call };
}

export class Violation extends Error {
  constructor(
    readonly oracle: OracleInfo,
    /** Which way the claim is violated, without numbers. */
    readonly shape: string,
    readonly evidence: Evidence,
  ) {
    super(`${oracle.id}: ${shape}`);
  }
}

/** Thrown where the driver cannot go on after a report that an oracle was told to ignore. */
export class DriverStopped extends Error {}

/** The oracles that stay silent in this execution, by id. */
const silent = new Set<string>();
/** The violation of this execution, which nobody must keep from ending it. */
let raised: Violation | null = null;

/** Before each execution. */
export function silence(ids: readonly string[]): void {
  raised = null;
  if (silent.size > 0) silent.clear();
  for (const id of ids) silent.add(id);
}

/** Reports a violation. Returns only when the oracle was silenced. */
export function fail(oracle: OracleInfo, shape: string, evidence: Evidence): void {
  if (silent.has(oracle.id)) return;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const violation = new Violation(oracle, shape, evidence);
  Error.stackTraceLimit = limit;
  raised = violation;
  throw violation;
}

/** Throws the violation again that a driver from outside caught on its way. */
export function raiseAgain(): void {
  if (raised !== null) throw raised;
}
