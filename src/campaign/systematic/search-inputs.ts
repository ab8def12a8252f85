// A systematic search over inputs: which ones, and what each comes to.

import { existsSync } from 'node:fs';

import { ORACLES } from '../../oracle/registry.js';
import { ALL_TARGETS } from '../../target/targets.js';
import type { Builds } from '../bugs/builds.js';
import { kindFolder } from '../corpus/corpus-inputs.js';
import { COMMITTED_KINDS } from '../corpus/manifest.js';
import { UsageError } from '../errors.js';
import { didYouMean } from '../nearest.js';
import { committedCorpus } from '../paths.js';
import { type GatheredInputs, type ReplayInput, gatherInputs } from '../replay/replay-inputs.js';
import { type Exploration, type ExploreOptions, explore } from './explore.js';
import type { Strategy } from './strategy.js';
import { Trials } from './trials.js';

export interface SearchOptions extends ExploreOptions {
  readonly strategy: Strategy;
  /** Ids of oracles that say nothing. */
  readonly silenced: readonly string[];
}

export interface SearchedInput {
  readonly input: ReplayInput;
  /** Id of the planted bug in the build that judged it. */
  readonly bug: string | null;
  readonly exploration: Exploration;
}

export function searchInput(input: ReplayInput, builds: Builds, options: SearchOptions): SearchedInput {
  const trials = new Trials(builds, input.bug, options);
  const exploration = explore(trials, trials.inputOf(input), options.strategy, options);
  return { input, bug: trials.bug, exploration };
}

/**
 * What of the inputs that `paths` name can be searched. Inputs that run on several configurations cannot: a place is another
 * one in each; in a folder they are left out. Throws UsageError for one that is named.
 */
export function searchableInputs(paths: readonly string[], target: string | undefined): GatheredInputs {
  const gathered = gatherInputs(paths, target);
  const other = gathered.inputs.find(({ file, target: name }) => paths.includes(file) && !isSearchable(name));
  if (other !== undefined) {
    throw new UsageError(
      `${other.file} compares configurations (${other.target}): there are no places of one run to try`,
    );
  }
  return { ...gathered, inputs: gathered.inputs.filter((input) => isSearchable(input.target)) };
}

function isSearchable(name: string): boolean {
  return ALL_TARGETS.find((target) => target.name === name)?.form !== 'differential';
}

/** The folders of committed inputs that can be searched. */
export function committedInputs(): readonly string[] {
  const corpus = committedCorpus();
  const folders = { committed: corpus, generated: corpus };
  return ALL_TARGETS.flatMap(({ name }) => COMMITTED_KINDS.map((kind) => kindFolder(folders, name, kind))).filter(
    (folder) => existsSync(folder),
  );
}

/** Throws UsageError for what is no oracle. */
export function checkOracles(ids: readonly string[]): void {
  const known = ORACLES.map(({ id }) => id);
  for (const id of ids) {
    if (!known.includes(id)) throw new UsageError(`unknown oracle ${id}${didYouMean(id, known)}; see vringfuzz list`);
  }
}
