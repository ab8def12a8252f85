// The figures in docs/mutation.md, written from the floor and the list of equivalents: what stands between the markers of
// the page is never edited by hand.

import { readFileSync } from 'node:fs';

import type { EquivalentList } from './equivalents.js';
import { type FileScore, type Floor, MUTATED_FOLDERS, percentOf, scoresBelow } from './floor.js';

const SCORES = 'scores';
const EQUIVALENTS = 'equivalents';

/** The page with its generated parts as they should be. Throws where it lacks a marker. */
export function mutationPage(page: string, floor: Floor, list: EquivalentList): string {
  const text = readFileSync(page, 'utf8');
  return between(between(text, SCORES, scoreTable(floor)), EQUIVALENTS, equivalentTable(list));
}

/** A row for every file that has mutants, and one for each folder. */
export function scoreTable(floor: Floor): string {
  const rows = MUTATED_FOLDERS.flatMap((folder) => {
    const scores = scoresBelow(floor, folder);
    if (scores.length === 0) return [];
    const files = Object.entries(floor.files).filter(
      ([file, { mutants }]) => file.startsWith(`${folder}/`) && mutants > 0,
    );
    return [...files.map(([file, score]) => row(`\`${file}\``, [score])), row(`**${folder}**`, scores)];
  });
  return [
    '| file | mutants | equivalent | killed by oracles | of these hangs | score | by unit tests alone | with unit tests |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function row(name: string, scores: readonly FileScore[]): string {
  const sum = (count: (score: FileScore) => number): number => scores.reduce((total, one) => total + count(one), 0);
  const percent = (killed: (score: FileScore) => number): string => `${percentOf(scores, killed).toFixed(1)} %`;
  const cells = [
    sum(({ mutants }) => mutants),
    sum(({ equivalent }) => equivalent),
    sum(({ killed }) => killed),
    sum(({ hangs }) => hangs),
    percent(({ killed }) => killed),
    sum(({ killedByUnitTests }) => killedByUnitTests),
    percent(({ killed, killedByUnitTests }) => killed + killedByUnitTests),
  ];
  return `| ${name} | ${cells.join(' | ')} |`;
}

function equivalentTable({ groups }: EquivalentList): string {
  const rows = groups.map(({ reason, mutants }) => {
    const files = [...new Set(mutants.map(({ file }) => file.replace(/^src\//, '').replace(/\.ts$/, '')))].sort();
    return `| ${mutants.length} | ${files.join(', ')} | ${reason} |`;
  });
  return ['| entries | where | why nothing can tell them from the original |', '| --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page lacks ${begin} or ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
