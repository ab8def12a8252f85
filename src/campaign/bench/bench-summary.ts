// What the trials of a benchmark come to: for each engine and bug when it was reached and triggered, and for each other
// engine how it compares with ours.

import { type BenchData, type BugLine, type Condition, CORPORA, type TrialLine } from './bench-data.js';
import { ENGINES, type EngineName } from './engines.js';
import { type MedianEstimate, medianTime, plainMedian } from './kaplan-meier.js';

/** One engine on one bug. */
export interface BugResult {
  readonly engine: EngineName;
  readonly bug: string;
  readonly trials: number;
  /** Trials in which a line of the patch was executed; null where no line of it can be. */
  readonly reached: number | null;
  /** Trials in which an oracle fired. */
  readonly triggered: number;
  readonly reachedSeconds: MedianEstimate;
  readonly seconds: MedianEstimate;
  readonly executions: MedianEstimate;
  /** Trials by the oracle that fired, the most frequent first. */
  readonly oracles: Readonly<Record<string, number>>;
  readonly buckets: readonly string[];
  /** Triggered trials whose oracle bug.json names. */
  readonly expected: number;
}

/** One engine over all bugs that it ran. */
export interface EngineResult {
  readonly engine: EngineName;
  readonly bugs: number;
  readonly trials: number;
  readonly triggered: number;
  /** Bugs with at least one triggered trial, and with at least 19 of 20: of fewer than 20 trials, with all. */
  readonly bugsFound: number;
  readonly bugsReliable: number;
  /** Over the bugs whose median is known; null without any. */
  readonly medianOfMedians: number | null;
  /** From the start of a process to its first execution. */
  readonly startSeconds: number | null;
  /** Of the trials that went on for a second or more. */
  readonly executionsPerSecond: number | null;
}

/** Another engine against ours, over the bugs that both ran. */
export interface Comparison {
  readonly engine: EngineName;
  readonly bugs: number;
  /** Bugs with a median for both. */
  readonly both: number;
  /** Median of their medians by that of ours: above 1 where ours is faster; null without such bugs. */
  readonly ratioOfMedians: number | null;
  /** Median of the ratios bug by bug. */
  readonly medianRatio: number | null;
  /** Bugs found in some trial by only one of the two. */
  readonly onlyOurs: readonly string[];
  readonly onlyTheirs: readonly string[];
}

export interface ConditionSummary extends Condition {
  readonly engines: readonly EngineResult[];
  readonly comparisons: readonly Comparison[];
  readonly results: readonly BugResult[];
}

export interface BenchSummary {
  readonly bugs: readonly BugLine[];
  readonly conditions: readonly ConditionSummary[];
}

/** A bug is exposed reliably when at least this share of its trials finds it. */
export const RELIABLE = 19 / 20;
const OURS: EngineName = 'vringfuzz';

/** Only trials of the code that a bug was last measured on count. */
export function summarise({ bugs, trials }: BenchData): BenchSummary {
  const current = trials.filter(({ bug, identity }) => bugs.get(bug)?.identity === identity);
  const conditions = distinctConditions(current).map((condition) =>
    conditionSummary(
      condition,
      current.filter((trial) => trial.corpus === condition.corpus && trial.limitSeconds === condition.limitSeconds),
      bugs,
    ),
  );
  const measured = new Set(current.map(({ bug }) => bug));
  return { bugs: [...bugs.values()].filter(({ bug }) => measured.has(bug)).sort(byBug), conditions };
}

function distinctConditions(trials: readonly TrialLine[]): readonly Condition[] {
  const all = new Map(
    trials.map(({ corpus, limitSeconds }) => [`${corpus} ${limitSeconds}`, { corpus, limitSeconds }] as const),
  );
  const order = (a: Condition, b: Condition): number =>
    CORPORA.indexOf(a.corpus) - CORPORA.indexOf(b.corpus) || a.limitSeconds - b.limitSeconds;
  return [...all.values()].sort(order);
}

function conditionSummary(
  { corpus, limitSeconds }: Condition,
  trials: readonly TrialLine[],
  bugs: BenchData['bugs'],
): ConditionSummary {
  const groups = new Map<string, TrialLine[]>();
  for (const trial of trials) {
    const key = `${trial.engine} ${trial.bug}`;
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  const results = [...groups.values()].map((group) => bugResult(group, bugs)).sort(byBug);
  const of = (engine: EngineName): readonly BugResult[] => results.filter((result) => result.engine === engine);
  const present = ENGINES.filter((engine) => of(engine).length > 0);
  return {
    corpus,
    limitSeconds,
    engines: present.map((engine) =>
      engineResult(
        engine,
        of(engine),
        trials.filter((trial) => trial.engine === engine),
      ),
    ),
    comparisons: present.includes(OURS)
      ? present.filter((engine) => engine !== OURS).map((engine) => comparison(engine, of(OURS), of(engine)))
      : [],
    results,
  };
}

function bugResult(trials: readonly TrialLine[], bugs: BenchData['bugs']): BugResult {
  const [{ engine, bug } = { engine: OURS, bug: '' }] = trials;
  const triggers = trials.flatMap(({ triggered }) => (triggered === null ? [] : [triggered]));
  const counts = new Map<string, number>();
  for (const { oracle } of triggers) counts.set(oracle, (counts.get(oracle) ?? 0) + 1);
  const median = (
    value: 'seconds' | 'executions',
    event: (trial: TrialLine) => TrialLine['reached'] | TrialLine['triggered'],
  ): MedianEstimate =>
    medianTime(trials.map((trial) => ({ time: (event(trial) ?? trial.last)[value], event: event(trial) !== null })));
  return {
    engine,
    bug,
    trials: trials.length,
    reached: bugs.get(bug)?.probes === 0 ? null : trials.filter(({ reached }) => reached !== null).length,
    triggered: triggers.length,
    reachedSeconds: median('seconds', ({ reached }) => reached),
    seconds: median('seconds', ({ triggered }) => triggered),
    executions: median('executions', ({ triggered }) => triggered),
    oracles: Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))),
    buckets: [...new Set(triggers.map(({ bucket }) => bucket))].sort(),
    expected: triggers.filter(({ expected }) => expected).length,
  };
}

function engineResult(engine: EngineName, results: readonly BugResult[], trials: readonly TrialLine[]): EngineResult {
  const medians = results.flatMap(({ seconds: { median } }) => (median === null ? [] : [median]));
  const rates = trials.flatMap(({ last }) => (last.seconds < 1 ? [] : [last.executions / last.seconds]));
  return {
    engine,
    bugs: results.length,
    trials: trials.length,
    triggered: trials.filter(({ triggered }) => triggered !== null).length,
    bugsFound: results.filter(({ triggered }) => triggered > 0).length,
    bugsReliable: results.filter(isReliable).length,
    medianOfMedians: plainMedian(medians),
    startSeconds: plainMedian(trials.map(({ startSeconds }) => startSeconds)),
    executionsPerSecond: plainMedian(rates),
  };
}

export function isReliable({ triggered, trials }: Pick<BugResult, 'triggered' | 'trials'>): boolean {
  return triggered >= RELIABLE * trials;
}

function comparison(engine: EngineName, ours: readonly BugResult[], theirs: readonly BugResult[]): Comparison {
  const pairs = ours.flatMap((our) => {
    const their = theirs.find(({ bug }) => bug === our.bug);
    return their === undefined ? [] : [{ our, their }];
  });
  const both = pairs.flatMap(({ our, their }) => {
    const [a, b] = [our.seconds.median, their.seconds.median];
    return a === null || b === null ? [] : [{ a, b }];
  });
  const [a, b] = [plainMedian(both.map((pair) => pair.a)), plainMedian(both.map((pair) => pair.b))];
  return {
    engine,
    bugs: pairs.length,
    both: both.length,
    ratioOfMedians: a === null || b === null || a === 0 ? null : b / a,
    medianRatio: plainMedian(both.flatMap((pair) => (pair.a === 0 ? [] : [pair.b / pair.a]))),
    onlyOurs: pairs.filter(({ our, their }) => our.triggered > 0 && their.triggered === 0).map(({ our }) => our.bug),
    onlyTheirs: pairs.filter(({ our, their }) => our.triggered === 0 && their.triggered > 0).map(({ our }) => our.bug),
  };
}

function byBug(a: { readonly bug: string }, b: { readonly bug: string }): number {
  return a.bug < b.bug ? -1 : a.bug > b.bug ? 1 : 0;
}
