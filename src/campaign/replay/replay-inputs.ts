// Which files a replay is about, and which target and build each one belongs to. Everything wrong with them is said
// before the first one runs.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

import { TARGETS } from '../../target/targets.js';
import { UsageError, messageOf } from '../errors.js';
import { findTarget } from '../harness.js';
import { sidecarOf } from '../crashes/sidecar.js';

/** Inputs are some hundred bytes; what is larger than this was not written by a fuzzer. */
export const MAX_INPUT_SIZE = 1 << 20;

export interface ReplayInput {
  /** As given, or found below a given folder. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Name of the target. */
  readonly target: string;
  /** The bug whose build found it, by the sidecar; null for the driver as it is. */
  readonly bug: string | null;
}

/**
 * The inputs that `paths` name: files, or folders with all that is below them. `target` overrides what sidecars and
 * folders say. Throws UsageError for the first path that cannot be replayed.
 */
export function collectInputs(paths: readonly string[], target: string | undefined): readonly ReplayInput[] {
  if (target !== undefined) findTarget(TARGETS, target);
  return paths.flatMap(inputFiles).map((file) => readInput(file, target));
}

function inputFiles(path: string): readonly string[] {
  if (!status(path).isDirectory()) return [path];
  const files = filesBelow(path);
  if (files.length === 0) throw new UsageError(`${path} is a folder without inputs`);
  return files;
}

function filesBelow(folder: string): readonly string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new UsageError(`cannot read ${folder}: ${messageOf(error)}`);
  }
  return entries
    .filter((entry) => !entry.name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return isCompanion(entry.name) ? [] : [path];
    });
}

/** Files that lie beside inputs: sidecars, readable traces, explanations. */
function isCompanion(name: string): boolean {
  return /\.(json|txt|md)$/.test(name) || name.startsWith('README');
}

function readInput(file: string, target: string | undefined): ReplayInput {
  const info = status(file);
  if (!info.isFile()) throw new UsageError(`${file} is not a regular file`);
  if (file.endsWith('.json'))
    throw new UsageError(`${file} is JSON, not an input (for a sidecar, give the input beside it)`);
  if (info.size === 0) throw new UsageError(`${file} is an empty file: an input has at least its header`);
  if (info.size > MAX_INPUT_SIZE) {
    throw new UsageError(`${file} is too large: ${info.size} bytes, an input has at most ${MAX_INPUT_SIZE}`);
  }
  const sidecar = sidecarOf(file);
  const name = target ?? sidecar?.target ?? targetOfPath(file);
  if (name === null) {
    const names = TARGETS.map((known) => known.name).join(', ');
    throw new UsageError(`cannot tell the target of ${file}: add --target NAME (one of ${names})`);
  }
  findTarget(TARGETS, name);
  return { file, bytes: contentOf(file), target: name, bug: sidecar?.bug ?? null };
}

/** crashes/<target>/<bucket>/... and corpus/<target>/...: the innermost folder with a target's name. */
function targetOfPath(file: string): string | null {
  const innermostFirst = resolve(file).split(sep).slice(0, -1).reverse();
  return innermostFirst.find((folder) => TARGETS.some((target) => target.name === folder)) ?? null;
}

function status(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UsageError(missing ? `no such file: ${path}` : `cannot read ${path}: ${messageOf(error)}`);
  }
}

function contentOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${messageOf(error)}`);
  }
}
