// Fuzzes one target: inputs that failed before come first, then the engine; all that they report is added up, and written
// down every few seconds.

import { join } from 'node:path';

import { makeFolder } from '../atomic-file.js';
import type { Death } from '../engine/engine-end.js';
import type { EngineStatus } from '../engine/engine-output.js';
import type { RunContext, RunEvent } from '../engine/run-context.js';
import { buildIdentity } from './build-identity.js';
import { CampaignJournal } from './campaign-journal.js';
import type { CampaignOptions } from './campaign-options.js';
import type { CampaignListener, FoundBucket, TargetResult } from './campaign-result.js';
import { replayFailingInputs } from './failing-inputs.js';
import { removeUnfinished } from './leftovers.js';
import { TargetFindings } from './target-findings.js';
import { isWorkedOut } from './stop-rule.js';
import { type TargetParts, plotRowOf, recordOf, resultOf, statsOf, statusOf } from './target-reports.js';
import { TargetTally } from './target-tally.js';
import { type PoolFailure, type PoolListener, WorkerPool } from './worker-pool.js';

export interface TargetRunOptions extends Omit<CampaignOptions, 'targets' | 'seconds' | 'seed' | 'corpus'> {
  readonly target: string;
  /** Of this target; null without a limit. */
  readonly seconds: number | null;
  readonly seed: number;
  /** The folder that the engine writes to, then those it only reads. */
  readonly corpus: readonly string[];
  /** Folder of committed regression inputs; null leaves them out. */
  readonly regression: string | null;
}

export interface TargetEnd {
  readonly result: TargetResult;
  /** What the new buckets ask for. */
  readonly exitCode: number;
  readonly failure: PoolFailure;
}

const STATUS_MILLISECONDS = 1000;
const WRITE_SECONDS = 5;
/** Rows of the plot lie farther apart in long campaigns, so that weeks of them can still be drawn. */
const PLOT_SECONDS = 5;
const LONG_PLOT_SECONDS = 60;
const LONG_CAMPAIGN_SECONDS = 3600;

export class TargetRun implements PoolListener {
  private readonly journal: CampaignJournal;
  private readonly tally: TargetTally;
  private readonly findings: TargetFindings;
  private readonly pool: WorkerPool;
  private readonly startedAt = new Date();
  private writtenAt = 0;
  private plottedAt = -Infinity;
  private unstableTold = false;

  /** Throws EnvironmentError when the target's folder cannot be made. */
  constructor(
    private readonly options: TargetRunOptions,
    private readonly listener: CampaignListener,
  ) {
    const { target, bug, root } = options;
    const driverName = options.driver?.identity.name ?? null;
    const folder = join(options.crashes, target);
    makeFolder(folder);
    removeUnfinished(folder);
    this.journal = new CampaignJournal({
      folder,
      target,
      bug,
      driver: driverName,
      warn: (text) => listener.warned(text),
    });
    const { before } = this.journal;
    this.tally = new TargetTally(before, buildIdentity(root, options.driver));
    this.findings = new TargetFindings(options, before?.buckets ?? [], {
      found: (found) => this.found(found),
      warned: (text) => this.warned(text),
      now: () => this.tally.totalSeconds,
    });
    const { corpus, maxLength, rawFlags, jobs, seed, runs, seconds, driver } = options;
    const outside = driver === null ? {} : { instrumented: driver.instrumented };
    this.pool = new WorkerPool(
      { engine: { root, target, corpus, maxLength, rawFlags, ...outside }, jobs, seed, runs, seconds },
      this,
    );
  }

  async run(): Promise<TargetEnd> {
    const { target } = this.options;
    this.listener.started(target, { seeds: this.pool.seeds, resumed: this.journal.before !== null });
    let failure: PoolFailure = null;
    try {
      this.journal.writeRecord(recordOf(this.parts));
      this.replay();
      if (!this.findings.isEnough) failure = await this.fuzz();
      this.write();
    } finally {
      this.journal.close();
      this.listener.ended(target);
    }
    return { result: resultOf(this.parts), exitCode: this.findings.ledger.exitCode, failure };
  }

  /** Ends the engine cleanly; a second call ends it at once. */
  stop(): void {
    this.pool.stop();
  }

  private replay(): void {
    const { stillFailing, fixed, problems } = replayFailingInputs(this.options);
    for (const problem of problems) this.warned(problem);
    for (const input of stillFailing) this.findings.failedAgain(input);
    if (fixed.length === 0) return;
    const buckets = [...new Set(fixed.map(({ bucket }) => bucket))].join(', ');
    const inputs = fixed.length === 1 ? '1 stored input does' : `${String(fixed.length)} stored inputs do`;
    this.warned(`${inputs} not fail any more: ${buckets}`);
  }

  private async fuzz(): Promise<PoolFailure> {
    const timer = setInterval(() => {
      this.listener.progressed(statusOf(this.parts));
      const { untilRisk } = this.options;
      if (untilRisk !== null && isWorkedOut(this.tally, untilRisk)) this.pool.finish();
      if (this.tally.seconds - this.writtenAt >= WRITE_SECONDS) this.write();
    }, STATUS_MILLISECONDS);
    try {
      return await this.pool.run();
    } finally {
      clearInterval(timer);
      this.tally.end();
    }
  }

  // What the engine processes ask and tell.

  context(): Omit<RunContext, 'parent'> {
    const { driver } = this.options;
    return { ...this.findings.context, ...(driver === null ? {} : { driver: driver.handle }) };
  }

  elapsed(): number {
    return this.tally.seconds;
  }

  status(process: number, status: EngineStatus): void {
    this.tally.status(process, status);
  }

  event(process: number, seed: number, event: RunEvent): void {
    switch (event.kind) {
      case 'ready':
        this.tally.ready({ edges: event.edges, states: event.states });
        return;
      case 'progress':
        this.tally.progress(process, event);
        for (const [bucket, executions] of Object.entries(event.hits)) this.findings.hit(bucket, executions);
        return;
      case 'finding':
      case 'harness-bug': {
        const { kind, finding, input } = event;
        const stack = event.kind === 'harness-bug' ? event.stack : '';
        this.findings.met({ kind, finding, bytes: Buffer.from(input, 'base64'), seed, stack, traceable: true });
        if (this.findings.isEnough) this.pool.finish();
        return;
      }
      case 'unstable':
        this.tellUnstable(event.difference, event.input);
        return;
      case 'addon':
      case 'environment':
      case 'limit':
    }
  }

  died({ kind, finding, stack, input }: Death, seed: number): boolean {
    this.findings.met({ kind, finding, bytes: input, seed, stack, traceable: false });
    this.findings.hit(finding.bucket, 1);
    return !this.findings.isEnough;
  }

  ended(process: number, executions: number, seconds: number): void {
    this.tally.ended(process, executions, seconds);
  }

  warned(text: string): void {
    this.listener.warned(`${this.options.target}: ${text}`);
  }

  private found(found: FoundBucket): void {
    if (!found.stillFails) this.tally.bucketMet(found.kind);
    this.listener.found(this.options.target, found);
  }

  /** Determinism is what every finding rests on, so one such input is enough to say so. */
  private tellUnstable(difference: string, input: string): void {
    if (this.unstableTold) return;
    this.unstableTold = true;
    this.warned(
      `an input did not behave alike twice (${difference}), which is a bug in vringfuzz; please report it with the input, ` +
        `in base64: ${input}`,
    );
  }

  private write(): void {
    const { parts, tally, journal } = this;
    this.writtenAt = tally.seconds;
    journal.writeRecord(recordOf(parts));
    // Tools of AFL++ divide by the executions.
    if (tally.executions === 0) return;
    journal.writeStats(statsOf(parts));
    const period = tally.totalSeconds < LONG_CAMPAIGN_SECONDS ? PLOT_SECONDS : LONG_PLOT_SECONDS;
    if (tally.seconds - this.plottedAt < period && tally.running > 0) return;
    this.plottedAt = tally.seconds;
    journal.plot(plotRowOf(parts));
  }

  private get parts(): TargetParts {
    const { tally, findings, pool, startedAt, journal, options } = this;
    const { target, bug, commandLine, untilRisk, seconds: share } = options;
    const { ledger, counts } = findings;
    const { before } = journal;
    const { seeds } = pool;
    const driver = options.driver?.identity ?? null;
    return { target, bug, driver, share, untilRisk, commandLine, seeds, startedAt, before, tally, ledger, counts };
  }
}
