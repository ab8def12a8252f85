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

export interface Evidence {
  readonly expected: Numbers;
  readonly got: Numbers;
  /** Entry in the DMA ledger that the violation is about. */
  readonly mapping?: number;
  /** Ring field concerned, such as `desc[2].flags`. */
  readonly field?: string;
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

export function silence(ids: readonly string[]): void {
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
  throw violation;
}
