// What a campaign is asked to do.

import type { TargetSpec } from '../../target/target-spec.js';
import type { LoadedDriver } from '../drivers/loaded-driver.js';
import type { KnownIssues } from '../known-issues.js';

export interface CampaignOptions {
  readonly targets: readonly TargetSpec[];
  /** Compiled tree with `src/` and `fuzz/`: the project's own, or the build of a planted bug. */
  readonly root: string;
  /** For all targets together; each gets an equal share. */
  readonly seconds: number | null;
  /** For each target, all its engine processes together. */
  readonly runs: number | null;
  /** Of the first engine process of each target, the next ones count up from it; null draws one. */
  readonly seed: number | null;
  /** Bytes. */
  readonly maxLength: number;
  /** Id of the planted bug in `root`. */
  readonly bug: string | null;
  /** The driver that is fuzzed, where it is not that of `root`. */
  readonly driver: LoadedDriver | null;
  /** A target ends when it has met that many distinct buckets that are not accepted as known; null never. */
  readonly stopAfter: number | null;
  /** A target ends when another execution is that unlikely to reach anything new (stop-rule.ts); null never. */
  readonly untilRisk: number | null;
  /** Engine processes at a time, over one corpus. */
  readonly jobs: number;
  readonly knownIssues: KnownIssues;
  /** Folder of findings. */
  readonly crashes: string;
  readonly corpus: CorpusOptions;
  /** Further flags of libFuzzer. */
  readonly rawFlags: readonly string[];
  /** What was typed, for the statistics. */
  readonly commandLine: string;
}

export interface CorpusOptions {
  /** Folder that keeps `<target>/generated/`; null keeps nothing. */
  readonly generated: string | null;
  /** Folder that holds `<target>/seed/` and `<target>/regression/`; null starts from random inputs. */
  readonly committed: string | null;
}
