// Which version of the input format a folder of inputs holds, by the mark that speaks for it: the manifest of the corpus
// for what is committed, a mark of its own for what an engine generated, since that folder is cached and copied alone.
// The mark lies in a folder whose name starts with a dot: the engine takes every other file in a corpus for an input.

import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { ALL_TARGETS } from '../../target/targets.js';
import { contentOrNull, makeFolder, writeAtomically } from '../atomic-file.js';
import { UsageError } from '../errors.js';
import { FieldError, type JsonObject, nullable, parseObject, stringField } from '../json-fields.js';
import { FORMAT_RELEASE, INPUT_FORMAT, formatProblem } from './input-format.js';
import { MANIFEST } from './manifest.js';

/** Version of the mark's document. */
export const MARK_SCHEMA = 1;

const MARK = join('.vringfuzz', 'format.json');
/** Folders above an input that may hold a mark: corpus/<target>/<kind>/<folder>. */
const LEVELS = 4;

/** Throws UsageError where the inputs in a folder, such as corpus/<target>/generated, are of another version. */
export function checkCorpusFormat(folder: string): void {
  const mark = markAbove(resolve(folder));
  // Every version marks what it writes, so what has no mark was brought here as it is.
  if (mark === null) return;
  const problem = formatProblem(mark.inputFormat, mark.release);
  if (problem !== null) throw new UsageError(`the inputs in ${folder} are of another format: ${mark.file}: ${problem}`);
}

/** Records that a folder holds inputs of this vringfuzz's version. The folder must exist. Throws EnvironmentError. */
export function markCorpusFormat(folder: string): void {
  const file = join(folder, MARK);
  if (existsSync(file)) return;
  makeFolder(dirname(file));
  const document = { schema: MARK_SCHEMA, inputFormat: INPUT_FORMAT, vringfuzz: FORMAT_RELEASE };
  writeAtomically(file, Buffer.from(`${JSON.stringify(document)}\n`));
}

interface FormatMark {
  readonly file: string;
  readonly inputFormat: unknown;
  /** A release that runs the version. */
  readonly release: string | null;
}

/** The nearest mark, or null. A manifest says nothing about generated inputs: other machines and days made them. */
function markAbove(folder: string): FormatMark | null {
  let at = folder;
  let generated = false;
  for (let level = 0; level < LEVELS && dirname(at) !== at; level++) {
    const mark = readMark(join(at, MARK));
    if (mark !== null) return mark;
    if (ALL_TARGETS.some((target) => target.name === basename(at))) {
      return generated ? null : readMark(join(dirname(at), MANIFEST));
    }
    generated ||= basename(at) === 'generated';
    at = dirname(at);
  }
  return null;
}

function readMark(file: string): FormatMark | null {
  const content = contentOrNull(file);
  if (content === null) return null;
  try {
    const object: JsonObject = parseObject(content.toString('utf8'));
    return { file, inputFormat: object['inputFormat'], release: nullable(object, 'vringfuzz', stringField) };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new UsageError(`${file}: ${error.message}; restore it, or delete it if you know that its inputs are current`);
  }
}
