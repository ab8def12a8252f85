// Makes the page's values of the crashes folder and the report model. Traces are what is large: those of the inputs that
// are shown first come first, and what does not fit is left out and said so.

import { basename } from 'node:path';

import type { BucketFolder, CrashFolder, StoredInputFile } from '../../campaign/crashes/crash-folder.js';
import type { Sidecar } from '../../campaign/crashes/sidecar.js';
import { formatNumber, numbersTable } from '../numbers-table.js';
import type { BucketReport, Report, TargetReport } from '../report-model.js';
import { estimateText, residualRisk } from '../residual-risk.js';
import { shellWord } from '../shell-word.js';
import type { CampaignData, FindingData, InputData, PageData, ShownFinding, TargetData } from './model/page-data.js';
import { packTrace } from './model/packed-trace.js';
import { hasData } from './model/trace-state.js';
import { plotColumns } from './plot-columns.js';

/** Inputs of a bucket that can be chosen; the others are in its folder. */
const MOST_INPUTS = 5;

/** The values, of about `limit` characters: as many traces as fit, and everything else in any case. */
export function embeddedData(crashes: CrashFolder, report: Report, limit: number): PageData {
  const folders = new Map(
    crashes.targets.flatMap(({ target, buckets }) =>
      buckets.map((each) => [`${target}/${each.bucket}`, each] as const),
    ),
  );
  const findings = report.buckets.map((bucket) =>
    findingData(bucket, folders.get(`${bucket.target}/${bucket.bucket}`)),
  );
  const data = {
    version: report.version,
    folder: report.folder,
    updatedAt: report.updatedAt,
    targets: report.targets.map(targetData),
    findings,
    problems: report.problems.map(({ file, message }) => ({ file, message })),
  };
  const rest = JSON.stringify(data, (key, value: unknown) => (key === 'trace' ? null : value)).length;
  return { ...data, findings: withTraces(findings, limit - rest) };
}

function targetData(target: TargetReport): TargetData {
  const { corpus, campaign } = target;
  return {
    target: target.target,
    campaign: campaign === null ? null : campaignData(campaign),
    corpus: corpus === null ? null : corpus.seed + corpus.regression + corpus.generated,
    findings: target.buckets.length,
    plot: plotColumns(target.plot),
  };
}

function campaignData(campaign: NonNullable<TargetReport['campaign']>): CampaignData {
  const { discovery } = residualRisk(campaign);
  const { bug, startedAt, updatedAt, campaigns, seconds, executions } = campaign;
  const { edges, states, features, corpus, lastNewSeconds, stability } = campaign;
  return {
    ...{ bug, startedAt, updatedAt, campaigns, seconds, executions },
    ...{ edges, states, features, corpus, lastNewSeconds, stability },
    discovery: discovery === null ? null : estimateText(discovery),
  };
}

function findingData(bucket: BucketReport, folder: BucketFolder | undefined): FindingData {
  const { issue, triage, shown } = bucket;
  const inputs = folder === undefined ? [] : shownInputs(folder, shown?.path);
  return {
    target: bucket.target,
    bucket: bucket.bucket,
    oracle: bucket.oracle,
    claim: bucket.claim,
    source: bucket.rule?.source ?? null,
    severity: bucket.severity,
    status: bucket.status,
    issue:
      issue === null ? null : { reason: issue.reason, link: issue.issue, expires: issue.expires, over: bucket.expired },
    sameAs: triage?.sameAs ?? null,
    executions: bucket.executions,
    firstSeconds: bucket.firstSeconds,
    reproduced: triage === null ? null : { times: triage.reproduced, runs: triage.runs },
    site: shown?.sidecar ? siteText(shown.sidecar) : '',
    inputs: inputs.map((input) => inputData(bucket.target, input, input === folder?.minimised)),
  };
}

/** The one that stands for the bucket, the minimised one, then the smallest. */
function shownInputs(folder: BucketFolder, first: string | undefined): readonly StoredInputFile[] {
  const all = folder.minimised === null ? folder.inputs : [folder.minimised, ...folder.inputs];
  const rank = (input: StoredInputFile): number => (input.file === first ? 0 : input === folder.minimised ? 1 : 2);
  const sorted = [...all].sort((a, b) => rank(a) - rank(b) || a.bytes.length - b.bytes.length);
  return sorted.slice(0, MOST_INPUTS);
}

function inputData(target: string, { file, bytes, sidecar }: StoredInputFile, minimised: boolean): InputData {
  const { trace = null, bug = null, driver } = sidecar ?? {};
  const build = bug === null ? '' : ` --bug ${shellWord(bug)}`;
  const outside = driver === undefined ? '' : ` --driver ${shellWord(driver.source)}`;
  const arguments_ = `${shellWord(file)} --target ${target}${build}${outside}`;
  return {
    file,
    size: bytes.length,
    minimised,
    finding: sidecar === null ? null : shownFinding(sidecar),
    trace: trace === null ? null : packTrace(trace),
    note: noteOf(file, sidecar, arguments_, minimised),
    arguments: arguments_,
  };
}

/** What is missing, why, and the command that makes it. */
function noteOf(file: string, sidecar: Sidecar | null, arguments_: string, minimised: boolean): string | null {
  const trace = sidecar?.trace ?? null;
  if (trace !== null && hasData(trace)) return null;
  const anew = `npx vringfuzz minimise ${arguments_}`;
  if (sidecar === null)
    return `There is no sidecar that can be read beside ${basename(file)}. One with a trace is made by: ${anew}`;
  // minimise never replaces a sidecar, and a minimised input is its own result.
  const renew = minimised ? `rm ${shellWord(`${file}.json`)} && ${anew}` : anew;
  if (trace === null)
    return `The sidecar has no trace: the execution did not end in an orderly way. One is made by: ${renew}`;
  return (
    `This sidecar is of schema ${sidecar.schema}: its trace has texts, but not the data that memory and ledger are ` +
    `rebuilt from. One with data is made by: ${renew}`
  );
}

function shownFinding(sidecar: Sidecar): ShownFinding {
  const { shape, call, step, bug, seed, createdAt, field, mapping, expected, got } = sidecar;
  const mappingText = Object.entries(mapping ?? {}).map(
    ([key, value]: [string, string | number]) => `${key} ${formatNumber(key, value)}`,
  );
  return {
    ...{ shape, call, step, bug, seed },
    site: siteText(sidecar),
    createdAt: createdAt ?? null,
    field: field ?? null,
    mapping: mapping === undefined ? null : mappingText.join(', '),
    rows: numbersTable(expected, got),
  };
}

function siteText({ site }: Sidecar): string {
  return `${site.file}:${site.function}${site.line === undefined ? '' : ` (line ${site.line})`}`;
}

/** First inputs of all findings before the second ones: each finding should have one trace before any has two. */
function withTraces(findings: readonly FindingData[], limit: number): readonly FindingData[] {
  const order = findings.flatMap(({ inputs }) => inputs.map((input, rank) => ({ input, rank })));
  order.sort((a, b) => a.rank - b.rank);
  const dropped = new Set<InputData>();
  let left = limit;
  for (const { input } of order) {
    const size = input.trace === null ? 0 : JSON.stringify(input.trace).length;
    if (size <= left) left -= size;
    else dropped.add(input);
  }
  return findings.map((finding) => ({
    ...finding,
    inputs: finding.inputs.map((input) => (dropped.has(input) ? withoutTrace(input) : input)),
  }));
}

function withoutTrace(input: InputData): InputData {
  return {
    ...input,
    trace: null,
    note: `Its trace is left out, so that this file stays small. It is printed by: npx vringfuzz describe ${input.arguments}`,
  };
}
