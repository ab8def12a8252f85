// The bugs of a benchmark: chosen, checked and built. A broken one is named and left out, since the rest is worth measuring.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadUsableBugs } from '../bugs/bug-bank.js';
import { complaintsAbout } from '../bugs/bug-checker.js';
import type { Bug } from '../bugs/bug-definition.js';
import { UsageError } from '../errors.js';
import { didYouMean } from '../nearest.js';
import { type BenchBuild, benchBuild } from './bench-build.js';

export interface BenchBugs {
  readonly builds: readonly BenchBuild[];
  /** What is wrong with the bugs that were left out, one line each. */
  readonly problems: readonly string[];
}

/** In a build's folder: its bug was type-checked. */
const CHECKED = '.type-checked';

/**
 * @param ids the bugs wanted; none for all. @param told what takes its time, as it begins. Throws UsageError for an id that
 * no folder has, and where nothing is left to measure.
 */
export function benchBugs(bugDirs: readonly string[], ids: readonly string[], told: (text: string) => void): BenchBugs {
  const { bugs, problems } = loadUsableBugs(bugDirs);
  const chosen = choose(bugs, problems, ids);
  // Somebody who names bugs wants to hear of those.
  const wrong = ids.length === 0 ? [...problems] : problems.filter((problem) => ids.some((id) => problem.includes(id)));
  const builds: BenchBuild[] = [];
  told(`building ${chosen.length} ${chosen.length === 1 ? 'bug' : 'bugs'}`);
  for (const bug of chosen) {
    try {
      builds.push(benchBuild(bug));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      wrong.push(error.message);
    }
  }
  const { accepted, complaints } = typeChecked(builds, told);
  return { builds: accepted, problems: [...wrong, ...complaints] };
}

function choose(bugs: readonly Bug[], problems: readonly string[], ids: readonly string[]): readonly Bug[] {
  if (ids.length === 0) return bugs;
  const known = bugs.map(({ id }) => id);
  for (const id of ids) {
    // A broken bug of that name is told as broken.
    if (known.includes(id) || problems.some((problem) => problem.includes(id))) continue;
    throw new UsageError(`unknown bug ${id}${didYouMean(id, known)}; see vringfuzz list`);
  }
  return bugs.filter(({ id }) => ids.includes(id));
}

/** Transpiling strips types without a look at them: a bug that no compiler would take is not one. */
function typeChecked(
  builds: readonly BenchBuild[],
  told: (text: string) => void,
): { readonly accepted: readonly BenchBuild[]; readonly complaints: readonly string[] } {
  const unchecked = builds.filter(({ root }) => !existsSync(join(root, CHECKED)));
  if (unchecked.length === 0) return { accepted: builds, complaints: [] };
  told(`type-checking ${unchecked.length} of them`);
  const bad = new Map<BenchBuild, string>();
  // Together they share most of the work; one by one only where one of them is wrong.
  if (complaintsAbout(unchecked.map(({ bug }) => bug)).length > 0) {
    for (const build of unchecked) {
      const [complaint] = complaintsAbout([build.bug]);
      if (complaint !== undefined) bad.set(build, `bug ${build.bug.id}: the patch does not compile: ${complaint}`);
    }
  }
  for (const build of unchecked) if (!bad.has(build)) writeFileSync(join(build.root, CHECKED), '');
  return { accepted: builds.filter((build) => !bad.has(build)), complaints: [...bad.values()] };
}
