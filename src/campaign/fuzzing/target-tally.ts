// Adds up what the engine processes of a target report, and carries on the counts of the campaigns before.

import type { CampaignRecord, DiscoverySample } from '../crashes/campaign-record.js';
import { type EngineStatus, NO_STATUS } from '../engine/engine-output.js';
import type { ProgressEvent } from '../engine/run-context.js';
import type { FoundKind } from './campaign-result.js';
import { type CoverageSizes, CoverageUnion } from './coverage-union.js';

/** The last words of one engine process. */
interface ProcessTally {
  status: EngineStatus;
  /** From its first execution to its last report. */
  seconds: number;
  repeated: number;
  alike: number;
  samples: number;
  running: boolean;
}

const MINUTE = 60;

export class TargetTally {
  readonly coverage: CoverageUnion;
  /** Seconds of this campaign's fuzzing before the last new edge, state or bucket; null before the first. */
  lastNew: number | null = null;
  /** Milliseconds since 1970; null where this campaign has seen none. */
  lastFindAt: number | null = null;
  lastBucketAt: number | null = null;
  lastHangAt: number | null = null;
  /** Megabytes, of the largest process. */
  peakMemory = 0;
  private readonly processes = new Map<number, ProcessTally>();
  /** Executions at points in time, for the rate of the last minute. */
  private history: { readonly at: number; readonly executions: number }[] = [];
  private startedAt: number | null = null;
  private endedAt: number | null = null;

  /**
   * @param before record of the campaigns that this one resumes, or null.
   * @param build what the engine instruments (build-identity.ts).
   */
  constructor(
    private readonly before: CampaignRecord | null,
    readonly build: string,
  ) {
    const coverage = before?.coverage;
    this.coverage = new CoverageUnion(coverage?.build === build ? coverage : null);
  }

  /** A process has loaded its target: with the first one the fuzzing begins. */
  ready(sizes: CoverageSizes): void {
    this.coverage.begin(sizes);
    this.startedAt ??= Date.now();
  }

  /** The fuzzing ends. */
  end(): void {
    this.endedAt = Date.now();
  }

  /** Seconds of fuzzing in this campaign. */
  get seconds(): number {
    return this.startedAt === null ? 0 : ((this.endedAt ?? Date.now()) - this.startedAt) / 1000;
  }

  /** Seconds of fuzzing, the campaigns before included. */
  get totalSeconds(): number {
    return (this.before?.seconds ?? 0) + this.seconds;
  }

  status(process: number, status: EngineStatus): void {
    this.of(process).status = status;
    this.peakMemory = Math.max(this.peakMemory, status.memory);
  }

  progress(process: number, event: ProgressEvent): void {
    const tally = this.of(process);
    tally.seconds = event.seconds;
    tally.repeated = event.repeated;
    tally.alike = event.alike;
    tally.samples = event.samples;
    if (event.maps !== null && this.coverage.add(process, event.maps)) {
      this.lastNew = this.seconds;
      this.lastFindAt = Date.now();
    }
    this.history.push({ at: this.seconds, executions: this.executions });
    this.history = this.history.filter(({ at }) => at >= this.seconds - MINUTE);
  }

  /** A bucket was met for the first time in this campaign. */
  bucketMet(kind: FoundKind): void {
    this.lastNew = this.seconds;
    this.lastBucketAt = Date.now();
    if (kind === 'hang') this.lastHangAt = this.lastBucketAt;
  }

  ended(process: number, executions: number, seconds: number): void {
    const tally = this.of(process);
    tally.running = false;
    tally.seconds = seconds;
    tally.status = { ...tally.status, executions, executionsPerSecond: 0 };
  }

  get executions(): number {
    return this.sum(({ status }) => status.executions);
  }

  /** Now: over the last second or so, of all processes together. */
  get executionsPerSecond(): number {
    return this.sum(({ status }) => status.executionsPerSecond);
  }

  /** Over the whole campaign, without the time in which processes start. @param jobs processes at a time. */
  averageRate(jobs: number): number {
    const seconds = this.sum((each) => each.seconds) / jobs;
    return seconds === 0 ? 0 : this.executions / seconds;
  }

  /** Over the last minute, or as long as there is. */
  get rateOfLastMinute(): number {
    const first = this.history[0];
    const last = this.history.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < 1) return this.executionsPerSecond;
    return (last.executions - first.executions) / (last.at - first.at);
  }

  get features(): number {
    return this.most(({ status }) => status.features);
  }

  get corpus(): number {
    return this.most(({ status }) => status.corpus);
  }

  get running(): number {
    return this.sum(({ running }) => (running ? 1 : 0));
  }

  /** Executions made twice, the campaigns before included. */
  get repeated(): number {
    return (this.before?.repeated ?? 0) + this.sum((each) => each.repeated);
  }

  get stability(): number | null {
    const before = (this.before?.repeated ?? 0) * (this.before?.stability ?? 0);
    return this.repeated === 0 ? null : (before + this.sum(({ alike }) => alike)) / this.repeated;
  }

  get sample(): DiscoverySample | null {
    const isSameBuild = this.before?.coverage?.build === this.build;
    const before = isSameBuild ? (this.before.sample?.executions ?? 0) : 0;
    const executions = before + this.sum(({ samples }) => samples);
    return executions === 0 ? null : { executions, ...this.coverage.species };
  }

  private of(process: number): ProcessTally {
    let tally = this.processes.get(process);
    if (tally === undefined) {
      tally = { status: NO_STATUS, seconds: 0, repeated: 0, alike: 0, samples: 0, running: true };
      this.processes.set(process, tally);
    }
    return tally;
  }

  private sum(of: (tally: ProcessTally) => number): number {
    return [...this.processes.values()].reduce((total, tally) => total + of(tally), 0);
  }

  private most(of: (tally: ProcessTally) => number): number {
    return Math.max(0, ...[...this.processes.values()].map(of));
  }
}
