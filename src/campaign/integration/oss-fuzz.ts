// What oss-fuzz/build.sh needs to know: which targets there are, what Jazzer.js must be told, and what goes beside them.
//
// An OSS-Fuzz build ends in a folder, $OUT, that is packed, moved and run read-only elsewhere. compile_javascript_fuzzer
// copies the whole project there unless its folder exists already. It is made here instead, from what a target needs and
// nothing else, because ClusterFuzz opens every file of $OUT to look for fuzz targets, and each of its machines fetches it.

import { cpSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { TARGETS } from '../../target/targets.js';
import type { TargetSpec } from '../../target/target-spec.js';
import { makeFolder, writeAtomically } from '../atomic-file.js';
import { jazzerOptions } from '../engine/engine-flags.js';
import { EnvironmentError, UsageError, messageOf } from '../errors.js';
import { DEFAULT_MAX_LENGTH } from '../fuzz-campaign.js';
import { objectField, parseObject } from '../json-fields.js';
import { dictionaryOf } from './dictionary.js';

/** Folder of the project in $OUT. No target may have this name: its wrapper lies beside the folder. */
export const PROJECT_FOLDER = 'vringfuzz';

/** As ClusterFuzz has it; the engine's own is 5 s. One execution takes microseconds and has a step budget of its own. */
const TIMEOUT_SECONDS = 25;

/** Parts of the project that a target needs; sources are named by stacks and coverage reports. */
const PARTS = ['package.json', 'LICENSE', 'src', 'fuzz', join('dist', 'src'), join('dist', 'fuzz')];

/** The targets to build; the canary fails on purpose and is only for trying the way of a crash. */
export function ossFuzzTargets(withCanary: boolean): readonly TargetSpec[] {
  return TARGETS.filter((target) => withCanary || !target.canary);
}

/**
 * Options of Jazzer.js for the wrappers, which start the engine's own command line. No path in them depends on where
 * $OUT lies or on the working directory; the hooks file (-h) would, so every target loads it itself.
 */
export function wrapperOptions(): readonly string[] {
  return jazzerOptions(join(PROJECT_FOLDER, 'dist'), TIMEOUT_SECONDS);
}

/** Files beside the wrapper of a target, by name. Schedulers read them, the engine does not. */
export function companionFiles(target: TargetSpec): ReadonlyMap<string, string> {
  return new Map([
    [`${target.name}.dict`, dictionaryOf(target)],
    // Longer inputs mean the same as their first bytes.
    [`${target.name}.options`, `[libfuzzer]\nmax_len = ${String(DEFAULT_MAX_LENGTH)}\n`],
  ]);
}

export interface RuntimePackage {
  /** Relative to the project. */
  readonly folder: string;
  /** Left out by npm where it does not fit the machine. */
  readonly optional: boolean;
}

/** All packages that a package-lock.json needs at run time. Throws FieldError. */
export function runtimePackages(lock: string): readonly RuntimePackage[] {
  const packages = objectField(parseObject(lock), 'packages');
  return Object.keys(packages)
    .filter((folder) => folder !== '' && objectField(packages, folder)['dev'] !== true)
    .map((folder) => ({ folder, optional: objectField(packages, folder)['optional'] === true }));
}

/** Makes `$OUT/vringfuzz` from a built project, and the files beside the wrappers. Throws EnvironmentError. */
export function stage(project: string, out: string, targets: readonly TargetSpec[]): void {
  const packages = packagesOf(join(project, 'package-lock.json'))
    .filter(({ folder, optional }) => !optional || existsSync(join(project, folder)))
    .map(({ folder }) => folder);
  for (const part of [...PARTS, ...packages]) {
    const from = join(project, part);
    if (!existsSync(from)) {
      throw new EnvironmentError(`${from} is missing: run npm ci && npm run build in ${project}`);
    }
    const to = join(out, PROJECT_FOLDER, part);
    makeFolder(dirname(to));
    cpSync(from, to, { recursive: true, dereference: true });
  }
  for (const target of targets) {
    for (const [name, text] of companionFiles(target)) writeAtomically(join(out, name), Buffer.from(text));
  }
}

function packagesOf(lock: string): readonly RuntimePackage[] {
  try {
    return runtimePackages(readFileSync(lock, 'utf8'));
  } catch (error) {
    throw new EnvironmentError(`cannot use ${lock}: ${messageOf(error)}; run npm ci in its folder`);
  }
}

/** `oss-fuzz.js stage OUT | targets | options`, from the root of the project. */
function main([command, out]: readonly string[]): void {
  const targets = ossFuzzTargets(process.env['VRINGFUZZ_WITH_CANARY'] === '1');
  if (command === 'targets') print(targets.map((target) => target.name));
  else if (command === 'options') print(wrapperOptions());
  else if (command === 'stage' && out !== undefined) stage(process.cwd(), out, targets);
  else throw new UsageError('usage: oss-fuzz.js stage OUT | targets | options');
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

if (require.main === module) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`oss-fuzz: ${messageOf(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
