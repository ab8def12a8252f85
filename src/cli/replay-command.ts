// `vringfuzz replay`: runs stored inputs again, without the engine.

import type { Command } from 'commander';

import { Builds } from '../campaign/bugs/builds.js';
import { findTarget } from '../campaign/harness.js';
import { type ReplayResult, replay, replayExitCode } from '../campaign/replay/replay.js';
import { type ReplayInput, collectInputs } from '../campaign/replay/replay-inputs.js';
import { type Colours, coloursFor } from '../report/colours.js';
import { type BuildOptions, addBuildOptions, note, positiveInteger } from './options.js';

interface ReplayCommandOptions extends BuildOptions {
  readonly times: number;
  /** Seconds. */
  readonly timeout: number;
  readonly json?: boolean;
}

const HELP = `
Each FILE is an input or a folder of inputs. Its target comes from its sidecar (FILE.json) or from its folder
(crashes/<target>/..., corpus/<target>/...); a planted bug that the sidecar names is used unless --bug says otherwise.

Examples:
  vringfuzz replay crashes/split_ring_fuzzer
  vringfuzz replay --target packed_ring_fuzzer --times 1 my-input
  vringfuzz replay corpus/bounce_fuzzer/seed --json

Exit code: 0 all ok, 77 a finding, 70 no end, 3 the harness itself failed, 2 wrong use.`;

export function addReplayCommand(program: Command): void {
  const command = program
    .command('replay')
    .description('run stored inputs again, without the engine')
    .argument('<file...>', 'inputs, or folders of inputs');
  addBuildOptions(command)
    .option('--times <n>', 'runs of each input', positiveInteger, 10)
    .option('--timeout <seconds>', 'time after which a run counts as endless', positiveInteger, 30)
    .option('--json', 'one JSON object on standard output: {"files": [...]}')
    .addHelpText('after', HELP)
    .action(replayAll);
}

function replayAll(files: readonly string[], options: ReplayCommandOptions): void {
  const inputs = collectInputs(files, options.target);
  const builds = new Builds({ bug: options.bug, bugDirs: options.bugs, note });
  const colours = coloursFor(process.stdout);
  const results: ReplayResult[] = [];
  const documents: object[] = [];
  for (const input of inputs) {
    const { harness, bug } = builds.forInput(input.bug);
    const target = findTarget(harness.targets, input.target);
    const result = replay(harness, target, input.bytes, { times: options.times, hangLimit: options.timeout * 1000 });
    if (result.verdict === 'hang') builds.renew(bug);
    if (result.problem !== null) process.stderr.write(`${result.problem.stack}\n`);
    if (options.json === true) documents.push(documentOf(input, bug, result));
    else process.stdout.write(humanLines(input, result, colours));
    results.push(result);
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify({ files: documents })}\n`);
  process.exitCode = replayExitCode(results);
}

function documentOf(input: ReplayInput, bug: string | null, result: ReplayResult): object {
  return {
    file: input.file,
    target: input.target,
    bug,
    verdict: result.verdict,
    oracle: result.finding?.oracle ?? null,
    bucket: result.finding?.bucket ?? null,
    reproduced: reproduced(result),
    traceHash: result.traceHash,
    ...(result.problem === null ? {} : { message: result.problem.message }),
  };
}

function humanLines(input: ReplayInput, result: ReplayResult, colours: Colours): string {
  const { finding, problem } = result;
  const colour = result.verdict === 'ok' ? colours.green : colours.red;
  const what = finding === null ? [] : [finding.oracle, finding.bucket];
  const line = [colour(result.verdict), input.file, ...what, reproduced(result)].join('  ');
  if (finding !== null) return `${line}\n    ${finding.claim}\n`;
  return problem === null ? `${line}\n` : `${line}\n    ${problem.message}\n`;
}

function reproduced(result: ReplayResult): string {
  return `${result.same}/${result.runs}`;
}
