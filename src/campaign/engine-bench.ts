// How fast the engine runs each target, as a share of what it does with a target that does nothing. Machines differ and
// drift, so all rounds are interleaved in one run and ratios are taken within a round.
//
// What is measured is the steady state: each target first grows a corpus in an uncounted round, and every round goes on
// with it. Full-length inputs: the corpus starts from inputs of 32 records, libFuzzer may not grow its length limit slowly
// (-len_control=0) nor replace inputs by shorter ones (-reduce_inputs=0). Mutations still shorten some of them.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { TargetSpec } from '../target/target-spec.js';
import { type EngineOutcome, EngineProcess } from './engine/engine-process.js';
import { EnvironmentError } from './errors.js';
import { makeTemporaryFolder } from './folders.js';
import { type ReplayRate, corpusInputs, pseudoRandomInputs, replayRate } from './replay/replay-loop.js';

export interface BenchOptions {
  readonly root: string;
  readonly targets: readonly TargetSpec[];
  readonly rounds: number;
  /** Executions of a target in a round; the empty target does ten times as many. */
  readonly runs: number;
  /** Folder with `<target>/seed` and `<target>/regression`. */
  readonly corpus: string;
  readonly onRound?: (text: string) => void;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface TargetBench {
  readonly target: string;
  /** Executions a second under the engine. */
  readonly engine: Spread;
  /** Of the empty target's rate in the same round; null for the empty target. */
  readonly ratio: Spread | null;
  /** Without the engine, over noise. */
  readonly replay: ReplayRate | null;
  /** Without the engine, over the committed corpus; null when it is empty. */
  readonly replayCorpus: ReplayRate | null;
}

const EMPTY = 'empty';
const RECORDS = 32;
const INPUT_LENGTH = 4 + 4 * RECORDS;
const SEED_INPUTS = 64;
const REPLAY_INPUTS = 2000;
const REPLAY_SECONDS = 2;

/** Throws EnvironmentError when a target ends before its runs are over. */
export async function engineBench(options: BenchOptions): Promise<readonly TargetBench[]> {
  const names = [EMPTY, ...options.targets.map((target) => target.name)];
  const rates = new Map<string, number[]>(names.map((name) => [name, []]));
  const folder = makeTemporaryFolder('bench');
  try {
    for (let round = 0; round <= options.rounds; round++) {
      for (const name of names) {
        const rate = await engineRate(options, name, { folder, round });
        options.onRound?.(`${roundName(round, options.rounds)}  ${name}  ${String(Math.round(rate))} executions/s`);
        if (round > 0) {
          rates.get(name)?.push(rate);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const empty = rates.get(EMPTY) ?? [];
  const emptyBench = { target: EMPTY, engine: spread(empty), ratio: null, replay: null, replayCorpus: null };
  return [
    emptyBench,
    ...options.targets.map((target) => targetBench(options, target, rates.get(target.name) ?? [], empty)),
  ];
}

function targetBench(
  options: BenchOptions,
  target: TargetSpec,
  rates: readonly number[],
  empty: readonly number[],
): TargetBench {
  const committed = ['seed', 'regression'].map((name) => join(options.corpus, target.name, name));
  return {
    target: target.name,
    engine: spread(rates),
    ratio: spread(rates.map((rate, round) => rate / (empty[round] ?? Number.NaN))),
    replay: replayRate(target, pseudoRandomInputs(REPLAY_INPUTS, INPUT_LENGTH), REPLAY_SECONDS),
    replayCorpus: replayRate(target, corpusInputs(committed), REPLAY_SECONDS),
  };
}

function roundName(round: number, rounds: number): string {
  return round === 0 ? 'warm-up' : `round ${String(round)}/${String(rounds)}`;
}

/** Executions a second between libFuzzer's INITED and DONE lines: start and end of the process do not count. */
async function engineRate(
  options: BenchOptions,
  target: string,
  { folder, round }: { readonly folder: string; readonly round: number },
): Promise<number> {
  const corpus = join(folder, target);
  if (round === 0) {
    writeFirstInputs(corpus);
  }
  // The corpus is run first and counts as well.
  const runs = readdirSync(corpus).length + (target === EMPTY ? options.runs * 10 : options.runs);
  const outcome = await new EngineProcess({
    ...{ root: options.root, target, corpus: [corpus], context: { stopAfter: 1, notNew: [], smallest: {} } },
    ...{ runs, seed: round + 1, maxLength: INPUT_LENGTH, rawFlags: ['-len_control=0', '-reduce_inputs=0'] },
  }).run();
  const { end, loop } = outcome;
  if (end.kind !== 'done' || loop === null || loop.seconds === 0) {
    throw new EnvironmentError(`no rate for ${target}: ${reasonOf(outcome)}`);
  }
  return loop.executions / loop.seconds;
}

function reasonOf({ end, events }: EngineOutcome): string {
  if (end.kind === 'failed') return end.message;
  const event = events.find((each) => each.kind === 'finding' || each.kind === 'harness-bug');
  const finding = event?.finding ?? ('finding' in end ? end.finding : null);
  return finding === null ? 'it did not run' : `it ended with a finding: ${finding.claim} [${finding.bucket}]`;
}

function writeFirstInputs(corpus: string): void {
  mkdirSync(corpus);
  pseudoRandomInputs(SEED_INPUTS, INPUT_LENGTH).forEach((bytes, index) => {
    writeFileSync(join(corpus, `noise-${String(index)}`), bytes);
  });
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? 0;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, least: at(0), most: at(sorted.length - 1) };
}
