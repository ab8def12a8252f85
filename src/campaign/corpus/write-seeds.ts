// The generator of the committed seed corpus: corpus/<target>/seed/<name> and corpus/manifest.json, from the definitions
// in src/scenario/seeds/. Run by `npm run seeds`; the same definitions always give the same files.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { SEEDS } from '../../scenario/seeds/all-seeds.js';
import { contentOrNull, makeFolder, writeAtomically } from '../atomic-file.js';
import { committedCorpus } from '../paths.js';
import {
  MANIFEST,
  type ManifestEntries,
  type ManifestEntry,
  manifestEntry,
  manifestText,
  readManifest,
} from './manifest.js';

/** Every seed, and the manifest with these regressions, by their path below the corpus folder. */
export function seedCorpus(regression: ManifestEntries = {}): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const seed: Record<string, Record<string, ManifestEntry>> = {};
  for (const { target, name, why, bytes } of SEEDS) {
    (seed[target] ??= {})[name] = manifestEntry(why, bytes);
    files.set(join(target, 'seed', name), bytes);
  }
  files.set(MANIFEST, manifestText({ seed, regression }));
  return files;
}

/** Files in the seed folders that no definition makes, by their path below the corpus folder. */
export function staleSeeds(corpus: string): readonly string[] {
  const files = seedCorpus();
  if (!existsSync(corpus)) return [];
  return readdirSync(corpus)
    .map((target) => join(target, 'seed'))
    .filter((folder) => existsSync(join(corpus, folder)))
    .flatMap((folder) => readdirSync(join(corpus, folder)).map((name) => join(folder, name)))
    .filter((path) => !files.has(path))
    .sort();
}

/**
 * Brings a corpus folder up to date; files outside the seed folders stay, as does what the manifest says of regressions.
 * Returns how many files it wrote and removed.
 */
export function writeSeeds(corpus: string): { readonly written: number; readonly removed: number } {
  const stale = staleSeeds(corpus);
  for (const path of stale) rmSync(join(corpus, path));
  let written = 0;
  for (const [path, content] of seedCorpus(readManifest(corpus).regression)) {
    const file = join(corpus, path);
    if (contentOrNull(file)?.equals(content) === true) continue;
    makeFolder(dirname(file));
    writeAtomically(file, content);
    written++;
  }
  return { written, removed: stale.length };
}

if (require.main === module) {
  const corpus = committedCorpus();
  const { written, removed } = writeSeeds(corpus);
  process.stdout.write(`${corpus}: ${SEEDS.length} seeds, ${written} files written, ${removed} removed\n`);
}
