// What a systematic search varies: which choices an execution offers. Two kinds, failures and races, and one search for
// both (explore.ts).

import type { FailureKind } from '../../platform/failures.js';
import type { PlacementLog, RacePlace, RacePoint, RaceSite } from '../../world/placement.js';
import { type Choice, failureChoice, writeChoice } from './choice.js';
import { interestingValues } from './race-values.js';

export interface Strategy {
  /** An empty log that takes what `choices` needs. */
  newLog(): PlacementLog;
  /** What the execution offers after the last of the choices made in it, in its order. */
  choices(log: PlacementLog, made: readonly Choice[]): readonly Choice[];
  /** How many places of each kind the execution came to, where there is more than one choice at each. */
  places(log: PlacementLog): ReadonlyMap<RacePlace, number>;
}

/** Every attempt that the scenario lets work. */
export const FAIL_EACH: Strategy = {
  newLog: () => ({ failures: [] }),
  choices: ({ failures }, made) => {
    const last = made.at(-1)?.failure;
    const from = failures.findIndex(({ kind, attempt }) => kind === last?.kind && attempt === last.attempt);
    return failures
      .slice(from + 1)
      .filter(({ failed }) => !failed)
      .map(failureChoice);
  },
  places: () => new Map(),
};

export interface RaceOptions {
  readonly at: readonly RacePlace[];
  /** Instead of the interesting ones; null takes those. */
  readonly values: readonly number[] | null;
}

/** Every place at which the device can act x every value of every field there. */
export function racesOf({ at, values }: RaceOptions): Strategy {
  const valuesOf = (point: RacePoint, site: RaceSite): readonly number[] =>
    values === null ? interestingValues(point, site) : cutTo(values, site);
  return {
    newLog: () => ({ failures: [], races: [] }),
    choices: ({ races = [] }, made) => {
      const last = made.at(-1)?.write;
      const from = races.findIndex((point) => point.at === last?.at && point.number === last.number);
      return races
        .slice(from + 1)
        .filter((point) => at.includes(point.at))
        .flatMap((point) =>
          point.sites.flatMap((site) => valuesOf(point, site).map((value) => writeChoice(point, site, value))),
        );
    },
    places: ({ races = [] }) =>
      new Map(at.map((kind) => [kind, races.filter((point) => point.at === kind).length] as const)),
  };
}

/** How often an execution came to each kind of service, failed attempts included. */
export function attemptsOf({ failures }: PlacementLog): ReadonlyMap<FailureKind, number> {
  const counts = new Map<FailureKind, number>();
  for (const { kind, attempt } of failures) counts.set(kind, attempt);
  return counts;
}

/** Without the value that is there anyway. */
function cutTo(values: readonly number[], { size, value: held }: RaceSite): readonly number[] {
  const cut = values.map((value) => (size === 8 ? value : value % 2 ** (8 * size)));
  return [...new Set(cut)].filter((value) => value !== held);
}
