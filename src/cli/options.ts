// Options that several commands share, so that they read and behave alike.

import { join } from 'node:path';

import { type Command, InvalidArgumentError, Option } from 'commander';

import { Builds } from '../campaign/bugs/builds.js';
import { driverFolder } from '../campaign/drivers/driver-folder.js';
import type { LoadedDriver } from '../campaign/drivers/loaded-driver.js';
import { resolveDriver } from '../campaign/drivers/resolve-driver.js';
import { UsageError } from '../campaign/errors.js';
import type { TargetSpec } from '../target/target-spec.js';
import { targetByName } from '../target/targets.js';

/** What `addBuildOptions` parses to. */
export interface BuildOptions {
  readonly target?: string;
  readonly bug?: string;
  readonly bugs: readonly string[];
  readonly driver?: string;
}

/** `--target`, `--bug`, `--bugs` and `--driver`. */
export function addBuildOptions(command: Command): Command {
  return command
    .option('--target <name>', 'target to run (default: what the sidecar or the folder names)')
    .option('--bug <id>', 'judge the build with this planted bug')
    .addOption(bugsOption())
    .addOption(driverOption());
}

/** `--driver PATH`. */
export function driverOption(): Option {
  return new Option('--driver <path>', 'judge another driver: a JavaScript module, or linux[:VERSION]');
}

/** The driver that `--driver` names, or null; for `target`, if one is named. Throws UsageError. */
export function driverOf(options: {
  readonly driver?: string | undefined;
  readonly target?: string | undefined;
}): LoadedDriver | null {
  const { driver, target } = options;
  const spec = target === undefined ? undefined : targetByName(target);
  return driver === undefined ? null : loadFor(spec === undefined ? [] : [spec], driver);
}

/** For a target that bounces: of the driver's builds one with bounce buffers of its own. That there is none is told. */
function loadFor(targets: readonly TargetSpec[], named: string): LoadedDriver {
  const bounces = targets.find(({ driverPool }) => driverPool === true);
  const driver = resolveDriver(named, { pool: bounces !== undefined });
  if (bounces !== undefined && driver.module.bouncePool === undefined) {
    note(`${bounces.name} bounces through vringfuzz's own swiotlb: ${driver.identity.source} brings none`);
  }
  return driver;
}

/** The same; where nothing is named, the driver that the targets are of. Throws UsageError where some are and some are not. */
export function driverFor(
  targets: readonly TargetSpec[],
  options: { readonly driver?: string | undefined },
): LoadedDriver | null {
  const named = targets.find(({ driver }) => driver !== undefined);
  const other = targets.find(({ driver }) => driver === undefined);
  if (options.driver === undefined && named !== undefined && other !== undefined) {
    throw new UsageError(
      `${named.name} runs driver ${named.driver ?? ''}, ${other.name} does not: name them one after the other`,
    );
  }
  const driver = options.driver ?? named?.driver;
  return driver === undefined ? null : loadFor(targets, driver);
}

/** The builds that the options ask for. Throws UsageError. */
export function buildsOf(options: BuildOptions): Builds {
  return new Builds({ bug: options.bug, bugDirs: options.bugs, driver: driverOf(options), note });
}

/** The part of a folder of findings that is the driver's; all of it for our own. */
export function findingsOf(crashes: string, driver: LoadedDriver | null): string {
  return driver === null ? crashes : join(crashes, driverFolder(driver));
}

/** Words that repeat the choice of a build on another command line. */
export function buildArguments({ bug, bugs, driver }: BuildOptions): string[] {
  return [
    ...(bug === undefined ? [] : ['--bug', bug]),
    ...bugs.flatMap((folder) => ['--bugs', folder]),
    ...(driver === undefined ? [] : ['--driver', driver]),
  ];
}

/** `--bugs DIR`, as often as wanted. */
export function bugsOption(): Option {
  return new Option('--bugs <dir>', 'another folder of bugs besides bugs/; may be repeated')
    .argParser((folder: string, folders: readonly string[]) => [...folders, folder])
    .default([], 'none');
}

/** Parses an option's value as a whole number from 1. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number from 1.');
  }
  return value;
}

/** Parses an option's value as a probability, such as 1e-4 or 0.001. */
export function probability(text: string): number {
  const value = Number(text);
  if (!/^[\d.]+(e-?\d+)?$/i.test(text) || !(value > 0 && value < 1)) {
    throw new InvalidArgumentError('It must lie between 0 and 1, such as 1e-4.');
  }
  return value;
}

/** A line on standard error that is not an error. */
export function note(message: string): void {
  process.stderr.write(`vringfuzz: ${message}\n`);
}
