// Options that several commands share, so that they read and behave alike.

import { type Command, InvalidArgumentError, Option } from 'commander';

/** What `addBuildOptions` parses to. */
export interface BuildOptions {
  readonly target?: string;
  readonly bug?: string;
  readonly bugs: readonly string[];
}

/** `--target`, `--bug` and `--bugs`. */
export function addBuildOptions(command: Command): Command {
  return command
    .option('--target <name>', 'target to run (default: what the sidecar or the folder names)')
    .option('--bug <id>', 'judge the build with this planted bug')
    .addOption(bugsOption());
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
