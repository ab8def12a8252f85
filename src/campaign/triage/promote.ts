// Keeps a finding for ever: its minimised input becomes a committed regression test under a name that says what it showed.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Builds } from '../bugs/builds.js';
import type { BucketFolder, CrashFolder } from '../crashes/crash-folder.js';
import { addRegression } from '../corpus/manifest.js';
import { UsageError } from '../errors.js';
import { minimiseInput } from '../minimise/minimise-input.js';
import { didYouMean } from '../nearest.js';
import { storedInputs } from './stored-inputs.js';

export interface PromoteOptions {
  readonly bucket: string;
  /** Where several targets have the bucket. */
  readonly target: string | undefined;
  /** File name; made of the bucket when absent. */
  readonly name: string | undefined;
  /** The folder with `<target>/regression`. */
  readonly corpus: string;
  readonly builds: Builds;
}

export interface Promoted {
  /** The regression's path. */
  readonly file: string;
  readonly target: string;
  /** Bytes. */
  readonly size: number;
  /** False where the file was there already. */
  readonly added: boolean;
  /** Id of the planted bug in the build that it fails with, or null. */
  readonly bug: string | null;
}

/** Copies the minimised input. Throws UsageError where there is no such bucket, nothing of it fails, or the name is taken. */
export function promote(crashes: CrashFolder, options: PromoteOptions): Promoted {
  const { target, home } = findBucket(crashes, options);
  const { inputs } = storedInputs(crashes, target, options.builds);
  const smallestFirst = inputs
    .filter((input) => input.home === home)
    .sort((a, b) => a.bytes.length - b.bytes.length || (a.file < b.file ? -1 : 1));
  let placement: string | null = null;
  for (const input of smallestFirst) {
    const result = minimiseInput(input, options.builds);
    if (result === null || result.bucket !== options.bucket) continue;
    if (result.placement !== undefined) {
      placement = result.placement;
      continue;
    }
    const name = options.name ?? regressionName(options.bucket);
    const { bytes, finding, bug } = result;
    const before = regressionsOf(options.corpus, target);
    const other = before.find((file) => readFileSync(file).equals(bytes));
    if (other !== undefined) return { file: other, target, size: bytes.length, added: false, bug };
    const why = `${finding.oracle}: ${finding.shape}, in ${finding.site.function}`;
    const file = addRegression(options.corpus, { target, name, why, bytes });
    return { file, target, size: bytes.length, added: true, bug };
  }
  if (placement !== null) {
    throw new UsageError(
      `${options.bucket} needs ${placement} besides the bytes, which a regression input cannot hold: write a seed with a fail or arm-load record (docs/systematic.md)`,
    );
  }
  throw new UsageError(`no input of ${options.bucket} ends in it any more: nothing to promote (see vringfuzz triage)`);
}

/** `early-unmap.split-queue-detach.buffer-in-flight` as words joined by dashes. */
export function regressionName(bucket: string): string {
  return bucket
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Throws UsageError where there is no such bucket, or several targets have it. */
export function findBucket(
  crashes: CrashFolder,
  { bucket, target }: Pick<PromoteOptions, 'bucket' | 'target'>,
): { readonly target: string; readonly home: BucketFolder } {
  const all = crashes.targets
    .filter((folder) => target === undefined || folder.target === target)
    .flatMap((folder) => folder.buckets.map((home) => ({ target: folder.target, home })));
  const [found, second] = all.filter(({ home }) => home.bucket === bucket);
  if (found === undefined) {
    const near = didYouMean(
      bucket,
      all.map(({ home }) => home.bucket),
    );
    throw new UsageError(`no bucket ${bucket} in ${crashes.folder}${near}`);
  }
  if (second !== undefined) {
    throw new UsageError(`${found.target} and ${second.target} both have bucket ${bucket}: add --target NAME`);
  }
  return found;
}

function regressionsOf(corpus: string, target: string): readonly string[] {
  const folder = join(corpus, target, 'regression');
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
