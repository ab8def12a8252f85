// crashes/<target>/<bucket>/triage.json: what the last triage said about a bucket. Triage writes it; reports read it.

import { join } from 'node:path';

import { contentOrNull, writeAtomically } from '../atomic-file.js';
import { UsageError } from '../errors.js';
import { FieldError, choiceField, integerField, nullable, parseObject, stringField } from '../json-fields.js';

export const TRIAGE_FILE = 'triage.json';
/** Version of the document. */
export const TRIAGE_SCHEMA = 1;

/**
 * `new`: it reproduces and known-issues.json does not name it; `known`: it reproduces and is named there; `fixed`: no input of
 * it fails any more; `flaky`: an input did not behave alike each time.
 */
export type BucketStatus = 'new' | 'known' | 'fixed' | 'flaky';

export const BUCKET_STATUSES: readonly BucketStatus[] = ['new', 'known', 'fixed', 'flaky'];

export interface TriageRecord {
  readonly schema: typeof TRIAGE_SCHEMA;
  readonly target: string;
  readonly bucket: string;
  readonly status: BucketStatus;
  /** Id of the planted bug in the build that was asked, or null for the driver as it is. */
  readonly bug: string | null;
  /** Inputs that end in this bucket, whichever folder they came from. */
  readonly inputs: number;
  /** Runs of all of them together, and how many ended in this bucket. */
  readonly runs: number;
  readonly reproduced: number;
  /** Name of the minimised input in the same folder; null when there is none. */
  readonly minimised: string | null;
  /**
   * Another bucket, of a graver symptom or with more inputs, that has probably the same cause; for a fixed bucket the one that
   * its inputs end in now. Null when there is none.
   */
  readonly sameAs: string | null;
  /** ISO 8601; of the first triage that said all of this. */
  readonly triagedAt: string;
}

/** The record in a bucket's folder, or null when there is none. Throws UsageError when it cannot be used. */
export function readTriageRecord(folder: string): TriageRecord | null {
  const path = join(folder, TRIAGE_FILE);
  const content = contentOrNull(path);
  if (content === null) return null;
  try {
    return parse(content.toString('utf8'));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new UsageError(`${path}: ${error.message}; delete it and run vringfuzz triage`);
  }
}

/** Replaces the record in a bucket's folder. Throws EnvironmentError. */
export function writeTriageRecord(folder: string, record: TriageRecord): void {
  writeAtomically(join(folder, TRIAGE_FILE), Buffer.from(`${JSON.stringify(record, null, 2)}\n`));
}

function parse(text: string): TriageRecord {
  const object = parseObject(text);
  if (object['schema'] !== TRIAGE_SCHEMA) {
    throw new FieldError(`"schema" is ${JSON.stringify(object['schema'])}, this vringfuzz reads ${TRIAGE_SCHEMA}`);
  }
  return {
    schema: TRIAGE_SCHEMA,
    target: stringField(object, 'target'),
    bucket: stringField(object, 'bucket'),
    status: choiceField(object, 'status', BUCKET_STATUSES),
    bug: nullable(object, 'bug', stringField),
    inputs: integerField(object, 'inputs'),
    runs: integerField(object, 'runs'),
    reproduced: integerField(object, 'reproduced'),
    minimised: nullable(object, 'minimised', stringField),
    sameAs: nullable(object, 'sameAs', stringField),
    triagedAt: stringField(object, 'triagedAt'),
  };
}
