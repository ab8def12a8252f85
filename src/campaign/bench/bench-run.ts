// Runs the trials of a benchmark, several side by side where asked, and appends each to the data as it ends.

import { rmSync } from 'node:fs';

import { findTarget, loadHarness } from '../harness.js';
import { makeTemporaryFolder } from '../folders.js';
import { compiledRoot } from '../paths.js';
import type { BenchBuild } from './bench-build.js';
import { BenchCorpora } from './bench-corpus.js';
import {
  type BugLine,
  type Condition,
  type TrialLine,
  appendLine,
  prepareDataFolder,
  readBenchData,
  trialKey,
} from './bench-data.js';
import { newSession } from './bench-session.js';
import type { LoadedDriver } from '../drivers/loaded-driver.js';
import type { EngineName } from './engines.js';
import { Trial, type TrialOutcome } from './trial.js';

export interface BenchOptions extends Condition {
  readonly builds: readonly BenchBuild[];
  readonly engines: readonly EngineName[];
  /** Of each engine on each bug; their seeds are 1, 2, ... */
  readonly trials: number;
  /** Trials at a time. */
  readonly jobs: number;
  /** Longest input in bytes. */
  readonly maxLength: number;
  /** Of the data. */
  readonly folder: string;
}

export interface BenchListener {
  /** @param done trials that the data had already. */
  planned(trials: number, done: number): void;
  ended(trial: TrialLine): void;
  /** A trial that came to nothing; it is run again when the benchmark is. */
  failed(text: string): void;
}

export interface BenchEnd {
  readonly failures: number;
  readonly stopped: boolean;
}

interface Task {
  readonly build: BenchBuild;
  readonly engine: EngineName;
  readonly trial: number;
}

/** An engine that fails as often in a row is not tried again. */
const MOST_FAILURES = 3;

export class BenchRun {
  private readonly running = new Set<Trial>();
  private readonly failuresInARow = new Map<EngineName, number>();
  private readonly clean = loadHarness(compiledRoot());
  private readonly corpora: BenchCorpora;
  private readonly temporary: string;
  private session = 1;
  private failures = 0;
  private stopped = false;

  /** Throws EnvironmentError or UsageError where the data cannot be kept or an engine is not installed. */
  constructor(
    private readonly options: BenchOptions,
    private readonly listener: BenchListener,
  ) {
    prepareDataFolder(options.folder);
    const { sessions } = readBenchData(options.folder);
    this.session = 1 + Math.max(0, ...sessions.map(({ session }) => session));
    const session = newSession(this.session, options.engines, options.jobs);
    this.temporary = makeTemporaryFolder('bench');
    this.corpora = new BenchCorpora(this.temporary);
    appendLine(options.folder, session);
  }

  async run(): Promise<BenchEnd> {
    try {
      const tasks = this.plan();
      const { jobs } = this.options;
      await Promise.all(Array.from({ length: Math.min(jobs, tasks.length) }, () => this.work(tasks)));
      return { failures: this.failures, stopped: this.stopped };
    } finally {
      rmSync(this.temporary, { recursive: true, force: true });
    }
  }

  /** Drops the trials in progress; those that ended are kept. */
  stop(): void {
    this.stopped = true;
    for (const trial of this.running) trial.stop();
  }

  /** Every bug's first trial before the second one of any, so that a benchmark that is cut short is fair to all. */
  private plan(): Task[] {
    const { builds, engines, trials, folder } = this.options;
    const data = readBenchData(folder);
    const identities = new Map(builds.map(({ bug, identity }) => [bug.id, identity]));
    const current = data.trials.filter(({ bug, identity }) => identities.get(bug) === identity);
    const done = new Set(current.map(trialKey));
    const all = Array.from({ length: trials }, (_, index) => index + 1).flatMap((trial) =>
      builds.flatMap((build) => engines.map((engine) => ({ build, engine, trial }))),
    );
    const left = all.filter((task) => !done.has(trialKey(this.keyOf(task))));
    this.listener.planned(all.length, all.length - left.length);
    const needed = new Set(left.map(({ build }) => build));
    for (const build of needed) this.describe(build, data.bugs.get(build.bug.id));
    return left;
  }

  private describe(build: BenchBuild, before: BugLine | undefined): void {
    const { bug, identity, probes } = build;
    const { id, title, origin, area, target, oracles } = bug;
    const line: BugLine = {
      ...{ kind: 'bug', bug: id, identity, title, origin, area, target, oracles, probes },
      ...(build.driver === undefined ? {} : { driver: driverText(build.driver) }),
      committed: this.corpora.committed(build).length,
      showing: this.corpora.showing(build).length,
    };
    if (JSON.stringify(line) !== JSON.stringify(before)) appendLine(this.options.folder, line);
  }

  private async work(tasks: Task[]): Promise<void> {
    for (let task = tasks.shift(); task !== undefined && !this.stopped; task = tasks.shift()) {
      if ((this.failuresInARow.get(task.engine) ?? 0) < MOST_FAILURES) await this.runTask(task);
    }
  }

  private async runTask(task: Task): Promise<void> {
    const { build, engine, trial: seed } = task;
    const { limitSeconds, maxLength, corpus } = this.options;
    const trial = new Trial({
      ...{ engine, root: build.root, target: build.bug.target, seed, limitSeconds, maxLength },
      corpus: this.corpora.folders(build, corpus),
      driver: build.driver ?? null,
    });
    this.running.add(trial);
    const end = await trial.run();
    this.running.delete(trial);
    if (end.kind === 'stopped') return;
    const problem = end.kind === 'failed' ? end.message : this.blamesTheDriver(build, end.outcome);
    if (end.kind === 'failed' || problem !== null) {
      this.fail(task, problem ?? '');
      return;
    }
    this.failuresInARow.set(engine, 0);
    this.keep(task, end.outcome);
  }

  /** What fails without the bug as well shows nothing about it. */
  private blamesTheDriver({ bug, clean }: BenchBuild, { triggered }: TrialOutcome): string | null {
    if (triggered === null) return null;
    const harness = clean === undefined ? this.clean : loadHarness(compiledRoot(), { driver: clean });
    const target = findTarget(harness.targets, bug.target);
    const verdict = harness.execute(target, Buffer.from(triggered.input, 'base64'));
    if (verdict.kind === 'ok') return null;
    return `the driver fails without bug ${bug.id} too (${triggered.bucket}): triage that first`;
  }

  private keep(task: Task, outcome: TrialOutcome): void {
    const { triggered } = outcome;
    const { bug } = task.build;
    const expected = triggered !== null && bug.oracles.includes(triggered.oracle);
    const line: TrialLine = {
      ...this.keyOf(task),
      ...outcome,
      triggered: triggered === null ? null : { ...triggered, expected },
    };
    appendLine(this.options.folder, line);
    this.listener.ended(line);
  }

  private keyOf({ build, engine, trial }: Task): Omit<TrialLine, keyof TrialOutcome> {
    const { corpus, limitSeconds } = this.options;
    const { bug, identity } = build;
    return { kind: 'trial', session: this.session, engine, bug: bug.id, identity, trial, corpus, limitSeconds };
  }

  private fail({ build, engine, trial }: Task, problem: string): void {
    this.failures++;
    const inARow = (this.failuresInARow.get(engine) ?? 0) + 1;
    this.failuresInARow.set(engine, inARow);
    this.listener.failed(`${build.bug.id}, ${engine}, trial ${trial}: ${problem}`);
    if (inARow === MOST_FAILURES) this.listener.failed(`${engine} failed ${MOST_FAILURES} times in a row: left out`);
  }
}

function driverText({ identity }: LoadedDriver): string {
  return `${identity.name} ${identity.version}`;
}
