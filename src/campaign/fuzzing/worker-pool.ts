// The engine processes of a target: several at a time over one corpus, each replaced when an execution ended it.

import type { EngineStatus } from '../engine/engine-output.js';
import type { Death } from '../engine/engine-end.js';
import { type EngineOutcome, EngineProcess, type EngineProcessOptions } from '../engine/engine-process.js';
import { type RunContext, type RunEvent, WARM_UP_EXECUTIONS, type WarmUp } from '../engine/run-context.js';
import { inputsOf } from '../corpus/corpus-counts.js';
import { messageOf } from '../errors.js';

/** The most processes that replace others on one target: what ends that many at once ends the next one as well. */
const MAX_RESTARTS = 10;
const LARGEST_SEED = 2 ** 32 - 1;

export interface PoolOptions {
  /** Command line of every process, but for what differs between them. */
  readonly engine: Omit<EngineProcessOptions, 'seed' | 'runs' | 'seconds' | 'context' | 'sharedCorpus'>;
  /** Processes at a time. */
  readonly jobs: number;
  /** Of the first process; each further one takes the next. */
  readonly seed: number;
  /** For all processes together; null without a limit. */
  readonly runs: number | null;
  /** Seconds for the whole pool; null without a limit. */
  readonly seconds: number | null;
}

/** What the pool asks and tells. `process` counts all that were started, from 0. */
export interface PoolListener {
  /** What a process that starts now is told. */
  context(): Omit<RunContext, 'parent'>;
  /** Seconds of fuzzing so far. */
  elapsed(): number;
  status(process: number, status: EngineStatus): void;
  event(process: number, seed: number, event: RunEvent): void;
  /** An execution ended the process. Returns whether the fuzzing goes on. */
  died(death: Death, seed: number): boolean;
  /** @param seconds from its first execution to its last. */
  ended(process: number, executions: number, seconds: number): void;
  warned(text: string): void;
}

/** Null where all went well; otherwise why the engine did not run. */
export type PoolFailure = string | null;

export class WorkerPool {
  private readonly running = new Set<EngineProcess>();
  private started = 0;
  private restarts = 0;
  private stopped = false;
  private failure: PoolFailure = null;
  /** No folder of the corpus has an input. */
  private readonly startsEmpty: boolean;

  constructor(
    private readonly options: PoolOptions,
    private readonly listener: PoolListener,
  ) {
    this.startsEmpty = options.engine.corpus.every((folder) => (inputsOf(folder) ?? []).length === 0);
  }

  /** Seeds of the first processes. */
  get seeds(): readonly number[] {
    return Array.from({ length: this.options.jobs }, (_, index) => seedAt(this.options.seed, index));
  }

  /** Runs until time or executions are over, the pool is stopped, or a process has met enough. */
  async run(): Promise<PoolFailure> {
    const { jobs, runs } = this.options;
    const places = Array.from({ length: jobs }, (_, index) =>
      this.fill(runs === null ? null : part(runs, jobs, index)),
    );
    await Promise.all(places);
    return this.failure;
  }

  /** Ends all processes cleanly; those that were told so before, at once. */
  stop(): void {
    this.stopped = true;
    for (const engine of this.running) engine.stop();
  }

  /** One place in the pool: a process, and after it those that replace it. */
  private async fill(runs: number | null): Promise<void> {
    let left = runs;
    while (!this.stopped) {
      const number = this.started++;
      const seed = seedAt(this.options.seed, number);
      const { end, executions, seconds } = await this.runProcess(
        new EngineProcess(this.engineOptions(number, seed, left)),
      );
      this.listener.ended(number, executions, seconds);
      left = left === null ? null : left - executions;
      if (end.kind === 'done') return;
      if (end.kind === 'failed') this.failure ??= end.message;
      const goesOn = (end.kind === 'hang' || end.kind === 'harness-bug') && this.listener.died(end, seed);
      if (!goesOn) this.finish();
      else if (!this.mayRestart(left)) return;
    }
  }

  private async runProcess(engine: EngineProcess): Promise<Pick<EngineOutcome, 'end' | 'executions' | 'seconds'>> {
    this.running.add(engine);
    try {
      return await engine.run();
    } catch (error) {
      const message = `the fuzzing engine does not start: ${messageOf(error)}`;
      return { end: { kind: 'failed', message }, executions: 0, seconds: 0 };
    } finally {
      this.running.delete(engine);
    }
  }

  /** Ends all processes cleanly, unless they were told so before. */
  finish(): void {
    if (!this.stopped) this.stop();
  }

  private mayRestart(runs: number | null): boolean {
    if (this.stopped || (runs !== null && runs < 1) || this.secondsLeft() < 1) return false;
    if (this.restarts === MAX_RESTARTS) {
      this.listener.warned(`${String(MAX_RESTARTS)} engine processes died and were replaced: no more are started`);
      return false;
    }
    this.restarts++;
    this.listener.warned(
      `an engine process died and is replaced (${String(this.restarts)} of at most ${String(MAX_RESTARTS)})`,
    );
    return true;
  }

  private engineOptions(number: number, seed: number, runs: number | null): EngineProcessOptions {
    const { engine, jobs, seconds } = this.options;
    const warmUp = number < jobs ? this.warmUp(seed, runs) : null;
    return {
      ...engine,
      seed,
      context: { ...this.listener.context(), ...(warmUp === null ? {} : { warmUp }) },
      sharedCorpus: jobs > 1,
      ...(runs === null ? {} : { runs: runs - (warmUp?.executions ?? 0) }),
      ...(seconds === null ? {} : { seconds: Math.max(1, Math.round(this.secondsLeft())) }),
      onStatus: (status) => this.listener.status(number, status),
      onEvent: (event) => this.listener.event(number, seed, event),
      onWarning: (text) => this.listener.warned(text),
    };
  }

  /** Where there is nothing to begin with; at most half of the executions that are asked for. */
  private warmUp(seed: number, runs: number | null): WarmUp | null {
    const { corpus, maxLength } = this.options.engine;
    const [folder] = corpus;
    if (folder === undefined || !this.startsEmpty) return null;
    return { seed, executions: Math.min(WARM_UP_EXECUTIONS, Math.floor((runs ?? Infinity) / 2)), maxLength, folder };
  }

  private secondsLeft(): number {
    const { seconds } = this.options;
    return seconds === null ? Infinity : seconds - this.listener.elapsed();
  }
}

/** Whole executions, at least one; the first places get what does not divide. */
function part(runs: number, jobs: number, index: number): number {
  return Math.max(1, Math.floor(runs / jobs) + (index < runs % jobs ? 1 : 0));
}

/** libFuzzer draws a seed of its own for 0. */
function seedAt(first: number, index: number): number {
  return ((first - 1 + index) % LARGEST_SEED) + 1;
}
