// The buckets that one target met in a campaign: how often each, which are accepted as known, and whether it is enough.

import type { KnownIssue, KnownIssues } from '../known-issues.js';
import type { FoundBucket, FoundKind, Standing } from './campaign-result.js';

export interface LedgerEntry {
  readonly found: FoundBucket;
  /** Executions that ended in it. */
  executions: number;
  /** Seconds of fuzzing before its first one, earlier campaigns that this one resumes included. */
  readonly firstSeconds: number;
}

/** Worst first. */
const EXIT_CODES: readonly (readonly [kind: FoundKind, code: number])[] = [
  ['harness-bug', 3],
  ['finding', 77],
  ['hang', 70],
];

export class BucketLedger {
  private readonly byBucket = new Map<string, LedgerEntry>();

  /** @param day today's date, `YYYY-MM-DD`. */
  constructor(
    private readonly knownIssues: KnownIssues,
    private readonly day: string,
    private readonly stopAfter: number | null,
  ) {}

  /** Whether a bucket is accepted, and the entry that says or said so. */
  standingOf(bucket: string): { readonly standing: Standing; readonly issue: KnownIssue | null } {
    const accepted = this.knownIssues.accepted(bucket, this.day);
    if (accepted !== null) return { standing: 'known', issue: accepted };
    const expired = this.knownIssues.expired(bucket, this.day);
    return expired === null ? { standing: 'new', issue: null } : { standing: 'expired', issue: expired };
  }

  has(bucket: string): boolean {
    return this.byBucket.has(bucket);
  }

  /** Enters a bucket that is not there yet, without any execution. */
  enter(found: FoundBucket, firstSeconds: number): void {
    this.byBucket.set(found.bucket, { found, executions: 0, firstSeconds });
  }

  /** Counts executions that ended in a bucket that was entered. */
  hit(bucket: string, executions: number): void {
    const entry = this.byBucket.get(bucket);
    if (entry !== undefined) entry.executions += executions;
  }

  /** In the order in which they were met. */
  get entries(): readonly LedgerEntry[] {
    return [...this.byBucket.values()];
  }

  get newCount(): number {
    return this.entries.filter(({ found }) => found.standing !== 'known').length;
  }

  get knownCount(): number {
    return this.byBucket.size - this.newCount;
  }

  /** New buckets that may still be met; null without a limit. */
  get left(): number | null {
    return this.stopAfter === null ? null : Math.max(0, this.stopAfter - this.newCount);
  }

  /** Buckets that a further engine process need not take for new. */
  get notNew(): readonly string[] {
    const accepted = this.knownIssues.all.filter(({ bucket }) => this.standingOf(bucket).standing === 'known');
    return [...new Set([...this.byBucket.keys(), ...accepted.map(({ bucket }) => bucket)])];
  }

  /** What the new buckets ask for; 0 where there is none. */
  get exitCode(): number {
    const kinds = this.entries.filter(({ found }) => found.standing !== 'known').map(({ found }) => found.kind);
    return EXIT_CODES.find(([kind]) => kinds.includes(kind))?.[1] ?? 0;
  }
}
