// Where findings are kept: crashes/<target>/<bucket>/crash-<sha1> and its sidecar. The name carries the content's hash,
// so the same input is stored once, and no file is ever replaced by another content.

import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { Trace } from '../../verdict/trace.js';
import type { Finding } from '../../verdict/verdict.js';
import { contentOrNull, makeFolder, writeAtomically } from '../atomic-file.js';
import { EnvironmentError } from '../errors.js';
import { INPUT_FORMAT, SIDECAR_SCHEMA, type Sidecar, readSidecar, sidecarPath } from './sidecar.js';
import { versions } from '../versions.js';

export { readSidecar, sidecarPath, type Sidecar } from './sidecar.js';

/** Long enough for every oracle, site and shape; short enough for every file system. */
const BUCKET_LENGTH = 120;

export interface CrashOptions {
  /** The crashes folder; made when it is not there. */
  readonly directory: string;
  readonly target: string;
  /** The input. */
  readonly bytes: Uint8Array;
  readonly finding: Finding;
  readonly trace: Trace | null;
  readonly seed: number | null;
  /** Id of the planted bug in the fuzzed build, or null. */
  readonly bug: string | null;
}

export interface StoredCrash {
  readonly file: string;
  readonly sidecar: string;
}

/** Stores a finding: first the input, then its sidecar. Throws EnvironmentError with path, reason and hint. */
export function writeCrash(options: CrashOptions): StoredCrash {
  const { bytes } = options;
  const sha1 = createHash('sha1').update(bytes).digest('hex');
  const folder = join(options.directory, options.target, safeFileName(options.finding.bucket));
  const file = join(folder, `crash-${sha1}`);
  const sidecar = sidecarPath(file);
  makeFolder(folder);

  const present = contentOrNull(file);
  if (present === null) writeAtomically(file, bytes);
  else if (!present.equals(bytes)) throw occupied(file);

  if (contentOrNull(sidecar) === null) writeAtomically(sidecar, sidecarText(options, sha1));
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

function sidecarText(options: CrashOptions, sha1: string): Uint8Array {
  const document: Sidecar = {
    schema: SIDECAR_SCHEMA,
    inputFormat: INPUT_FORMAT,
    target: options.target,
    seed: options.seed,
    bug: options.bug,
    ...options.finding,
    trace: options.trace,
    versions: versions(),
    sha1,
    size: options.bytes.length,
    createdAt: new Date().toISOString(),
  };
  return Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
}

function occupied(path: string): EnvironmentError {
  return new EnvironmentError(`cannot write ${path}: it holds other content already; move it away`);
}
