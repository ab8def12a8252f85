// Runs an input again and again in plain Node, without the engine, and says what it comes to and how often.

import type { TargetSpec } from '../../target/target-spec.js';
import type { Trace } from '../../verdict/trace.js';
import type { Finding, Verdict } from '../../verdict/verdict.js';
import type { Harness } from '../harness.js';
import { TimeLimitError, withinTime } from './time-limit.js';

/** How long one execution may take, in milliseconds. An input takes microseconds. */
export const HANG_LIMIT = 30_000;

/** What one execution came to: a verdict and its trace, or no end. */
export type Outcome = { readonly verdict: Verdict; readonly trace: Trace | null } | 'hang';

export interface ReplayOptions {
  /** How often each input runs; at least 1. */
  readonly times: number;
  /** Milliseconds for one run; HANG_LIMIT when absent. */
  readonly hangLimit?: number;
}

export interface ReplayResult {
  readonly verdict: Verdict['kind'] | 'hang';
  readonly finding: Finding | null;
  /** What a harness bug says of itself. */
  readonly problem: { readonly message: string; readonly stack: string } | null;
  /** Runs that behaved like the first: same verdict, bucket and trace. */
  readonly same: number;
  /** Runs made: fewer than asked for after a hang. */
  readonly runs: number;
  readonly traceHash: string | null;
}

/** Exit code of a replay: the gravest of its results. */
export function replayExitCode(results: readonly ReplayResult[]): number {
  const kinds = new Set(results.map((result) => result.verdict));
  if (kinds.has('harness-bug')) return 3;
  if (kinds.has('hang')) return 70;
  return kinds.has('finding') ? 77 : 0;
}

/** Replays one input. After a hang the harness must be loaded afresh (loadHarness) before it is used again. */
export function replay(harness: Harness, target: TargetSpec, bytes: Uint8Array, options: ReplayOptions): ReplayResult {
  const first = runOnce(harness, target, bytes, options.hangLimit);
  if (first === 'hang') return hangResult(1);
  let same = 1;
  for (let run = 2; run <= options.times; run++) {
    const again = runOnce(harness, target, bytes, options.hangLimit);
    if (again === 'hang') return hangResult(run);
    if (signature(again) === signature(first)) same++;
  }
  const { verdict, trace } = first;
  return {
    verdict: verdict.kind,
    finding: verdict.kind === 'finding' ? verdict.finding : null,
    problem: verdict.kind === 'harness-bug' ? verdict : null,
    same,
    runs: options.times,
    traceHash: trace?.hash ?? null,
  };
}

/** One traced execution. An exception out of the harness is a harness bug, as is any other failure of its own. */
export function runOnce(harness: Harness, target: TargetSpec, bytes: Uint8Array, hangLimit = HANG_LIMIT): Outcome {
  try {
    return withinTime(hangLimit, () => harness.executeTraced(target, bytes));
  } catch (error) {
    if (error instanceof TimeLimitError) return 'hang';
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { verdict: { kind: 'harness-bug', message, stack: stack ?? message }, trace: null };
  }
}

/** Equal for equal behaviour. */
function signature(outcome: Exclude<Outcome, 'hang'>): string {
  const { verdict, trace } = outcome;
  const bucket = verdict.kind === 'finding' ? verdict.finding.bucket : '';
  return `${verdict.kind} ${trace?.hash ?? ''} ${bucket}`;
}

/** Only the last of `runs` runs hung. */
function hangResult(runs: number): ReplayResult {
  return { verdict: 'hang', finding: null, problem: null, same: 1, runs, traceHash: null };
}
