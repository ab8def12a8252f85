// How fast the engine runs each target, as a share of what it does with a target that does nothing. Machines differ and
// drift, so all rounds are interleaved in one run and ratios are taken within a round.
//
// What is measured is the steady state: each target first grows a corpus in an uncounted round, and every round goes on
// with it; in each round the time until V8 has compiled the harness does not count. Full-length inputs: the corpus starts from
// inputs of 32 records, libFuzzer may not grow its length limit slowly (-len_control=0) nor replace inputs by shorter ones
// (-reduce_inputs=0). Mutations still shorten some of them. The small workload (engine/small-workload.ts) bounds what an input
// can ask for, and is the native harness's too.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { HEADER_SIZE } from '../scenario/configuration.js';
import { RECORD_SIZE } from '../scenario/scenario.js';
import type { TargetSpec } from '../target/target-spec.js';
import type { LoadedDriver } from './drivers/loaded-driver.js';
import { type EngineOutcome, EngineProcess } from './engine/engine-process.js';
import type { ProgressEvent } from './engine/run-context.js';
import { SMALL_LENGTH, SMALL_RECORDS, smallInput } from './engine/small-workload.js';
import { EnvironmentError } from './errors.js';
import { makeTemporaryFolder } from './folders.js';
import { nativeRate } from './native/native-run.js';
import { type ReplayRate, corpusInputs, pseudoRandomInputs, replayRate } from './replay/replay-loop.js';

/** One row: a target, on another driver where one is given. */
export interface BenchSubject {
  readonly label: string;
  readonly target: TargetSpec;
  readonly driver: LoadedDriver | null;
}

/** A program of bench/native. */
export interface NativeSubject {
  readonly label: string;
  readonly program: string;
}

export interface BenchOptions {
  readonly root: string;
  readonly subjects: readonly BenchSubject[];
  /** Only with the small workload, which is theirs. */
  readonly natives: readonly NativeSubject[];
  readonly small: boolean;
  readonly rounds: number;
  /** Executions of a target in a round that count; the empty target and native programs do ten times as many. */
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
  /** The row's label. */
  readonly target: string;
  /** Executions a second under the engine. */
  readonly engine: Spread;
  /** Of the empty target's rate in the same round; null for the empty target and native programs. */
  readonly ratio: Spread | null;
  /** Of the rate of each native program in the same round. */
  readonly ofNative: readonly { readonly native: string; readonly ratio: Spread }[];
  /** Without the engine, over noise. */
  readonly replay: ReplayRate | null;
  /** Without the engine, over the committed corpus; null when it is empty. */
  readonly replayCorpus: ReplayRate | null;
}

const EMPTY = 'empty';
/** Of the full workload. */
const RECORDS = 32;
const SEED_INPUTS = 64;
const REPLAY_INPUTS = 2000;
const REPLAY_SECONDS = 2;
/** How much more the fast ones do in a round. */
const FASTER = 10;
/** Executions of a round that come first: V8 compiles then (measured: the speed is even after some 40,000). */
const COMPILING = 60_000;

/** One that takes part in every round. */
interface Runner {
  readonly label: string;
  readonly rates: number[];
  readonly measure: (place: { readonly folder: string; readonly round: number }) => Promise<number>;
}

/** Throws EnvironmentError when a target ends before its runs are over. */
export async function engineBench(options: BenchOptions): Promise<readonly TargetBench[]> {
  const empty = engineRunner(options, null);
  const natives = options.natives.map((native) => nativeRunner(options, native));
  const subjects = options.subjects.map((subject) => ({ subject, runner: engineRunner(options, subject) }));
  await runRounds(options, [empty, ...natives, ...subjects.map(({ runner }) => runner)]);
  const plain = { ratio: null, ofNative: [], replay: null, replayCorpus: null };
  return [
    ...[empty, ...natives].map(({ label, rates }) => ({ target: label, engine: spread(rates), ...plain })),
    ...subjects.map(({ subject, runner }) => ({
      target: subject.label,
      engine: spread(runner.rates),
      ratio: ratioOf(runner, empty),
      ofNative: natives.map((native) => ({ native: native.label, ratio: ratioOf(runner, native) })),
      replay: replayRate(subject, noise(options, REPLAY_INPUTS), REPLAY_SECONDS),
      replayCorpus: replayRate(subject, committed(options, subject.target), REPLAY_SECONDS),
    })),
  ];
}

async function runRounds({ rounds, onRound }: BenchOptions, runners: readonly Runner[]): Promise<void> {
  const folder = makeTemporaryFolder('bench');
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const { label, rates, measure } of runners) {
        const rate = await measure({ folder, round });
        const name = round === 0 ? 'warm-up' : `round ${String(round)}/${String(rounds)}`;
        onRound?.(`${name}  ${label}  ${String(Math.round(rate))} executions/s`);
        if (round > 0) rates.push(rate);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function engineRunner(options: BenchOptions, subject: BenchSubject | null): Runner {
  const label = subject?.label ?? EMPTY;
  return { label, rates: [], measure: (place) => engineRate(options, subject, place) };
}

function nativeRunner(options: BenchOptions, { label, program }: NativeSubject): Runner {
  return {
    label,
    rates: [],
    measure: async ({ folder, round }) => {
      const { corpus, inputs } = corpusOf(options, { folder, round }, label);
      const runs = inputs + options.runs * FASTER;
      const rate = await nativeRate({ program, corpus, runs, seed: round + 1, maxLength: inputLength(options) });
      return rate.executionsPerSecond;
    },
  };
}

/** Executions a second, without start and end of the process. */
async function engineRate(
  options: BenchOptions,
  subject: BenchSubject | null,
  place: { readonly folder: string; readonly round: number },
): Promise<number> {
  const label = subject?.label ?? EMPTY;
  const { corpus, inputs } = corpusOf(options, place, label);
  const driver = subject?.driver ?? null;
  const before = inputs + (subject === null ? 0 : COMPILING);
  const reports: ProgressEvent[] = [];
  const context = {
    // A driver from outside has findings: the run goes on, as with --keep-going.
    ...{ stopAfter: driver === null ? 1 : null, notNew: [], smallest: {} },
    ...(driver === null ? {} : { driver: driver.handle }),
    ...(options.small ? { small: true as const } : {}),
  };
  const outcome = await new EngineProcess({
    ...{ root: options.root, target: subject?.target.name ?? EMPTY, corpus: [corpus], context },
    ...{ runs: before + options.runs * (subject === null ? FASTER : 1), seed: place.round + 1 },
    ...{ maxLength: inputLength(options), rawFlags: ['-len_control=0', '-reduce_inputs=0'] },
    ...(driver === null ? {} : { instrumented: driver.instrumented }),
    onEvent: (event) => {
      if (event.kind === 'progress') reports.push(event);
    },
  }).run();
  const { end, loop, events } = outcome;
  const failed = end.kind !== 'done' || events.some(({ kind }) => kind === 'harness-bug');
  if (failed) throw new EnvironmentError(`no rate for ${label}: ${reasonOf(outcome)}`);
  // The empty target makes no reports, and has next to nothing to compile: libFuzzer's INITED and DONE lines.
  const rate = subject === null && loop !== null ? loop.executions / loop.seconds : steadyRate(reports, before);
  if (Number.isFinite(rate)) return rate;
  throw new EnvironmentError(
    `no rate for ${label}: ${String(options.runs)} executions are too few; type a larger --runs`,
  );
}

/** From the first report after so many executions to the last; NaN where nothing lies between them. */
export function steadyRate(reports: readonly Pick<ProgressEvent, 'executions' | 'seconds'>[], before: number): number {
  const start = reports.find(({ executions }) => executions >= before);
  const end = reports.at(-1);
  if (start === undefined || end === undefined) return Number.NaN;
  return (end.executions - start.executions) / (end.seconds - start.seconds);
}

function reasonOf({ end, events }: EngineOutcome): string {
  if (end.kind === 'failed') return end.message;
  const bug = events.find((each) => each.kind === 'harness-bug');
  const event = bug ?? events.find((each) => each.kind === 'finding');
  const finding = event?.finding ?? ('finding' in end ? end.finding : null);
  return finding === null ? 'it did not run' : `it ended with a finding: ${finding.claim} [${finding.bucket}]`;
}

/** The corpus that a row goes on with, and how many inputs it has. */
function corpusOf(
  options: BenchOptions,
  { folder, round }: { readonly folder: string; readonly round: number },
  label: string,
): { readonly corpus: string; readonly inputs: number } {
  const corpus = join(folder, label.replace(/[^\w.-]+/g, '-'));
  if (round === 0) {
    mkdirSync(corpus);
    noise(options, SEED_INPUTS).forEach((bytes, index) => {
      writeFileSync(join(corpus, `noise-${String(index)}`), bytes);
    });
  }
  return { corpus, inputs: readdirSync(corpus).length };
}

function inputLength({ small }: BenchOptions): number {
  return HEADER_SIZE + RECORD_SIZE * (small ? SMALL_RECORDS : RECORDS);
}

function noise(options: BenchOptions, count: number): readonly Uint8Array[] {
  return pseudoRandomInputs(count, inputLength(options)).map((bytes) => worked(options, bytes));
}

function committed(options: BenchOptions, { name, seedsOf }: TargetSpec): readonly Uint8Array[] {
  const folders = ['seed', 'regression'].map((kind) => join(options.corpus, seedsOf ?? name, kind));
  return corpusInputs(folders).map((bytes) => worked(options, bytes));
}

/** The input that is executed: the same one, but in the small workload. */
function worked({ small }: BenchOptions, bytes: Uint8Array): Uint8Array {
  if (!small) return bytes;
  const input = new Uint8Array(SMALL_LENGTH);
  smallInput(bytes, input);
  return input;
}

function ratioOf(runner: Runner, to: Runner): Spread {
  return spread(runner.rates.map((rate, round) => rate / (to.rates[round] ?? Number.NaN)));
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? 0;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, least: at(0), most: at(sorted.length - 1) };
}
