// The bugs of a benchmark: chosen, checked and built. A broken one is named and left out, since the rest is worth measuring.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadUsableBugs } from '../bugs/bug-bank.js';
import { complaintsByBug } from '../bugs/bug-checker.js';
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
  const { accepted, rejected } = typeChecked(builds, told);
  return { builds: accepted, problems: [...wrong, ...rejected] };
}

/** Those of the wanted ids, all for none. Throws UsageError for an id that no folder has. */
export function choose(bugs: readonly Bug[], problems: readonly string[], ids: readonly string[]): readonly Bug[] {
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
): { readonly accepted: readonly BenchBuild[]; readonly rejected: readonly string[] } {
  const unchecked = builds.filter(({ root }) => !existsSync(join(root, CHECKED)));
  if (unchecked.length === 0) return { accepted: builds, rejected: [] };
  told(`type-checking ${unchecked.length} of them`);
  const complaints = complaintsByBug(unchecked.map(({ bug }) => bug));
  const suspects = unchecked.filter(({ bug }) => complaints.some(({ bugs }) => bugs.includes(bug.id)));
  const bad = new Map<BenchBuild, string>();
  for (const build of suspects) {
    // Bugs are checked together, which shares most of the work: where several may be meant, each is asked alone.
    const own = complaints.find(({ bugs }) => bugs.length === 1 && bugs[0] === build.bug.id);
    const complaint = own ?? complaintsByBug([build.bug])[0];
    if (complaint !== undefined) bad.set(build, `bug ${build.bug.id}: the patch does not compile: ${complaint.text}`);
  }
  for (const build of unchecked) if (!bad.has(build)) writeFileSync(join(build.root, CHECKED), '');
  return { accepted: builds.filter((build) => !bad.has(build)), rejected: [...bad.values()] };
}
