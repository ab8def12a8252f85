// `npm run bench:engine [-- --json --rounds N --runs N TARGET...]`: the speed of every target, with and without the engine.

import { Command, InvalidArgumentError } from 'commander';

import { type Spread, type TargetBench, engineBench } from '../src/campaign/engine-bench.js';
import { findTarget } from '../src/campaign/harness.js';
import { committedCorpus, compiledRoot } from '../src/campaign/paths.js';
import { grouped, textTable } from '../src/report/text-table.js';
import { TARGETS } from '../src/target/targets.js';

interface BenchCommandOptions {
  readonly rounds: number;
  readonly runs: number;
  readonly json?: boolean;
}

const HEADER = ['target', 'engine/s', 'least..most', 'of empty', 'replay/s', 'records/s', 'corpus/s'];

async function bench(names: readonly string[], options: BenchCommandOptions): Promise<void> {
  const targets =
    names.length === 0 ? TARGETS.filter((target) => !target.canary) : names.map((name) => findTarget(TARGETS, name));
  const results = await engineBench({
    ...{ root: compiledRoot(), corpus: committedCorpus(), targets, rounds: options.rounds, runs: options.runs },
    onRound: (text) => process.stderr.write(`${text}\n`),
  });
  const { rounds, runs } = options;
  const node = process.versions.node;
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ node, rounds, runs, targets: results })}\n`
      : textTable(HEADER, results.map(row)),
  );
}

function row({ target, engine, ratio, replay, replayCorpus }: TargetBench): string[] {
  const rate = (value: number | undefined): string => (value === undefined ? '-' : grouped(value));
  const range = ({ least, most }: Spread): string => `${grouped(least)}..${grouped(most)}`;
  return [
    target,
    rate(engine.median),
    range(engine),
    ratio === null ? '1' : ratio.median.toFixed(2),
    rate(replay?.executionsPerSecond),
    rate(replay?.recordsPerSecond),
    rate(replayCorpus?.executionsPerSecond),
  ];
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number from 1.');
  }
  return Number(text);
}

new Command('bench:engine')
  .argument('[targets...]')
  .option('--rounds <n>', 'interleaved rounds', positiveInteger, 5)
  .option('--runs <n>', 'executions of each target in a round', positiveInteger, 200_000)
  .option('--json', 'one JSON document on standard output')
  .action(bench)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
