// The inputs of a corpus: corpus/<target>/{seed,regression,generated}. Committed ones may lie elsewhere than generated
// ones, where vringfuzz is installed as a dependency.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { type TargetSpec } from '../../target/target-spec.js';
import { TARGETS } from '../../target/targets.js';
import { UsageError } from '../errors.js';
import { findTarget } from '../harness.js';
import { committedCorpus, corpusFolder } from '../paths.js';
import { type ReplayInput, gatherInputs } from '../replay/replay-inputs.js';
import { COMMITTED_KINDS } from './manifest.js';

export const CORPUS_KINDS = [...COMMITTED_KINDS, 'generated'] as const;
export type CorpusKind = (typeof CORPUS_KINDS)[number];

export interface CorpusFolders {
  /** Holds `<target>/seed` and `<target>/regression`. */
  readonly committed: string;
  /** Holds `<target>/generated`. */
  readonly generated: string;
}

export interface CorpusInput extends ReplayInput {
  readonly kind: CorpusKind;
  /** Of the bytes, 40 hex digits. */
  readonly sha1: string;
}

export interface CorpusInputs {
  readonly inputs: readonly CorpusInput[];
  /** What cannot be used, each naming its file. */
  readonly problems: readonly string[];
}

/** The folders of `--corpus DIR`, or the usual ones. Throws UsageError for a folder that is not there. */
export function corpusFolders(directory: string | undefined): CorpusFolders {
  if (directory === undefined) return { committed: committedCorpus(), generated: corpusFolder() };
  const folder = resolve(directory);
  if (!existsSync(folder)) throw new UsageError(`no such folder: ${directory}`);
  return { committed: folder, generated: folder };
}

/** The targets of those names; without names all but the canary, which has no corpus. Throws UsageError. */
export function corpusTargets(names: readonly string[], known: readonly TargetSpec[] = TARGETS): readonly TargetSpec[] {
  if (names.length === 0) return TARGETS.filter((target) => !target.canary);
  return [...new Set(names)].map((name) => findTarget(known, name));
}

export function kindFolder(folders: CorpusFolders, target: string, kind: CorpusKind): string {
  return join(kind === 'generated' ? folders.generated : folders.committed, target, kind);
}

/** What a target has in these kinds of folder. */
export function readCorpus(
  folders: CorpusFolders,
  target: string,
  kinds: readonly CorpusKind[] = CORPUS_KINDS,
): CorpusInputs {
  const found = kinds.map((kind) => readFolder(kindFolder(folders, target, kind), target, kind));
  return {
    inputs: found.flatMap(({ inputs }) => inputs),
    problems: found.flatMap(({ problems }) => problems),
  };
}

/** The inputs in a folder and below it; none where there is no folder. */
export function readFolder(folder: string, target: string, kind: CorpusKind): CorpusInputs {
  if (!hasInputs(folder)) return { inputs: [], problems: [] };
  const { inputs, problems } = gatherInputs([folder], target);
  return {
    inputs: inputs.map((input) => ({ ...input, kind, sha1: sha1Of(input.bytes) })),
    problems,
  };
}

export function sha1Of(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}

function hasInputs(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith('.') && name !== 'README.md');
}
