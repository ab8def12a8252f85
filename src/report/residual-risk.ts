// What a campaign says about the execution after its last one: the Good-Turing estimate that it sees something that no
// sampled execution saw, and the same for findings. docs/reports.md says what the estimates assume, and where a fuzzer
// breaks the assumptions.

import type { CampaignRecord, DiscoverySample } from '../campaign/crashes/campaign-record.js';
import { grouped } from './text-table.js';

/** An estimated probability, and the counts that it was made of. */
export interface Estimate {
  /** `good-turing`: singletons / executions. `rule-of-three`: an upper bound at 95 %, 3 / executions. */
  readonly method: 'good-turing' | 'rule-of-three';
  readonly probability: number;
  readonly executions: number;
  readonly singletons: number;
}

export interface ResidualRisk {
  /** That the next execution reaches an edge or a queue state that no sampled one reached; null without a sample. */
  readonly discovery: Estimate | null;
  /** That the next execution ends in a bucket that none ended in so far; null without executions. */
  readonly finding: Estimate | null;
}

/** The counts of one campaign that the estimates need. */
export type RiskCounts = Pick<CampaignRecord, 'executions' | 'sample' | 'buckets'>;

export function residualRisk(campaign: RiskCounts): ResidualRisk {
  return { discovery: discoveryEstimate(campaign.sample), finding: findingEstimate(campaign) };
}

/**
 * The same for several targets together: an execution drawn from them as often as each was run. An edge of one target is
 * not one of another, so the counts add up.
 */
export function totalRisk(campaigns: readonly RiskCounts[]): ResidualRisk {
  const samples = campaigns.flatMap(({ sample }) => (sample === null ? [] : [sample]));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  const sample: DiscoverySample = {
    executions: sum(samples.map(({ executions }) => executions)),
    species: sum(samples.map(({ species }) => species)),
    singletons: sum(samples.map(({ singletons }) => singletons)),
  };
  return residualRisk({
    executions: sum(campaigns.map(({ executions }) => executions)),
    sample: samples.length === 0 ? null : sample,
    buckets: campaigns.flatMap(({ buckets }) => buckets),
  });
}

/** Good 1953: the unseen species together are as likely as those that were seen once. */
function discoveryEstimate(sample: DiscoverySample | null): Estimate | null {
  if (sample === null || sample.executions <= 0) return null;
  return goodTuring(sample.singletons, sample.executions);
}

function findingEstimate({ executions, buckets }: RiskCounts): Estimate | null {
  if (executions <= 0) return null;
  if (buckets.every((bucket) => bucket.executions === 0)) {
    return { method: 'rule-of-three', probability: Math.min(1, 3 / executions), executions, singletons: 0 };
  }
  return goodTuring(buckets.filter((bucket) => bucket.executions === 1).length, executions);
}

function goodTuring(singletons: number, executions: number): Estimate {
  return { method: 'good-turing', probability: Math.min(1, singletons / executions), executions, singletons };
}

/** `1.2e-5 (12 seen in only one of 1,000,000 executions)`; a bound reads `below ...`, and a zero says why it is one. */
export function estimateText(estimate: Estimate): string {
  const { method, probability, executions, singletons } = estimate;
  const of = `${grouped(executions)} execution${executions === 1 ? '' : 's'}`;
  if (method === 'rule-of-three') return `below ${probabilityText(probability)} at 95 % (none in ${of})`;
  if (singletons === 0) return `0 (nothing was seen in only one of ${of})`;
  return `${probabilityText(probability)} (${grouped(singletons)} seen in only one of ${of})`;
}

function probabilityText(probability: number): string {
  return probability >= 0.01 ? probability.toFixed(2) : probability.toExponential(1);
}
