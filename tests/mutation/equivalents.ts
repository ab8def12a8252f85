// tests/mutation/equivalent.json: the mutants that no test can kill, since they change nothing that anybody can see, in
// groups with the reason. An entry that matches no surviving mutant is an error, so that the list cannot rot.

import { readFileSync } from 'node:fs';

import type { Mutant, MutantPlace } from './mutants.js';

export interface EquivalentGroup {
  readonly reason: string;
  readonly mutants: readonly MutantPlace[];
}

export interface EquivalentList {
  readonly schema: 1;
  readonly groups: readonly EquivalentGroup[];
}

export function readEquivalents(file: string): EquivalentList {
  const list = JSON.parse(readFileSync(file, 'utf8')) as EquivalentList;
  if ((list.schema as number) !== 1) throw new Error(`${file}: schema ${String(list.schema)} is not known`);
  return list;
}

/** One line that is the same for two mutants only where nothing tells them apart but their position in the line. */
export function placeKey({ file, where, line, mutator, original, replacement }: MutantPlace): string {
  return JSON.stringify([file, where, line, mutator, original, replacement]);
}

export interface Sorted {
  /** Survivors that the list explains. */
  readonly explained: readonly Mutant[];
  readonly unexplained: readonly Mutant[];
  /** Entries about a file that was mutated which no survivor matches. */
  readonly stale: readonly MutantPlace[];
}

export function sortSurvivors(mutants: readonly Mutant[], list: EquivalentList): Sorted {
  const known = new Map<string, MutantPlace>();
  for (const { mutants: places } of list.groups) for (const place of places) known.set(placeKey(place), place);
  const survivors = mutants.filter(({ outcome }) => outcome === 'survived' || outcome === 'not-reached');
  const alive = new Set(survivors.map(placeKey));
  const files = new Set(mutants.map(({ file }) => file));
  return {
    explained: survivors.filter((mutant) => known.has(placeKey(mutant))),
    unexplained: survivors.filter((mutant) => !known.has(placeKey(mutant))),
    stale: [...known.values()].filter((place) => files.has(place.file) && !alive.has(placeKey(place))),
  };
}
