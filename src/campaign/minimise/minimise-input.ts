// Minimises one stored input in its build and stores the result: in the folder of its bucket where the input lies among
// findings, else beside it or where the caller says. The input itself is only read.

import { basename, dirname, join, resolve } from 'node:path';

import type { Trace } from '../../verdict/trace.js';
import type { Finding } from '../../verdict/verdict.js';
import type { Build, Builds } from '../bugs/builds.js';
import { type FailingInput, type StoredCrash, bucketFolder, writeInput } from '../crashes/crash-store.js';
import { isInputName } from '../crashes/crash-folder.js';
import { findTarget } from '../harness.js';
import { failureOf } from '../replay/failure.js';
import { placedHarness } from '../replay/placed-harness.js';
import { replay } from '../replay/replay.js';
import type { ReplayInput } from '../replay/replay-inputs.js';
import { type Minimised, type MinimiseOptions, minimise } from './minimise.js';

/** Milliseconds for one execution of an input; it takes microseconds. */
const HANG_LIMIT = 5000;

export interface MinimisedInput extends Minimised {
  /** What the smaller input comes to. */
  readonly finding: Finding;
  readonly trace: Trace | null;
  readonly bug: string | null;
  /** That of the input: it stays as it is, and the bytes shrink around it. */
  readonly placement: string | undefined;
}

/** The small input of the same bucket; null where the input fails on nothing. */
export function minimiseInput(
  input: ReplayInput,
  builds: Builds,
  budget: Pick<MinimiseOptions, 'trials' | 'seconds'> = {},
): MinimisedInput | null {
  const build = builds.forInput(input.bug);
  const target = findTarget(build.harness.targets, input.target);
  const renew = (): Build['harness'] => {
    builds.renew(build.bug);
    return placedHarness(builds.forInput(input.bug).harness, input.placement);
  };
  const harness = placedHarness(build.harness, input.placement);
  const minimised = minimise(input.bytes, { harness, target, renew, ...budget });
  if (minimised === null) return null;
  // A build that was stopped half-way has been loaded anew.
  const renewed = placedHarness(builds.forInput(input.bug).harness, input.placement);
  const result = replay(renewed, target, minimised.bytes, { times: 1, hangLimit: HANG_LIMIT });
  if (result.verdict === 'hang') builds.renew(build.bug);
  const finding = failureOf(result, HANG_LIMIT);
  if (finding === null) return null;
  return { ...minimised, finding, trace: result.trace, bug: build.bug, placement: input.placement };
}

/** Stores the result. Throws EnvironmentError. */
export function storeMinimised(input: ReplayInput, result: MinimisedInput, output: string | undefined): StoredCrash {
  const { bytes, finding, trace, bug, placement } = result;
  const document: FailingInput = { target: input.target, bytes, finding, trace, seed: null, bug, placement };
  return writeInput(output ?? folderFor(input, finding.bucket), 'minimised', document);
}

/** `DIR/<target>/<bucket>/crash-<sha1>` is a finding: its bucket's folder in DIR. Else the folder of the file. */
function folderFor({ file, target }: ReplayInput, bucket: string): string {
  const folder = dirname(resolve(file));
  const isFinding = isInputName(basename(file)) && basename(dirname(folder)) === target;
  return isFinding ? bucketFolder(join(folder, '..', '..'), target, bucket) : folder;
}
