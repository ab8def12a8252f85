// What an execution came to in one word: enough to compare two of them, and cheap, because nothing is traced.

import type { TargetSpec } from '../../target/target-spec.js';
import type { Harness } from '../harness.js';

/** The bucket; `harness-bug`; `hang`, which only the caller's time limit can tell; null where nothing failed. */
export type Fate = string | null;

/** Runs an input once. An exception out of the harness is a harness bug, as is any other failure of its own. */
export function fateOf(harness: Harness, target: TargetSpec, bytes: Uint8Array): Fate {
  try {
    const verdict = harness.execute(target, bytes);
    if (verdict.kind === 'finding') return verdict.finding.bucket;
    return verdict.kind === 'ok' ? null : 'harness-bug';
  } catch {
    return 'harness-bug';
  }
}
