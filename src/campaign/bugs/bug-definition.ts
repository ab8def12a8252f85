// One planted bug: bugs/<id>/bug.json says what it is, bugs/<id>/bug.patch plants it.

import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { TARGETS } from '../../target/targets.js';
import { UsageError, messageOf } from '../errors.js';
import {
  FieldError,
  type JsonObject,
  booleanField,
  choiceField,
  integerField,
  nullable,
  parseObject,
  stringField,
  stringListField,
} from '../json-fields.js';
import { didYouMean } from '../nearest.js';
import { projectRoot } from '../paths.js';

/** Ids name folders. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Where a bug comes from: once in Linux and fixed there; in Linux, with a fix that was posted and not merged; in Linux 7.3.4,
 * with no fix known; reported on another driver; made up to break a claim.
 */
export const BUG_STATUSES = ['fixed', 'unmerged', 'open', 'reported', 'invented'] as const;
export type BugStatus = (typeof BUG_STATUSES)[number];

/** Patches of the 2021 series (facts 1). */
const SERIES_LENGTH = 7;

export interface Bug {
  readonly id: string;
  readonly title: string;
  /** The commit, report or paper that it comes from. */
  readonly origin: string;
  readonly year: number;
  /** The part of the driver, such as `split ring` or `swiotlb`. */
  readonly area: string;
  /** Null where nobody says; required in bugs/. */
  readonly status: BugStatus | null;
  /** What kind of mistake it is, such as `error-unwind`; null where nobody says. */
  readonly family: string | null;
  /** The patches of the 2021 series, 1 to 7, that it undoes or whose rule it breaks; empty for most. */
  readonly series: readonly number[];
  /** Ids of the oracles that must catch it; any one of them counts. */
  readonly oracles: readonly string[];
  /** Whether no oracle but the first sees it on its seed; null where nobody looked. */
  readonly alone: boolean | null;
  /** Name of the target that reaches it. */
  readonly target: string;
  /** Name of an input that shows it, relative to the bug's folder or to the target's corpus (seedFile). */
  readonly seed: string;
  readonly notes: string | null;
  /** The driver from outside that it is a bug of, such as `linux`; null for our own. */
  readonly driver: string | null;
  /**
   * Of another driver's bug: patches that close what is open there already, relative to the bug's folder. The first that
   * applies is put under the bug's own.
   */
  readonly base: readonly string[];
  /** The bug's folder, as it was given. */
  readonly directory: string;
}

/** Of bug.json. Another one is a mistake, such as a name that was typed wrongly. */
const FIELDS: readonly string[] = [
  ...['id', 'title', 'origin', 'year', 'area', 'status', 'family', 'series'],
  ...['oracles', 'alone', 'target', 'seed', 'notes', 'driver', 'base'],
];

/** Reads a bug's folder. Throws UsageError, which names the file and what is wrong. */
export function readBug(directory: string): Bug {
  const path = join(directory, 'bug.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${messageOf(error)}`);
  }
  const bug = parseBug(path, text, directory);
  // With a base and no patch the bug is that of the driver as it is.
  if (bug.base.length === 0 && !existsSync(patchFile(bug)))
    throw new UsageError(`bug ${bug.id}: ${patchFile(bug)} is missing`);
  return bug;
}

export function patchFile(bug: Bug): string {
  return join(bug.directory, 'bug.patch');
}

/** The file of the bug's seed. Throws UsageError when there is none. */
export function seedFile(bug: Bug): string {
  const corpus = join(projectRoot(), 'corpus');
  const places = [
    join(bug.directory, bug.seed),
    join(corpus, bug.seed),
    join(corpus, bug.target, 'seed', bug.seed),
    join(corpus, bug.target, 'regression', bug.seed),
  ];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new UsageError(`bug ${bug.id}: no seed at ${places.join(' or ')}`);
  return found;
}

function parseBug(path: string, text: string, directory: string): Bug {
  try {
    const object = parseObject(text);
    const unknown = Object.keys(object).find((field) => !FIELDS.includes(field));
    if (unknown !== undefined) throw new FieldError(`unknown field "${unknown}"${didYouMean(unknown, FIELDS)}`);
    const id = stringField(object, 'id');
    if (!ID.test(id)) throw new FieldError('"id" must be letters, digits, dots, dashes and underscores');
    if (id !== basename(directory))
      throw new FieldError(`"id" is ${id}, but the folder is named ${basename(directory)}`);
    const target = stringField(object, 'target');
    if (!TARGETS.some((known) => known.name === target)) throw new FieldError(`"target" is unknown: ${target}`);
    return {
      id,
      title: stringField(object, 'title'),
      origin: stringField(object, 'origin'),
      year: integerField(object, 'year'),
      area: stringField(object, 'area'),
      status: nullable(object, 'status', (from, name) => choiceField(from, name, BUG_STATUSES)),
      family: nullable(object, 'family', stringField),
      series: nullable(object, 'series', seriesField) ?? [],
      oracles: stringListField(object, 'oracles'),
      alone: nullable(object, 'alone', booleanField),
      target,
      seed: stringField(object, 'seed'),
      notes: nullable(object, 'notes', stringField),
      driver: nullable(object, 'driver', stringField),
      base: nullable(object, 'base', stringListField) ?? [],
      directory,
    };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

function seriesField(object: JsonObject, name: string): readonly number[] {
  const value = object[name];
  const isPatch = (item: unknown): item is number =>
    Number.isInteger(item) && Number(item) >= 1 && Number(item) <= SERIES_LENGTH;
  if (Array.isArray(value) && value.length > 0 && value.every(isPatch)) return value;
  throw new FieldError(`"${name}" must be a non-empty list of numbers from 1 to ${SERIES_LENGTH}`);
}
