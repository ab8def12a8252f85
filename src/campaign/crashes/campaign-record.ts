// crashes/<target>/campaign.json: what all campaigns on a target came to so far, for status, reports and resuming. The
// campaign writes it; everyone else only reads.

import { join } from 'node:path';

import type { DriverIdentity } from '../../platform/driver-module.js';
import { contentOrNull, writeAtomically } from '../atomic-file.js';
import { UsageError } from '../errors.js';
import {
  FieldError,
  type JsonObject,
  integerField,
  nullable,
  numberField,
  objectField,
  objectListField,
  parseObject,
  stringField,
  textField,
} from '../json-fields.js';
import { driverField } from './driver-field.js';

export const CAMPAIGN_FILE = 'campaign.json';
/** Version of the document. */
export const CAMPAIGN_SCHEMA = 1;

/** How often a bucket was hit. */
export interface BucketCount {
  readonly bucket: string;
  readonly oracle: string;
  /** Executions that ended in it. */
  readonly executions: number;
  /** Seconds of fuzzing before its first one. */
  readonly firstSeconds: number;
  /** File names of its first and its smallest stored input; absent where they are not known. */
  readonly first?: string;
  readonly smallest?: string;
}

/** What all campaigns on one build covered, so that the next one goes on from there (engine/coverage-text.ts). */
export interface StoredCoverage {
  /** Hash of the instrumented code: edges are numbered by it, so the maps mean nothing for another build. */
  readonly build: string;
  readonly totalEdges: number;
  readonly totalStates: number;
  readonly edges: string;
  readonly states: string;
  readonly sampled: string;
}

/**
 * What samples of executions saw, for the Good-Turing estimate (Good 1953): a species is an edge or a queue state, and a
 * sample is one execution.
 */
export interface DiscoverySample {
  /** Executions looked at. */
  readonly executions: number;
  /** Species seen in at least one of them. */
  readonly species: number;
  /** Species seen in exactly one of them. */
  readonly singletons: number;
}

export interface CampaignRecord {
  readonly schema: typeof CAMPAIGN_SCHEMA;
  readonly target: string;
  /** Id of the planted bug in the build, or null for the driver as it is. */
  readonly bug: string | null;
  /** The driver from outside that the last campaign was of; absent for our own. */
  readonly driver?: DriverIdentity;
  /** ISO 8601, of the first campaign and of the last writing. */
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Campaigns, resumed ones included. */
  readonly campaigns: number;
  /** Seeds of the engine in the last campaign, one a worker. */
  readonly seeds: readonly number[];
  /** Fuzzing time of all campaigns. */
  readonly seconds: number;
  readonly executions: number;
  /** Distinct instrumented edges and queue states that were reached. */
  readonly edges: number;
  readonly states: number;
  /** libFuzzer's `ft:`. */
  readonly features: number;
  /** Inputs in the corpus. */
  readonly corpus: number;
  /** Seconds of fuzzing before the last new edge, state or bucket. */
  readonly lastNewSeconds: number;
  /** Share of the executions made twice that behaved alike, 0 to 1; null when none was. */
  readonly stability: number | null;
  readonly sample: DiscoverySample | null;
  readonly buckets: readonly BucketCount[];
  /** Executions made twice: what `stability` is a share of. */
  readonly repeated?: number;
  /** ISO 8601, of the last new edge or state, the last new bucket, and the last one that is a hang; absent before it. */
  readonly lastFindAt?: string;
  readonly lastBucketAt?: string;
  readonly lastHangAt?: string;
  readonly coverage?: StoredCoverage;
}

/** The record in a target's folder, or null when there is none. Throws UsageError when it cannot be used. */
export function readCampaignRecord(folder: string): CampaignRecord | null {
  const path = join(folder, CAMPAIGN_FILE);
  const content = contentOrNull(path);
  if (content === null) return null;
  try {
    return parse(content.toString('utf8'));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new UsageError(`${path}: ${error.message}; move it away to start counting anew`);
  }
}

/** Replaces the record in a target's folder. Throws EnvironmentError. */
export function writeCampaignRecord(folder: string, record: CampaignRecord): void {
  writeAtomically(join(folder, CAMPAIGN_FILE), Buffer.from(`${JSON.stringify(record, null, 2)}\n`));
}

function parse(text: string): CampaignRecord {
  const object = parseObject(text);
  if (object['schema'] !== CAMPAIGN_SCHEMA) {
    throw new FieldError(`"schema" is ${JSON.stringify(object['schema'])}, this vringfuzz reads ${CAMPAIGN_SCHEMA}`);
  }
  return {
    schema: CAMPAIGN_SCHEMA,
    target: stringField(object, 'target'),
    bug: nullable(object, 'bug', stringField),
    ...optional(object, 'driver', driverField),
    startedAt: stringField(object, 'startedAt'),
    updatedAt: stringField(object, 'updatedAt'),
    campaigns: integerField(object, 'campaigns'),
    seeds: seedsField(object),
    seconds: numberField(object, 'seconds'),
    executions: integerField(object, 'executions'),
    edges: integerField(object, 'edges'),
    states: integerField(object, 'states'),
    features: integerField(object, 'features'),
    corpus: integerField(object, 'corpus'),
    lastNewSeconds: numberField(object, 'lastNewSeconds'),
    stability: nullable(object, 'stability', numberField),
    sample: nullable(object, 'sample', sampleField),
    buckets: objectListField(object, 'buckets').map(bucketCount),
    ...optional(object, 'repeated', integerField),
    ...optional(object, 'lastFindAt', stringField),
    ...optional(object, 'lastBucketAt', stringField),
    ...optional(object, 'lastHangAt', stringField),
    ...optional(object, 'coverage', coverageField),
  };
}

/** The field under its name, or nothing where it is absent. */
function optional<N extends string, T>(
  object: JsonObject,
  name: N,
  read: (object: JsonObject, name: string) => T,
): { readonly [K in N]?: T } {
  return object[name] === undefined ? {} : ({ [name]: read(object, name) } as { readonly [K in N]?: T });
}

function coverageField(object: JsonObject, name: string): StoredCoverage {
  const coverage = objectField(object, name);
  return {
    build: stringField(coverage, 'build'),
    totalEdges: integerField(coverage, 'totalEdges'),
    totalStates: integerField(coverage, 'totalStates'),
    edges: textField(coverage, 'edges'),
    states: textField(coverage, 'states'),
    sampled: textField(coverage, 'sampled'),
  };
}

function seedsField(object: JsonObject): readonly number[] {
  const { seeds } = object;
  if (!Array.isArray(seeds) || !seeds.every((seed) => Number.isSafeInteger(seed))) {
    throw new FieldError('"seeds" must be a list of integers');
  }
  return seeds as readonly number[];
}

function sampleField(object: JsonObject, name: string): DiscoverySample {
  const sample = objectField(object, name);
  return {
    executions: integerField(sample, 'executions'),
    species: integerField(sample, 'species'),
    singletons: integerField(sample, 'singletons'),
  };
}

function bucketCount(object: JsonObject): BucketCount {
  return {
    bucket: stringField(object, 'bucket'),
    oracle: stringField(object, 'oracle'),
    executions: integerField(object, 'executions'),
    firstSeconds: numberField(object, 'firstSeconds'),
    ...optional(object, 'first', stringField),
    ...optional(object, 'smallest', stringField),
  };
}
