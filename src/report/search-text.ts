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
  /** Arguments that run it again. */
  readonly command: string;
}

export interface ShownSearch {
  readonly file: string;
  readonly runs: number;
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
  const head = `${[colours.red('failed'), search.file, effort(search)].join('  ')}\n`;
  return head + search.found.map((bucket) => bucketText(bucket, search.runs, colours)).join('');
}

/** The inputs of a folder that all passed. */
export function folderSearchText(folder: string, searches: readonly ShownSearch[], colours: Colours): string {
  const sum = summed(folder, searches);
  return `${[colours.green('ok'), folder, `${grouped(searches.length)} inputs`, effort(sum)].join('  ')}\n`;
}

/** All inputs together. */
export function totalText(searches: readonly ShownSearch[]): string {
  const sum = summed('', searches);
  const failed = searches.filter(({ found }) => found.length > 0).length;
  const buckets = new Set(searches.flatMap(({ found }) => found.map(({ bucket }) => bucket))).size;
  const end = failed === 0 ? 'nothing found' : `${grouped(failed)} inputs fail, in ${grouped(buckets)} buckets`;
  return `${grouped(searches.length)} inputs, ${effort(sum)}; ${end}\n`;
}

function bucketText(
  { kind, bucket, claim, where, count, command }: ShownBucket,
  runs: number,
  colours: Colours,
): string {
  const what = kind === 'finding' ? bucket : kind === 'hang' ? 'no end' : 'harness bug';
  const lines = [
    `  ${colours.red(kind)}  ${what}  ${grouped(count)} of ${grouped(runs)} runs`,
    ...(claim === '' ? [] : [`    ${claim}`]),
    ...(where.length === 0 ? ['    the input as it is'] : where.map((line) => `    ${line}`)),
    `    ${command}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** `1,234 runs: map 900, kmalloc 333; 500 of 20,000 pairs tried`. */
function effort({ runs, groups, singles, pairs }: ShownSearch): string {
  const parts = [...groups].map(([name, count]) => `${name} ${grouped(count)}`);
  const list = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  const cut = singles.tried < singles.of ? `; ${triedText(singles, 'places')}` : '';
  return `${grouped(runs)} runs${list}${cut}${pairs === null ? '' : `; ${triedText(pairs, 'pairs')}`}`;
}

function triedText({ tried, of }: ShownTried, what: string): string {
  return tried === of ? `all ${grouped(of)} ${what}` : `${grouped(tried)} of ${grouped(of)} ${what} tried`;
}

function summed(file: string, searches: readonly ShownSearch[]): ShownSearch {
  const groups = new Map<string, number>();
  for (const search of searches) {
    for (const [name, count] of search.groups) groups.set(name, (groups.get(name) ?? 0) + count);
  }
  const add = (tried: readonly ShownTried[]): ShownTried => ({
    tried: tried.reduce((sum, each) => sum + each.tried, 0),
    of: tried.reduce((sum, each) => sum + each.of, 0),
  });
  const pairs = searches.flatMap((search) => (search.pairs === null ? [] : [search.pairs]));
  return {
    file,
    runs: searches.reduce((sum, { runs }) => sum + runs, 0),
    groups,
    singles: add(searches.map(({ singles }) => singles)),
    pairs: pairs.length === 0 ? null : add(pairs),
    found: [],
  };
}
