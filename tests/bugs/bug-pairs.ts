// Two planted bugs in one driver: whether triage would take them for one. Each bucket of the pair's build belongs to the bug
// whose own build ends in it as well; where both or neither do, it says nothing.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Bug, buildBug } from '../../src/campaign/bugs/bug-bank.js';
import { patchFile, readBug, seedFile } from '../../src/campaign/bugs/bug-definition.js';
import { UsageError } from '../../src/campaign/errors.js';
import { type Harness, loadHarness } from '../../src/campaign/harness.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { failingInputs } from '../../src/campaign/bench/failing-inputs.js';
import { type Symptoms, groupsOfSymptoms, symptomsOf } from './symptoms.js';

export interface BuiltBug {
  readonly bug: Bug;
  readonly harness: Harness;
  readonly target: TargetSpec;
}

/** `apart` and `joined` where each bug shows in a bucket of its own; else why the pair says nothing. */
export type PairOutcome = 'apart' | 'joined' | 'one hides the other' | 'patches collide';

const LIMITS = { inputs: 20, attempts: 30_000 } as const;

export function tryPair(a: BuiltBug, b: BuiltBug, folder: string): PairOutcome {
  const pair = plantBoth(a.bug, b.bug, folder);
  const harness = load(pair);
  if (harness === null) return 'patches collide';
  const { target } = a;
  const found = [a.bug, b.bug].flatMap(({ directory, seed }) =>
    failingInputs({ ...pair, directory, seed }, harness, LIMITS),
  );
  const symptoms = symptomsOf(found, harness, target);
  const owners = [...symptoms.keys()].map((bucket) => ownerOf(bucket, symptoms, a, b));
  if (!owners.includes(a) || !owners.includes(b)) return 'one hides the other';
  const groups = groupsOfSymptoms(symptoms, harness, target);
  const joined = owners.some((owner, index) =>
    owners.some((other, at) => owner === a && other === b && groups[index] === groups[at]),
  );
  return joined ? 'joined' : 'apart';
}

/** The bug in whose own build more than half of the bucket's inputs end in it, and not in the other's. */
function ownerOf(bucket: string, symptoms: Symptoms, a: BuiltBug, b: BuiltBug): BuiltBug | null {
  const inputs = symptoms.get(bucket)?.inputs ?? [];
  const endsThere = ({ harness, target }: BuiltBug, bytes: Uint8Array): boolean => {
    const verdict = harness.execute(target, bytes);
    return verdict.kind === 'finding' && verdict.finding.bucket === bucket;
  };
  const only = (one: BuiltBug, other: BuiltBug): number =>
    inputs.filter((bytes) => endsThere(one, bytes) && !endsThere(other, bytes)).length;
  if (2 * only(a, b) > inputs.length) return a;
  return 2 * only(b, a) > inputs.length ? b : null;
}

/** A bug of both patches. */
function plantBoth(a: Bug, b: Bug, folder: string): Bug {
  const id = `${a.id}-and-${b.id}`;
  const directory = join(folder, id);
  mkdirSync(directory, { recursive: true });
  const patch = [a, b].map((bug) => `${readFileSync(patchFile(bug), 'utf8').trimEnd()}\n`).join('');
  writeFileSync(join(directory, 'bug.patch'), patch);
  writeFileSync(join(directory, 'seed'), readFileSync(seedFile(a)));
  const { target, origin, year, area, oracles } = a;
  writeFileSync(
    join(directory, 'bug.json'),
    JSON.stringify({ id, title: id, origin, year, area, oracles, target, seed: 'seed' }),
  );
  return readBug(directory);
}

/** Null where the second patch does not apply after the first. Its build is of no use to anybody else. */
function load(bug: Bug): Harness | null {
  try {
    const build = buildBug(bug);
    try {
      return loadHarness(build);
    } finally {
      rmSync(build, { recursive: true, force: true });
    }
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}
