// What a systematic search prints for people: a line for each input or folder that passed, and for each bucket the first
// place at which it shows, with the command that shows it again.

import type { Colours } from './colours.js';
import { grouped } from './text-table.js';

export interface ShownBucket {
  readonly kind: 'finding' | 'harness-bug' | 'hang';
  readonly bucket: string;
  readonly claim: string;
  /** What was done to the input; empty where it fails as it is. */
  readonly where: readonly string[];
  /** Executions that ended so. */
  readonly count: number;
  /** What known-issues.json says of it; empty where it says nothing. */
  readonly issue: string;
  /** Whether it is accepted today. */
  readonly accepted: boolean;
  /** Lines to paste that run it again. */
  readonly commands: readonly string[];
}

export interface ShownSearch {
  readonly file: string;
  readonly runs: number;
  /** Places at which something could be done, by kind, where that is not the number of runs. */
  readonly places: ReadonlyMap<string, number>;
  /** Executions with one choice, by heading. */
  readonly groups: ReadonlyMap<string, number>;
  readonly singles: ShownTried;
  readonly pairs: ShownTried | null;
  readonly found: readonly ShownBucket[];
}

export interface ShownTried {
  readonly tried: number;
  readonly of: number;
}

/** One input. */
export function searchText(search: ShownSearch, colours: Colours): string {
  if (search.found.length === 0) {
    return `${[colours.green('ok'), search.file, effort(search)].join('  ')}\n`;
  }
  const word = search.found.every(({ accepted }) => accepted) ? colours.yellow('known') : colours.red('failed');
  const head = `${[word, search.file, effort(search)].join('  ')}\n`;
  return head + search.found.map((bucket) => bucketText(bucket, search.runs, colours)).join('');
}

/** The inputs of a folder that all passed. */
export function folderSearchText(folder: string, searches: readonly ShownSearch[], colours: Colours): string {
  const sum = summed(folder, searches);
  return `${[colours.green('ok'), folder, counted(searches.length, 'input'), effort(sum)].join('  ')}\n`;
}

/** All inputs together. */
export function totalText(searches: readonly ShownSearch[]): string {
  const sum = summed('', searches);
  const bucketsOf = (accepted: boolean): number => {
    const found = searches.flatMap((search) => search.found.filter((bucket) => bucket.accepted === accepted));
    return new Set(found.map(({ bucket }) => bucket)).size;
  };
  const failed = searches.filter(({ found }) => found.some(({ accepted }) => !accepted)).length;
  const known = bucketsOf(true);
  const end = [
    failed === 0 ? 'nothing found' : `${counted(failed, 'input')} failed, in ${counted(bucketsOf(false), 'bucket')}`,
    ...(known === 0 ? [] : [counted(known, 'known bucket')]),
  ];
  return `${counted(searches.length, 'input')}, ${effort(sum)}; ${end.join(', ')}\n`;
}

function bucketText(
  { kind, bucket, claim, where, count, issue, accepted, commands }: ShownBucket,
  runs: number,
  colours: Colours,
): string {
  const what = kind === 'finding' ? bucket : kind === 'hang' ? 'no end' : 'harness bug';
  const lines = [
    `  ${accepted ? colours.yellow('known') : colours.red(kind)}  ${what}  ${grouped(count)} of ${grouped(runs)} runs`,
    ...(claim === '' ? [] : [`    ${claim}`]),
    ...(where.length === 0 ? ['    the input as it is'] : where.map((line) => `    ${line}`)),
    ...(issue === '' ? [] : [`    ${issue}`]),
    ...commands.map((command) => `    ${command}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** `20 loads, 1,234 runs: used.idx 900, used.ring[].id 333; 500 of 20,000 pairs tried`. */
function effort({ runs, places, groups, singles, pairs }: ShownSearch): string {
  const where = [...places].map(([kind, count]) => `${counted(count, kind)}, `).join('');
  const parts = [...groups].map(([name, count]) => `${name} ${grouped(count)}`);
  const list = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  const cut = singles.tried < singles.of ? `; ${triedText(singles, 'places')}` : '';
  return `${where}${counted(runs, 'run')}${list}${cut}${pairs === null ? '' : `; ${triedText(pairs, 'pairs')}`}`;
}

function triedText({ tried, of }: ShownTried, what: string): string {
  return tried === of ? `all ${grouped(of)} ${what}` : `${grouped(tried)} of ${grouped(of)} ${what} tried`;
}

function summed(file: string, searches: readonly ShownSearch[]): ShownSearch {
  const add = (tried: readonly ShownTried[]): ShownTried => ({
    tried: tried.reduce((sum, each) => sum + each.tried, 0),
    of: tried.reduce((sum, each) => sum + each.of, 0),
  });
  const pairs = searches.flatMap((search) => (search.pairs === null ? [] : [search.pairs]));
  return {
    file,
    runs: searches.reduce((sum, { runs }) => sum + runs, 0),
    places: summedCounts(searches.map(({ places }) => places)),
    groups: summedCounts(searches.map(({ groups }) => groups)),
    singles: add(searches.map(({ singles }) => singles)),
    pairs: pairs.length === 0 ? null : add(pairs),
    found: [],
  };
}

function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;
}

function summedCounts(maps: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [name, count] of maps.flatMap((map) => [...map])) sums.set(name, (sums.get(name) ?? 0) + count);
  return sums;
}
