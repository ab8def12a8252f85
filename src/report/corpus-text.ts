// The corpus in words and tables: what a merge did, and what a corpus is made of.

import type { CorpusStats, Sizes } from '../campaign/corpus/corpus-stats.js';
import type { MergeResult } from '../campaign/corpus/merge.js';
import type { Colours } from './colours.js';
import { grouped, textTable } from './text-table.js';

const MERGE_HEADER = ['target', 'committed', 'generated', 'added', 'bytes', 'features', 'failing'];
const STATS_HEADER = ['target', 'seeds', 'regressions', 'generated', 'bytes', 'least', 'median', 'most', 'ok', 'other'];

export function mergeTable(results: readonly MergeResult[]): string {
  const rows = results.map(({ target, committed, before, after, added, coverage, failing }) => [
    target,
    grouped(committed),
    change(before.inputs, after.inputs),
    grouped(added),
    change(before.bytes, after.bytes),
    coverage === null ? '-' : change(coverage.before.features, coverage.after.features),
    String(failing.length),
  ]);
  const failing = results.flatMap((result) => result.failing);
  return (
    textTable(MERGE_HEADER, rows) +
    failing.map((each) => `${each.verdict}  ${each.file} is now ${each.stored}\n`).join('')
  );
}

/** One table of all targets, then what there is to say about each. */
export function corpusText(all: readonly CorpusStats[], colours: Colours): string {
  const rows = all.map(({ target, kinds, sizes, verdicts, inputs }) => [
    target,
    grouped(kinds.seed.inputs),
    grouped(kinds.regression.inputs),
    grouped(kinds.generated.inputs),
    grouped(kinds.seed.bytes + kinds.regression.bytes + kinds.generated.bytes),
    ...sizeCells(sizes),
    grouped(verdicts.ok),
    grouped(inputs - verdicts.ok),
  ]);
  return `${textTable(STATS_HEADER, rows)}${all.map((stats) => `\n${targetText(stats, colours)}`).join('')}`;
}

function targetText(stats: CorpusStats, colours: Colours): string {
  const { configurations, operations, unusedOperations, records, duplicates, failing } = stats;
  const missing = configurations.combinations.filter(({ inputs }) => inputs === 0);
  const lines = [
    ['configurations', `${grouped(configurations.distinct)} different`],
    [
      'ring, back end',
      configurations.combinations.map((each) => `${each.ring} ${each.backEnd} ${grouped(each.inputs)}`).join(', '),
    ],
    ['ring sizes', listed(configurations.ringSizes.map(String))],
    [
      'options',
      Object.entries(configurations.features)
        .map(([name, inputs]) => `${name} ${grouped(inputs)}`)
        .join(', '),
    ],
    ['records', records === null ? '' : `${records.least} to ${records.most} an input, median ${records.median}`],
    ['operations', operations.map(({ operation, inputs }) => `${operation} ${grouped(inputs)}`).join(', ')],
    ['duplicates', duplicates.length === 0 ? '' : duplicates.map((group) => group.join(' = ')).join('\n')],
  ] as const;
  const complaints = [
    ...missing.map(({ ring, backEnd }) => `no input has a ${ring} ring over ${backEnd}`),
    ...unusedOperations.map((operation) => `no input uses ${operation}`),
    ...failing.map(({ file, verdict, bucket }) => `${verdict}  ${file}${bucket === null ? '' : `  ${bucket}`}`),
    ...stats.problems,
  ];
  const text = lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `  ${colours.dim(name.padEnd(14))}  ${indented(value)}\n`);
  return `${colours.bold(stats.target)}\n${text.join('')}${complaints.map((line) => `  ${colours.red('!')} ${line}\n`).join('')}`;
}

function sizeCells(sizes: Sizes | null): readonly string[] {
  return sizes === null ? ['-', '-', '-'] : [sizes.least, sizes.median, sizes.most].map(grouped);
}

function change(before: number, after: number): string {
  return before === after ? grouped(after) : `${grouped(before)} -> ${grouped(after)}`;
}

/** At most a line of them. */
function listed(values: readonly string[]): string {
  const SHOWN = 24;
  return values.length <= SHOWN ? values.join(' ') : `${values.slice(0, SHOWN).join(' ')} ... ${values.length} of them`;
}

/** Breaks a list at its commas where a line gets long. */
function indented(value: string): string {
  const WIDTH = 100;
  const lines: string[] = [];
  for (const part of value.split(/(?<=,) |\n/)) {
    const last = lines.at(-1);
    if (last === undefined || `${last} ${part}`.length > WIDTH) lines.push(part);
    else lines[lines.length - 1] = `${last} ${part}`;
  }
  return lines.join(`\n${' '.repeat(18)}`);
}
