// One thing that is done to an execution besides what the input says: a failure, or a write of the device, at a counted
// place. Its text is what `--only` takes, so that whatever was found can be pasted back.

import { FAILURE_NAMES } from '../../platform/failures.js';
import type {
  FailurePoint,
  PlacedFailure,
  PlacedWrite,
  Placement,
  RacePoint,
  RaceSite,
} from '../../world/placement.js';
import { NO_CHOICE } from './placement-text.js';

export interface Choice {
  /** `map:3`; `17=0x9`; `unmap:4:desc[2].len=0x9`. */
  readonly text: string;
  /** For people: what happens, and in which call of which step. */
  readonly where: string;
  /** Under which heading it is counted: a kind of failure, a ring field. */
  readonly group: string;
  readonly failure?: PlacedFailure;
  readonly write?: PlacedWrite;
}

export function failureChoice({ kind, attempt, step, call }: FailurePoint): Choice {
  const name = FAILURE_NAMES[kind] ?? '';
  return {
    text: `${name}:${attempt}`,
    where: `${name} ${attempt} fails, in ${call} of step ${step}`,
    group: name,
    failure: { kind, attempt },
  };
}

export function writeChoice({ at, number, step, call }: RacePoint, { field }: RaceSite, value: number): Choice {
  const hex = `0x${value.toString(16)}`;
  const moment = at === 'map' ? `after map ${number}` : `before unmap ${number}`;
  const everyField = field.replace(/\[\d+\]/, '[]');
  return {
    text: at === 'load' ? `${number}=${hex}` : `${at}:${number}:${field}=${hex}`,
    where: `${at === 'load' ? `load ${number} (${field})` : `${moment}: ${field}`} := ${hex}, in ${call} of step ${step}`,
    group: at === 'load' ? everyField : `${at}: ${everyField}`,
    write: { at, number, field: at === 'load' ? null : field, value },
  };
}

export function textOf(choices: readonly Choice[]): string {
  return choices.length === 0 ? NO_CHOICE : choices.map(({ text }) => text).join(',');
}

/** What the world is told: the choices, and the proof that the queue is usable after them. */
export function placementOf(choices: readonly Choice[]): Placement {
  const failures = choices.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  const writes = choices.flatMap(({ write }) => (write === undefined ? [] : [write]));
  return {
    epilogue: true,
    ...(failures.length === 0 ? {} : { failures }),
    ...(writes.length === 0 ? {} : { writes }),
  };
}
