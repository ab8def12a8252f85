// What one execution comes to. A finding is a value that carries its numbers; text is made of it in src/report.

import type { DriverIdentity } from '../platform/driver-module.js';

/** What the device gains by it, worst first (docs/oracles.md). */
export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** One side of a disagreement: field name to value. */
export type Numbers = Readonly<Record<string, number | string | boolean>>;

/** Where in the driver it happened. `line` is for readers only; buckets never use it. */
export interface DriverSite {
  /** Source file relative to the project, such as `src/driver/split-queue.ts`. */
  readonly file: string;
  readonly function: string;
  readonly line?: number;
}

export interface MappingRecord {
  readonly dma: number;
  readonly cpu: number;
  readonly size: number;
  readonly direction: string;
  readonly kind: string;
  readonly token: number;
}

export interface Finding {
  /** Oracle id, one of the registry. */
  readonly oracle: string;
  readonly claim: string;
  readonly severity: Severity;
  /** Which way the claim is violated, without numbers: `direction`, `id out of range`. */
  readonly shape: string;
  /** oracle, driver site and shape as one file name: stable across inputs and machines. */
  readonly bucket: string;
  readonly site: DriverSite;
  /** The driver call in progress, such as `getBuf`. */
  readonly call: string;
  /** Number of the scenario step in progress, from 1; 0 is the creation of the queue. */
  readonly step: number;
  readonly expected: Numbers;
  readonly got: Numbers;
  readonly mapping?: MappingRecord;
  /** Ring field concerned, such as `desc[2].flags`. */
  readonly field?: string;
  /** The driver from outside that it is a finding of; absent for our own. */
  readonly driver?: DriverIdentity;
}

export type Verdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'finding'; readonly finding: Finding }
  /** The harness itself failed: not a statement about the driver. */
  | { readonly kind: 'harness-bug'; readonly message: string; readonly stack: string };

export const OK: Verdict = Object.freeze({ kind: 'ok' });
