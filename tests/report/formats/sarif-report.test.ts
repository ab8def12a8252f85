// The SARIF report against the schema of the standard, and against what code scanning pages make of it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { Log, Result, Run } from 'sarif';

import { codeFlow } from '../../../src/report/formats/sarif-flow.js';
import { sarifReport } from '../../../src/report/formats/sarif-report.js';
import { levelOf } from '../../../src/report/formats/sarif-rules.js';
import type { Report } from '../../../src/report/report-model.js';
import { gainClassOf } from '../../../src/report/severity-classes.js';
import { ORACLES } from '../../../src/oracle/registry.js';
import type { Trace } from '../../../src/verdict/trace.js';
import { temporaryFolder } from '../../campaign/bugs/planted-bugs.js';
import { canaryFinding, reportOf, writeSampleFolder } from '../sample-folder.js';
import { complaints, sarifSchema } from './schemas.js';

const validate = sarifSchema();

/** The run, after the file was checked. */
function runOf(report: Report, homepage: string | null = null): Run {
  const log = JSON.parse(sarifReport(report, homepage)) as Log;
  assert.deepEqual(complaints(validate, log), []);
  assert.equal(log.runs.length, 1);
  return log.runs[0] ?? assert.fail();
}

function resultOf(run: Run, oracle: string): Result {
  return run.results?.find(({ ruleId }) => ruleId === oracle) ?? assert.fail(`no result of ${oracle}`);
}

test('the schema is the one of the standard: it refuses what is none', () => {
  assert.ok(complaints(validate, { version: '2.1.0' }).length > 0);
  assert.ok(complaints(validate, { version: '2.1.0', runs: [{ tool: { driver: {} } }] }).length > 0);
  assert.ok(complaints(validate, { version: '2.1.0', runs: [], more: 1 }).length > 0);
});

describe('rules', () => {
  test('are the oracles, in the order of the registry, and the other names that buckets have', (context) => {
    const { tool } = runOf(reportOf(writeSampleFolder(temporaryFolder(context))));
    const rules = tool.driver.rules ?? [];
    assert.deepEqual(
      rules.map(({ id }) => id),
      [...ORACLES.map(({ id }) => id), 'new', 'expired', 'flaky', 'known'],
    );
    for (const [index, oracle] of ORACLES.entries()) {
      const rule = rules[index] ?? assert.fail();
      assert.equal(rule.shortDescription?.text.toLowerCase(), `${oracle.claim}.`.toLowerCase());
      assert.equal(rule.defaultConfiguration?.level, levelOf(oracle.severity));
      assert.ok(rule.help?.markdown?.includes(oracle.source));
      assert.ok(rule.fullDescription?.text.endsWith(gainClassOf(oracle.id)?.gain ?? assert.fail()));
      assert.ok((rule.fullDescription?.text.length ?? 0) <= 1024);
      assert.match(rule.helpUri ?? '', new RegExp(`/${oracle.cwe}\\.html$`));
      assert.ok(rule.properties?.tags?.includes(`external/cwe/cwe-${String(oracle.cwe).padStart(3, '0')}`));
    }
  });

  test('carry a security severity inside the band of their word, as a string', (context) => {
    const { tool } = runOf(reportOf(temporaryFolder(context)));
    const bands = { critical: [9.0, 10], high: [7, 8.9], medium: [4, 6.9], low: [0.1, 3.9] } as const;
    for (const [index, { id, severity }] of ORACLES.entries()) {
      const score: unknown = tool.driver.rules?.[index]?.properties?.['security-severity'];
      assert.equal(typeof score, 'string');
      const [least, most] = bands[severity];
      assert.ok(Number(score) > least && Number(score) <= most, `${id}: ${String(score)} is not ${severity}`);
    }
  });
});

describe('results', () => {
  test('one for each bucket that is not fixed, the gravest new one first, each with its rule', (context) => {
    const run = runOf(reportOf(writeSampleFolder(temporaryFolder(context))));
    const results = run.results ?? [];
    assert.deepEqual(
      results.map(({ ruleId, level }) => `${ruleId ?? ''} ${String(level)}`),
      ['unmap-mismatch error', 'new error', 'panic warning', 'expired note', 'flaky error', 'known error'],
    );
    for (const { ruleId, ruleIndex } of results) assert.equal(run.tool.driver.rules?.[ruleIndex ?? -1]?.id, ruleId);
    assert.deepEqual(run.properties?.['fixedBuckets'], ['split_ring_fuzzer/fixed.a-b.c']);
  });

  test('name the driver site, the bucket and the stored input', (context) => {
    const run = runOf(reportOf(writeSampleFolder(temporaryFolder(context))));
    const { finding } = canaryFinding();
    const result = resultOf(run, 'unmap-mismatch');
    const { artifactLocation, region } = result.locations?.[0]?.physicalLocation ?? {};
    assert.deepEqual(artifactLocation, { uri: finding.site.file, uriBaseId: '%SRCROOT%' });
    assert.equal(region?.startLine, finding.site.line ?? 1);
    assert.equal(result.partialFingerprints?.['vringfuzzBucket/v1'], finding.bucket);
    assert.match(result.partialFingerprints['primaryLocationLineHash'] ?? '', /^[0-9a-f]{16}:1$/);
    assert.match(result.relatedLocations?.[0]?.physicalLocation?.artifactLocation?.uri ?? '', /^canary\/.*\/crash-/);
    assert.ok(result.message.text?.startsWith(`unmap-mismatch: ${finding.shape} in ${finding.site.function}. Claim: `));
    assert.match(result.message.text ?? '', /Shown by \[the input\]\(1\): npx vringfuzz replay /);
    assert.equal(resultOf(run, 'new').locations?.[0]?.physicalLocation?.region?.startLine, 7);
    // GitHub shows no result without a location.
    for (const each of run.results ?? []) assert.ok(each.locations?.[0]?.physicalLocation?.region?.startLine);
  });

  test('have different fingerprints, and the same ones in another folder', (context) => {
    const prints = (): readonly (string | undefined)[] =>
      (runOf(reportOf(writeSampleFolder(temporaryFolder(context)))).results ?? []).map(
        (result) => result.partialFingerprints?.['primaryLocationLineHash'],
      );
    const first = prints();
    assert.equal(new Set(first).size, first.length);
    assert.deepEqual(prints(), first);
  });

  test('are suppressed while they are accepted, and no day longer', (context) => {
    const run = runOf(reportOf(writeSampleFolder(temporaryFolder(context))));
    const suppression = resultOf(run, 'known').suppressions?.[0];
    assert.deepEqual([suppression?.kind, suppression?.status], ['external', 'accepted']);
    assert.match(suppression?.justification ?? '', /https:\/\/example\.org\/1 Accepted until 2026-03-02\.$/);
    assert.equal(resultOf(run, 'known').baselineState, 'unchanged');
    for (const name of ['new', 'expired', 'flaky']) {
      assert.deepEqual([resultOf(run, name).suppressions, resultOf(run, name).baselineState], [[], 'new']);
    }
    const notes = run.invocations?.[0]?.toolExecutionNotifications?.map(({ message }) => message.text);
    assert.deepEqual(notes, ['split_ring_fuzzer: the known issue expired.a-b.c was accepted until 2026-03-01']);
  });

  test('hold no placeholder that the text did not mean', (context) => {
    const { text = '' } = resultOf(runOf(reportOf(writeSampleFolder(temporaryFolder(context)))), 'new').message;
    assert.ok(text.includes('{{0}}'));
    assert.doesNotMatch(text.replaceAll(/\{\{|\}\}/g, ''), /[{}]/);
    assert.ok(!text.includes('\ud800'));
  });

  test('are at most 5,000, and the file says how many are missing', (context) => {
    const report = reportOf(writeSampleFolder(temporaryFolder(context)));
    const last = report.buckets.find(({ oracle }) => oracle === 'panic') ?? assert.fail();
    const many = Array.from({ length: 5010 }, (_, index) => ({ ...last, bucket: `panic.x.${index}` }));
    const run = runOf({ ...report, buckets: many });
    assert.equal(run.results?.length, 5000);
    assert.match(JSON.stringify(run.invocations), /10 results are left out: a run has at most 5000/);
  });
});

describe('code flows', () => {
  const place = {
    file: { artifactLocation: { uri: 'f' } },
    site: { artifactLocation: { uri: 'f' }, region: { startLine: 3 } },
  };
  const trace = (steps: number, events: number): Trace => ({
    configuration: 'c',
    hash: 'h',
    steps: Array.from({ length: steps }, (_, step) => ({
      number: step,
      title: `t${step}`,
      events: Array.from({ length: events }, (__, index) => ({ kind: 'load', text: `${step}.${index}` })),
    })),
  });
  const texts = (of: Trace, left = 1e6): readonly string[] => {
    const flow = codeFlow(of, place, { left });
    return (flow.threadFlows[0]?.locations ?? []).map(({ location }) => location?.message?.text ?? '');
  };

  test('are the steps with their events, in order, and end at the site', (context) => {
    const run = runOf(reportOf(writeSampleFolder(temporaryFolder(context))));
    const { trace: real, finding } = canaryFinding();
    const locations = resultOf(run, 'unmap-mismatch').codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
    assert.equal(
      locations.length,
      real.steps.reduce((sum, { events }) => sum + 1 + events.length, 0),
    );
    assert.deepEqual(
      locations.map(({ executionOrder }) => executionOrder),
      [...locations.keys()].map((key) => key + 1),
    );
    const violation = locations.at(-1);
    assert.match(violation?.location?.message?.text ?? '', /^violation: unmap-mismatch: /);
    assert.equal(violation?.location?.physicalLocation?.region?.startLine, finding.site.line ?? 1);
    assert.equal(violation.importance, 'essential');
  });

  test('keep all steps and the last events when there are more than 1,000 locations', () => {
    const kept = texts(trace(64, 40));
    assert.equal(kept.length, 1000);
    assert.equal(kept.filter((text) => text.startsWith('step ')).length, 64);
    assert.equal(kept.at(-1), 'load: 63.39');
    assert.match(
      codeFlow(trace(64, 40), place, { left: 1e6 }).message?.text ?? '',
      /the first 1624 of 2560 events are left out/,
    );
  });

  test('share what the file may hold', () => {
    const budget = { left: 15 };
    assert.deepEqual(
      [1, 2, 3].map(() => codeFlow(trace(2, 5), place, budget).threadFlows[0]?.locations.length),
      [12, 3, 2],
    );
  });

  test('keep the last steps when even the steps are too many', () => {
    const kept = texts(trace(1200, 1));
    assert.deepEqual([kept.length, kept[0], kept.at(-1)], [1000, 'step 200: t200', 'step 1199: t1199']);
  });
});

describe('the run', () => {
  test('says whether every file could be read', (context) => {
    const report = reportOf(temporaryFolder(context));
    assert.equal(runOf(report).invocations?.[0]?.executionSuccessful, true);
    const run = runOf({ ...report, problems: [{ file: 'x/y.json', message: 'not valid JSON' }] });
    assert.equal(run.invocations?.[0]?.executionSuccessful, false);
    assert.equal(run.invocations[0].toolExecutionNotifications?.[0]?.message.text, 'x/y.json: not valid JSON');
  });

  test('names tool, version and category; a home page only where there is one', (context) => {
    const report = reportOf(temporaryFolder(context));
    const { driver } = runOf(report).tool;
    assert.deepEqual([driver.name, driver.semanticVersion, driver.informationUri], ['vringfuzz', '1.2.3', undefined]);
    assert.equal(runOf(report, 'https://example.org/').tool.driver.informationUri, 'https://example.org/');
    assert.equal(runOf(report).automationDetails?.id, 'vringfuzz/');
  });
});
