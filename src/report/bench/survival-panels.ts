// What the survival plot shows: for each condition the curve of each engine over the bugs that all of them ran, so that
// curves can be compared, and where ours ran more bugs than that, one more panel for it alone.

import { type BenchData, type Condition, CORPORA, type TrialLine } from '../../campaign/bench/bench-data.js';
import { ENGINES, type EngineName } from '../../campaign/bench/engines.js';
import { type SurvivalStep, survivalCurve } from '../../campaign/bench/kaplan-meier.js';
import { conditionText } from './bench-words.js';

export interface SurvivalLine {
  readonly engine: EngineName;
  readonly trials: number;
  readonly steps: readonly SurvivalStep[];
}

export interface SurvivalPanel {
  readonly title: string;
  readonly limitSeconds: number;
  readonly lines: readonly SurvivalLine[];
}

export function survivalPanels({ trials, bugs }: BenchData): readonly SurvivalPanel[] {
  const current = trials.filter(({ bug, identity }) => bugs.get(bug)?.identity === identity);
  const conditions = new Map(current.map((trial) => [conditionText(trial), trial as Condition]));
  return [...conditions]
    .sort(([, a], [, b]) => CORPORA.indexOf(a.corpus) - CORPORA.indexOf(b.corpus) || a.limitSeconds - b.limitSeconds)
    .flatMap(([text, { limitSeconds }]) =>
      panelsOf(
        text,
        limitSeconds,
        current.filter((trial) => conditionText(trial) === text),
      ),
    );
}

function panelsOf(text: string, limitSeconds: number, trials: readonly TrialLine[]): readonly SurvivalPanel[] {
  const present = ENGINES.filter((engine) => trials.some((trial) => trial.engine === engine));
  const bugsOf = (engine: EngineName): Set<string> =>
    new Set(trials.filter((trial) => trial.engine === engine).map(({ bug }) => bug));
  const common = present.map(bugsOf).reduce((all, bugs) => new Set([...all].filter((bug) => bugs.has(bug))));
  const panel = (engines: readonly EngineName[], bugs: ReadonlySet<string>): SurvivalPanel => ({
    title: `${bugs.size} ${bugs.size === 1 ? 'bug' : 'bugs'}, ${text}`,
    limitSeconds,
    lines: engines.map((engine) =>
      lineOf(
        engine,
        trials.filter((trial) => bugs.has(trial.bug)),
      ),
    ),
  });
  const own = present[0] === undefined ? new Set<string>() : bugsOf(present[0]);
  return [
    ...(common.size > 0 ? [panel(present, common)] : []),
    ...(own.size > common.size && present[0] !== undefined ? [panel([present[0]], own)] : []),
  ];
}

function lineOf(engine: EngineName, trials: readonly TrialLine[]): SurvivalLine {
  const own = trials.filter((trial) => trial.engine === engine);
  const observations = own.map(({ last, triggered }) => ({ time: last.seconds, event: triggered !== null }));
  return { engine, trials: own.length, steps: survivalCurve(observations) };
}
