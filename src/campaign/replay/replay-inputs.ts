// Which files a replay is about, and which target and build each one belongs to. Everything wrong with them is said
// before the first one runs: what somebody named must be usable, what lies in a named folder may be left out.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';

import type { DriverIdentity } from '../../platform/driver-module.js';
import { ALL_TARGETS } from '../../target/targets.js';
import { checkCorpusFormat } from '../corpus/corpus-format.js';
import { UsageError, messageOf } from '../errors.js';
import { findTarget } from '../harness.js';
import { STATS_FILE } from '../crashes/crash-folder.js';
import { PLOT_FILE } from '../crashes/plot-data.js';
import { sidecarOf } from '../crashes/sidecar.js';

const CAMPAIGN_FILES: readonly string[] = [PLOT_FILE, STATS_FILE];

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
  /** What its sidecar says happens besides what the bytes say. */
  readonly placement?: string | undefined;
  /** The driver from outside that it is a finding of, by the sidecar. */
  readonly driver?: DriverIdentity | undefined;
}

export interface GatheredInputs {
  readonly inputs: readonly ReplayInput[];
  /** What is wrong with files in folders, each naming its file; the files are left out. */
  readonly problems: readonly string[];
}

/**
 * The inputs that `paths` name: files, or folders with all that is below them. `target` overrides what sidecars and
 * folders say. Throws UsageError for the first file that cannot be replayed.
 */
export function collectInputs(paths: readonly string[], target: string | undefined): readonly ReplayInput[] {
  const { inputs, problems } = gatherInputs(paths, target);
  if (problems[0] !== undefined) throw new UsageError(problems[0]);
  return inputs;
}

/** The same, but only what `paths` name themselves must be usable. */
export function gatherInputs(paths: readonly string[], target: string | undefined): GatheredInputs {
  if (target !== undefined) findTarget(ALL_TARGETS, target);
  const inputs: ReplayInput[] = [];
  const problems: string[] = [];
  const formats = new FolderFormats();
  for (const path of paths) {
    if (!status(path).isDirectory()) {
      inputs.push(readInput(path, target, formats));
      continue;
    }
    const files = filesBelow(path);
    if (files.length === 0) throw new UsageError(`${path} is a folder without inputs`);
    for (const file of files) {
      try {
        inputs.push(readInput(file, target, formats));
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        problems.push(error.message);
      }
    }
  }
  // One line for a folder, not one for each file in it.
  return { inputs, problems: [...new Set(problems)] };
}

/** Asks for each folder once which format its inputs have. */
class FolderFormats {
  private readonly known = new Map<string, UsageError | null>();

  /** Throws UsageError where the folder's inputs are of another version. */
  check(folder: string): void {
    const known = this.known.get(folder);
    const problem = known === undefined ? formatError(folder) : known;
    this.known.set(folder, problem);
    if (problem !== null) throw problem;
  }
}

function formatError(folder: string): UsageError | null {
  try {
    checkCorpusFormat(folder);
    return null;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
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

/** Files that lie beside inputs: sidecars, explanations, what a campaign says of itself. */
function isCompanion(name: string): boolean {
  return /\.(json|txt|md)$/.test(name) || name.startsWith('README') || CAMPAIGN_FILES.includes(name);
}

function readInput(file: string, target: string | undefined, formats: FolderFormats): ReplayInput {
  const info = status(file);
  if (!info.isFile()) throw new UsageError(`${file} is not a regular file`);
  if (file.endsWith('.json'))
    throw new UsageError(`${file} is JSON, not an input (for a sidecar, give the input beside it)`);
  if (info.size === 0) throw new UsageError(`${file} is an empty file: an input has at least its header`);
  if (info.size > MAX_INPUT_SIZE) {
    throw new UsageError(`${file} is too large: ${info.size} bytes, an input has at most ${MAX_INPUT_SIZE}`);
  }
  // A sidecar speaks for its input, whatever the folder says.
  const sidecar = sidecarOf(file);
  if (sidecar === null) formats.check(dirname(file));
  const name = target ?? sidecar?.target ?? targetOfPath(file);
  if (name === null) {
    const names = ALL_TARGETS.map((known) => known.name).join(', ');
    throw new UsageError(`cannot tell the target of ${file}: add --target NAME (one of ${names})`);
  }
  findTarget(ALL_TARGETS, name);
  const { bug = null, placement, driver } = sidecar ?? {};
  return { file, bytes: contentOf(file), target: name, bug, placement, driver };
}

/**
 * crashes/<target>/<bucket>/... and corpus/<target>/...: the innermost folder with a target's name. Else a target's name in
 * that of the file, as ClusterFuzz has it: clusterfuzz-testcase-minimized-<target>-<number>.
 */
function targetOfPath(file: string): string | null {
  const innermostFirst = resolve(file).split(sep).slice(0, -1).reverse();
  const folder = innermostFirst.find((name) => ALL_TARGETS.some((target) => target.name === name));
  if (folder !== undefined) return folder;
  const words = basename(file).split(/[^A-Za-z0-9_]+/);
  return ALL_TARGETS.find((target) => words.includes(target.name))?.name ?? null;
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
