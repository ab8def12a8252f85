// corpus/manifest.json: what each committed input is for, and its hash. Seeds are defined in code (src/scenario/seeds/)
// and regressions are what once failed, so the manifest is the only place that knows what a regression is about.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { contentOrNull, makeFolder, writeAtomically } from '../atomic-file.js';
import { UsageError } from '../errors.js';
import {
  FieldError,
  type JsonObject,
  integerField,
  nullable,
  objectField,
  parseObject,
  stringField,
} from '../json-fields.js';
import { FORMAT_RELEASE, INPUT_FORMAT, formatProblem } from './input-format.js';

export const MANIFEST = 'manifest.json';
/** Version of the document. */
export const MANIFEST_SCHEMA = 1;

/** The folders of a target that are committed. */
export const COMMITTED_KINDS = ['seed', 'regression'] as const;
export type CommittedKind = (typeof COMMITTED_KINDS)[number];

export interface ManifestEntry {
  /** What the input is there for, in one line. */
  readonly why: string;
  readonly sha1: string;
  /** Bytes. */
  readonly size: number;
}

/** Target, then file name, to what is known of it. */
export type ManifestEntries = Readonly<Record<string, Readonly<Record<string, ManifestEntry>>>>;

export type Manifest = Readonly<Record<CommittedKind, ManifestEntries>>;

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export function manifestEntry(why: string, bytes: Uint8Array): ManifestEntry {
  return { why, sha1: createHash('sha1').update(bytes).digest('hex'), size: bytes.length };
}

/** The file's content; the same manifest gives the same bytes on every machine. */
export function manifestText({ seed, regression }: Manifest): Uint8Array {
  const versions = { schema: MANIFEST_SCHEMA, inputFormat: INPUT_FORMAT, vringfuzz: FORMAT_RELEASE };
  return Buffer.from(`${JSON.stringify({ ...versions, seed, regression }, null, 2)}\n`);
}

/** The manifest of a corpus folder, an empty one where it has none. Throws UsageError when it cannot be used. */
export function readManifest(corpus: string): Manifest {
  const file = join(corpus, MANIFEST);
  const content = contentOrNull(file);
  if (content === null) return { seed: {}, regression: {} };
  try {
    return parseManifest(content.toString('utf8'));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new UsageError(`${file}: ${error.message}`);
  }
}

export interface Regression {
  readonly target: string;
  /** File name: words in lower case, joined by `-`. */
  readonly name: string;
  /** What it showed, in one line. */
  readonly why: string;
  readonly bytes: Uint8Array;
}

/**
 * Keeps an input that once failed as corpus/<target>/regression/<name> and enters it in the manifest; returns its path.
 * The same input under the same name changes nothing. Throws UsageError for a name that is taken or is no name.
 */
export function addRegression(corpus: string, { target, name, why, bytes }: Regression): string {
  if (!NAME.test(name)) throw new UsageError(`${name} is no name for a regression: words in lower case, joined by -`);
  if (why.trim() === '' || why.includes('\n'))
    throw new UsageError('a regression needs one line that says what it showed');
  const manifest = readManifest(corpus);
  const known = manifest.regression[target] ?? {};
  const file = join(corpus, target, 'regression', name);
  const present = contentOrNull(file);
  if (present !== null && !present.equals(bytes))
    throw new UsageError(`${file} holds another input: choose another name`);
  makeFolder(dirname(file));
  // The input first: a file that the manifest lacks is told by `corpus stats`, an entry without a file is a loss.
  if (present === null) writeAtomically(file, bytes);
  const entries = { ...known, [name]: known[name] ?? manifestEntry(why, bytes) };
  const regression = sorted({ ...manifest.regression, [target]: sorted(entries) });
  writeAtomically(join(corpus, MANIFEST), manifestText({ ...manifest, regression }));
  return file;
}

/** What files and manifest of a target disagree about, one line each. */
export function manifestProblems(corpus: string, target: string, manifest: Manifest): readonly string[] {
  return COMMITTED_KINDS.flatMap((kind) => {
    const folder = join(corpus, target, kind);
    const entries = manifest[kind][target] ?? {};
    const files = namesIn(folder);
    const missing = Object.keys(entries).filter((name) => !files.includes(name));
    const unknown = files.filter((name) => !(name in entries));
    const changed = files.filter((name) => name in entries && sha1Of(join(folder, name)) !== entries[name]?.sha1);
    return [
      ...missing.map((name) => `${join(folder, name)} is missing; the manifest has it`),
      ...unknown.map((name) => `${join(folder, name)} is not in the manifest`),
      ...changed.map((name) => `${join(folder, name)} is not the input that the manifest names`),
    ];
  });
}

function parseManifest(text: string): Manifest {
  const object = parseObject(text);
  if (object['schema'] !== MANIFEST_SCHEMA) {
    throw new FieldError(
      `"schema" is ${JSON.stringify(object['schema'] ?? null)}, this vringfuzz reads ${MANIFEST_SCHEMA}; ` +
        'restore the file from version control, or use the vringfuzz that wrote it',
    );
  }
  const problem = formatProblem(object['inputFormat'], nullable(object, 'vringfuzz', stringField));
  if (problem !== null) throw new FieldError(problem);
  return { seed: entriesField(object, 'seed'), regression: entriesField(object, 'regression') };
}

function entriesField(object: JsonObject, kind: CommittedKind): ManifestEntries {
  const targets = objectField(object, kind);
  const entriesOf = (target: string): Record<string, ManifestEntry> => {
    const inputs = objectField(targets, target);
    return mapped(Object.keys(inputs), (name) => {
      const entry = objectField(inputs, name);
      return { why: stringField(entry, 'why'), sha1: stringField(entry, 'sha1'), size: integerField(entry, 'size') };
    });
  };
  return mapped(Object.keys(targets), entriesOf);
}

function mapped<T>(names: readonly string[], valueOf: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)]));
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Files of a folder without those whose name starts with a dot; none where there is no folder. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function sha1Of(file: string): string {
  return createHash('sha1').update(readFileSync(file)).digest('hex');
}
