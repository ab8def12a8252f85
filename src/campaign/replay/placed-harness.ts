// A harness for an input that fails only with something done to it besides its bytes: every execution has that placement.
// Whoever replays, minimises or judges the input then need not know of it.

import { UsageError } from '../errors.js';
import type { Harness } from '../harness.js';
import { placementOfText } from '../systematic/placement-text.js';
import type { Placement } from '../../world/placement.js';

/** The harness as it is where there is no placement. Throws UsageError for a text that is none. */
export function placedHarness(harness: Harness, text: string | undefined): Harness {
  const placement = placementFor(text);
  if (placement === null) return harness;
  return {
    targets: harness.targets,
    execute: (target, bytes, options) => harness.execute(target, bytes, { ...options, placement }),
    executeTraced: (target, bytes, options) => harness.executeTraced(target, bytes, { ...options, placement }),
  };
}

/** Null where there is none. Throws UsageError for a text that is none. */
export function placementFor(text: string | undefined): Placement | null {
  if (text === undefined) return null;
  const placement = placementOfText(text);
  if (placement === null)
    throw new UsageError(`not a placement: ${text} (fail-each and races print them after --only)`);
  return placement;
}
