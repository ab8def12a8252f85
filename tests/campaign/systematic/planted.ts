// Searches over one input, on the driver as it is or with a planted bug, for the tests of this folder.

import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { Builds } from '../../../src/campaign/bugs/builds.js';
import { committedCorpus } from '../../../src/campaign/paths.js';
import { type ReplayInput, collectInputs } from '../../../src/campaign/replay/replay-inputs.js';
import type { Exploration } from '../../../src/campaign/systematic/explore.js';
import { type SearchOptions, searchInput } from '../../../src/campaign/systematic/search-inputs.js';
import { FAIL_EACH, racesOf } from '../../../src/campaign/systematic/strategy.js';
import { patchOf, plantBug, temporaryFolder } from '../bugs/planted-bugs.js';

const ALONE = { pairs: false, limit: null, silenced: [], progress: () => undefined } as const;

export const FAILURES: SearchOptions = { ...ALONE, strategy: FAIL_EACH };
export const RACES: SearchOptions = { ...ALONE, strategy: racesOf({ at: ['load'], values: null }) };

/** A committed seed, such as `split_ring_fuzzer/split-out-of-order`. */
export function seed(name: string): ReplayInput {
  const [target = '', file = ''] = name.split('/');
  const [input] = collectInputs([join(committedCorpus(), target, 'seed', file)], undefined);
  if (input === undefined) throw new Error(`no seed ${name}`);
  return input;
}

export function builds(bug?: string, bugDirs: readonly string[] = []): Builds {
  return new Builds({ bug, bugDirs, note: () => undefined });
}

export function search(input: ReplayInput, options: SearchOptions, bug?: string): Exploration {
  return searchInput(input, builds(bug), options).exploration;
}

/** The same with a bug that the test makes of a source file. */
export function searchPlanted(
  context: TestContext,
  input: ReplayInput,
  options: SearchOptions,
  bug: { readonly path: string; readonly edit: (text: string) => string },
): Exploration {
  const bank = temporaryFolder(context);
  plantBug(bank, 'planted', patchOf(bug.path, bug.edit));
  return searchInput(input, builds('planted', [bank]), options).exploration;
}

/** `oracle at choices`, for each bucket. */
export function foundIn({ found }: Exploration): readonly string[] {
  return found.map(({ finding, kind, first }) => {
    const at = first.map(({ text }) => text).join(',');
    return `${finding?.oracle ?? kind} at ${at === '' ? 'no place' : at}`;
  });
}
