// What triage says about one bucket, as a value: files and tables are made of it.

import type { Trace } from '../../verdict/trace.js';
import { SEVERITIES } from '../../report/security-severity.js';
import type { Finding } from '../../verdict/verdict.js';
import type { BucketStatus } from '../crashes/triage-record.js';
import type { KnownIssue, KnownIssues } from '../known-issues.js';

export interface TriagedInput {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly runs: number;
  /** Runs that ended in the bucket, and alike. */
  readonly reproduced: number;
}

export interface MinimisedFile {
  /** Name in the folder of the bucket. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Null where the input has no trace: hangs and the like. */
  readonly trace: Trace | null;
  /** What it needs besides its bytes. */
  readonly placement?: string | undefined;
}

export interface TriagedBucket {
  readonly target: string;
  readonly bucket: string;
  readonly folder: string;
  readonly status: BucketStatus;
  /** The entry of known-issues.json, whether or not its day is over. */
  readonly issue: KnownIssue | null;
  readonly expired: boolean;
  /** Of the minimised input; for a fixed bucket what its sidecar last said, null where it has none. */
  readonly finding: Finding | null;
  /** Id of the planted bug in the build that was asked, or null. */
  readonly bug: string | null;
  /** Those that end here; of a fixed bucket those that once did. The smallest first. */
  readonly inputs: readonly TriagedInput[];
  readonly minimised: MinimisedFile | null;
  /** Another bucket with probably the same cause; of a fixed bucket, where its inputs end now. */
  readonly sameAs: string | null;
}

/** Runs of all inputs together, and how many of them ended in the bucket. */
export function runsOf({ inputs }: Pick<TriagedBucket, 'inputs'>): {
  readonly runs: number;
  readonly reproduced: number;
} {
  return {
    runs: inputs.reduce((sum, { runs }) => sum + runs, 0),
    reproduced: inputs.reduce((sum, { reproduced }) => sum + reproduced, 0),
  };
}

/** Whether a bucket is one that somebody has to look at: not fixed, and not accepted either. */
export function needsAttention({ status }: Pick<TriagedBucket, 'status'>): boolean {
  return status === 'new' || status === 'flaky';
}

/** The status of a bucket in which something still ends, and what known-issues.json says about it. */
export function statusOf(
  bucket: string,
  inputs: readonly TriagedInput[],
  known: KnownIssues,
  today: string,
): Pick<TriagedBucket, 'status' | 'issue' | 'expired'> {
  const accepted = known.accepted(bucket, today);
  const over = known.expired(bucket, today);
  const flaky = inputs.some(({ runs, reproduced }) => reproduced < runs);
  const status = flaky ? 'flaky' : accepted === null ? 'new' : 'known';
  return { status, issue: accepted ?? over, expired: over !== null };
}

/** Worst first, then the one with most inputs; what is fixed comes last. */
type Ranked = Pick<TriagedBucket, 'status' | 'finding' | 'inputs' | 'target' | 'bucket'>;

export function byRank(a: Ranked, b: Ranked): number {
  const order = ({ status, finding, inputs }: Ranked): readonly number[] => [
    status === 'fixed' ? 1 : 0,
    finding === null ? SEVERITIES.length : SEVERITIES.indexOf(finding.severity),
    -inputs.length,
  ];
  const [first, second] = [order(a), order(b)];
  const difference = first.map((value, index) => value - (second[index] ?? 0)).find((value) => value !== 0);
  return difference ?? compareText(a.target, b.target) ?? compareText(a.bucket, b.bucket) ?? 0;
}

function compareText(a: string, b: string): number | null {
  return a === b ? null : a < b ? -1 : 1;
}
