// `npm run bench:engine [-- OPTIONS TARGET...]`: the speed of every target, with and without the engine; with --native
// beside a C program that does the same work on the same kernel file.

import { rmSync } from 'node:fs';

import { Command, InvalidArgumentError } from 'commander';

import { type BenchSubject, type Spread, type TargetBench, engineBench } from '../src/campaign/engine-bench.js';
import { benchSubjects, nativeSubjects } from '../src/campaign/bench-subjects.js';
import { EnvironmentError, UsageError } from '../src/campaign/errors.js';
import { makeTemporaryFolder } from '../src/campaign/folders.js';
import { committedCorpus, compiledRoot } from '../src/campaign/paths.js';
import { grouped, textTable } from '../src/report/text-table.js';

interface BenchCommandOptions {
  readonly rounds: number;
  readonly runs: number;
  readonly driver: readonly string[];
  readonly small?: boolean;
  readonly native?: boolean;
  readonly source?: string;
  readonly patch?: string;
  readonly json?: boolean;
}

const HEADER = ['target', 'engine/s', 'least..most', 'of empty', 'replay/s', 'records/s', 'corpus/s'];
const EXIT_USAGE = 2;
const EXIT_ENVIRONMENT = 1;

async function bench(names: readonly string[], options: BenchCommandOptions): Promise<void> {
  const subjects = benchSubjects({ targets: names, drivers: options.driver });
  const folder = makeTemporaryFolder('native');
  try {
    await measure(subjects, options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(subjects: readonly BenchSubject[], options: BenchCommandOptions, folder: string): Promise<void> {
  const { rounds, runs, json, source = null, patch = null } = options;
  const natives = options.native === true ? nativeSubjects(subjects, { tree: source, patch }, folder) : [];
  const small = options.small === true || natives.length > 0;
  const results = await engineBench({
    ...{ root: compiledRoot(), corpus: committedCorpus(), subjects, natives, small, rounds, runs },
    onRound: (text) => process.stderr.write(`${text}\n`),
  });
  const node = process.versions.node;
  const workload = small ? 'small' : 'full';
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ node, rounds, runs, workload, targets: results })}\n`
      : `${textTable(HEADER, results.map(row))}${nativeText(results)}`,
  );
}

function row({ target, engine, ratio, replay, replayCorpus }: TargetBench): string[] {
  const rate = (value: number | undefined): string => (value === undefined ? '-' : grouped(value));
  const range = ({ least, most }: Spread): string => `${grouped(least)}..${grouped(most)}`;
  return [
    target,
    rate(engine.median),
    range(engine),
    ratio === null ? '-' : ratio.median.toFixed(2),
    rate(replay?.executionsPerSecond),
    rate(replay?.recordsPerSecond),
    rate(replayCorpus?.executionsPerSecond),
  ];
}

/** A line for each pair of a target and a native program. */
function nativeText(results: readonly TargetBench[]): string {
  const lines = results.flatMap(({ target, ofNative }) =>
    ofNative.map(({ native, ratio }) => {
      const [median, least, most] = [ratio.median, ratio.least, ratio.most].map((value) => value.toFixed(2));
      return `${target}: ${median ?? ''} of ${native} (${least ?? ''}..${most ?? ''})\n`;
    }),
  );
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number from 1.');
  }
  return Number(text);
}

function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}

new Command('bench:engine')
  .argument('[targets...]')
  .option('--rounds <n>', 'interleaved rounds', positiveInteger, 5)
  .option('--runs <n>', 'executions of each target in a round', positiveInteger, 200_000)
  .option('--driver <path>', 'run the targets on this driver; may be repeated', collect, [])
  .option('--small', 'little work in each execution: a split ring of 8, direct mapping, 16 records, none for many adds')
  .option('--native', 'beside the harness in C of bench/native, with and without AddressSanitizer; --small as well')
  .option('--source <tree>', 'with --native: the kernel tree that the build came from (default: the downloaded one)')
  .option('--patch <file>', 'with --native: the patch that the build was made with')
  .option('--json', 'one JSON document on standard output')
  .action(bench)
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof UsageError || error instanceof EnvironmentError) {
      process.stderr.write(`vringfuzz: ${error.message}\n`);
      process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_ENVIRONMENT;
      return;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT_ENVIRONMENT;
  });
