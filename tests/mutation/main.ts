// `npm run mutation`: mutates the code under test, replays the inputs and prints which mutants survived that are not listed
// as equivalent. Exit code 0 where none did that the floor does not allow, 77 below the floor, 1 where Stryker failed.
//
//   npm run mutation                                   everything
//   npm run mutation -- --changed                      files that changed since their floor was measured
//   npm run mutation -- --mutate 'src/dma/*.ts'        some files
//   npm run mutation -- --from                         the last report once more, without running anything
//   npm run mutation -- --write                        sets the floor and the page to what was measured

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';

import { writeAtomically } from '../../src/campaign/atomic-file.js';
import { compiledRoot, projectRoot } from '../../src/campaign/paths.js';
import { type Sorted, readEquivalents, sortSurvivors } from './equivalents.js';
import { type FileScore, type Floor, changedFiles, filesBelow, mutatedFiles, readFloor, scoresOf } from './floor.js';
import { ORACLE_KINDS } from './killers.js';
import { type Mutant, type MutantPlace, readMutants } from './mutants.js';
import { mutationPage, scoreTable } from './page.js';

const FOLDER = join(projectRoot(), 'tests', 'mutation');
const REPORT = join(projectRoot(), 'build', 'mutation-report', 'mutation.json');
export const FLOOR = join(FOLDER, 'floor.json');
export const EQUIVALENT = join(FOLDER, 'equivalent.json');
export const PAGE = join(projectRoot(), 'docs', 'mutation.md');

const EXIT_BELOW = 77;
const EXIT_FAILED = 1;

/** Runs Stryker over these files. True when it came to an end; its report lies in build/mutation-report/. */
export function mutate(files: readonly string[], quiet: boolean): boolean {
  const resolve = createRequire(__filename);
  const stryker = join(dirname(resolve.resolve('@stryker-mutator/core/package.json')), 'bin', 'stryker.js');
  const config = join(FOLDER, 'stryker.config.mjs');
  const args = [stryker, 'run', relative(projectRoot(), config), '--mutate', files.join(',')];
  const { status } = spawnSync(process.execPath, args, {
    cwd: projectRoot(),
    stdio: quiet ? 'ignore' : 'inherit',
    env: { ...process.env, VRINGFUZZ_BUILD: relative(projectRoot(), compiledRoot()) },
  });
  return status === 0;
}

export interface Judgement {
  readonly mutants: readonly Mutant[];
  readonly sorted: Sorted;
  readonly scores: Readonly<Record<string, FileScore>>;
  /** One line for each file that is below its floor or has none. */
  readonly below: readonly string[];
}

/** What the last report says of these files. */
export function judge(files: readonly string[]): Judgement {
  const mutants = readMutants(REPORT).filter(({ file }) => files.includes(file));
  const sorted = sortSurvivors(mutants, readEquivalents(EQUIVALENT));
  const scores = scoresOf({ root: projectRoot(), mutants, explained: sorted.explained, files });
  const floor = existsSync(FLOOR) ? readFloor(FLOOR) : { schema: 1 as const, files: {} };
  return { mutants, sorted, scores, below: filesBelow(scores, floor) };
}

function main(argv: readonly string[]): number {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      changed: { type: 'boolean' },
      from: { type: 'boolean' },
      json: { type: 'boolean' },
      mutate: { type: 'string' },
      write: { type: 'boolean' },
    },
  });
  const files = chosenFiles(values);
  if (files.length === 0) {
    process.stdout.write('no file to mutate\n');
    return 0;
  }
  if (values.from !== true && !mutate(files, false)) return EXIT_FAILED;
  const judgement = judge(files);
  if (values.json === true) process.stdout.write(`${JSON.stringify(judgement.sorted.unexplained, null, 2)}\n`);
  else print(judgement);
  if (values.write === true) write(judgement.scores);
  const below = values.write === true ? 0 : judgement.below.length;
  return below > 0 || judgement.sorted.stale.length > 0 ? EXIT_BELOW : 0;
}

function chosenFiles(values: { readonly changed?: boolean; readonly mutate?: string }): readonly string[] {
  if (values.changed === true) return changedFiles(projectRoot(), readFloor(FLOOR));
  const all = mutatedFiles(projectRoot());
  if (values.mutate === undefined) return all;
  const wanted = new RegExp(`^${values.mutate.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*')}`);
  return all.filter((file) => wanted.test(file));
}

function print({ mutants, sorted, scores, below }: Judgement): void {
  const lines = [
    ...sorted.unexplained.map((mutant) => `survived  ${lineOf(mutant)}`),
    ...mutants.filter(({ by }) => by === 'unit').map((mutant) => `unit only ${lineOf(mutant)}`),
    ...mutants.filter(isHang).map((mutant) => `hang      ${lineOf(mutant)}  (${mutant.detail})`),
    ...sorted.stale.map((place) => `stale     ${placeOf(place)}`),
    '',
    scoreTable({ schema: 1, files: scores }),
    ...below,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function isHang({ outcome, by }: Mutant): boolean {
  return outcome === 'hang' && by !== null && ORACLE_KINDS.includes(by);
}

function lineOf(mutant: Mutant): string {
  return `${mutant.file}:${mutant.lineNumber} ${mutant.where}: ${mutant.original} -> ${mutant.replacement}`;
}

function placeOf(place: MutantPlace): string {
  return `${place.file} ${place.where}: ${place.original} -> ${place.replacement}`;
}

function write(scores: Readonly<Record<string, FileScore>>): void {
  const before = existsSync(FLOOR) ? readFloor(FLOOR).files : {};
  const known = new Set(mutatedFiles(projectRoot()));
  const files = Object.fromEntries(
    Object.entries({ ...before, ...scores })
      .filter(([file]) => known.has(file))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const floor: Floor = { schema: 1, files };
  writeAtomically(FLOOR, Buffer.from(`${JSON.stringify(floor, null, 2)}\n`));
  writeAtomically(PAGE, Buffer.from(mutationPage(PAGE, floor, readEquivalents(EQUIVALENT))));
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
