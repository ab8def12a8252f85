// Stores what triage found out, bucket by bucket: the minimised input, the page for people, the record for tools; in this
// order, because the record speaks of the others. A bucket that cannot be written does not keep the rest from being. What
// is there already stays as it is, so a second run changes nothing.

import { basename, join, relative, sep } from 'node:path';

import { bucketReadme } from '../../report/bucket-readme.js';
import { contentOrNull, makeFolder, writeAtomically } from '../atomic-file.js';
import { bucketFolder, writeInput } from '../crashes/crash-store.js';
import type { FolderProblem } from '../crashes/crash-folder.js';
import { TRIAGE_SCHEMA, type TriageRecord, readTriageRecord, writeTriageRecord } from '../crashes/triage-record.js';
import { EnvironmentError, UsageError } from '../errors.js';
import type { BucketTriage } from './triage.js';
import { type MinimisedFile, type TriagedBucket, runsOf } from './triaged-bucket.js';

const README = 'README.md';

export interface WriteOptions {
  /** Options that commands on the pages need, such as `--bugs DIR`. */
  readonly commandArguments: readonly string[];
  /** ISO 8601. */
  readonly now: string;
}

export interface WrittenTriage {
  readonly buckets: readonly TriagedBucket[];
  /** What could not be written. */
  readonly failures: readonly FolderProblem[];
}

/** Writes all of it and returns what was said. */
export function writeTriage(buckets: readonly BucketTriage[], options: WriteOptions): WrittenTriage {
  const failures: FolderProblem[] = [];
  const written = buckets.map((bucket) => {
    const { folder } = bucket.triaged;
    const minimised = attempt(folder, failures, () => storeMinimised(bucket));
    const triaged = { ...bucket.triaged, minimised };
    attempt(folder, failures, () => {
      makeFolder(folder);
      writePage(triaged, options);
      writeRecord(triaged, options.now);
    });
    return triaged;
  });
  return { buckets: written, failures };
}

function storeMinimised({ triaged, smallest }: BucketTriage): MinimisedFile | null {
  if (smallest === null) return null;
  const { bytes, finding, trace, bug, placement } = smallest;
  const { target, folder } = triaged;
  const { file } = writeInput(folder, 'minimised', { target, bytes, finding, trace, seed: null, bug, placement });
  return { name: basename(file), bytes, trace, placement };
}

function writePage(bucket: TriagedBucket, { commandArguments }: WriteOptions): void {
  const { folder, target, sameAs } = bucket;
  const sameAsFolder = sameAs === null ? null : basename(bucketFolder('', target, sameAs));
  const page = Buffer.from(bucketReadme(bucket, { shownFolder: shownPath(folder), sameAsFolder, commandArguments }));
  const file = join(bucket.folder, README);
  if (contentOrNull(file)?.equals(page) !== true) writeAtomically(file, page);
}

/** As one would type it here. */
function shownPath(folder: string): string {
  const short = relative(process.cwd(), folder);
  return (short.startsWith('..') ? folder : short).replaceAll(sep, '/');
}

function writeRecord(bucket: TriagedBucket, now: string): void {
  const { target, status, bug, inputs, minimised, sameAs } = bucket;
  const record: TriageRecord = {
    schema: TRIAGE_SCHEMA,
    target,
    bucket: bucket.bucket,
    status,
    bug,
    inputs: inputs.length,
    ...runsOf(bucket),
    minimised: minimised?.name ?? null,
    sameAs,
    triagedAt: now,
  };
  const before = readableRecord(bucket.folder);
  const same = JSON.stringify({ ...before, triagedAt: now }) === JSON.stringify(record);
  if (before === null || !same) writeTriageRecord(bucket.folder, record);
}

/** Null also for one that is broken: it is replaced. */
function readableRecord(folder: string): TriageRecord | null {
  try {
    return readTriageRecord(folder);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

function attempt<T>(file: string, failures: FolderProblem[], write: () => T): T | null {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof EnvironmentError) && !(error instanceof UsageError)) throw error;
    failures.push({ file, message: error.message });
    return null;
  }
}
