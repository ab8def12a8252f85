// From the engine to the report, with real files all the way: a short campaign on the canary, triage, and reports. Every file
// that is written on the way is one that the published schemas describe.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { CAMPAIGN_FILE } from '../../src/campaign/crashes/campaign-record.js';
import { TRIAGE_FILE } from '../../src/campaign/crashes/triage-record.js';
import { compiled, complaints, sarifSchema, undescribed } from '../report/formats/schemas.js';
import { type CliRun, runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'vringfuzz-test-'));
const crashes = join(folder, 'crashes');
const target = join(crashes, 'canary');
let fuzz: CliRun;

function files(below: string): readonly string[] {
  return readdirSync(below, { recursive: true, encoding: 'utf8' }).map((name) => join(below, name));
}

function assertValid(schema: string, text: string): void {
  const document = JSON.parse(text) as object;
  assert.deepEqual(complaints(compiled(schema), document), [], schema);
  assert.deepEqual(undescribed(schema, document), [], schema);
}

function report(format: string, ...more: readonly string[]): string {
  const run = runCli('report', '--format', format, '--crashes', crashes, ...more);
  assert.deepEqual([run.status, run.stderr], [0, '']);
  return run.stdout;
}

interface Bucket {
  readonly bucket: string;
  readonly status: string;
  readonly executions: number;
  readonly triage: object | null;
  readonly shown: { readonly minimised: boolean };
  readonly replay: string;
}

function bucketsOf(...more: readonly string[]): readonly Bucket[] {
  return (JSON.parse(report('json', ...more)) as { buckets: Bucket[] }).buckets;
}

before(() => {
  const limits = ['--runs', '4000', '--seed', '1', '--keep-going', '--no-seeds', '--json'];
  fuzz = runCli('fuzz', 'canary', ...limits, '--crashes', crashes);
});

after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a campaign that finds something', () => {
  test('ends with 77 and prints what its schema says', () => {
    assert.equal(fuzz.status, 77, fuzz.stderr);
    assertValid('fuzz-1', fuzz.stdout);
  });

  test('leaves files that their schemas describe', () => {
    assertValid('campaign-1', readFileSync(join(target, CAMPAIGN_FILE), 'utf8'));
    const sidecars = files(target).filter((file) => /[\\/]crash-[0-9a-f]{40}\.json$/.test(file));
    assert.ok(sidecars.length > 0);
    for (const file of sidecars) assertValid('sidecar-2', readFileSync(file, 'utf8'));
  });

  test('is reported with its counts, its growth and its finding', () => {
    const text = report('json');
    assertValid('report-1', text);
    const { targets } = JSON.parse(text) as {
      targets: {
        campaign: { executions: number };
        growth: object | null;
        residualRisk: { discovery: object | null };
      }[];
    };
    assert.ok((targets[0]?.campaign.executions ?? 0) >= 4000);
    assert.notEqual(targets[0]?.growth, null);
    assert.notEqual(targets[0]?.residualRisk.discovery, null);
    const buckets = bucketsOf();
    assert.ok(buckets.some(({ bucket }) => bucket.startsWith('unmap-mismatch.')));
    for (const { status, executions, triage } of buckets) {
      assert.deepEqual([status, triage], ['new', null]);
      assert.ok(executions > 0);
    }
  });

  test('is a valid SARIF file whose flows end at the violation', () => {
    const log = JSON.parse(report('sarif')) as unknown;
    assert.deepEqual(complaints(sarifSchema(), log), []);
    assert.match(JSON.stringify(log), /"violation: unmap-mismatch: direction"/);
  });
});

describe('after triage', () => {
  test('the minimised inputs stand for their buckets', () => {
    const triage = runCli('triage', crashes, '--times', '2');
    assert.equal(triage.status, 77, triage.stderr);
    const records = files(target).filter((file) => file.endsWith(TRIAGE_FILE));
    assert.ok(records.length > 0);
    for (const file of records) assertValid('triage-1', readFileSync(file, 'utf8'));
    const buckets = bucketsOf();
    assert.equal(buckets.filter(({ triage: told }) => told !== null).length, buckets.length);
    assert.ok(buckets.every(({ status, shown }) => status === 'new' && shown.minimised));
  });

  test('the replay command of a bucket reproduces it', () => {
    const { bucket, replay } = bucketsOf()[0] ?? assert.fail();
    const [, , ...words] = replay.split(' ');
    const again = runCli(...words, '--times', '2', '--json');
    assert.equal(again.status, 77, again.stderr);
    assert.ok(again.stdout.includes(`"bucket":"${bucket}","reproduced":"2/2"`), again.stdout);
  });

  test('a bucket that known-issues.json names is known', () => {
    const [first] = bucketsOf();
    const known = join(folder, 'known-issues.json');
    const issue = { bucket: first?.bucket, reason: 'the canary', issue: 'none', expires: '2999-12-31' };
    const text = JSON.stringify({ schema: 1, issues: [issue] });
    assertValid('known-issues-1', text);
    writeFileSync(known, text);
    assert.equal(bucketsOf('--known-issues', known).find(({ bucket }) => bucket === first?.bucket)?.status, 'known');
  });
});
