// What the page is made of: values that the report's writer embeds as JSON and the page's script reads. Everything in it
// that came from a file is text to the page, never markup.

import type { Severity } from '../../../verdict/verdict.js';
import type { NumbersRow } from '../../numbers-table.js';
import type { PackedTrace } from './packed-trace.js';

export interface PageData {
  readonly version: string;
  /** The crashes folder, as it was named. */
  readonly folder: string;
  /** ISO 8601, or null where no file has a date. */
  readonly updatedAt: string | null;
  readonly targets: readonly TargetData[];
  /** In the order in which one would look at them. */
  readonly findings: readonly FindingData[];
  readonly problems: readonly { readonly file: string; readonly message: string }[];
}

export interface TargetData {
  readonly target: string;
  /** Null where there was no campaign. */
  readonly campaign: CampaignData | null;
  /** Inputs in the corpus; null where they were not counted. */
  readonly corpus: number | null;
  readonly findings: number;
  /** Null without a plot_data of at least two rows. */
  readonly plot: PlotColumns | null;
}

export interface CampaignData {
  readonly bug: string | null;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly campaigns: number;
  readonly seconds: number;
  readonly executions: number;
  readonly edges: number;
  readonly states: number;
  readonly features: number;
  readonly corpus: number;
  readonly lastNewSeconds: number;
  readonly stability: number | null;
  /** How likely the next execution finds something new, in words; null without a sample. */
  readonly discovery: string | null;
}

/** plot_data by column, thinned out; all of the same length. */
export interface PlotColumns {
  /** Seconds of fuzzing. */
  readonly time: readonly number[];
  readonly edges: readonly number[];
  readonly states: readonly number[];
  readonly features: readonly number[];
  readonly buckets: readonly number[];
  readonly rate: readonly number[];
}

export interface FindingData {
  readonly target: string;
  readonly bucket: string;
  readonly oracle: string;
  readonly claim: string;
  /** Clause, commit or notes that the claim rests on; null for an oracle that this version does not know. */
  readonly source: string | null;
  readonly severity: Severity | null;
  /** BucketStatus of the triage. */
  readonly status: 'new' | 'known' | 'fixed' | 'flaky';
  /** Why it is accepted, or was until its day was over; null for one that is not in known-issues.json. */
  readonly issue: {
    readonly reason: string;
    readonly link: string;
    readonly expires: string;
    readonly over: boolean;
  } | null;
  readonly sameAs: string | null;
  /** Executions that ended in it; else stored inputs. */
  readonly executions: number | null;
  readonly firstSeconds: number | null;
  readonly reproduced: { readonly times: number; readonly runs: number } | null;
  readonly site: string;
  /** The one to show first stands first. */
  readonly inputs: readonly InputData[];
}

export interface InputData {
  /** Path as one would type it. */
  readonly file: string;
  readonly size: number;
  readonly minimised: boolean;
  /** Null where there is no sidecar that can be used. */
  readonly finding: ShownFinding | null;
  readonly trace: PackedTrace | null;
  /** Why there is no trace, or no grid, and what to do about it; null where there is nothing to say. */
  readonly note: string | null;
  /** What replay and describe take, ready for a shell. */
  readonly arguments: string;
}

/** What the sidecar says, as far as the page shows it. */
export interface ShownFinding {
  readonly shape: string;
  readonly call: string;
  readonly step: number;
  readonly site: string;
  readonly bug: string | null;
  readonly seed: number | null;
  readonly createdAt: string | null;
  readonly field: string | null;
  /** `dma=0x..., size=...`; null where it is about no mapping. */
  readonly mapping: string | null;
  readonly rows: readonly NumbersRow[];
}
