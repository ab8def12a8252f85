// The buckets of a build as triage sees them: their inputs, one of them minimised, and which have a cause in common.

import type { Harness } from '../../src/campaign/harness.js';
import { minimise } from '../../src/campaign/minimise/minimise.js';
import { groupsOf } from '../../src/campaign/triage/cause-groups.js';
import { type SymptomWithInputs, relatives } from '../../src/campaign/triage/same-cause.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import type { FailingInput } from '../../src/campaign/bench/failing-inputs.js';

/** By bucket. */
export type Symptoms = ReadonlyMap<string, SymptomWithInputs>;

/** As triage does it: of each bucket the smallest input is minimised. Throws where that does not keep the bucket. */
export function symptomsOf(found: readonly FailingInput[], harness: Harness, target: TargetSpec): Symptoms {
  const byBucket = new Map<string, FailingInput[]>();
  for (const input of found) {
    const { bucket } = input.finding;
    byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), input]);
  }
  const symptoms = [...byBucket].map(([bucket, inputs]) => {
    const all = inputs.map((input) => input.bytes).sort((a, b) => a.length - b.length);
    const [smallest] = all;
    const result = smallest === undefined ? null : minimise(smallest, { harness, target, renew: () => harness });
    const verdict = result === null ? null : harness.execute(target, result.bytes);
    if (result === null || verdict?.kind !== 'finding' || verdict.finding.bucket !== bucket) {
      throw new Error(`${bucket} does not survive minimising`);
    }
    return [bucket, { finding: verdict.finding, bytes: result.bytes, inputs: all }] as const;
  });
  return new Map(symptoms);
}

/** The group of each bucket, in the order of the map. */
export function groupsOfSymptoms(symptoms: Symptoms, harness: Harness, target: TargetSpec): readonly number[] {
  const all = [...symptoms.values()];
  return groupsOf([...symptoms.keys()], (index) => {
    const symptom = all[index];
    return symptom === undefined ? new Set() : relatives(harness, target, symptom);
  });
}
