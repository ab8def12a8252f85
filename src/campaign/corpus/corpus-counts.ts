// How many inputs the corpus of a target holds, by where they came from. Reads names and sizes only.

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { UsageError, messageOf } from '../errors.js';
import { CORPUS_KINDS, type CorpusFolders, type CorpusKind, kindFolder } from './corpus-inputs.js';

/** Inputs of each kind. */
export interface CorpusCounts extends Readonly<Record<CorpusKind, number>> {
  /** Of all of them together. */
  readonly bytes: number;
}

/** The inputs of a target; null where it has none of the three folders. Throws UsageError. */
export function countCorpus(corpus: CorpusFolders, target: string): CorpusCounts | null {
  const counts = { seed: 0, regression: 0, generated: 0, bytes: 0 };
  let found = false;
  for (const kind of CORPUS_KINDS) {
    const folder = kindFolder(corpus, target, kind);
    const inputs = inputsOf(folder);
    if (inputs === null) continue;
    found = true;
    counts[kind] = inputs.length;
    for (const name of inputs) counts.bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return found ? counts : null;
}

/** Names of the inputs, or null where there is no such folder. The manifest of the seeds is no input. */
export function inputsOf(folder: string): readonly string[] | null {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UsageError(`cannot read ${folder}: ${messageOf(error)}`);
  }
  return entries.filter((entry) => entry.isFile() && !/^\.|\.(json|md)$/.test(entry.name)).map(({ name }) => name);
}
