// The inputs of a crashes folder as triage judges them. What cannot be judged is a problem that names its file; the rest
// goes on.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';

import type { Builds } from '../bugs/builds.js';
import type { BucketFolder, CrashFolder, FolderProblem, StoredInputFile } from '../crashes/crash-folder.js';
import { foreignTo } from '../drivers/driver-inputs.js';
import { MAX_INPUT_SIZE, type ReplayInput } from '../replay/replay-inputs.js';

/** An input and the folder it lies in. */
export interface StoredInput extends ReplayInput {
  readonly home: BucketFolder;
  /** What minimising once made of another input: stands for its bucket only where no other does. */
  readonly minimised: boolean;
}

export interface StoredInputs {
  readonly inputs: readonly StoredInput[];
  readonly problems: readonly FolderProblem[];
}

/** All inputs of the folder, or those of one target, in an order that never changes. */
export function storedInputs(crashes: CrashFolder, target: string | undefined, builds: Builds): StoredInputs {
  const problems: FolderProblem[] = [];
  const inputs = crashes.targets
    .filter((folder) => target === undefined || folder.target === target)
    .flatMap((folder) => folder.buckets.flatMap((home) => inputsOf(folder.target, home)))
    .filter((input) => {
      const message = whyNot(input, builds);
      if (message !== null) problems.push({ file: input.file, message: `${message}: left out` });
      return message === null;
    });
  return { inputs, problems };
}

function inputsOf(target: string, home: BucketFolder): readonly StoredInput[] {
  const stored = ({ file, bytes, sidecar }: StoredInputFile, minimised: boolean): StoredInput => {
    return {
      file,
      bytes,
      target,
      bug: sidecar?.bug ?? null,
      home,
      minimised,
      placement: sidecar?.placement,
      driver: sidecar?.driver,
    };
  };
  const minimised = home.minimised === null ? [] : [stored(home.minimised, true)];
  return [...home.inputs.map((input) => stored(input, false)), ...minimised];
}

/** Why an input says nothing about the driver, or null. */
function whyNot({ file, bytes, bug, driver }: StoredInput, builds: Builds): string | null {
  if (bytes.length === 0) return 'an empty file';
  if (bytes.length > MAX_INPUT_SIZE) return `${bytes.length} bytes, an input has at most ${MAX_INPUT_SIZE}`;
  if (!basename(file).endsWith(createHash('sha1').update(bytes).digest('hex'))) {
    return 'its content is not the one that its name says, it was changed or cut off';
  }
  const otherDriver = foreignTo(builds.driver, { driver });
  if (otherDriver !== null) return otherDriver;
  if (bug !== null && builds.forInput(bug).bug === null) {
    return `found with bug ${bug}, which is not in the bug bank (see --bugs)`;
  }
  return null;
}
