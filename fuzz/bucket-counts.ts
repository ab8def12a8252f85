// Counts the findings of an engine process that goes on after them. Each bucket's first input is told, and every smaller
// one; all others are only counted, since a shallow bug ends most executions.

import { bucketMatcher } from '../src/campaign/bucket-pattern.js';
import type { RunContext } from '../src/campaign/engine/run-context.js';

export class BucketCounts {
  private hits = new Map<string, number>();
  private readonly notNew = new Set<string>();
  private readonly isAccepted: (bucket: string) => boolean;
  private readonly smallest: Map<string, number>;
  private left: number;

  constructor(run: Pick<RunContext, 'stopAfter' | 'notNew' | 'smallest'>) {
    this.isAccepted = bucketMatcher(run.notNew);
    this.smallest = new Map(Object.entries(run.smallest));
    this.left = run.stopAfter ?? Infinity;
  }

  /** Counts one execution; true when its input is to be told: the first of its bucket, or a smaller one. */
  count(bucket: string, size: number): boolean {
    this.hits.set(bucket, (this.hits.get(bucket) ?? 0) + 1);
    if (size >= (this.smallest.get(bucket) ?? Infinity)) return false;
    this.smallest.set(bucket, size);
    if (!this.notNew.has(bucket) && !this.isAccepted(bucket)) {
      this.notNew.add(bucket);
      this.left--;
    }
    return true;
  }

  /** Whether as many new buckets were met as the process was told to end after. */
  get limitReached(): boolean {
    return this.left <= 0;
  }

  /** The counts since the last call. */
  takeHits(): Readonly<Record<string, number>> {
    const hits = Object.fromEntries(this.hits);
    this.hits = new Map();
    return hits;
  }
}
