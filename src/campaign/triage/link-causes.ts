// Says of each failing bucket whether another one, graver or with more inputs, has probably the same cause. Only buckets of
// one target and one build are compared: what another build does says nothing.

import type { TargetSpec } from '../../target/target-spec.js';
import type { Builds } from '../bugs/builds.js';
import { findTarget } from '../harness.js';
import { placedHarness } from '../replay/placed-harness.js';
import { TimeLimitError, withinTime } from '../replay/time-limit.js';
import { groupsOf } from './cause-groups.js';
import { type SymptomWithInputs, relatives } from './same-cause.js';

export interface LinkedBucket extends SymptomWithInputs {
  readonly target: string;
  readonly bucket: string;
  /** Id of the planted bug in the build, or null. */
  readonly bug: string | null;
  /** What the minimised input needs besides its bytes. */
  readonly placement?: string | undefined;
}

/** Milliseconds for the experiments on one bucket; they take a few. */
const TIME_LIMIT = 5000;

/** For each bucket the first one, in the order given, that it has a cause in common with; null for that one itself. */
export function linkCauses(buckets: readonly LinkedBucket[], builds: Builds): readonly (string | null)[] {
  const keys = buckets.map(keyOf);
  const groups = groupsOf(keys, (index) => {
    const bucket = buckets[index];
    if (bucket === undefined) return new Set();
    return new Set([...relativesOf(bucket, builds)].map((other) => keyOf({ ...bucket, bucket: other })));
  });
  return groups.map((first, index) => (first === index ? null : (buckets[first]?.bucket ?? null)));
}

function keyOf({ target, bug, bucket }: Pick<LinkedBucket, 'target' | 'bug' | 'bucket'>): string {
  return `${target} ${bug ?? ''} ${bucket}`;
}

/** None where an experiment does not end. */
function relativesOf(bucket: LinkedBucket, builds: Builds): ReadonlySet<string> {
  const build = builds.forInput(bucket.bug);
  const harness = placedHarness(build.harness, bucket.placement);
  const target: TargetSpec = findTarget(harness.targets, bucket.target);
  try {
    return withinTime(TIME_LIMIT, () => relatives(harness, target, bucket));
  } catch (error) {
    if (!(error instanceof TimeLimitError)) throw error;
    builds.renew(build.bug);
    return new Set();
  }
}
