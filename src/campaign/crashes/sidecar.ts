// The JSON document beside a crashing input: everything a reader needs to judge and replay the finding without running
// it. Its two version numbers guard old files: a file of a version that is not known is refused, never reinterpreted.

import { existsSync, readFileSync } from 'node:fs';

import type { Trace } from '../../verdict/trace.js';
import type { DriverSite, Finding, MappingRecord, Numbers, Severity } from '../../verdict/verdict.js';
import { INPUT_FORMAT, formatProblem } from '../corpus/input-format.js';
import { UsageError } from '../errors.js';
import {
  FieldError,
  type JsonObject,
  choiceField,
  integerField,
  nullable,
  objectField,
  parseObject,
  stringField,
  textField,
} from '../json-fields.js';
import { driverField } from './driver-field.js';
import { placementOfText } from '../systematic/placement-text.js';
import { traceField, traceJson } from './sidecar-trace.js';

/** Version of this document. Since 2 the events of the trace carry data; a file of version 1 is read, and has none. */
export const SIDECAR_SCHEMA = 2;
/** Version of one with a placement or a driver: to whoever does not know of those the bytes would say too little. */
export const PLACED_SIDECAR_SCHEMA = 3;
const READABLE_SCHEMAS = [1, SIDECAR_SCHEMA, PLACED_SIDECAR_SCHEMA] as const;
export { INPUT_FORMAT };

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

export interface SidecarVersions {
  readonly vringfuzz: string;
  readonly node: string;
  readonly engine: string | null;
}

export interface Sidecar extends Finding {
  readonly schema: (typeof READABLE_SCHEMAS)[number];
  readonly inputFormat: typeof INPUT_FORMAT;
  readonly target: string;
  /** The engine's seed, or null when the input did not come from a campaign. */
  readonly seed: number | null;
  /** Id of the planted bug in the build that was fuzzed, or null for the driver as it is. */
  readonly bug: string | null;
  /** What happens besides what the bytes say, as `--only` of fail-each and races takes it. */
  readonly placement?: string;
  readonly trace: Trace | null;
  readonly versions: SidecarVersions;
  /** SHA-1 of the input, 40 hex digits. */
  readonly sha1: string;
  /** Length of the input in bytes. */
  readonly size: number;
  /** ISO 8601; only for people, nothing depends on it. */
  readonly createdAt?: string;
}

/** Where the sidecar of an input lies. */
export function sidecarPath(input: string): string {
  return `${input}.json`;
}

/** The sidecar of an input, or null when it has none. Throws UsageError when it cannot be used. */
export function sidecarOf(input: string): Sidecar | null {
  const path = sidecarPath(input);
  return existsSync(path) ? readSidecar(path) : null;
}

/** Reads and checks a sidecar. Throws UsageError, which says what is wrong and what to do. */
export function readSidecar(path: string): Sidecar {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read sidecar ${path}: ${(error as Error).message}`);
  }
  try {
    return parseSidecar(text);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new UsageError(`sidecar ${path}: ${error.message}`);
  }
}

/** The file's text: one event of the trace a line. */
export function sidecarJson(sidecar: Sidecar): string {
  const { trace, ...rest } = sidecar;
  const head = JSON.stringify(rest, null, 2).slice(0, -'\n}'.length);
  return `${head},\n  "trace": ${trace === null ? 'null' : traceJson(trace)}\n}\n`;
}

function parseSidecar(text: string): Sidecar {
  const advice = 'delete the sidecar and replay its input with --target NAME';
  const object = readable(() => parseObject(text), advice);
  const schema = requireVersion(object, 'schema', READABLE_SCHEMAS);
  const problem = formatProblem(object['inputFormat'], writerOf(object));
  if (problem !== null) throw new FieldError(problem);
  return readable(() => fields(object, schema), advice);
}

/** Adds the advice to whatever `read` finds wrong. */
function readable<T>(read: () => T, advice: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new FieldError(`${error.message}; ${advice}`);
  }
}

/** The release that wrote the document, where that can be told before its other fields are checked. */
function writerOf(object: JsonObject): string | null {
  const known = object['versions'] as { readonly vringfuzz?: unknown } | null | undefined;
  return typeof known?.vringfuzz === 'string' ? known.vringfuzz : null;
}

function requireVersion<T extends number>(object: JsonObject, name: string, supported: readonly T[]): T {
  const version = object[name];
  const known = supported.find((candidate) => candidate === version);
  if (known !== undefined) return known;
  throw new FieldError(
    `"${name}" is ${version === undefined ? 'missing' : JSON.stringify(version)}, this vringfuzz reads ${supported.join(', ')}; ` +
      'replay it with the vringfuzz version that wrote it (see "versions" in the file)',
  );
}

function fields(object: JsonObject, schema: Sidecar['schema']): Sidecar {
  const mapping = nullable(object, 'mapping', mappingField);
  const field = nullable(object, 'field', stringField);
  const createdAt = nullable(object, 'createdAt', stringField);
  const placement = nullable(object, 'placement', placementField);
  const driver = nullable(object, 'driver', driverField);
  return {
    schema,
    inputFormat: INPUT_FORMAT,
    target: stringField(object, 'target'),
    seed: nullable(object, 'seed', integerField),
    bug: nullable(object, 'bug', stringField),
    ...(placement === null ? {} : { placement }),
    oracle: stringField(object, 'oracle'),
    bucket: stringField(object, 'bucket'),
    claim: stringField(object, 'claim'),
    severity: choiceField(object, 'severity', SEVERITIES),
    site: siteField(object, 'site'),
    call: textField(object, 'call'),
    step: integerField(object, 'step'),
    shape: textField(object, 'shape'),
    expected: numbersField(object, 'expected'),
    got: numbersField(object, 'got'),
    ...(mapping === null ? {} : { mapping }),
    ...(field === null ? {} : { field }),
    ...(driver === null ? {} : { driver }),
    trace: nullable(object, 'trace', traceField),
    versions: versionsField(object, 'versions'),
    sha1: stringField(object, 'sha1'),
    size: integerField(object, 'size'),
    ...(createdAt === null ? {} : { createdAt }),
  };
}

function placementField(object: JsonObject, name: string): string {
  const text = stringField(object, name);
  if (placementOfText(text) === null) throw new FieldError(`"${name}" must be a placement, such as map:3`);
  return text;
}

function siteField(object: JsonObject, name: string): DriverSite {
  const site = objectField(object, name);
  const line = nullable(site, 'line', integerField);
  return {
    file: stringField(site, 'file'),
    function: textField(site, 'function'),
    ...(line === null ? {} : { line }),
  };
}

function numbersField(object: JsonObject, name: string): Numbers {
  const numbers = objectField(object, name);
  for (const [key, value] of Object.entries(numbers)) {
    if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean') {
      throw new FieldError(`"${name}.${key}" must be a number, a string or a boolean`);
    }
  }
  return numbers as Numbers;
}

function mappingField(object: JsonObject, name: string): MappingRecord {
  const mapping = objectField(object, name);
  return {
    dma: integerField(mapping, 'dma'),
    cpu: integerField(mapping, 'cpu'),
    size: integerField(mapping, 'size'),
    direction: stringField(mapping, 'direction'),
    kind: stringField(mapping, 'kind'),
    token: integerField(mapping, 'token'),
  };
}

function versionsField(object: JsonObject, name: string): SidecarVersions {
  const versions = objectField(object, name);
  return {
    vringfuzz: stringField(versions, 'vringfuzz'),
    node: stringField(versions, 'node'),
    engine: nullable(versions, 'engine', stringField),
  };
}
