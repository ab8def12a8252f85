// The inputs of a target's buckets on disk: the first one of each, which stays for ever, and the smallest one. A smaller
// one is complete before the former smallest goes. One object for all engine processes of a target, so that two of them
// that find the same thing at once store it once.

import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import type { TargetSpec } from '../../target/target-spec.js';
import type { Trace } from '../../verdict/trace.js';
import type { Finding } from '../../verdict/verdict.js';
import type { BucketCount } from '../crashes/campaign-record.js';
import { bucketFolder, inputFile, writeCrash } from '../crashes/crash-store.js';
import { sidecarPath } from '../crashes/sidecar.js';
import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { messageOf } from '../errors.js';
import { findTarget, loadHarness } from '../harness.js';
import { runOnce } from '../replay/replay.js';
import type { StoredInput } from './campaign-result.js';

export interface StoreOptions {
  /** Compiled tree that was fuzzed. */
  readonly root: string;
  /** Folder of findings. */
  readonly crashes: string;
  readonly target: string;
  /** Id of the planted bug in `root`. */
  readonly bug: string | null;
  /** The driver that was fuzzed, where it is not that of `root`. */
  readonly driver?: LoadedDriver | null;
  /** What earlier campaigns stored. */
  readonly before: readonly BucketCount[];
}

/** A failing input as somebody met it. */
export interface NewInput {
  readonly finding: Finding;
  readonly bytes: Uint8Array;
  /** Of the engine; null where it was not the engine. */
  readonly seed: number | null;
  /** Whether running it again shows what it did: false for hangs and lack of memory. */
  readonly traceable: boolean;
}

interface StoredBucket {
  /** Name of the first input; null where nobody knows which of several it was. */
  readonly first: string | null;
  readonly smallest: string;
  readonly size: number;
  /** A campaign stored it only for being the smallest: it goes when there is a smaller one. */
  readonly replaceable: boolean;
}

const HANG_MILLISECONDS = 10_000;

export class FindingStore {
  private readonly buckets = new Map<string, StoredBucket>();
  private readonly target: TargetSpec;
  private harness;

  /** @param onProblem told what is odd about an input that is stored all the same. */
  constructor(
    private readonly options: StoreOptions,
    private readonly onProblem: (text: string) => void,
  ) {
    this.harness = loadHarness(options.root, { driver: options.driver ?? null });
    this.target = findTarget(this.harness.targets, options.target);
  }

  /** Takes a stored input that fails with that bucket into account. */
  adopt(bucket: string, file: string, size: number): void {
    const known = this.buckets.get(bucket);
    if (known !== undefined && known.size <= size) return;
    const name = basename(file);
    const before = this.options.before.find((each) => each.bucket === bucket);
    const first = before?.first ?? null;
    const replaceable = before?.smallest === name && first !== null && first !== name;
    this.buckets.set(bucket, { first, smallest: name, size, replaceable });
  }

  /** Lengths of the smallest inputs. */
  get sizes(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.buckets].map(([bucket, { size }]) => [bucket, size]));
  }

  /** File names of the first and the smallest input of a bucket, as far as they are known. */
  filesOf(bucket: string): Pick<BucketCount, 'first' | 'smallest'> {
    const known = this.buckets.get(bucket);
    if (known === undefined) return {};
    return { ...(known.first === null ? {} : { first: known.first }), smallest: known.smallest };
  }

  /** Stores the first input of its bucket, or one smaller than all before; null where it is neither. */
  put(input: NewInput): StoredInput | null {
    const { bucket } = input.finding;
    const size = input.bytes.length;
    const known = this.buckets.get(bucket);
    if (known !== undefined && known.size <= size) return null;
    const text = Buffer.from(input.bytes).toString('base64');
    try {
      const { file, isNew } = this.write(input);
      const smallest = basename(file);
      const first = known === undefined ? smallest : known.first;
      this.buckets.set(bucket, { first, smallest, size, replaceable: isNew && known !== undefined });
      if (known?.replaceable === true) this.remove(join(dirname(file), known.smallest));
      return { file, problem: '', input: text };
    } catch (error) {
      return { file: null, problem: messageOf(error), input: text };
    }
  }

  private write(input: NewInput): { readonly file: string; readonly isNew: boolean } {
    const { crashes: directory, target, bug, driver = null } = this.options;
    const { bytes, seed } = input;
    // What ended the process was met by nobody who knows the driver.
    const finding = driver === null ? input.finding : { ...input.finding, driver: driver.identity };
    const isNew = !existsSync(inputFile(bucketFolder(directory, target, finding.bucket), 'crash', bytes));
    const { file } = writeCrash({ directory, target, bytes, finding, trace: this.traceOf(input), seed, bug });
    return { file, isNew };
  }

  private remove(file: string): void {
    try {
      // The sidecar first: an input without one gets it back, a sidecar without an input means nothing.
      rmSync(sidecarPath(file), { force: true });
      rmSync(file, { force: true });
    } catch (error) {
      this.onProblem(`cannot remove ${file}, which a smaller input replaces: ${messageOf(error)}`);
    }
  }

  /** What the input does, readably; null for a harness that fails, or that shows something else this time. */
  private traceOf({ finding, bytes, traceable }: NewInput): Trace | null {
    if (!traceable) return null;
    const outcome = runOnce(this.harness, this.target, bytes, HANG_MILLISECONDS);
    if (outcome === 'hang') {
      this.harness = loadHarness(this.options.root, { fresh: true, driver: this.options.driver ?? null });
    } else {
      const { verdict, trace } = outcome;
      if (verdict.kind === 'finding' && verdict.finding.bucket === finding.bucket) return trace;
      if (verdict.kind === 'harness-bug' && finding.bucket === 'harness-bug') return trace;
    }
    this.onProblem(
      `an input of bucket ${finding.bucket} did something else in another process: please report it (vringfuzz replay shows it)`,
    );
    return null;
  }
}
