// `vringfuzz minimise`: the same finding with as little input as can be.

import { resolve } from 'node:path';

import type { Command } from 'commander';

import type { Builds } from '../campaign/bugs/builds.js';
import { inputsFor } from '../campaign/drivers/driver-inputs.js';
import { EnvironmentError, UsageError } from '../campaign/errors.js';
import { checkWritable } from '../campaign/folders.js';
import { findTarget } from '../campaign/harness.js';
import { type MinimisedInput, minimiseInput, storeMinimised } from '../campaign/minimise/minimise-input.js';
import { type ReplayInput, collectInputs } from '../campaign/replay/replay-inputs.js';
import { coloursFor } from '../report/colours.js';
import { type InputSize, type MinimisedDocument, minimisedText } from '../report/minimised-text.js';
import { recordCount } from '../scenario/scenario.js';
import { ALL_TARGETS } from '../target/targets.js';
import { type BuildOptions, addBuildOptions, buildsOf, note } from './options.js';

interface MinimiseCommandOptions extends BuildOptions {
  readonly output?: string;
  readonly json?: boolean;
}

const HELP = `
Each FILE is an input or a folder of inputs, as for replay. The original is left as it is. The result is stored as
minimised-<sha1> with a sidecar: in the folder of its bucket where FILE is a finding
(DIR/<target>/<bucket>/crash-<sha1>), else beside FILE; with --output, there.

Examples:
  vringfuzz minimise crashes/split_ring_fuzzer/<bucket>/crash-<sha1>
  vringfuzz minimise crashes --json
  vringfuzz minimise my-input --target packed_ring_fuzzer --output small

Exit code: 0 all minimised, 1 a result could not be written, 2 an input fails on nothing, or wrong use.`;

export function addMinimiseCommand(program: Command): void {
  const command = program
    .command('minimise')
    .description('make failing inputs small, in the same bucket')
    .argument('<file...>', 'inputs, or folders of inputs');
  addBuildOptions(command)
    .option('--output <dir>', 'folder for the results (default: see below)')
    .option('--json', 'one JSON object on standard output: {"files": [...]}')
    .addHelpText('after', HELP)
    .action(minimiseAll);
}

function minimiseAll(files: readonly string[], options: MinimiseCommandOptions): void {
  const builds = buildsOf(options);
  const { inputs } = inputsFor(builds.driver, { inputs: collectInputs(files, options.target), problems: [] }, note);
  const output = options.output === undefined ? undefined : resolve(options.output);
  if (output !== undefined) checkWritable(output);
  const colours = coloursFor(process.stdout);
  const documents: MinimisedDocument[] = [];
  for (const input of inputs) {
    const document = minimiseOne(input, builds, output);
    documents.push(document);
    if (options.json !== true) process.stdout.write(minimisedText(document, colours));
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify({ files: documents })}\n`);
  process.exitCode = exitCodeOf(documents);
}

function minimiseOne(input: ReplayInput, builds: Builds, output: string | undefined): MinimisedDocument {
  const start = Date.now();
  const result = minimiseInput(input, builds);
  const seconds = (Date.now() - start) / 1000;
  const { file, target, bytes } = input;
  return {
    file,
    target,
    bug: result?.bug ?? null,
    bucket: result?.bucket ?? null,
    before: sizeOf(target, bytes),
    after: result === null ? null : sizeOf(target, result.bytes),
    trials: result?.trials ?? 0,
    complete: result?.complete ?? true,
    seconds,
    stored: result === null ? null : store(input, result, output),
  };
}

function sizeOf(target: string, bytes: Uint8Array): InputSize {
  const { form } = findTarget(ALL_TARGETS, target);
  return { bytes: bytes.length, steps: form === 'raw' ? null : recordCount(bytes.length) };
}

/** The path, or null where it could not be written: the other inputs are minimised all the same. */
function store(input: ReplayInput, result: MinimisedInput, output: string | undefined): string | null {
  try {
    return storeMinimised(input, result, output).file;
  } catch (error) {
    if (!(error instanceof EnvironmentError) && !(error instanceof UsageError)) throw error;
    note(error.message);
    return null;
  }
}

function exitCodeOf(documents: readonly MinimisedDocument[]): number {
  if (documents.some(({ bucket, stored }) => bucket !== null && stored === null)) return 1;
  return documents.some(({ bucket }) => bucket === null) ? 2 : 0;
}
