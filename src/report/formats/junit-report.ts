// The report as JUnit XML, in the form that Jenkins, GitLab and others read: a suite a target, a case a bucket. A new or flaky
// bucket fails, a known one is skipped with its reason, a fixed one passes.

import { verdictText } from '../finding-text.js';
import { type BucketReport, type Report, type TargetReport, problemText, withStatus } from '../report-model.js';
import { replayCommand } from '../shell-word.js';
import { type XmlElement, element, xmlDocument } from './xml-text.js';

/** Characters of a finding's steps: servers keep the whole text of every case. */
const MOST_TEXT = 64 * 1024;

export function junitReport(report: Report): string {
  const suites = [...report.targets.map(targetSuite), folderSuite(report)];
  const total = (name: 'tests' | 'failures' | 'errors' | 'skipped' | 'time'): number =>
    suites.reduce((sum, suite) => sum + Number(suite.attributes[name] ?? 0), 0);
  const counts = {
    tests: total('tests'),
    failures: total('failures'),
    errors: total('errors'),
    skipped: total('skipped'),
    time: seconds(total('time')),
  };
  return xmlDocument(element('testsuites', { name: 'vringfuzz', ...counts }, suites));
}

function targetSuite(target: TargetReport): XmlElement {
  const { campaign, buckets } = target;
  const open = buckets.filter(({ status }) => status === 'new' || status === 'flaky');
  const cases = buckets.map(bucketCase);
  if (open.length === 0) cases.unshift(element('testcase', { ...caseName(target.target, 'no new finding'), time: 0 }));
  const properties = propertiesOf(target);
  return element(
    'testsuite',
    {
      name: target.target,
      tests: cases.length,
      failures: open.length,
      errors: 0,
      skipped: withStatus(buckets, 'known').length,
      time: seconds(campaign?.seconds ?? 0),
      ...(campaign === null ? {} : timestamp(campaign.updatedAt)),
    },
    [...(properties.length === 0 ? [] : [element('properties', {}, properties)]), ...cases],
  );
}

/** Whether every file could be read: a folder that is half read says nothing about what is in the other half. */
function folderSuite({ problems, updatedAt }: Report): XmlElement {
  const lines = problems.map(problemText);
  const errors =
    problems.length === 0
      ? []
      : [
          element('error', { type: 'unreadable', message: `${problems.length} files were not read` }, [
            lines.join('\n'),
          ]),
        ];
  const name = caseName('crashes', 'every file could be read');
  return element(
    'testsuite',
    {
      name: 'crashes',
      tests: 1,
      failures: 0,
      errors: errors.length,
      skipped: 0,
      time: seconds(0),
      ...(updatedAt === null ? {} : timestamp(updatedAt)),
    },
    [element('testcase', { ...name, time: 0 }, errors)],
  );
}

function propertiesOf({ campaign, corpus }: TargetReport): readonly XmlElement[] {
  const values: Readonly<Record<string, number | string | null>> = {
    executions: campaign?.executions ?? null,
    edges: campaign?.edges ?? null,
    states: campaign?.states ?? null,
    features: campaign?.features ?? null,
    corpus: campaign?.corpus ?? null,
    stability: campaign?.stability ?? null,
    bug: campaign?.bug ?? null,
    seeds: corpus?.seed ?? null,
    regressions: corpus?.regression ?? null,
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [element('property', { name, value })],
  );
}

function bucketCase(bucket: BucketReport): XmlElement {
  const steps = stepsOf(bucket);
  return element('testcase', { ...caseName(bucket.target, bucket.bucket), time: 0 }, [
    ...outcomeOf(bucket),
    ...(steps === '' ? [] : [element('system-out', {}, [steps])]),
  ]);
}

function outcomeOf(bucket: BucketReport): readonly XmlElement[] {
  const { status, issue, claim, severity, expired } = bucket;
  if (status === 'fixed') return [];
  if (status === 'known') {
    const reason =
      issue === null ? 'known at the last triage' : `${issue.reason} (${issue.issue}, until ${issue.expires})`;
    return [element('skipped', { message: `known: ${reason}` })];
  }
  const why = expired && issue !== null ? `; it was accepted until ${issue.expires}: ${issue.reason}` : '';
  const message = `${severity ?? 'unknown severity'}: ${claim}${status === 'flaky' ? ' (flaky)' : ''}${why}`;
  return [element('failure', { type: bucket.oracle, message }, [failureText(bucket)])];
}

function failureText({ shown, bucket }: BucketReport): string {
  if (shown === null) return `${bucket}: no input of it is stored\n`;
  const verdict = shown.sidecar === null ? '' : verdictText(shown.sidecar);
  return `${verdict}\n${replayCommand(shown.path, shown.sidecar?.driver)}\n`;
}

/** Steps and events, the last ones when they are too many. */
function stepsOf({ shown }: BucketReport): string {
  const trace = shown?.sidecar?.trace ?? null;
  if (trace === null) return '';
  const lines = trace.steps.flatMap(({ number, title, events }) => [
    `${String(number).padStart(4)}  ${title}`,
    ...events.map(({ kind, text }) => `        ${kind.padEnd(9)} ${text}`),
  ]);
  const text = lines.join('\n');
  if (text.length <= MOST_TEXT) return `configuration  ${trace.configuration}\n${text}\n`;
  const tail = text.slice(-MOST_TEXT);
  return `configuration  ${trace.configuration}\n(the beginning is left out)\n${tail.slice(tail.indexOf('\n') + 1)}\n`;
}

function caseName(target: string, name: string): XmlElement['attributes'] {
  return { classname: `vringfuzz.${target}`, name };
}

function seconds(value: number): string {
  return value.toFixed(3);
}

/** Local time without a zone is what the form has; ours is UTC. Nothing where it is no date. */
function timestamp(time: string): Readonly<Record<string, string>> {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? {} : { timestamp: date.toISOString().slice(0, 19) };
}
