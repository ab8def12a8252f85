// What a campaign tells: while it runs, to a listener, and at its end, as a value.

import type { EnvironmentError } from '../errors.js';
import type { KnownIssue } from '../known-issues.js';

/** `harness-bug` says nothing about the driver: vringfuzz itself failed, or ran out of memory. */
export type FoundKind = 'finding' | 'hang' | 'harness-bug';

/** Whether a bucket is accepted as known; `expired` was accepted until its date, and counts as new. */
export type Standing = 'new' | 'known' | 'expired';

/** Where an input is, or itself: whatever happens to the disk, it is not lost. */
export interface StoredInput {
  /** Null when it could not be written. */
  readonly file: string | null;
  /** Why not; empty otherwise. */
  readonly problem: string;
  /** Base64; null when nobody knows the input. */
  readonly input: string | null;
}

/** A bucket as it is met for the first time in a campaign. */
export interface FoundBucket extends StoredInput {
  readonly kind: FoundKind;
  readonly oracle: string;
  readonly bucket: string;
  readonly claim: string;
  /** Of a failure of vringfuzz itself; empty otherwise. */
  readonly stack: string;
  readonly standing: Standing;
  /** The entry of known-issues.json; null where there is none. */
  readonly issue: KnownIssue | null;
  /** Shown by an input that was stored before, not found by the engine. */
  readonly stillFails: boolean;
}

/** Where a target stands. */
export interface CampaignStatus {
  readonly target: string;
  /** Seconds of fuzzing in this campaign, and how many it gets. */
  readonly seconds: number;
  readonly share: number | null;
  /** Of all engine processes together. */
  readonly executions: number;
  /** Over the last second or so. */
  readonly executionsPerSecond: number;
  /** Reached by any process, in this campaign and those that it resumes. */
  readonly edges: number;
  readonly totalEdges: number;
  readonly states: number;
  /** libFuzzer's `ft:` and `corp:`, of the process that has most. */
  readonly features: number;
  readonly corpus: number;
  /** Buckets met in this campaign: accepted ones, and all others. */
  readonly newBuckets: number;
  readonly knownBuckets: number;
  /** Since the last new edge, queue state or bucket; null when this campaign has seen none. */
  readonly secondsSinceNew: number | null;
  /** Share of the executions made twice that behaved alike, 0 to 1; null when none was. */
  readonly stability: number | null;
  /** Engine processes that are running. */
  readonly workers: number;
}

/** What a campaign tells while it runs. */
export interface CampaignListener {
  started(target: string, start: { readonly seeds: readonly number[]; readonly resumed: boolean }): void;
  progressed(status: CampaignStatus): void;
  found(target: string, found: FoundBucket): void;
  warned(text: string): void;
  ended(target: string): void;
}

export interface FindingResult {
  readonly oracle: string;
  readonly bucket: string;
  readonly claim: string;
  readonly file: string | null;
  /** Executions of this campaign that ended in it; a stored input that failed again counts as one. */
  readonly executions: number;
  /** Accepted as known: does not decide the exit code. */
  readonly known: boolean;
}

export interface TargetResult {
  readonly target: string;
  readonly executions: number;
  /** Over the whole campaign, all engine processes together. */
  readonly executionsPerSecond: number;
  /** Distinct instrumented edges of the driver and queue states that were reached. */
  readonly edges: number;
  readonly states: number;
  /** libFuzzer's `ft:`: edges and state counters, each with its hit-count class. */
  readonly features: number;
  /** Inputs in the corpus. */
  readonly corpus: number;
  /** Share of the executions made twice that behaved alike, 0 to 1; null when none was. */
  readonly stability: number | null;
  /** Cautious estimate that the next execution reaches something new (stop-rule.ts); null without a sample. */
  readonly discoveryBound: number | null;
  /** Whether the stop rule held at the end; null where there was none. */
  readonly workedOut: boolean | null;
  readonly findings: readonly FindingResult[];
}

export interface CampaignResult {
  readonly targets: readonly TargetResult[];
}

export interface CampaignOutcome {
  readonly result: CampaignResult;
  /** 0 nothing new, 77 a finding, 70 a hang, 3 the harness failed; the worst of all targets. */
  readonly exitCode: number;
  /** Why the engine did not run; the campaign ended there. */
  readonly failure: EnvironmentError | null;
}
