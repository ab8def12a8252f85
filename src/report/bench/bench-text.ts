// The benchmark in the terminal: one table of bugs for each condition, one of engines, one line a comparison.

import type { BenchSummary, BugResult, ConditionSummary } from '../../campaign/bench/bench-summary.js';
import { type KillMatrix, neverAlone } from '../../campaign/bench/kill-matrix.js';
import { grouped, textTable } from '../text-table.js';
import {
  conditionText,
  intervalText,
  namesText,
  oraclesText,
  orDash,
  ratioText,
  reachedText,
  secondsText,
  share,
} from './bench-words.js';

const BUG_HEADER = ['bug', 'engine', 'reached', 'exposed', 'seconds', '95 %', 'executions', 'oracle'];
const ENGINE_HEADER = ['engine', 'bugs', 'found', 'reliably', 'trials', 'seconds', 'start', 'executions/s'];

export function benchText(summary: BenchSummary): string {
  return summary.conditions.map(conditionPart).join('\n');
}

function conditionPart(condition: ConditionSummary): string {
  const { engines, comparisons, results } = condition;
  const lines = comparisons.map(({ engine, both, ratioOfMedians, medianRatio, onlyOurs, onlyTheirs }) => {
    const ratios =
      ratioOfMedians === null || medianRatio === null
        ? 'no bug has a median for both'
        : `${ratioText(ratioOfMedians)} (medians over ${both} bugs that both find), bug by bug ${ratioText(medianRatio)}`;
    return `vringfuzz against ${engine}: ${ratios}; only vringfuzz: ${namesText(onlyOurs)}; only ${engine}: ${namesText(onlyTheirs)}\n`;
  });
  return [
    `${conditionText(condition)}\n`,
    textTable(BUG_HEADER, results.map(bugRow)),
    '\n',
    textTable(
      ENGINE_HEADER,
      engines.map((each) => [
        each.engine,
        String(each.bugs),
        String(each.bugsFound),
        String(each.bugsReliable),
        share(each.triggered, each.trials),
        orDash(each.medianOfMedians, secondsText),
        orDash(each.startSeconds, secondsText),
        orDash(each.executionsPerSecond, grouped),
      ]),
    ),
    lines.length === 0 ? '' : `\n${lines.join('')}`,
  ].join('');
}

function bugRow(result: BugResult): readonly string[] {
  const { bug, engine, trials, triggered, seconds, executions } = result;
  return [
    bug,
    engine,
    reachedText(result),
    share(triggered, trials),
    orDash(seconds.median, secondsText),
    intervalText(seconds, secondsText),
    orDash(executions.median, grouped),
    oraclesText(result),
  ];
}

/** Who fires first on some input, how many others fire when they are alone, and who must not be missing. */
export function matrixText(matrix: KillMatrix): string {
  const { rows, bounds } = matrix;
  const lines = rows.map(({ bug, inputs, cells, alone, aloneOnSeed }) => {
    const first = cells.filter((cell) => cell.first > 0);
    const also = cells.length - first.length;
    const names = first.map(({ oracle }) => oracle).join(' ');
    return [bug, String(inputs), alone ?? (aloneOnSeed ? 'on the seed' : 'no'), String(also), names];
  });
  const seen = new Set(rows.flatMap(({ cells }) => cells.map(({ oracle }) => oracle)));
  const never = neverAlone(matrix).filter((oracle) => seen.has(oracle));
  return [
    `kill matrix, over at most ${bounds.inputs} failing inputs a bug out of ${grouped(bounds.attempts)} executions, and those of trials\n`,
    textTable(['bug', 'inputs', 'alone', 'others fire', 'fires first'], lines),
    `oracles that fire, but are alone on none of these bugs: ${namesText(never)}\n`,
  ].join('');
}
