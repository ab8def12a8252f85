// What happens to a failing input of a target, whoever met it: it is stored where it is new, counted, and told.

import type { Finding } from '../../verdict/verdict.js';
import type { BucketCount } from '../crashes/campaign-record.js';
import type { LoadedDriver } from '../drivers/loaded-driver.js';
import type { RunContext } from '../engine/run-context.js';
import { type KnownIssues, today } from '../known-issues.js';
import { BucketLedger } from './bucket-ledger.js';
import type { FoundBucket, FoundKind, StoredInput } from './campaign-result.js';
import type { StillFailing } from './failing-inputs.js';
import { FindingStore } from './finding-store.js';

export interface FindingsOptions {
  readonly root: string;
  readonly target: string;
  readonly bug: string | null;
  /** The driver that was fuzzed, where it is not that of `root`. */
  readonly driver?: LoadedDriver | null;
  readonly crashes: string;
  readonly knownIssues: KnownIssues;
  readonly stopAfter: number | null;
}

/** A failing input that the engine met. */
export interface MetInput {
  readonly kind: FoundKind;
  readonly finding: Finding;
  /** Null when the engine left no copy. */
  readonly bytes: Uint8Array | null;
  readonly seed: number;
  /** Empty where there is none. */
  readonly stack: string;
  /** Whether running the input again shows what it did: false for what ended the process. */
  readonly traceable: boolean;
}

export interface FindingsListener {
  /** A bucket was met for the first time in this campaign. */
  found(found: FoundBucket): void;
  warned(text: string): void;
  /** Seconds of fuzzing so far, earlier campaigns included. */
  now(): number;
}

export class TargetFindings {
  readonly ledger: BucketLedger;
  private readonly store: FindingStore;

  /** @param before what earlier campaigns counted. */
  constructor(
    options: FindingsOptions,
    private readonly before: readonly BucketCount[],
    private readonly listener: FindingsListener,
  ) {
    this.ledger = new BucketLedger(options.knownIssues, today(), options.stopAfter);
    this.store = new FindingStore({ ...options, before }, (text) => listener.warned(text));
  }

  /** A stored input that fails again counts as one execution. */
  failedAgain({ file, bytes, finding, kind, stack, isStored }: StillFailing): void {
    if (isStored) this.store.adopt(finding.bucket, file, bytes.length);
    const copy = isStored ? null : this.store.put({ finding, bytes, seed: null, traceable: kind === 'finding' });
    const stored = copy ?? { file, problem: '', input: Buffer.from(bytes).toString('base64') };
    this.enter({ kind, finding, stack, stillFails: true }, stored);
    this.ledger.hit(finding.bucket, 1);
  }

  /** The first input of a bucket in an engine process, or a smaller one. Its executions are counted apart. */
  met(input: MetInput): void {
    const { bytes } = input;
    const stored = bytes === null ? NO_COPY : this.store.put({ ...input, bytes });
    this.enter({ ...input, stillFails: false }, stored ?? NO_COPY);
  }

  /** Executions that ended in a bucket. */
  hit(bucket: string, executions: number): void {
    this.ledger.hit(bucket, executions);
  }

  /** Whether as many new buckets were met as the target is to end after. */
  get isEnough(): boolean {
    return this.ledger.left === 0;
  }

  /** What an engine process that starts now is told. */
  get context(): Omit<RunContext, 'parent'> {
    const { left, notNew } = this.ledger;
    return { stopAfter: left, notNew, smallest: this.store.sizes };
  }

  /** For the record: what this campaign met, on top of what earlier ones did. */
  get counts(): readonly BucketCount[] {
    const before = this.before.filter(({ bucket }) => !this.ledger.has(bucket));
    const counts = this.ledger.entries.map(({ found: { bucket, oracle }, executions, firstSeconds }) => ({
      ...{ bucket, oracle, executions: executions + (this.countBefore(bucket)?.executions ?? 0), firstSeconds },
      ...this.store.filesOf(bucket),
    }));
    return [...before, ...counts];
  }

  private enter(
    { kind, finding, stack, stillFails }: Pick<MetInput, 'kind' | 'finding' | 'stack'> & { stillFails: boolean },
    stored: StoredInput,
  ): void {
    const { oracle, bucket, claim } = finding;
    if (this.ledger.has(bucket)) return;
    const found = { ...this.ledger.standingOf(bucket), ...stored, kind, oracle, bucket, claim, stack, stillFails };
    this.ledger.enter(found, this.countBefore(bucket)?.firstSeconds ?? this.listener.now());
    this.listener.found(found);
  }

  private countBefore(bucket: string): BucketCount | undefined {
    return this.before.find((each) => each.bucket === bucket);
  }
}

const NO_COPY: StoredInput = { file: null, problem: 'the engine left no copy of it', input: null };
