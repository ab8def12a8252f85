// known-issues.json: findings that a project knows and accepts for a while. A campaign counts them and goes on; after its
// date an entry counts no more, so that nothing is accepted for ever by being forgotten.

import { join } from 'node:path';

import { contentOrNull } from './atomic-file.js';
import { bucketPattern } from './bucket-pattern.js';
import { UsageError } from './errors.js';
import { FieldError, type JsonObject, objectListField, parseObject, stringField } from './json-fields.js';
import { projectRoot, workRoot } from './paths.js';

export const KNOWN_ISSUES_FILE = 'known-issues.json';
/** Version of the document. */
export const KNOWN_ISSUES_SCHEMA = 1;

export interface KnownIssue {
  /** As findings print it; `*` stands for any text. */
  readonly bucket: string;
  /** Why it is accepted. */
  readonly reason: string;
  /** Link to where it is dealt with. */
  readonly issue: string;
  /** The last day on which it is accepted, `YYYY-MM-DD` (UTC). */
  readonly expires: string;
}

export class KnownIssues {
  private readonly byBucket: ReadonlyMap<string, KnownIssue>;
  private readonly patterns: readonly (readonly [RegExp, KnownIssue])[];

  constructor(readonly all: readonly KnownIssue[]) {
    this.byBucket = new Map(all.map((issue) => [issue.bucket, issue]));
    this.patterns = all
      .filter(({ bucket }) => bucket.includes('*'))
      .map((issue) => [bucketPattern(issue.bucket), issue] as const);
  }

  /** The entry of a bucket, whatever its date: the one that names it, else the first one whose pattern it has; or null. */
  entry(bucket: string): KnownIssue | null {
    const named = this.byBucket.get(bucket);
    return named ?? this.patterns.find(([pattern]) => pattern.test(bucket))?.[1] ?? null;
  }

  /** The entry of a bucket that still counts on `today` (`YYYY-MM-DD`), or null. */
  accepted(bucket: string, today: string): KnownIssue | null {
    const issue = this.entry(bucket);
    return issue === null || issue.expires < today ? null : issue;
  }

  /** The entry of a bucket whose day is over, or null. */
  expired(bucket: string, today: string): KnownIssue | null {
    const issue = this.entry(bucket);
    return issue === null || issue.expires >= today ? null : issue;
  }
}

/** Default file: beside the crashes folder. */
export function knownIssuesFile(): string {
  return join(workRoot(), KNOWN_ISSUES_FILE);
}

/** What is known of Linux's own ring, in docs: told beside a finding, which is as new to this project as any other. */
const UPSTREAM = join('docs', 'known-issues', 'linux.json');
let upstream: KnownIssues | null = null;

/** What is known, to the maintainers of the driver that it is about, of a bucket; null for nothing. */
export function knownUpstream(bucket: string): KnownIssue | null {
  upstream ??= loadKnownIssues(join(projectRoot(), UPSTREAM));
  return upstream.entry(bucket);
}

/** Today's date in UTC, `YYYY-MM-DD`. */
export function today(now = new Date()): string {
  return now.toISOString().slice(0, 10);
}

/**
 * Reads the file that `--known-issues` names, or the default one, which need not exist. Throws UsageError, which names the
 * file, the entry and what to do.
 */
export function loadKnownIssues(path: string | undefined): KnownIssues {
  const file = path ?? knownIssuesFile();
  const content = readable(file);
  if (content === null) {
    if (path === undefined) return new KnownIssues([]);
    throw new UsageError(`no such file: ${path}`);
  }
  try {
    return new KnownIssues(parse(content.toString('utf8')));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new UsageError(`${file}: ${error.message}; see docs/continuous.md for its form`);
  }
}

function readable(file: string): Buffer | null {
  try {
    return contentOrNull(file);
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

function parse(text: string): readonly KnownIssue[] {
  const object = parseObject(text);
  if (object['schema'] !== KNOWN_ISSUES_SCHEMA) {
    throw new FieldError(
      `"schema" is ${JSON.stringify(object['schema'])}, this vringfuzz reads ${KNOWN_ISSUES_SCHEMA}`,
    );
  }
  const issues = objectListField(object, 'issues').map(issueOf);
  const twice = issues.find(({ bucket }, index) => issues.findIndex((other) => other.bucket === bucket) !== index);
  if (twice !== undefined) throw new FieldError(`bucket ${twice.bucket} is named twice`);
  return issues;
}

function issueOf(object: JsonObject, index: number): KnownIssue {
  try {
    const issue = {
      bucket: stringField(object, 'bucket'),
      reason: stringField(object, 'reason'),
      issue: stringField(object, 'issue'),
      expires: stringField(object, 'expires'),
    };
    if (!isDate(issue.expires)) throw new FieldError('"expires" must be a date, YYYY-MM-DD');
    return issue;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new FieldError(`issues[${index}]: ${error.message}`);
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && today(date) === text;
}
