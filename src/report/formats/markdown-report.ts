// The report as Markdown for the summary page of a GitHub step ($GITHUB_STEP_SUMMARY) or a merge request: the numbers first,
// then one folded section for each new finding.

import type { BucketStatus } from '../../campaign/crashes/triage-record.js';
import { formatDuration } from '../../campaign/duration.js';
import { traceText } from '../finding-text.js';
import { numbersTable } from '../numbers-table.js';
import { type BucketReport, type Report, type ShownInput, type TargetReport, problemText } from '../report-model.js';
import { estimateText, residualRisk, totalRisk } from '../residual-risk.js';
import { replayCommand } from '../shell-word.js';
import { grouped } from '../text-table.js';
import { block, code, entities, inline, table } from './markdown-text.js';

/** GitHub refuses summaries of more than 1 MiB; some room is left for what other steps of a job add. */
const MOST_BYTES = 960 * 1024;
/** Lines of a finding's steps; `vringfuzz describe` prints all. */
const MOST_STEP_LINES = 200;
const MOST_ROWS = 200;

export function markdownReport(report: Report): string {
  const head = `## vringfuzz: ${headline(report.buckets)}\n\n${campaignPart(report)}${bucketPart(report)}`;
  const tail = problemPart(report);
  const open = report.buckets.filter(({ status, shown }) => (status === 'new' || status === 'flaky') && shown !== null);
  let text = head;
  let left = MOST_BYTES - size(head) - size(tail);
  for (const [index, section] of open.map(detailSection).entries()) {
    left -= size(section);
    if (left < 0) {
      text += `The steps of ${open.length - index} more findings are left out: the page would be too long.\n\n`;
      break;
    }
    text += section;
  }
  return `${text}${tail}`;
}

function size(text: string): number {
  return Buffer.byteLength(text);
}

function headline(buckets: readonly BucketReport[]): string {
  const order: readonly BucketStatus[] = ['new', 'flaky', 'known', 'fixed'];
  const counts = order
    .map((status) => ({ status, count: buckets.filter((bucket) => bucket.status === status).length }))
    .filter(({ count, status }) => count > 0 || status === 'new')
    .map(({ status, count }) => (count === 0 ? `no ${status} finding` : `${count} ${status}`));
  const expired = buckets.filter((bucket) => bucket.expired).length;
  return [...counts, ...(expired > 0 ? [`${expired} accepted too long`] : [])].join(', ');
}

function campaignPart({ targets, folder, updatedAt }: Report): string {
  if (targets.length === 0) return `Nothing was fuzzed yet: ${code(folder)} has no folder of a target.\n\n`;
  const header = ['target', 'executions', 'exec/s', 'edges', 'states', 'features', 'corpus', 'stability', 'time'];
  const rows = targets.map((target) => [code(target.target), ...campaignCells(target)]);
  const when = updatedAt === null ? '' : `As of ${updatedAt}.\n\n`;
  return `${table(header, rows)}\n${riskPart(targets)}${when}`;
}

function campaignCells({ campaign, corpus }: TargetReport): readonly string[] {
  const files = corpus === null ? null : corpus.seed + corpus.regression + corpus.generated;
  if (campaign === null) return ['-', '-', '-', '-', '-', files === null ? '-' : grouped(files), '-', '-'];
  const { executions, seconds, edges, states, features, stability } = campaign;
  return [
    grouped(executions),
    seconds > 0 ? grouped(executions / seconds) : '-',
    grouped(edges),
    grouped(states),
    grouped(features),
    grouped(campaign.corpus),
    stability === null ? '-' : `${(stability * 100).toFixed(2)} %`,
    formatDuration(seconds),
  ];
}

/** The residual-risk line, for all targets together and each for itself. */
function riskPart(targets: readonly TargetReport[]): string {
  const campaigns = targets.flatMap(({ campaign }) => (campaign === null ? [] : [campaign]));
  const { discovery, finding } = totalRisk(campaigns);
  if (discovery === null && finding === null) return '';
  const lines = [
    ...(discovery === null ? [] : [`reaches a new edge or state: ${estimateText(discovery)}`]),
    ...(finding === null ? [] : [`ends in a new bucket: ${estimateText(finding)}`]),
  ];
  const each = campaigns.length < 2 ? '' : eachRisk(targets);
  return `**Residual risk.** Good-Turing estimate that the next execution ${lines.join('; ')}.\n\n${each}`;
}

function eachRisk(targets: readonly TargetReport[]): string {
  const rows = targets.flatMap(({ target, campaign }) => {
    if (campaign === null) return [];
    const { discovery, finding } = residualRisk(campaign);
    const cells = [discovery, finding].map((estimate) => (estimate === null ? '-' : estimateText(estimate)));
    return [[code(target), ...cells]];
  });
  const header = ['target', 'next execution reaches something new', 'ends in a new bucket'];
  return `<details><summary>Residual risk of each target</summary>\n\n${table(header, rows, 3)}\n</details>\n\n`;
}

function bucketPart({ buckets }: Report): string {
  if (buckets.length === 0) return 'No findings.\n\n';
  const header = ['status', 'severity', 'oracle', 'driver site', 'target', 'bucket', 'replay', 'inputs', 'executions'];
  const rows = buckets
    .slice(0, MOST_ROWS)
    .map((bucket) => [
      statusCell(bucket),
      bucket.severity ?? 'unknown',
      code(bucket.oracle),
      siteCell(bucket),
      code(bucket.target),
      code(bucket.bucket),
      bucket.shown === null ? '-' : code(replayCommand(bucket.shown.path, bucket.shown.sidecar?.driver)),
      grouped(bucket.files.length),
      bucket.executions === null ? '-' : grouped(bucket.executions),
    ]);
  const more = buckets.length > MOST_ROWS ? `\n${buckets.length - MOST_ROWS} more buckets are left out.\n` : '';
  return `${table(header, rows, 7)}${more}\n`;
}

function statusCell({ status, issue, expired }: BucketReport): string {
  const name = status === 'new' || status === 'flaky' ? `**${status}**` : status;
  if (issue === null) return name;
  const until = `${expired ? 'accepted until' : 'until'} ${issue.expires}`;
  return `${name}: ${inline(issue.reason)} (${inline(issue.issue)}, ${until})`;
}

function siteCell({ shown }: BucketReport): string {
  const site = shown?.sidecar?.site;
  if (site === undefined) return '-';
  const line = site.line === undefined ? '' : `:${site.line}`;
  return code(`${site.file}${line} ${site.function}`.trim());
}

function detailSection(bucket: BucketReport): string {
  const { shown, severity, claim } = bucket;
  const sidecar = shown?.sidecar ?? null;
  const title = `<b>${entities(bucket.bucket)}</b> (${severity ?? 'unknown severity'}, ${entities(bucket.target)})`;
  const replay = shown === null ? '' : block(commandsFor(shown));
  const parts = [
    `Claim: ${inline(claim)}.\n`,
    ...(sidecar === null ? [] : [comparison(bucket), steps(bucket)]),
    replay,
  ];
  return `<details><summary>${title}</summary>\n\n${parts.filter((part) => part !== '').join('\n')}\n</details>\n\n`;
}

function commandsFor({ path, sidecar }: ShownInput): string {
  const replay = replayCommand(path, sidecar?.driver);
  return `${replay}\n${replay.replace(' replay ', ' describe ')}`;
}

/** The numbers of both sides, those that differ in bold. */
function comparison({ shown }: BucketReport): string {
  const sidecar = shown?.sidecar ?? null;
  if (sidecar === null) return '';
  const rows = numbersTable(sidecar.expected, sidecar.got).map(({ key, expected, got, differs }) => {
    const bold = (text: string): string => (differs ? `**${text}**` : text);
    return [bold(inline(key)), bold(code(expected)), bold(code(got))];
  });
  const where = `During ${code(sidecar.call)} in step ${sidecar.step}${fieldText(sidecar.field)}.\n`;
  return rows.length === 0 ? where : `${where}\n${table(['', 'expected', 'got'], rows, 3)}`;
}

function fieldText(field: string | undefined): string {
  return field === undefined ? '' : `, at ${code(field)}`;
}

function steps({ shown }: BucketReport): string {
  const trace = shown?.sidecar?.trace ?? null;
  if (trace === null) return '';
  const lines = traceText(trace).trimEnd().split('\n');
  const kept = lines.slice(-MOST_STEP_LINES);
  const note = kept.length < lines.length ? [`(${lines.length - kept.length} lines before this are left out)`] : [];
  return block([...note, ...kept].join('\n'));
}

function problemPart({ problems }: Report): string {
  if (problems.length === 0) return '';
  const lines = problems.slice(0, MOST_ROWS).map((problem) => `- ${inline(problemText(problem))}\n`);
  const more = problems.length > MOST_ROWS ? `- ${problems.length - MOST_ROWS} more\n` : '';
  return `### Not read\n\nThe rest of the folder is reported.\n\n${lines.join('')}${more}`;
}
