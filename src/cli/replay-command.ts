// `vringfuzz replay`: runs stored inputs again, without the engine.

import { dirname } from 'node:path';

import { type Command, InvalidArgumentError } from 'commander';

import type { Builds } from '../campaign/bugs/builds.js';
import { inputsFor } from '../campaign/drivers/driver-inputs.js';
import { UsageError } from '../campaign/errors.js';
import { DEFAULT_DEBUGGER, type DebuggerAddress, debugReplay } from '../campaign/replay/debug-replay.js';
import { type ReplayResult, replayExitCode, verdictOf } from '../campaign/replay/replay.js';
import { type GatheredInputs, type ReplayInput, gatherInputs } from '../campaign/replay/replay-inputs.js';
import { type ReplayedInput, replayMany } from '../campaign/replay/replay-many.js';
import { type Colours, coloursFor } from '../report/colours.js';
import { folderText, reproduced, resultText } from '../report/replay-text.js';
import { stepsText } from '../report/steps-text.js';
import { type BuildOptions, addBuildOptions, buildsOf, note, positiveInteger } from './options.js';

interface ReplayCommandOptions extends BuildOptions {
  readonly times: number;
  readonly once?: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly verbose?: boolean;
  readonly trace?: boolean;
  readonly inspectBrk?: boolean;
  readonly inspectPort?: DebuggerAddress;
  readonly json?: boolean;
}

const EXIT_USAGE = 2;
const LARGEST_PORT = 65_535;
/** Version of the JSON document. */
const SCHEMA = 1;

const HELP = `
Each FILE is an input or a folder of inputs. Its target comes from its sidecar (FILE.json) or from its folder
(crashes/<target>/..., corpus/<target>/...); a planted bug that the sidecar names is used unless --bug says otherwise.
The ok inputs of a folder share a line, unless --verbose asks for one each. A file in a folder that cannot be used is
named and left out.

Examples:
  vringfuzz replay crashes/split_ring_fuzzer
  vringfuzz replay --target packed_ring_fuzzer --once my-input
  vringfuzz replay corpus/bounce_fuzzer/seed --json
  vringfuzz replay --once --inspect-brk crashes/<target>/<bucket>/crash-<sha1>

Exit code: 0 all ok, 77 a finding, 70 no end, 3 the harness itself failed, 2 wrong use or a file that cannot be used.`;

export function addReplayCommand(program: Command): void {
  const command = program
    .command('replay')
    .description('run stored inputs again, without the engine')
    .argument('<file...>', 'inputs, or folders of inputs');
  addBuildOptions(command)
    .option('--times <n>', 'runs of each input', positiveInteger, 10)
    .option('--once', 'one run of each input')
    .option('--timeout <seconds>', 'time after which a run counts as endless', positiveInteger, 30)
    .option('--verbose', 'a line for each input, also where it is ok')
    .option('--trace', 'every step of each input, with all that happened in it')
    .option('--inspect-brk', 'wait for a debugger, and break where the step of the finding starts')
    .option('--inspect-port <[host:]port>', 'where to wait for it (default: 127.0.0.1:9229)', debuggerAddress)
    .option('--json', 'one JSON object on standard output: {"schema": 1, "files": [...], "problems": [...]}')
    .addHelpText('after', HELP)
    .action(replayAll);
}

function replayAll(files: readonly string[], options: ReplayCommandOptions): void {
  if (options.inspectPort !== undefined && options.inspectBrk !== true) {
    throw new UsageError('--inspect-port is for --inspect-brk');
  }
  const builds = buildsOf(options);
  const gathered = inputsFor(builds.driver, gatherInputs(files, options.target), note);
  if (options.inspectBrk === true) {
    debugOne(gathered, builds, options);
    return;
  }
  const times = options.once === true ? 1 : options.times;
  const kept = { traced: options.json === true || options.trace === true, hashOnly: options.trace !== true };
  const results: Pick<ReplayResult, 'verdict'>[] = [];
  const documents: object[] = [];
  const lines = new ResultLines(gathered.inputs, new Set(files), options);
  gathered.problems.forEach(note);
  for (const replayed of replayMany(gathered.inputs, builds, { times, ...kept, hangLimit: options.timeout * 1000 })) {
    const { result } = replayed;
    if (result.problem !== null) process.stderr.write(`${result.problem.stack}\n`);
    if (options.json === true) documents.push(documentOf(replayed, options));
    else process.stdout.write(lines.of(replayed));
    // Not the whole of it: ten thousand traces are a lot.
    results.push({ verdict: result.verdict });
  }
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ schema: SCHEMA, files: documents, problems: gathered.problems })}\n`);
  }
  process.exitCode = replayExitCode(results) || (gathered.problems.length === 0 ? 0 : EXIT_USAGE);
}

function debugOne({ inputs }: GatheredInputs, builds: Builds, options: ReplayCommandOptions): void {
  const [input, second] = inputs;
  if (input === undefined || second !== undefined) throw new UsageError('--inspect-brk takes one input');
  if (options.json === true) throw new UsageError('--inspect-brk and --json do not go together');
  const address = options.inspectPort ?? DEFAULT_DEBUGGER;
  const result = debugReplay(input, builds, { address, hangLimit: options.timeout * 1000, note });
  process.stdout.write(resultText(input.file, result, coloursFor(process.stdout)));
  process.exitCode = replayExitCode([result]);
}

function documentOf({ input, bug, result }: ReplayedInput, { trace }: ReplayCommandOptions): object {
  return {
    file: input.file,
    target: input.target,
    bug,
    ...(input.placement === undefined ? {} : { placement: input.placement }),
    verdict: result.verdict,
    oracle: result.finding?.oracle ?? null,
    bucket: result.finding?.bucket ?? null,
    reproduced: reproduced(result),
    traceHash: result.traceHash,
    ...(trace === true ? { trace: result.trace } : {}),
    ...(result.problem === null ? {} : { message: result.problem.message }),
  };
}

/** What people read: results as they come, the ok ones of a folder in one line after its last input. */
class ResultLines {
  private readonly left = new Map<string, number>();
  /** The first ok input of a folder, and how many there are. */
  private readonly ok = new Map<string, { readonly first: ReplayedInput; readonly count: number }>();
  private readonly colours: Colours = coloursFor(process.stdout);

  constructor(
    inputs: readonly ReplayInput[],
    /** Inputs that were asked for by name, which get a line each. */
    private readonly named: ReadonlySet<string>,
    private readonly options: ReplayCommandOptions,
  ) {
    for (const { file } of inputs) this.left.set(dirname(file), (this.left.get(dirname(file)) ?? 0) + 1);
  }

  of(replayed: ReplayedInput): string {
    const folder = dirname(replayed.input.file);
    const text = this.isShown(replayed) ? this.inputText(replayed) : '';
    if (text === '') this.countOk(folder, replayed);
    const left = (this.left.get(folder) ?? 1) - 1;
    this.left.set(folder, left);
    if (left > 0) return text;
    const ok = this.ok.get(folder);
    if (ok === undefined) return text;
    if (ok.count === 1) return text + this.inputText(ok.first);
    return text + folderText(folder, ok.count, ok.first.result.runs, this.colours);
  }

  private countOk(folder: string, replayed: ReplayedInput): void {
    const known = this.ok.get(folder);
    this.ok.set(folder, { first: known?.first ?? replayed, count: (known?.count ?? 0) + 1 });
  }

  private isShown({ input, result }: ReplayedInput): boolean {
    if (this.options.verbose === true || this.options.trace === true || this.named.has(input.file)) return true;
    return result.verdict !== 'ok' || result.same < result.runs;
  }

  private inputText({ input, bug, result }: ReplayedInput): string {
    const placed = input.placement === undefined ? '' : `    with ${input.placement} besides its bytes\n`;
    const line = resultText(input.file, result, this.colours) + placed;
    const verdict = verdictOf(result);
    if (this.options.trace !== true || verdict === null) return line;
    return `${line}${stepsText({ target: input.target, bug, verdict, trace: result.trace }, this.colours)}\n`;
  }
}

/** `[host:]port`; port 0 takes a free one. */
function debuggerAddress(text: string): DebuggerAddress {
  const match = /^(?:(?<host>[\w.-]+|\[[\da-fA-F:]+\]):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.['port'] ?? NaN);
  if (!(port <= LARGEST_PORT)) throw new InvalidArgumentError('It must be [host:]port, such as 127.0.0.1:9229.');
  return { host: match?.groups?.['host'] ?? DEFAULT_DEBUGGER.host, port };
}
