// What a folder that somebody named is to triage: a folder of findings, which is triaged where it lies, one target of such
// a folder, or inputs from elsewhere.

import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { ALL_TARGETS } from '../../target/targets.js';
import { type CrashFolder, isInputName, readCrashFolder } from '../crashes/crash-folder.js';

export type Place =
  | { readonly kind: 'crashes'; readonly folder: string; readonly target: string | undefined }
  | { readonly kind: 'elsewhere'; readonly path: string };

export function placeOf(path: string): Place {
  const folder = resolve(path);
  if (isTargetFolder(folder)) return { kind: 'crashes', folder: dirname(folder), target: basename(folder) };
  const holdsFindings = entriesOf(folder).some((entry) => isTargetFolder(join(folder, entry.name)));
  return holdsFindings ? { kind: 'crashes', folder, target: undefined } : { kind: 'elsewhere', path };
}

/** A crashes folder as it is; an empty one where there is none yet. Throws UsageError when it cannot be read. */
export function crashFolderAt(folder: string): CrashFolder {
  return existsSync(folder) ? readCrashFolder(folder) : { folder, targets: [], problems: [] };
}

/** Whether it has a target's name, and folders with findings in it. */
function isTargetFolder(folder: string): boolean {
  if (!ALL_TARGETS.some(({ name }) => name === basename(folder))) return false;
  return entriesOf(folder).some(
    (entry) => entry.isDirectory() && entriesOf(join(folder, entry.name)).some(({ name }) => isInputName(name)),
  );
}

/** Nothing for what is no folder or cannot be read: whoever reads it next says so. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
