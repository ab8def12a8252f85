// tests/mutation/floor.json: what every file of the code under test scored when it was last measured, with a hash of the
// source. A file is "changed" when its hash is another one, which needs no history of the repository.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ORACLE_KINDS } from './killers.js';
import type { Mutant } from './mutants.js';

export const MUTATED_FOLDERS = ['src/driver', 'src/dma'] as const;
export type MutatedFolder = (typeof MUTATED_FOLDERS)[number];

/** Percent of the mutants that are not equivalent, killed by inputs and oracles: reached, and to stay so. */
export const AIMS: Readonly<Record<MutatedFolder, number>> = { 'src/driver': 95, 'src/dma': 90 };
export interface FileScore {
  readonly sha256: string;
  readonly mutants: number;
  readonly equivalent: number;
  /** Killed by committed inputs, honest devices or the loading, where an oracle or an exception ended it. */
  readonly killed: number;
  /** Killed by no input, but by a unit test. */
  readonly killedByUnitTests: number;
  /** Of `killed`: since an execution did not end. */
  readonly hangs: number;
}

export interface Floor {
  readonly schema: 1;
  readonly files: Readonly<Record<string, FileScore>>;
}

/** The source files of the mutated folders, below `root`. */
export function mutatedFiles(root: string): readonly string[] {
  return MUTATED_FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
}

export function sha256Of(root: string, file: string): string {
  return createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex');
}

export function readFloor(file: string): Floor {
  const floor = JSON.parse(readFileSync(file, 'utf8')) as Floor;
  if ((floor.schema as number) !== 1) throw new Error(`${file}: schema ${String(floor.schema)} is not known`);
  return floor;
}

/** Files that are new or other than when they were measured. */
export function changedFiles(root: string, floor: Floor): readonly string[] {
  return mutatedFiles(root).filter((file) => floor.files[file]?.sha256 !== sha256Of(root, file));
}

/** The scores of `files`; one that holds types alone scores nothing of nothing. */
export function scoresOf(run: {
  readonly root: string;
  readonly mutants: readonly Mutant[];
  /** Those of the mutants that are listed as equivalent. */
  readonly explained: readonly Mutant[];
  readonly files: readonly string[];
}): Readonly<Record<string, FileScore>> {
  const equivalent = new Set(run.explained);
  return Object.fromEntries(
    run.files.map((file) => {
      const own = run.mutants.filter((mutant) => mutant.file === file);
      const byOracle = own.filter(({ by }) => by !== null && ORACLE_KINDS.includes(by));
      const score: FileScore = {
        sha256: sha256Of(run.root, file),
        mutants: own.length,
        equivalent: own.filter((mutant) => equivalent.has(mutant)).length,
        killed: byOracle.length,
        killedByUnitTests: own.filter(({ by }) => by === 'unit').length,
        hangs: byOracle.filter(({ outcome }) => outcome === 'hang').length,
      };
      return [file, score];
    }),
  );
}

/** One line for each file in which more mutants live than the floor allows; in a new file none may. */
export function filesBelow(scores: Readonly<Record<string, FileScore>>, floor: Floor): readonly string[] {
  return Object.entries(scores).flatMap(([file, score]) => {
    const allowed = floor.files[file];
    const missing = missingOf(score);
    const limit = allowed === undefined ? 0 : missingOf(allowed);
    return missing > limit ? [`${file}: ${missing} mutants that no input kills, ${limit} allowed`] : [];
  });
}

function missingOf({ mutants, equivalent, killed }: FileScore): number {
  return mutants - equivalent - killed;
}

/** Percent, of the mutants that are not equivalent; 100 where there are none. */
export function percentOf(scores: readonly FileScore[], killed: (score: FileScore) => number): number {
  const sum = (count: (score: FileScore) => number): number => scores.reduce((total, one) => total + count(one), 0);
  const possible = sum(({ mutants, equivalent }) => mutants - equivalent);
  return possible === 0 ? 100 : (100 * sum(killed)) / possible;
}

export function scoresBelow(floor: Floor, folder: string): readonly FileScore[] {
  return Object.entries(floor.files)
    .filter(([file]) => file.startsWith(`${folder}/`))
    .map(([, score]) => score);
}
