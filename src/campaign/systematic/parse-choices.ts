// What `--only` says, as choices of the very input: each must be a place that the execution comes to after the ones before.

import { FAILURE_NAMES, type FailureKind } from '../../platform/failures.js';
import type { PlacementLog, RacePlace } from '../../world/placement.js';
import { UsageError } from '../errors.js';
import { didYouMean } from '../nearest.js';
import { type Choice, failureChoice, placementOf, writeChoice } from './choice.js';
import { FAILURE_TEXT, NO_CHOICE, WRITE_TEXT } from './placement-text.js';
import { attemptsOf } from './strategy.js';
import type { TrialInput, Trials } from './trials.js';

/** Finds the choice that a part of `--only` names in the log of an execution. Throws UsageError. */
export type FindChoice = (text: string, log: PlacementLog) => Choice;

/** The choices that the parts of `text` name, separated by commas; none for `none`. Throws UsageError for the first that cannot be. */
export function onlyChoices(trials: Trials, input: TrialInput, text: string, find: FindChoice): readonly Choice[] {
  const choices: Choice[] = [];
  if (text === NO_CHOICE) return choices;
  for (const part of text.split(',')) {
    const log: PlacementLog = { failures: [], races: [] };
    trials.run(input, [{ ...placementOf(choices), log }], () => undefined);
    choices.push(find(part.trim(), log));
  }
  return choices;
}

/** `map:3`. */
export function findFailure(text: string, log: PlacementLog): Choice {
  const { name = '', number = '' } = FAILURE_TEXT.exec(text)?.groups ?? {};
  if (name === '') throw new UsageError(`not a failure: ${text} (type a kind and a number, such as map:3)`);
  const kind = FAILURE_NAMES.indexOf(name);
  if (kind < 0) {
    const names = FAILURE_NAMES.join(', ');
    throw new UsageError(`no failure of kind ${name}${didYouMean(name, FAILURE_NAMES)}; one of ${names}`);
  }
  const attempt = Number(number);
  const point = log.failures.find((each) => each.kind === kind && each.attempt === attempt);
  if (point !== undefined) return failureChoice(point);
  const count = attemptsOf(log).get(kind as FailureKind) ?? 0;
  throw new UsageError(`${text} does not happen: the input comes to ${count} of ${name}${range(count)}`);
}

/** `17=0x9` for a load, `unmap:4:desc[2].len=0x9` for a moment. */
export function findWrite(text: string, log: PlacementLog): Choice {
  const { at, number, field, value } = WRITE_TEXT.exec(text)?.groups ?? {};
  if (number === undefined || value === undefined || (at === undefined) !== (field === undefined)) {
    throw new UsageError(`not a race: ${text} (type a load and a value, such as 17=0x9, or unmap:4:desc[2].len=0x9)`);
  }
  const place = (at ?? 'load') as RacePlace;
  const points = (log.races ?? []).filter((point) => point.at === place);
  const point = points.find((each) => each.number === Number(number));
  if (point === undefined) {
    const last = points.at(-1)?.number ?? 0;
    throw new UsageError(`${text} does not happen: the input comes to ${points.length} of ${place}${range(last)}`);
  }
  const site = field === undefined ? point.sites[0] : point.sites.find((each) => each.field === field);
  if (site === undefined) {
    const fields = point.sites.map((each) => each.field).join(', ');
    throw new UsageError(`${text}: no field ${field ?? ''} at ${place} ${number}; one of ${fields}`);
  }
  return writeChoice(point, site, parseValue(value, site.size));
}

/** Numbers separated by commas, each below 2^53. Throws UsageError. */
export function parseValues(text: string): readonly number[] {
  return text.split(',').map((part) => {
    if (!/^(?:0x[\da-f]+|\d+)$/i.test(part.trim())) throw new UsageError(`not a value: ${part} (type 9 or 0x9)`);
    return parseValue(part.trim(), 8);
  });
}

function parseValue(text: string, size: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value >= 2 ** (8 * size)) {
    throw new UsageError(`${text} does not fit into ${size === 8 ? 'a number below 2^53' : `${size} bytes`}`);
  }
  return value;
}

function range(count: number): string {
  return count === 0 ? '' : `, 1 to ${count}`;
}
