// When a target has been fuzzed long enough: another execution is unlikely to reach anything new. docs/reports.md says what
// the estimate assumes, and what it cannot say.

import type { DiscoverySample } from '../crashes/campaign-record.js';

/** What a target's campaign has seen so far. */
export interface Progress {
  readonly sample: DiscoverySample | null;
  /** Seconds of fuzzing in this campaign. */
  readonly seconds: number;
  /** The last new edge, queue state or bucket of this campaign, in its seconds; null for none. */
  readonly lastNew: number | null;
}

/** As good as none: the bound that three expected sightings give (rule of three, 95 %). */
const FEWEST_SINGLETONS = 3;
/** An estimate is too low right after a discovery: what that opens has not been tried. */
const QUIET_SHARE = 1 / 4;
/** A campaign that resumes one that was worked out still tries that long. */
const LEAST_SECONDS = 60;

/**
 * A cautious Good-Turing estimate that the next execution reaches an edge or queue state that no sampled one has: with
 * fewer than three singletons, three are counted. Null before the first sample.
 */
export function discoveryBound(sample: DiscoverySample | null): number | null {
  if (sample === null || sample.executions <= 0) return null;
  return Math.min(1, Math.max(FEWEST_SINGLETONS, sample.singletons) / sample.executions);
}

/** Whether the estimate is at most `aim`, and the last quarter of a campaign of a minute or more brought nothing new. */
export function isWorkedOut({ sample, seconds, lastNew }: Progress, aim: number): boolean {
  const bound = discoveryBound(sample);
  if (bound === null || bound > aim || seconds < LEAST_SECONDS) return false;
  return lastNew === null || seconds - lastNew >= seconds * QUIET_SHARE;
}
