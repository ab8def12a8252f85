// The report as one JSON document for other programs. Its form is docs/schemas/report-1.schema.json; whoever changes a field
// here raises REPORT_SCHEMA and writes the next schema beside the old one.

import type { CampaignRecord } from '../../campaign/crashes/campaign-record.js';
import { PLOT_COLUMNS, type PlotRow } from '../../campaign/crashes/plot-data.js';
import type { Sidecar } from '../../campaign/crashes/sidecar.js';
import type { BucketStatus, TriageRecord } from '../../campaign/crashes/triage-record.js';
import type { BucketReport, Report, TargetReport } from '../report-model.js';
import { type ResidualRisk, residualRisk, totalRisk } from '../residual-risk.js';
import { SECURITY_SEVERITY } from '../security-severity.js';
import { replayCommand } from '../shell-word.js';

/** Version of the document. */
export const REPORT_SCHEMA = 1;
export const REPORT_SCHEMA_ID = `urn:vringfuzz:schema:report:${REPORT_SCHEMA}`;

/** Enough for any chart; a campaign of a night writes thousands of rows. */
const GROWTH_ROWS = 500;

export function jsonReport(report: Report): string {
  return `${JSON.stringify(reportDocument(report))}\n`;
}

function reportDocument(report: Report): object {
  const campaigns = report.targets.flatMap(({ campaign }) => (campaign === null ? [] : [campaign]));
  return {
    $schema: REPORT_SCHEMA_ID,
    schema: REPORT_SCHEMA,
    tool: { name: 'vringfuzz', version: report.version },
    folder: report.folder,
    updatedAt: report.updatedAt,
    summary: {
      targets: report.targets.length,
      executions: campaigns.reduce((sum, { executions }) => sum + executions, 0),
      seconds: campaigns.reduce((sum, { seconds }) => sum + seconds, 0),
      buckets: countByStatus(report.buckets),
      expired: report.buckets.filter(({ expired }) => expired).length,
      problems: report.problems.length,
      residualRisk: riskDocument(totalRisk(campaigns)),
    },
    targets: report.targets.map(targetDocument),
    buckets: report.buckets.map(bucketDocument),
    problems: report.problems.map(({ file, message }) => ({ file, message })),
  };
}

function countByStatus(buckets: readonly BucketReport[]): Readonly<Record<BucketStatus, number>> {
  const counts: Record<BucketStatus, number> = { new: 0, flaky: 0, known: 0, fixed: 0 };
  for (const { status } of buckets) counts[status]++;
  return counts;
}

function riskDocument({ discovery, finding }: ResidualRisk): object {
  return { discovery, finding };
}

function targetDocument({ target, campaign, plot, corpus, buckets }: TargetReport): object {
  return {
    target,
    campaign: campaign === null ? null : campaignDocument(campaign),
    corpus,
    residualRisk: campaign === null ? null : riskDocument(residualRisk(campaign)),
    growth: plot.length === 0 ? null : growthDocument(plot),
    buckets: buckets.map(({ bucket }) => bucket),
  };
}

/** Without what only the next campaign needs: coverage maps and the names of stored inputs. */
function campaignDocument(campaign: CampaignRecord): object {
  const { bug, startedAt, updatedAt, campaigns, seeds, seconds, executions } = campaign;
  const { edges, states, features, corpus, lastNewSeconds, stability, sample } = campaign;
  return {
    ...(campaign.driver === undefined ? {} : { driver: campaign.driver }),
    ...{ bug, startedAt, updatedAt, campaigns, seeds, seconds, executions },
    ...{ edges, states, features, corpus, lastNewSeconds, stability, sample },
    buckets: campaign.buckets.map((bucket) => ({
      bucket: bucket.bucket,
      oracle: bucket.oracle,
      executions: bucket.executions,
      firstSeconds: bucket.firstSeconds,
    })),
  };
}

function growthDocument(plot: readonly PlotRow[]): object {
  return {
    columns: PLOT_COLUMNS,
    recorded: plot.length,
    rows: thinned(plot).map((row) => PLOT_COLUMNS.map((column) => row[column])),
  };
}

/** At most GROWTH_ROWS of the rows, evenly spread, always with the first and the last one. */
function thinned(rows: readonly PlotRow[]): readonly PlotRow[] {
  if (rows.length <= GROWTH_ROWS) return rows;
  const step = (rows.length - 1) / (GROWTH_ROWS - 1);
  const kept = new Set(Array.from({ length: GROWTH_ROWS }, (_, index) => Math.round(index * step)));
  return rows.filter((_, index) => kept.has(index));
}

function bucketDocument(bucket: BucketReport): object {
  const { shown, issue, triage, severity } = bucket;
  const sidecar = shown?.sidecar ?? null;
  return {
    target: bucket.target,
    bucket: bucket.bucket,
    oracle: bucket.oracle,
    claim: bucket.claim,
    severity,
    securitySeverity: severity === null ? null : SECURITY_SEVERITY[severity],
    cwe: bucket.rule?.cwe ?? null,
    status: bucket.status,
    knownIssue: issue === null ? null : { ...issue, expired: bucket.expired },
    triage: triage === null ? null : triageDocument(triage),
    executions: bucket.executions,
    firstSeconds: bucket.firstSeconds,
    inputs: bucket.files,
    shown: shown === null ? null : { file: shown.file, size: shown.size, minimised: shown.minimised },
    replay: shown === null ? null : replayCommand(shown.path, shown.sidecar?.driver),
    finding: sidecar === null ? null : findingDocument(sidecar),
    trace: sidecar?.trace ?? null,
  };
}

function triageDocument(triage: TriageRecord): object {
  const { status, inputs, runs, reproduced, sameAs, triagedAt } = triage;
  return { status, inputs, runs, reproduced, sameAs, triagedAt };
}

function findingDocument(sidecar: Sidecar): object {
  const { shape, site, call, step, expected, got, mapping, field, seed, bug, versions, sha1, createdAt } = sidecar;
  return {
    shape,
    site,
    call,
    step,
    expected,
    got,
    mapping: mapping ?? null,
    field: field ?? null,
    seed,
    bug,
    versions,
    sha1,
    createdAt: createdAt ?? null,
  };
}
