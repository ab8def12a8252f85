// The report as SARIF 2.1.0, for code scanning pages and editors: a rule an oracle, a result a bucket, the steps as a code
// flow. Buckets that triage calls fixed are left out: a page closes what a newer file does not name.

import { createHash } from 'node:crypto';

import type { Log, Location, Notification, PhysicalLocation, Result, Run, Suppression } from 'sarif';

import type { Sidecar } from '../../campaign/crashes/sidecar.js';
import type { DriverSite } from '../../verdict/verdict.js';
import { numbersTable } from '../numbers-table.js';
import { type BucketReport, type Report, problemText, withStatus } from '../report-model.js';
import { SECURITY_SEVERITY } from '../security-severity.js';
import { replayCommand } from '../shell-word.js';
import { type FlowBudget, codeFlow } from './sarif-flow.js';
import { levelOf, sarifRules, sentence } from './sarif-rules.js';
import { plain, relativeUri } from './sarif-text.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** The most results of a run that GitHub shows. */
const MOST_RESULTS = 5000;
/** Locations in all code flows together: keeps the file well below the 10 MB that GitHub takes. */
const MOST_FLOW_LOCATIONS = 200_000;
/** Stored inputs that a result names. */
const MOST_INPUTS = 10;

const DRIVER_ROOT = '%SRCROOT%';
const CRASHES_ROOT = 'CRASHES';

/** @param homepage of vringfuzz, when it has one. */
export function sarifReport(report: Report, homepage: string | null): string {
  const log: Log = { $schema: SCHEMA, version: '2.1.0', runs: [runOf(report, homepage)] };
  return `${JSON.stringify(log)}\n`;
}

function runOf(report: Report, homepage: string | null): Run {
  const fixed = withStatus(report.buckets, 'fixed');
  const open = report.buckets.filter(({ status }) => status !== 'fixed');
  const rules = sarifRules(open);
  const indexOf = new Map(rules.map(({ id }, index) => [id, index]));
  const budget: FlowBudget = { left: MOST_FLOW_LOCATIONS };
  const results = open
    .slice(0, MOST_RESULTS)
    .map((bucket) => resultOf(bucket, indexOf.get(bucket.oracle) ?? -1, budget));
  return {
    tool: {
      driver: {
        name: 'vringfuzz',
        version: report.version,
        semanticVersion: report.version,
        ...(homepage === null ? {} : { informationUri: homepage }),
        rules: [...rules],
      },
    },
    automationDetails: {
      id: 'vringfuzz/',
      description: { text: 'Findings of vringfuzz: a hostile virtio device against a virtio ring driver.' },
    },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: {
      [DRIVER_ROOT]: { description: { text: 'The folder of the sources of vringfuzz, which has src/driver.' } },
      [CRASHES_ROOT]: { description: { text: 'The folder of findings that was reported on.' } },
    },
    invocations: [
      {
        executionSuccessful: report.problems.length === 0,
        ...(report.updatedAt === null ? {} : { endTimeUtc: report.updatedAt }),
        toolExecutionNotifications: notifications(report, open.length - results.length),
      },
    ],
    results,
    properties: { fixedBuckets: fixed.map(({ target, bucket }) => `${target}/${bucket}`) },
  };
}

function notifications(report: Report, cut: number): Notification[] {
  const problems = report.problems.map(problemText);
  const expired = report.buckets.flatMap(({ target, bucket, issue, expired: over }) =>
    over && issue !== null ? [`${target}: the known issue ${bucket} was accepted until ${issue.expires}`] : [],
  );
  const capped = cut > 0 ? [`${cut} results are left out: a run has at most ${MOST_RESULTS}`] : [];
  return [...problems, ...expired, ...capped].map((text) => ({ level: 'warning', message: { text: plain(text) } }));
}

function resultOf(bucket: BucketReport, ruleIndex: number, budget: FlowBudget): Result {
  const { shown, severity, status, executions } = bucket;
  const sidecar = shown?.sidecar ?? null;
  const site = siteOf(bucket);
  const related = relatedLocations(bucket);
  const trace = sidecar?.trace ?? null;
  return {
    ruleId: bucket.oracle,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    kind: 'fail',
    level: levelOf(severity),
    message: { text: messageOf(bucket, related.length > 0) },
    locations: [{ physicalLocation: site, ...logicalLocation(sidecar), ...lineNote(sidecar) }],
    partialFingerprints: {
      'vringfuzzBucket/v1': bucket.bucket,
      // The only one that GitHub looks at. Without it, two buckets at one line would be one alert.
      primaryLocationLineHash: `${createHash('sha1').update(bucket.bucket).digest('hex').slice(0, 16)}:1`,
    },
    ...(trace === null || trace.steps.length === 0
      ? {}
      : { codeFlows: [codeFlow(trace, { file: firstLineOf(site), site }, budget)] }),
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    // Measured against known-issues.json, which is the only earlier state that a folder knows.
    baselineState: status === 'known' ? 'unchanged' : 'new',
    // Empty means not suppressed; absent would mean that nobody knows.
    suppressions: suppressionsOf(bucket),
    ...(executions === null || executions < 1 ? {} : { occurrenceCount: executions }),
    ...(severity === null ? {} : { rank: SECURITY_SEVERITY[severity] * 10 }),
    properties: {
      target: bucket.target,
      bucket: bucket.bucket,
      status,
      plantedBug: sidecar?.bug ?? null,
      sameAs: bucket.triage?.sameAs ?? null,
    },
  };
}

/** The first sentence is what a page shows as the title. */
function messageOf(bucket: BucketReport, hasInput: boolean): string {
  const { shown, claim, oracle, issue, expired } = bucket;
  const sidecar = shown?.sidecar ?? null;
  const title =
    sidecar === null ? oracle : `${oracle}: ${sidecar.shape} in ${sidecar.site.function || sidecar.site.file}`;
  const sentences = [
    `${title}.`,
    `Claim: ${sentence(claim)}`,
    ...(sidecar === null ? [] : [whereText(sidecar), differences(sidecar)]),
    ...(bucket.status === 'flaky' ? ['Its inputs do not behave alike each time.'] : []),
    ...(expired && issue !== null ? [`It was accepted until ${issue.expires}: ${sentence(issue.reason)}`] : []),
  ];
  const text = plain(sentences.filter((each) => each !== '').join(' '));
  return shown === null || !hasInput
    ? text
    : `${text} Shown by [the input](1): ${plain(replayCommand(shown.path, shown.sidecar?.driver))}`;
}

function whereText({ call, step, field, bug }: Sidecar): string {
  const at = field === undefined ? '' : `, at ${field}`;
  const build = bug === null ? '' : `, in the build with bug ${bug}`;
  return `During ${call} in step ${step}${at}${build}.`;
}

function differences({ expected, got }: Sidecar): string {
  const rows = numbersTable(expected, got).filter(({ differs }) => differs);
  return rows.map((row) => `${row.key}: expected ${row.expected}, got ${row.got}.`).join(' ');
}

/** The driver site; where none is known, the stored input. GitHub shows nothing without a line. */
function siteOf({ shown }: BucketReport): PhysicalLocation {
  const site = shown?.sidecar?.site;
  if (site === undefined || site.file === 'unknown') {
    return firstLineOf({ artifactLocation: { uri: relativeUri(shown?.file ?? 'unknown'), uriBaseId: CRASHES_ROOT } });
  }
  const place = { artifactLocation: { uri: relativeUri(site.file), uriBaseId: DRIVER_ROOT } };
  return knowsLine(site) ? { ...place, region: { startLine: site.line } } : firstLineOf(place);
}

function firstLineOf({ artifactLocation }: PhysicalLocation): PhysicalLocation {
  return { ...(artifactLocation === undefined ? {} : { artifactLocation }), region: { startLine: 1 } };
}

function knowsLine(site: DriverSite): site is DriverSite & { readonly line: number } {
  return site.line !== undefined && site.line >= 1;
}

/** What a call came to is judged after it returned: there is a function then, and no line. */
function lineNote(sidecar: Sidecar | null): Pick<Location, 'message'> {
  if (sidecar === null || knowsLine(sidecar.site)) return {};
  return { message: { text: plain(`in ${sidecar.site.function || 'this file'}; the line is not known`) } };
}

function logicalLocation(sidecar: Sidecar | null): Pick<Location, 'logicalLocations'> {
  if (sidecar === null || sidecar.site.function === '') return {};
  const { file, function: name } = sidecar.site;
  return { logicalLocations: [{ name, fullyQualifiedName: `${file}:${name}`, kind: 'function' }] };
}

/** The stored inputs, the shown one first. */
function relatedLocations({ shown, files }: BucketReport): Location[] {
  if (shown === null) return [];
  const all = [shown.file, ...files.filter((file) => file !== shown.file)];
  return all.slice(0, MOST_INPUTS).map((file, index) => ({
    id: index + 1,
    physicalLocation: firstLineOf({ artifactLocation: { uri: relativeUri(file), uriBaseId: CRASHES_ROOT } }),
    message: { text: inputText(index, all.length) },
  }));
}

function inputText(index: number, count: number): string {
  if (index === 0) return 'the input that shows it';
  if (index === MOST_INPUTS - 1 && count > MOST_INPUTS)
    return `another input; ${count - MOST_INPUTS} more are not listed`;
  return 'another input';
}

function suppressionsOf({ status, issue }: BucketReport): Suppression[] {
  if (status !== 'known') return [];
  const justification =
    issue === null
      ? 'Known at the last triage; known-issues.json does not name it now.'
      : `${sentence(issue.reason)} ${issue.issue} Accepted until ${issue.expires}.`;
  return [{ kind: 'external', status: 'accepted', justification }];
}
