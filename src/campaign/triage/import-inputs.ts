// Takes inputs from elsewhere, such as a download of OSS-Fuzz, into the crashes folder: copies those that fail, each to the
// bucket it ends in here. What the other place thought of them does not count.

import type { Builds } from '../bugs/builds.js';
import type { FolderProblem } from '../crashes/crash-folder.js';
import { writeCrash } from '../crashes/crash-store.js';
import { EnvironmentError, UsageError } from '../errors.js';
import { failureOf } from '../replay/failure.js';
import { gatherInputs } from '../replay/replay-inputs.js';
import { type ReplayedInput, replayMany } from '../replay/replay-many.js';

export interface ImportOptions {
  readonly crashes: string;
  readonly builds: Builds;
  /** The target of all of them; null for what sidecars, folders and file names say. */
  readonly target: string | undefined;
  /** Milliseconds after which a run counts as endless. */
  readonly hangLimit: number;
}

export interface ImportedInputs {
  /** Copies, by the files that they were made of. */
  readonly copied: ReadonlyMap<string, string>;
  /** Files that fail on nothing here, and stay where they are. */
  readonly passing: readonly string[];
  /** What is wrong with files that were left out. */
  readonly problems: readonly string[];
  /** What could not be written. */
  readonly failures: readonly FolderProblem[];
}

/** Copies what fails. Throws UsageError for a path that is not there or holds nothing. */
export function importInputs(paths: readonly string[], options: ImportOptions): ImportedInputs {
  const { inputs, problems } = gatherInputs(paths, options.target);
  const copied = new Map<string, string>();
  const passing: string[] = [];
  const failures: FolderProblem[] = [];
  const { builds, hangLimit } = options;
  for (const replayed of replayMany(inputs, builds, { times: 1, hangLimit, traced: true })) {
    const { file } = replayed.input;
    try {
      const copy = copyFailing(replayed, options);
      if (copy === null) passing.push(file);
      else copied.set(file, copy);
    } catch (error) {
      if (!(error instanceof EnvironmentError) && !(error instanceof UsageError)) throw error;
      failures.push({ file, message: error.message });
    }
  }
  return { copied, passing, problems, failures };
}

/** The copy's path; null where the input fails on nothing. */
function copyFailing({ input, result, bug }: ReplayedInput, options: ImportOptions): string | null {
  const finding = failureOf(result, options.hangLimit);
  if (finding === null) return null;
  const { target, bytes, placement } = input;
  const { trace } = result;
  return writeCrash({ directory: options.crashes, target, bytes, finding, trace, seed: null, bug, placement }).file;
}
