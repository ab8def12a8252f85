// What a campaign that was killed left half done. Finished files are never touched.

import { type Dirent, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { isRunning } from '../running.js';

/** Unfinished writes (atomic-file.ts) and probes (folders.ts) name the process that made them. */
const UNFINISHED = [/^\..+\.(\d+)\.tmp$/, /^\.probe-(\d+)$/];

/** Removes unfinished writes of processes that are gone, in the folder and in those right below it. */
export function removeUnfinished(folder: string): void {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) entriesOf(path).forEach((inner) => removeIfUnfinished(join(path, inner.name), inner));
    else removeIfUnfinished(path, entry);
  }
}

function removeIfUnfinished(path: string, entry: Dirent): void {
  const owner = UNFINISHED.map((name) => name.exec(entry.name)?.[1]).find((match) => match !== undefined);
  // One of this process is from another one that had the same id: nothing is being written now.
  if (owner === undefined || (isRunning(Number(owner)) && Number(owner) !== process.pid)) return;
  try {
    rmSync(path, { force: true });
  } catch {
    // Ignored by every reader anyway.
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
