// What becomes of the buckets that `fail-each` and `races` find: which are accepted, and where their inputs are stored.

import type { Builds } from '../campaign/bugs/builds.js';
import { EnvironmentError, UsageError } from '../campaign/errors.js';
import { type KnownIssue, type KnownIssues, today } from '../campaign/known-issues.js';
import type { FoundBucket } from '../campaign/systematic/explore.js';
import type { SearchedInput } from '../campaign/systematic/search-inputs.js';
import { FoundStore, type StoredFound } from '../campaign/systematic/store-found.js';
import { note } from './options.js';

export interface JudgedBucket extends FoundBucket {
  /** Whether known-issues.json accepts it today. */
  readonly known: boolean;
  /** The entry that accepts it, or did until its date; null where there is none. */
  readonly issue: KnownIssue | null;
  /** Null where it is not stored. */
  readonly stored: StoredFound | null;
}

export interface JudgedSearch extends SearchedInput {
  readonly buckets: readonly JudgedBucket[];
}

export interface FindingsOptions {
  readonly builds: Builds;
  readonly knownIssues: KnownIssues;
  /** Folder of findings; null stores nothing. */
  readonly crashes: string | null;
}

export class SearchFindings {
  /** Whether something could not be stored. */
  incomplete = false;
  private readonly store: FoundStore | null;
  private readonly day = today();

  constructor(private readonly options: FindingsOptions) {
    const { builds, crashes } = options;
    this.store = crashes === null ? null : new FoundStore(builds, crashes);
  }

  judge(searched: SearchedInput): JudgedSearch {
    const { knownIssues } = this.options;
    const buckets = searched.exploration.found.map((found): JudgedBucket => {
      const accepted = knownIssues.accepted(found.bucket, this.day);
      const issue = accepted ?? knownIssues.expired(found.bucket, this.day);
      return { ...found, known: accepted !== null, issue, stored: this.stored(searched, found) };
    });
    return { ...searched, buckets };
  }

  /** What cannot be written is told, and the search goes on. */
  private stored({ input }: SearchedInput, found: FoundBucket): StoredFound | null {
    try {
      return this.store?.put(input, found) ?? null;
    } catch (error) {
      if (!(error instanceof EnvironmentError) && !(error instanceof UsageError)) throw error;
      note(error.message);
      this.incomplete = true;
      return null;
    }
  }
}

/** What known-issues.json says of a bucket; empty where it says nothing. */
export function issueText({ known, issue }: JudgedBucket): string {
  if (issue === null) return '';
  const { reason, issue: link, expires } = issue;
  const until = known ? `accepted until ${expires}` : `was accepted until ${expires}, which is over`;
  return `${until}: ${reason}, ${link}`;
}
