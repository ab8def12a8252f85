// docs/benchmark.md: what was measured, how, on which machine, and what came of it. From the data of a benchmark alone.

import type { BenchData, BugLine, Session } from '../../campaign/bench/bench-data.js';
import {
  type BenchSummary,
  type BugResult,
  type Comparison,
  type ConditionSummary,
  isReliable,
} from '../../campaign/bench/bench-summary.js';
import { plainMedian } from '../../campaign/bench/kaplan-meier.js';
import { code, inline, table } from '../formats/markdown-text.js';
import { grouped } from '../text-table.js';
import {
  conditionText,
  intervalText,
  oraclesText,
  orDash,
  ratioText,
  reachedText,
  reliablyText,
  secondsText,
  share,
} from './bench-words.js';
import { METHOD } from './bench-method.js';

export function benchDocs(data: BenchData, summary: BenchSummary): string {
  return [
    '# Benchmark\n',
    'How fast the planted bugs of [bugs/](../bugs/README.md) are found, by vringfuzz and by other engines on the same',
    '`execute`. Written by `vringfuzz bench --write-docs` from the data of a benchmark; [kill-matrix.md](kill-matrix.md) says which',
    'oracle sees which bug.\n',
    '## Where\n',
    ...data.sessions.map(sessionText),
    '## Seeds that show a bug already\n',
    seedsText(summary.bugs),
    '![Share of trials that have not exposed their bug yet](benchmark.svg)\n',
    ...summary.conditions.map((condition) => conditionDocs(condition, summary.bugs)),
    METHOD,
  ].join('\n');
}

function sessionText({ session, startedAt, machine, jobs, versions, inputFormat }: Session): string {
  const { processor, cores, memoryGiB, system } = machine;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `- Run ${session}, ${startedAt.slice(0, 10)}: ${inline(processor)}, ${cores} cores, ${memoryGiB} GiB, ${inline(system)}; ` +
    `${jobs} ${jobs === 1 ? 'trial' : 'trials'} at a time; ${named.map(inline).join(', ')}; input format ${inputFormat}.\n`
  );
}

/** That a bug is exposed at once because a seed of another purpose shows it is a claim of its own. */
function seedsText(bugs: readonly BugLine[]): string {
  const shown = bugs.filter(({ showing }) => showing > 0);
  const names = bugs.filter(({ showing }) => showing === 0).map(({ bug }) => code(bug));
  const rest = names.length === 0 ? '' : ` The others: ${names.join(', ')}.`;
  return (
    `Replaying the committed seeds of its target, without the seed that was made to show it, exposes ${shown.length} of the ` +
    `${bugs.length} bugs. For these the time to exposure "from the committed seeds" is that of loading them: it says that the ` +
    `corpus is good, not that the search is.${rest}\n`
  );
}

function conditionDocs(condition: ConditionSummary, bugs: readonly BugLine[]): string {
  const title = conditionText(condition);
  return [
    `## ${title.charAt(0).toUpperCase()}${title.slice(1)}\n`,
    enginesTable(condition),
    ...condition.comparisons.map(comparisonText),
    missesText(condition),
    '### Bug by bug\n',
    table(
      ['bug', 'engine', 'oracle', 'reached', 'exposed', 'seconds', '95 %', 'executions', '95 %'],
      condition.results.map((result) => bugRow(result, bugs)),
      3,
    ),
  ].join('\n');
}

function enginesTable({ engines }: ConditionSummary): string {
  return table(
    ['engine', 'bugs', 'found', 'reliably', 'trials exposed', 'median of medians, s', 'start, s', 'executions/s'],
    engines.map((each) => [
      code(each.engine),
      String(each.bugs),
      String(each.bugsFound),
      String(each.bugsReliable),
      share(each.triggered, each.trials),
      orDash(each.medianOfMedians, secondsText),
      orDash(each.startSeconds, secondsText),
      orDash(each.executionsPerSecond, grouped),
    ]),
  );
}

function comparisonText({ engine, bugs, both, ratioOfMedians, medianRatio, onlyOurs, onlyTheirs }: Comparison): string {
  const ratios =
    ratioOfMedians === null || medianRatio === null
      ? 'No bug has a median for both.'
      : `Over the ${both} that have a median for both, the median of its medians is ${ratioText(ratioOfMedians)} that of ` +
        `vringfuzz; the median of the ratios bug by bug is ${ratioText(medianRatio)}.`;
  const only = (name: string, found: readonly string[]): string =>
    `Only ${name} finds ${found.length}${found.length === 0 ? '' : `: ${found.map(code).join(', ')}`}.`;
  return `**${engine}**, ${bugs} bugs. ${ratios} ${only('vringfuzz', onlyOurs)} ${only(engine, onlyTheirs)}\n`;
}

/** The bugs that our own engine does not expose reliably, and those that take it long. */
function missesText({ results, limitSeconds }: ConditionSummary): string {
  const ours = results.filter(({ engine }) => engine === 'vringfuzz');
  if (ours.length === 0) return '';
  const missed = ours.filter((result) => !isReliable(result));
  const medians = ours.flatMap(({ seconds }) => (seconds.median === null ? [] : [seconds.median]));
  const slow = ours
    .filter((result) => isReliable(result) && (result.seconds.median ?? 0) > 0.1 * limitSeconds)
    .map(({ bug, seconds }) => `${code(bug)} (${orDash(seconds.median, secondsText)} s)`);
  const unexpected = ours.filter(({ triggered, expected }) => expected < triggered).map(({ bug }) => code(bug));
  const lines = [
    missed.length === 0
      ? `vringfuzz exposes all ${ours.length} bugs ${reliablyText(ours)}.`
      : `vringfuzz exposes ${ours.length - missed.length} of ${ours.length} bugs ${reliablyText(ours)}. Not: ${missed
          .map(({ bug, triggered, trials }) => `${code(bug)} (${share(triggered, trials)})`)
          .join(', ')}.`,
    `The slowest median is ${orDash(medians.length === 0 ? null : Math.max(...medians), secondsText)} s, the median over bugs ${orDash(plainMedian(medians), secondsText)} s.`,
    slow.length === 0 ? '' : `More than a tenth of the time takes: ${slow.join(', ')}.`,
    unexpected.length === 0 ? '' : `An oracle that bug.json does not name fired for: ${unexpected.join(', ')}.`,
  ];
  return `${lines.filter((line) => line !== '').join(' ')}\n`;
}

function bugRow(result: BugResult, bugs: readonly BugLine[]): readonly string[] {
  const { bug, engine, trials, triggered, seconds, executions } = result;
  const shown = (bugs.find((line) => line.bug === bug)?.showing ?? 0) > 0;
  return [
    shown ? `${code(bug)} (s)` : code(bug),
    engine,
    oraclesText(result),
    reachedText(result),
    share(triggered, trials),
    orDash(seconds.median, secondsText),
    intervalText(seconds, secondsText),
    orDash(executions.median, grouped),
    intervalText(executions, grouped),
  ];
}
