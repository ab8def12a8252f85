// The state of a target's campaign in the forms in which it is told: status, record, row of the plot, statistics, result.

import type { DriverIdentity } from '../../platform/driver-module.js';
import { CAMPAIGN_SCHEMA, type BucketCount, type CampaignRecord } from '../crashes/campaign-record.js';
import type { FuzzerStats } from '../crashes/fuzzer-stats.js';
import type { PlotRow } from '../crashes/plot-data.js';
import { TIMEOUT_SECONDS } from '../engine/engine-flags.js';
import { versions } from '../versions.js';
import type { BucketLedger } from './bucket-ledger.js';
import type { CampaignStatus, TargetResult } from './campaign-result.js';
import { discoveryBound, isWorkedOut } from './stop-rule.js';
import type { TargetTally } from './target-tally.js';

export interface TargetParts {
  readonly target: string;
  readonly bug: string | null;
  /** The driver from outside, or null. */
  readonly driver: DriverIdentity | null;
  /** Seconds that the target gets. */
  readonly share: number | null;
  /** Of the stop rule, or null. */
  readonly untilRisk: number | null;
  readonly commandLine: string;
  readonly seeds: readonly number[];
  readonly startedAt: Date;
  /** Record of the campaigns that this one resumes. */
  readonly before: CampaignRecord | null;
  readonly tally: TargetTally;
  readonly ledger: BucketLedger;
  readonly counts: readonly BucketCount[];
}

/** libFuzzer draws inputs at random: there is no queue that it goes round, so nothing in one is pending. */
const NO_QUEUE = { cycles_done: 0, cur_item: 0, pending_total: 0, pending_favs: 0 } as const;

export function statusOf({ target, share, tally, ledger }: TargetParts): CampaignStatus {
  const { coverage, seconds, lastNew } = tally;
  return {
    target,
    seconds,
    share,
    executions: tally.executions,
    executionsPerSecond: tally.executionsPerSecond,
    edges: coverage.edgeCount,
    totalEdges: coverage.totalEdges,
    states: coverage.stateCount,
    features: tally.features,
    corpus: tally.corpus,
    newBuckets: ledger.newCount,
    knownBuckets: ledger.knownCount,
    secondsSinceNew: lastNew === null ? null : seconds - lastNew,
    stability: tally.stability,
    workers: tally.running,
  };
}

export function recordOf(parts: TargetParts): CampaignRecord {
  const { target, bug, driver, seeds, before, tally, counts } = parts;
  const { coverage } = tally;
  return {
    schema: CAMPAIGN_SCHEMA,
    target,
    bug,
    ...(driver === null ? {} : { driver }),
    startedAt: before?.startedAt ?? parts.startedAt.toISOString(),
    updatedAt: new Date().toISOString(),
    campaigns: (before?.campaigns ?? 0) + 1,
    seeds,
    seconds: tally.totalSeconds,
    executions: totalExecutions(parts),
    edges: coverage.edgeCount,
    states: coverage.stateCount,
    features: tally.features === 0 ? (before?.features ?? 0) : tally.features,
    corpus: tally.corpus === 0 ? (before?.corpus ?? 0) : tally.corpus,
    lastNewSeconds: lastNewSeconds(parts),
    stability: tally.stability,
    sample: tally.sample,
    buckets: counts,
    repeated: tally.repeated,
    ...pointInTime('lastFindAt', tally.lastFindAt, before?.lastFindAt),
    ...pointInTime('lastBucketAt', tally.lastBucketAt, before?.lastBucketAt),
    ...pointInTime('lastHangAt', tally.lastHangAt, before?.lastHangAt),
    coverage: coverage.stored(tally.build),
  };
}

export function plotRowOf(parts: TargetParts): PlotRow {
  const { tally, counts } = parts;
  const { coverage } = tally;
  return {
    relative_time: tally.totalSeconds,
    ...NO_QUEUE,
    max_depth: 0,
    corpus_count: tally.corpus,
    map_size: coveredPerCent(parts),
    saved_crashes: counts.length,
    saved_hangs: hangsIn(counts).length,
    execs_per_sec: tally.executionsPerSecond,
    total_execs: totalExecutions(parts),
    edges_found: coverage.edgeCount,
    total_crashes: counts.reduce((sum, { executions }) => sum + executions, 0),
    servers_count: tally.running,
    features: tally.features,
    states: coverage.stateCount,
  };
}

export function statsOf(parts: TargetParts): FuzzerStats {
  const { target, bug, before, tally, counts } = parts;
  const { coverage } = tally;
  const seconds = tally.totalSeconds;
  return {
    start_time: (before === null ? parts.startedAt.getTime() : Date.parse(before.startedAt)) / 1000,
    last_update: Date.now() / 1000,
    run_time: seconds,
    fuzzer_pid: process.pid,
    ...NO_QUEUE,
    time_wo_finds: seconds - lastNewSeconds(parts),
    execs_done: totalExecutions(parts),
    execs_per_sec: seconds === 0 ? 0 : totalExecutions(parts) / seconds,
    execs_ps_last_min: tally.rateOfLastMinute,
    corpus_count: tally.corpus,
    stability: 100 * (tally.stability ?? 1),
    bitmap_cvg: coveredPerCent(parts),
    saved_crashes: counts.length,
    saved_hangs: hangsIn(counts).length,
    last_find: unixTime(tally.lastFindAt, before?.lastFindAt),
    last_crash: unixTime(tally.lastBucketAt, before?.lastBucketAt),
    last_hang: unixTime(tally.lastHangAt, before?.lastHangAt),
    exec_timeout: TIMEOUT_SECONDS * 1000,
    peak_rss_mb: tally.peakMemory,
    edges_found: coverage.edgeCount,
    total_edges: coverage.totalEdges,
    afl_banner: bug === null ? target : `${target} (${bug})`,
    afl_version: `vringfuzz ${versions().vringfuzz}`,
    target_mode: 'persistent',
    command_line: parts.commandLine,
  };
}

export function resultOf({ target, seeds, tally, ledger, untilRisk }: TargetParts): TargetResult {
  const { coverage, executions } = tally;
  return {
    target,
    executions,
    executionsPerSecond: Math.round(tally.averageRate(seeds.length)),
    edges: coverage.edgeCount,
    states: coverage.stateCount,
    features: tally.features,
    corpus: tally.corpus,
    stability: tally.stability,
    discoveryBound: discoveryBound(tally.sample),
    workedOut: untilRisk === null ? null : isWorkedOut(tally, untilRisk),
    findings: ledger.entries.map(({ found: { oracle, bucket, claim, file, standing }, executions: hits }) => ({
      ...{ oracle, bucket, claim, file, executions: hits, known: standing === 'known' },
    })),
  };
}

function totalExecutions({ before, tally }: TargetParts): number {
  return (before?.executions ?? 0) + tally.executions;
}

function lastNewSeconds({ before, tally }: TargetParts): number {
  return tally.lastNew === null ? (before?.lastNewSeconds ?? 0) : tally.totalSeconds - tally.seconds + tally.lastNew;
}

function coveredPerCent({ tally: { coverage } }: TargetParts): number {
  return coverage.totalEdges === 0 ? 0 : (100 * coverage.edgeCount) / coverage.totalEdges;
}

function hangsIn(counts: readonly BucketCount[]): readonly BucketCount[] {
  return counts.filter(({ oracle }) => oracle === 'hang');
}

function pointInTime<N extends string>(name: N, now: number | null, before: string | undefined): { [K in N]?: string } {
  const text = now === null ? before : new Date(now).toISOString();
  return text === undefined ? {} : ({ [name]: text } as { [K in N]?: string });
}

function unixTime(now: number | null, before: string | undefined): number {
  if (now !== null) return now / 1000;
  return before === undefined ? 0 : Date.parse(before) / 1000;
}
