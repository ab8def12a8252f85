// What triage found out, for programs.

import { relative } from 'node:path';

import type { TriageRun } from '../campaign/triage/run-triage.js';
import { type TriagedBucket, runsOf } from '../campaign/triage/triaged-bucket.js';
import { ORACLES } from '../oracle/registry.js';

/** Version of the document. */
export const TRIAGE_JSON_SCHEMA = 1;

/** The document of `vringfuzz triage --json`. */
export function triageDocument(run: TriageRun): object {
  const { copied, passing, problems, failures, notes } = run;
  const buckets = run.buckets.map(bucketDocument);
  return { schema: TRIAGE_JSON_SCHEMA, buckets, copied, passing, problems, failures, notes };
}

function bucketDocument(bucket: TriagedBucket): object {
  const { target, folder, status, expired, issue, finding, bug, inputs, minimised, sameAs } = bucket;
  return {
    target,
    bucket: bucket.bucket,
    folder,
    status,
    expired,
    issue: issue?.issue ?? null,
    severity: finding?.severity ?? null,
    oracle: finding?.oracle ?? null,
    cwe: ORACLES.find(({ id }) => id === finding?.oracle)?.cwe ?? null,
    claim: finding?.claim ?? null,
    shape: finding?.shape ?? null,
    site: finding?.site ?? null,
    bug,
    ...runsOf(bucket),
    inputs: inputs.map(({ file, ...rest }) => ({ file: relative(folder, file), ...rest })),
    minimised: minimised === null ? null : { file: minimised.name, size: minimised.bytes.length },
    sameAs,
  };
}
