// What every report shows, as one value: made of the crashes folder, the corpus counts and known-issues.json alone, so that
// the formats differ in form only. No clock: the same folders give the same report.

import { relative } from 'node:path';

import type { CorpusCounts } from '../campaign/corpus/corpus-counts.js';
import type { CampaignRecord } from '../campaign/crashes/campaign-record.js';
import type {
  BucketFolder,
  CrashFolder,
  FolderProblem,
  StoredInputFile,
  TargetFolder,
} from '../campaign/crashes/crash-folder.js';
import type { PlotRow } from '../campaign/crashes/plot-data.js';
import type { Sidecar } from '../campaign/crashes/sidecar.js';
import type { BucketStatus, TriageRecord } from '../campaign/crashes/triage-record.js';
import type { KnownIssue, KnownIssues } from '../campaign/known-issues.js';
import { ORACLES, type OracleInfo } from '../oracle/registry.js';
import type { Severity } from '../verdict/verdict.js';
import { SEVERITIES } from './security-severity.js';

export interface ReportOptions {
  readonly known: KnownIssues;
  /** Of the vringfuzz that makes the report. */
  readonly version: string;
  /** The day on which known issues are judged when no file in the folder has a date, `YYYY-MM-DD`. */
  readonly today: string;
  readonly corpus: ReadonlyMap<string, CorpusCounts>;
}

export interface Report {
  readonly version: string;
  /** The crashes folder as it was named. */
  readonly folder: string;
  /** Time of the newest record in the folder, ISO 8601 in UTC; null when none has one. */
  readonly updatedAt: string | null;
  readonly targets: readonly TargetReport[];
  /** Of all targets, in the order in which one would look at them. */
  readonly buckets: readonly BucketReport[];
  readonly problems: readonly FolderProblem[];
}

export interface TargetReport {
  readonly target: string;
  readonly campaign: CampaignRecord | null;
  readonly plot: readonly PlotRow[];
  readonly corpus: CorpusCounts | null;
  readonly buckets: readonly BucketReport[];
}

export interface BucketReport {
  readonly target: string;
  readonly bucket: string;
  readonly oracle: string;
  /** Null for what no oracle of this version saw: hangs, failures of the harness, oracles of other versions. */
  readonly rule: OracleInfo | null;
  readonly claim: string;
  /** Null when no sidecar can be read and the oracle is not known either. */
  readonly severity: Severity | null;
  readonly status: BucketStatus;
  /** The entry in known-issues.json, and whether its day is over. */
  readonly issue: KnownIssue | null;
  readonly expired: boolean;
  readonly triage: TriageRecord | null;
  /** Stored inputs by their path below the crashes folder, with `/`. */
  readonly files: readonly string[];
  /** Executions that ended in it; null when the campaign's record does not say. */
  readonly executions: number | null;
  /** Seconds of fuzzing before its first one; null like `executions`. */
  readonly firstSeconds: number | null;
  /** The input that stands for the bucket; null when only the campaign's record names it. */
  readonly shown: ShownInput | null;
}

export interface ShownInput {
  /** Path as one would type it, and below the crashes folder with `/`. */
  readonly path: string;
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly minimised: boolean;
  /** Null when there is none or it cannot be read. */
  readonly sidecar: Sidecar | null;
}

const UNKNOWN_CLAIM = 'no sidecar of it could be read';

export function buildReport(crashes: CrashFolder, options: ReportOptions): Report {
  const updatedAt = newestTime(crashes);
  const context = { folder: crashes.folder, known: options.known, day: updatedAt?.slice(0, 10) ?? options.today };
  const targets = crashes.targets.map((target) => ({
    target: target.target,
    campaign: target.campaign,
    plot: target.plot,
    corpus: options.corpus.get(target.target) ?? null,
    buckets: bucketReports(target, context),
  }));
  return {
    version: options.version,
    folder: crashes.folder,
    updatedAt,
    targets,
    buckets: targets.flatMap(({ buckets }) => buckets).sort(byRank),
    problems: crashes.problems,
  };
}

/** The buckets of a status. */
export function withStatus(buckets: readonly BucketReport[], status: BucketStatus): readonly BucketReport[] {
  return buckets.filter((bucket) => bucket.status === status);
}

/** A problem as one line; most messages name the file already. */
export function problemText({ file, message }: FolderProblem): string {
  return message.includes(file) ? message : `${file}: ${message}`;
}

interface Context {
  readonly folder: string;
  readonly known: KnownIssues;
  readonly day: string;
}

function bucketReports(target: TargetFolder, context: Context): readonly BucketReport[] {
  const stored = new Set(target.buckets.map(({ bucket }) => bucket));
  const counted = (target.campaign?.buckets ?? []).filter(({ bucket }) => !stored.has(bucket));
  const onlyCounted = counted.map(({ bucket }): BucketFolder => {
    return { bucket, folder: '', inputs: [], minimised: null, triage: null };
  });
  return [...target.buckets, ...onlyCounted].map((bucket) => bucketReport(target, bucket, context)).sort(byRank);
}

function bucketReport(target: TargetFolder, folder: BucketFolder, context: Context): BucketReport {
  const { bucket, triage } = folder;
  const count = target.campaign?.buckets.find((each) => each.bucket === bucket) ?? null;
  const shown = shownInput(folder, context.folder);
  const oracle = shown?.sidecar?.oracle ?? count?.oracle ?? bucket.split('.')[0] ?? bucket;
  const rule = ORACLES.find(({ id }) => id === oracle) ?? null;
  return {
    target: target.target,
    bucket,
    oracle,
    rule,
    claim: shown?.sidecar?.claim ?? rule?.claim ?? UNKNOWN_CLAIM,
    severity: shown?.sidecar?.severity ?? rule?.severity ?? null,
    ...statusOf(bucket, triage, context),
    triage,
    files: folder.inputs.map(({ file }) => below(context.folder, file)),
    executions: count?.executions ?? null,
    firstSeconds: count?.firstSeconds ?? null,
    shown,
  };
}

/**
 * known-issues.json decides what is known, triage what is fixed or flaky. Where the file has no entry, the last triage is
 * believed: a folder may be looked at where the file is not. A bucket that was never triaged is new.
 */
function statusOf(
  bucket: string,
  triage: TriageRecord | null,
  { known, day }: Context,
): Pick<BucketReport, 'status' | 'issue' | 'expired'> {
  const accepted = known.accepted(bucket, day);
  const over = known.expired(bucket, day);
  const issue = accepted ?? over;
  const expired = over !== null;
  if (triage?.status === 'fixed' || triage?.status === 'flaky') return { status: triage.status, issue, expired };
  if (accepted !== null) return { status: 'known', issue, expired };
  return { status: expired ? 'new' : (triage?.status ?? 'new'), issue, expired };
}

/** The minimised input, else the smallest; one whose sidecar can be read, and has a trace, before all others. */
function shownInput(folder: BucketFolder, crashes: string): ShownInput | null {
  const all = folder.minimised === null ? folder.inputs : [folder.minimised, ...folder.inputs];
  const rank = (input: StoredInputFile): readonly number[] => [
    input.sidecar === null ? 2 : input.sidecar.trace === null ? 1 : 0,
    input === folder.minimised ? 0 : 1,
    input.bytes.length,
  ];
  const best = [...all].sort((a, b) => compareLists(rank(a), rank(b)) || compareText(a.file, b.file))[0];
  if (best === undefined) return null;
  return {
    path: best.file,
    file: below(crashes, best.file),
    size: best.bytes.length,
    minimised: best === folder.minimised,
    sidecar: best.sidecar,
  };
}

/** What one would look at first: unexpected before expected, grave before harmless, then by name. */
function byRank(a: BucketReport, b: BucketReport): number {
  const order = (bucket: BucketReport): readonly number[] => [
    STATUS_RANK[bucket.status],
    bucket.severity === null ? SEVERITIES.length : SEVERITIES.indexOf(bucket.severity),
  ];
  return compareLists(order(a), order(b)) || compareText(a.target, b.target) || compareText(a.bucket, b.bucket);
}

const STATUS_RANK: Readonly<Record<BucketStatus, number>> = { new: 0, flaky: 1, known: 2, fixed: 3 };

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of the records and sidecars; what is no date does not count. */
function newestTime(crashes: CrashFolder): string | null {
  const times = crashes.targets.flatMap(({ campaign, buckets }) => [
    campaign?.updatedAt,
    ...buckets.flatMap(({ triage, inputs }) => [triage?.triagedAt, ...inputs.map(({ sidecar }) => sidecar?.createdAt)]),
  ]);
  const dates = times.map((time) => Date.parse(time ?? '')).filter((time) => !Number.isNaN(time));
  return dates.length === 0 ? null : new Date(dates.reduce((a, b) => Math.max(a, b))).toISOString();
}

function below(folder: string, file: string): string {
  return relative(folder, file).replaceAll('\\', '/');
}
