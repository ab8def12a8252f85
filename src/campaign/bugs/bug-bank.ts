// The bug bank: the planted bugs that prove the oracles, from bugs/ and from any other folder of patches.

import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { type Bug, readBug } from './bug-definition.js';
import { UsageError, messageOf } from '../errors.js';
import { didYouMean } from '../nearest.js';
import { projectRoot } from '../paths.js';

export type { Bug } from './bug-definition.js';
export { buildBug, typecheckBug } from './bug-build.js';

/**
 * Every bug of bugs/ and of `extraDirs`, by id. A folder holds one bug a subfolder, or is one bug itself. Throws
 * UsageError for a folder that is not there, a broken bug, or an id that two folders use.
 */
export function loadBugs(extraDirs: readonly string[] = []): readonly Bug[] {
  const { bugs, problems } = loadUsableBugs(extraDirs);
  if (problems[0] !== undefined) throw new UsageError(problems[0]);
  return bugs;
}

export interface UsableBugs {
  readonly bugs: readonly Bug[];
  readonly problems: readonly string[];
}

/** The same, but broken bugs are told and left out. Throws UsageError for a folder that is not there. */
export function loadUsableBugs(extraDirs: readonly string[] = []): UsableBugs {
  return usableBugs(join(projectRoot(), 'bugs'), extraDirs, null);
}

/** The same for bugs of another driver, such as `linux`: those of bugs/<driver>/ and of `extraDirs`. */
export function loadDriverBugs(driver: string, extraDirs: readonly string[]): UsableBugs {
  return usableBugs(join(projectRoot(), 'bugs', driver), extraDirs, driver);
}

function usableBugs(bundled: string, extraDirs: readonly string[], driver: string | null): UsableBugs {
  const banks = [...(existsSync(bundled) ? [bundled] : []), ...extraDirs.map((folder) => resolve(folder))];
  const folders = new Set(banks.flatMap(bugFolders).map((folder) => realpathSync(folder)));
  const bugs = new Map<string, Bug>();
  const problems: string[] = [];
  for (const folder of folders) {
    try {
      const bug = readBug(folder);
      checkDriver(bug, driver);
      const other = bugs.get(bug.id);
      if (other !== undefined) {
        throw new UsageError(`bug ${bug.id} is defined twice: in ${other.directory} and in ${bug.directory}`);
      }
      bugs.set(bug.id, bug);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(error.message);
    }
  }
  return { bugs: [...bugs.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

/** Throws UsageError for a bug of another driver than is asked for. */
function checkDriver({ id, driver: of }: Bug, driver: string | null): void {
  if (of === driver) return;
  throw new UsageError(
    of === null
      ? `bug ${id} is one of vringfuzz's own driver: its bug.json names no "driver"; leave out --driver`
      : `bug ${id} is one of driver ${of}: measure it with vringfuzz bench --driver ${of}`,
  );
}

/** The bug of that id. Throws UsageError, with the nearest id, when there is none. */
export function findBug(id: string, extraDirs: readonly string[] = []): Bug {
  const bugs = loadBugs(extraDirs);
  const bug = bugs.find((candidate) => candidate.id === id);
  if (bug !== undefined) return bug;
  const ids = bugs.map((candidate) => candidate.id);
  const places = ['bugs', ...extraDirs].join(', ');
  throw new UsageError(`unknown bug ${id}${didYouMean(id, ids)}; looked in ${places}, see vringfuzz list`);
}

/** The folders in `bank` that look like a bug; half of one counts, so that its reader names the missing file. */
function bugFolders(bank: string): readonly string[] {
  if (!existsSync(bank) || !statSync(bank).isDirectory()) throw new UsageError(`${bank} is not a folder of bugs`);
  if (looksLikeBug(bank)) return [bank];
  try {
    return readdirSync(bank)
      .map((name) => join(bank, name))
      .filter(looksLikeBug);
  } catch (error) {
    throw new UsageError(`cannot read ${bank}: ${messageOf(error)}`);
  }
}

function looksLikeBug(folder: string): boolean {
  return existsSync(join(folder, 'bug.json')) || existsSync(join(folder, 'bug.patch'));
}
