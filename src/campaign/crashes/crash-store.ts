// Where findings are kept: crashes/<target>/<bucket>/crash-<sha1> and its sidecar, and beside them what minimising made of
// one, minimised-<sha1>. The name carries the content's hash, so the same input is stored once, and no file is ever
// replaced by another content.

import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { Trace } from '../../verdict/trace.js';
import type { Finding } from '../../verdict/verdict.js';
import { contentOrNull, makeFolder, writeAtomically } from '../atomic-file.js';
import { EnvironmentError } from '../errors.js';
import {
  INPUT_FORMAT,
  PLACED_SIDECAR_SCHEMA,
  SIDECAR_SCHEMA,
  type Sidecar,
  readSidecar,
  sidecarJson,
  sidecarPath,
} from './sidecar.js';
import { versions } from '../versions.js';

export { readSidecar, sidecarPath, type Sidecar } from './sidecar.js';

/** Long enough for every oracle, site and shape; short enough for every file system. */
const BUCKET_LENGTH = 120;

/** The first word of an input's file name: as it was found, or what minimising made of one. */
export type InputKind = 'crash' | 'minimised';

/** A failing input with what there is to say about it. */
export interface FailingInput {
  readonly target: string;
  /** The input. */
  readonly bytes: Uint8Array;
  readonly finding: Finding;
  readonly trace: Trace | null;
  readonly seed: number | null;
  /** Id of the planted bug in the fuzzed build, or null. */
  readonly bug: string | null;
  /** What happens besides what the bytes say (systematic/placement-text.ts). */
  readonly placement?: string | undefined;
}

export interface CrashOptions extends FailingInput {
  /** The crashes folder; made when it is not there. */
  readonly directory: string;
  /** `crash` when absent. */
  readonly kind?: InputKind;
}

export interface StoredCrash {
  readonly file: string;
  readonly sidecar: string;
}

/** Stores a finding in the folder of its bucket. Throws EnvironmentError with path, reason and hint. */
export function writeCrash(options: CrashOptions): StoredCrash {
  const folder = bucketFolder(options.directory, options.target, options.finding.bucket);
  return writeInput(folder, options.kind ?? 'crash', options);
}

/** Where the inputs of a bucket lie. */
export function bucketFolder(crashes: string, target: string, bucket: string): string {
  return join(crashes, target, safeFileName(bucket));
}

/** Where an input lies in a folder. */
export function inputFile(folder: string, kind: InputKind, bytes: Uint8Array): string {
  return join(folder, `${kind}-${sha1Of(bytes)}`);
}

/** Stores an input in any folder: first itself, then its sidecar. Throws EnvironmentError. */
export function writeInput(folder: string, kind: InputKind, input: FailingInput): StoredCrash {
  const { bytes } = input;
  const sha1 = sha1Of(bytes);
  const file = inputFile(folder, kind, bytes);
  const sidecar = sidecarPath(file);
  makeFolder(folder);

  const present = contentOrNull(file);
  if (present === null) writeAtomically(file, bytes);
  else if (!present.equals(bytes)) throw occupied(file);

  if (contentOrNull(sidecar) === null) writeAtomically(sidecar, sidecarText(input, sha1));
  else if (readSidecar(sidecar).sha1 !== sha1) throw occupied(sidecar);
  return { file, sidecar };
}

/**
 * `name` as one path component: letters, digits and `._@+=#-` stay, the rest becomes `_`. A changed name ends in a hash
 * of the original, so that two of them never share a folder.
 */
export function safeFileName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._@+=#-]/g, '_').replace(/^\.+/, '_');
  if (safe === name && name !== '' && name.length <= BUCKET_LENGTH) return name;
  const hash = createHash('sha1').update(name).digest('hex').slice(0, 8);
  return `${safe.slice(0, BUCKET_LENGTH - 9)}-${hash}`;
}

function sidecarText(input: FailingInput, sha1: string): Uint8Array {
  const { placement } = input;
  const document: Sidecar = {
    schema: placement === undefined && input.finding.driver === undefined ? SIDECAR_SCHEMA : PLACED_SIDECAR_SCHEMA,
    inputFormat: INPUT_FORMAT,
    target: input.target,
    seed: input.seed,
    bug: input.bug,
    ...(placement === undefined ? {} : { placement }),
    ...input.finding,
    trace: input.trace,
    versions: versions(),
    sha1,
    size: input.bytes.length,
    createdAt: new Date().toISOString(),
  };
  return Buffer.from(sidecarJson(document));
}

function sha1Of(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}

function occupied(path: string): EnvironmentError {
  return new EnvironmentError(`cannot write ${path}: it holds other content already; move it away`);
}
