// `vringfuzz describe`: one input as readable steps, and what the oracles say about it.

import type { Command } from 'commander';

import { inputsFor } from '../campaign/drivers/driver-inputs.js';
import { UsageError } from '../campaign/errors.js';
import { findTarget } from '../campaign/harness.js';
import { placedHarness } from '../campaign/replay/placed-harness.js';
import { type RunOutcome, runOnce } from '../campaign/replay/replay.js';
import { type ReplayInput, collectInputs } from '../campaign/replay/replay-inputs.js';
import { coloursFor } from '../report/colours.js';
import { stepsText } from '../report/steps-text.js';
import { type BuildOptions, addBuildOptions, buildsOf, note } from './options.js';

interface DescribeOptions extends BuildOptions {
  readonly json?: boolean;
}

const HELP = `
Examples:
  vringfuzz describe crashes/split_ring_fuzzer/<bucket>/crash-<sha1>
  vringfuzz describe --target packed_ring_fuzzer my-input
  vringfuzz describe corpus/bounce_fuzzer/seed/<name> --json

Exit code: 0 described (with or without a finding), 70 no end, 3 the harness itself failed, 2 wrong use.`;

export function addDescribeCommand(program: Command): void {
  const command = program
    .command('describe')
    .description('show one input as numbered steps, with its finding')
    .argument('<file>', 'an input');
  addBuildOptions(command)
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(describe);
}

function describe(file: string, options: DescribeOptions): void {
  const input = onlyInput(file, options.target);
  const builds = buildsOf(options);
  inputsFor(builds.driver, { inputs: [input], problems: [] }, note);
  const { harness, bug } = builds.forInput(input.bug);
  const outcome = runOnce(
    placedHarness(harness, input.placement),
    findTarget(harness.targets, input.target),
    input.bytes,
  );
  if (outcome === 'hang') {
    note(`${file} does not end`);
    process.exitCode = 70;
    return;
  }
  if (outcome.verdict.kind === 'harness-bug') {
    process.stderr.write(`${outcome.verdict.stack}\n`);
    process.exitCode = 3;
  }
  process.stdout.write(options.json === true ? jsonText(input, bug, outcome) : humanText(input, bug, outcome));
}

function onlyInput(file: string, target: string | undefined): ReplayInput {
  const [input, second] = collectInputs([file], target);
  if (input === undefined || second !== undefined)
    throw new UsageError(`${file} holds several inputs: give one of them`);
  return input;
}

function jsonText(input: ReplayInput, bug: string | null, outcome: RunOutcome): string {
  const { verdict, trace } = outcome;
  const document = {
    file: input.file,
    target: input.target,
    bug,
    ...(input.placement === undefined ? {} : { placement: input.placement }),
    verdict: verdict.kind,
    finding: verdict.kind === 'finding' ? verdict.finding : null,
    ...(verdict.kind === 'harness-bug' ? { message: verdict.message } : {}),
    trace,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function humanText(input: ReplayInput, bug: string | null, outcome: RunOutcome): string {
  return stepsText({ target: input.target, bug, ...outcome }, coloursFor(process.stdout));
}
