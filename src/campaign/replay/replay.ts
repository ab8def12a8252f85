// Runs an input again and again in plain Node, without the engine, and says what it comes to and how often.

import type { TargetSpec } from '../../target/target-spec.js';
import type { Trace } from '../../verdict/trace.js';
import { type Finding, OK, type Verdict } from '../../verdict/verdict.js';
import type { Harness } from '../harness.js';
import { TimeLimitError, withinTime } from './time-limit.js';

/** How long one execution may take, in milliseconds. An input takes microseconds. */
export const HANG_LIMIT = 30_000;

/** What an execution that ended came to. */
export interface RunOutcome {
  readonly verdict: Verdict;
  readonly trace: Trace | null;
}

export type Outcome = RunOutcome | 'hang';

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
  /** Of the first run, where one was kept. */
  readonly trace: Trace | null;
}

/** Exit code of a replay: the gravest of its results. */
export function replayExitCode(results: readonly Pick<ReplayResult, 'verdict'>[]): number {
  const kinds = new Set(results.map((result) => result.verdict));
  if (kinds.has('harness-bug')) return 3;
  if (kinds.has('hang')) return 70;
  return kinds.has('finding') ? 77 : 0;
}

/** The verdict of a result as a value; null where there was no end. */
export function verdictOf({ verdict, finding, problem }: ReplayResult): Verdict | null {
  if (finding !== null) return { kind: 'finding', finding };
  if (problem !== null) return { kind: 'harness-bug', ...problem };
  return verdict === 'hang' ? null : OK;
}

/** Replays one input, traced. After a hang the harness must be loaded afresh (loadHarness) before it is used again. */
export function replay(harness: Harness, target: TargetSpec, bytes: Uint8Array, options: ReplayOptions): ReplayResult {
  return repeated(options.times, () => runOnce(harness, target, bytes, options.hangLimit));
}

export interface UntimedOptions {
  readonly times: number;
  /** Traces every run. */
  readonly traced: boolean;
  /** Keeps of a trace its hash alone: thousands of traces are a lot of memory. */
  readonly hashOnly?: boolean;
}

/** The same without a time limit of its own, and without traces unless they are wanted. */
export function replayUntimed(
  harness: Harness,
  target: TargetSpec,
  bytes: Uint8Array,
  { times, traced, hashOnly }: UntimedOptions,
): ReplayResult {
  const run = traced
    ? (): RunOutcome => harness.executeTraced(target, bytes)
    : (): RunOutcome => ({ verdict: harness.execute(target, bytes), trace: null });
  const result = repeated(times, () => caught(run));
  return hashOnly === true ? { ...result, trace: null } : result;
}

/** One traced execution. An exception out of the harness is a harness bug, as is any other failure of its own. */
export function runOnce(harness: Harness, target: TargetSpec, bytes: Uint8Array, hangLimit = HANG_LIMIT): Outcome {
  try {
    return caught(() => withinTime(hangLimit, () => harness.executeTraced(target, bytes)));
  } catch (error) {
    if (error instanceof TimeLimitError) return 'hang';
    throw error;
  }
}

function repeated(times: number, run: () => Outcome): ReplayResult {
  const first = run();
  if (first === 'hang') return hangResult(1);
  let same = 1;
  for (let count = 2; count <= times; count++) {
    const again = run();
    if (again === 'hang') return hangResult(count);
    if (signature(again) === signature(first)) same++;
  }
  const { verdict, trace } = first;
  return {
    verdict: verdict.kind,
    finding: verdict.kind === 'finding' ? verdict.finding : null,
    problem: verdict.kind === 'harness-bug' ? verdict : null,
    same,
    runs: times,
    traceHash: trace?.hash ?? null,
    trace,
  };
}

/** `run`'s outcome, or the exception that it threw as a harness bug. */
function caught(run: () => RunOutcome): RunOutcome {
  try {
    return run();
  } catch (error) {
    if (error instanceof TimeLimitError) throw error;
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { verdict: { kind: 'harness-bug', message, stack: stack ?? message }, trace: null };
  }
}

/** Equal for equal behaviour. */
function signature(outcome: RunOutcome): string {
  const { verdict, trace } = outcome;
  const bucket = verdict.kind === 'finding' ? verdict.finding.bucket : '';
  return `${verdict.kind} ${trace?.hash ?? ''} ${bucket}`;
}

/** Only the last of `runs` runs hung. */
function hangResult(runs: number): ReplayResult {
  return { verdict: 'hang', finding: null, problem: null, same: 1, runs, traceHash: null, trace: null };
}
