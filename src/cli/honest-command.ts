// `vringfuzz honest`: the silence gate. Honest devices under every configuration; whatever fires is a false alarm or a
// defect that needs no attacker.

import { resolve } from 'node:path';

import type { Command } from 'commander';

import { writeCrash } from '../campaign/crashes/crash-store.js';
import { UsageError } from '../campaign/errors.js';
import { checkWritable } from '../campaign/folders.js';
import { findTarget, loadHarness } from '../campaign/harness.js';
import { hasHonestInputs } from '../campaign/honest-inputs.js';
import { type HonestFailure, type HonestResult, runHonest } from '../campaign/honest-run.js';
import { compiledRoot, crashesFolder } from '../campaign/paths.js';
import { coloursFor } from '../report/colours.js';
import { findingText } from '../report/finding-text.js';
import { grouped } from '../report/text-table.js';
import type { TargetSpec } from '../target/target-spec.js';
import { TARGETS } from '../target/targets.js';
import { driverOf, driverOption, findingsOf, positiveInteger } from './options.js';

interface HonestCommandOptions {
  readonly runs: number;
  readonly seed: number;
  readonly target?: string;
  readonly crashes?: string;
  readonly driver?: string;
  readonly json?: boolean;
}

const DEFAULT_RUNS = 1_000_000;
const LARGEST_SEED = 2 ** 32 - 1;
const EXIT_FINDING = 77;
const EXIT_INTERNAL = 3;

const HELP = `
Runs pseudo-random scenarios of honest operations: a conforming device, a correct client, and platform failures. Walks
every configuration. Without --target all targets take turns, except the canary and targets of raw bytes.

Examples:
  vringfuzz honest
  vringfuzz honest --runs 20000 --seed 7 --target packed_ring_fuzzer --json

Exit code: 0 silent, 77 something fired, 3 the harness itself failed, 2 wrong use.`;

export function addHonestCommand(program: Command): void {
  program
    .command('honest')
    .description('run honest devices only: nothing may fire')
    .option('--runs <n>', 'executions', positiveInteger, DEFAULT_RUNS)
    .option('--seed <n>', 'seed: the same one gives the same run', positiveInteger, 1)
    .option('--target <name>', 'only this target')
    .option('--crashes <dir>', 'folder of findings (default: crashes)')
    .addOption(driverOption())
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(honest);
}

function honest(options: HonestCommandOptions): void {
  const { runs, seed } = options;
  if (seed > LARGEST_SEED) throw new UsageError(`--seed ${seed} is too large: the largest is ${LARGEST_SEED}`);
  const targets = chooseTargets(options.target);
  const driver = driverOf(options);
  if (driver !== null) loadHarness(compiledRoot(), { driver });
  const crashes = findingsOf(resolve(options.crashes ?? crashesFolder()), driver);
  checkWritable(crashes);
  const start = process.hrtime.bigint();
  const result = runHonest({ targets, runs, seed, driver });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const file = result.failure === null ? null : store(result.failure, crashes, seed);
  const text = options.json === true ? jsonText(options, result, seconds, file) : humanText(result, seconds, file);
  process.stdout.write(text);
  if (result.failure !== null) process.exitCode = result.failure.kind === 'finding' ? EXIT_FINDING : EXIT_INTERNAL;
}

function chooseTargets(name: string | undefined): readonly TargetSpec[] {
  if (name === undefined) return TARGETS.filter((target) => hasHonestInputs(target) && !target.canary);
  const target = findTarget(TARGETS, name);
  if (!hasHonestInputs(target)) {
    const names = TARGETS.filter(hasHonestInputs).map((known) => known.name);
    throw new UsageError(`${name} takes raw bytes, which are hostile as they are; one of ${names.join(', ')}`);
  }
  return [target];
}

/** The crash's path, or null where the harness failed: that is no finding to keep. */
function store(failure: HonestFailure, directory: string, seed: number): string | null {
  if (failure.kind === 'harness-bug') {
    process.stderr.write(`${failure.stack}\n`);
    return null;
  }
  const { target, bytes, finding, trace } = failure;
  return writeCrash({ directory, target, bytes, finding, trace, seed, bug: null }).file;
}

function jsonText(options: HonestCommandOptions, result: HonestResult, seconds: number, file: string | null): string {
  const { failure, ...figures } = result;
  const document = {
    verdict: failure === null ? 'ok' : failure.kind,
    seed: options.seed,
    ...figures,
    seconds,
    executionsPerSecond: Math.round(result.runs / seconds),
    target: failure?.target ?? null,
    finding: failure?.kind === 'finding' ? failure.finding : null,
    ...(failure?.kind === 'harness-bug' ? { message: failure.message } : {}),
    file,
  };
  return `${JSON.stringify(document)}\n`;
}

function humanText(result: HonestResult, seconds: number, file: string | null): string {
  const { failure } = result;
  const colours = coloursFor(process.stdout);
  const rate = `${grouped(result.runs)} runs, ${grouped(result.runs / seconds)}/s`;
  const cover = `${grouped(result.configurations)} of ${grouped(result.configurationsInAll)} configurations`;
  const figures = `${rate}, ${cover}, ${grouped(result.buffers)} buffers\n`;
  if (failure === null) return `${colours.green('SILENT')}  ${figures}`;
  if (failure.kind === 'harness-bug') return `${colours.red('HARNESS BUG')}  ${failure.message}\n${figures}`;
  const { finding, trace, target } = failure;
  return `${findingText({ ...finding, target, seed: null, bug: null, trace }, colours)}\n${figures}stored as ${file ?? ''}\n`;
}
