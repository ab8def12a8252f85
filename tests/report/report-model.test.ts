// What every report shows: status, order, the input that stands for a bucket, and what is left of a damaged folder.

import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { writeCrash } from '../../src/campaign/crashes/crash-store.js';
import { KnownIssues } from '../../src/campaign/known-issues.js';
import type { BucketReport } from '../../src/report/report-model.js';
import { sampleFinding } from '../campaign/crashes/sample-finding.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { reportOf, writeSampleFolder } from './sample-folder.js';

const BUCKET = 'unmap-mismatch.split-queue-detach.size';

function only(buckets: readonly BucketReport[], bucket: string): BucketReport {
  return buckets.find((each) => each.bucket === bucket) ?? assert.fail(`no bucket ${bucket}`);
}

describe('status', () => {
  const known = (expires: string): KnownIssues =>
    new KnownIssues(
      ['new', 'known', 'fixed', 'flaky'].map((name) => {
        return { bucket: `${name}.a-b.c`, reason: 'r', issue: 'i', expires };
      }),
    );
  const status = (crashes: string, issues: KnownIssues): Readonly<Record<string, string>> =>
    Object.fromEntries(
      reportOf(crashes, issues)
        .buckets.filter(({ bucket }) => /^(new|known|fixed|flaky)\./.test(bucket))
        .map(({ oracle, status: is, expired }) => [oracle, expired ? `${is}, expired` : is]),
    );

  test('without known issues is what triage said, and new before the first triage', (context) => {
    const crashes = writeSampleFolder(temporaryFolder(context));
    assert.deepEqual(status(crashes, new KnownIssues([])), {
      new: 'new',
      known: 'known',
      fixed: 'fixed',
      flaky: 'flaky',
    });
  });

  test('is known up to the last day, except for what is fixed or flaky', (context) => {
    const crashes = writeSampleFolder(temporaryFolder(context));
    assert.deepEqual(status(crashes, known('2026-03-02')), {
      new: 'known',
      known: 'known',
      fixed: 'fixed',
      flaky: 'flaky',
    });
  });

  test('is new again after that day, whatever the last triage said', (context) => {
    const crashes = writeSampleFolder(temporaryFolder(context));
    assert.deepEqual(status(crashes, known('2026-03-01')), {
      new: 'new, expired',
      known: 'new, expired',
      fixed: 'fixed, expired',
      flaky: 'flaky, expired',
    });
  });
});

test('buckets come with what one would look at first', (context) => {
  const { buckets } = reportOf(writeSampleFolder(temporaryFolder(context)));
  assert.deepEqual(
    buckets.map(({ status, severity, oracle }) => `${status} ${String(severity)} ${oracle}`),
    [
      'new critical unmap-mismatch',
      'new critical new',
      'new medium panic',
      'new low expired',
      'flaky high flaky',
      'known high known',
      'fixed high fixed',
    ],
  );
});

test('the smallest input with a sidecar stands for its bucket, a minimised one before all', (context) => {
  const directory = temporaryFolder(context);
  const store = (bytes: readonly number[], kind: 'crash' | 'minimised' = 'crash'): string =>
    writeCrash({ directory, target: 'canary', bytes: Uint8Array.from(bytes), kind, ...FINDING }).file;
  const large = store([1, 2, 3, 4]);
  const small = store([1, 2, 3]);
  const smallest = store([1]);
  const shown = (): string | undefined => reportOf(directory).buckets[0]?.shown?.path;
  assert.equal(shown(), smallest);
  rmSync(`${smallest}.json`);
  assert.equal(shown(), small);
  const minimised = store([1, 2, 3, 4, 5], 'minimised');
  assert.equal(shown(), minimised);
  const bucket = only(reportOf(directory).buckets, BUCKET);
  assert.deepEqual([bucket.files.length, bucket.shown?.minimised, bucket.shown?.size], [3, true, 5]);
  assert.ok(bucket.files.includes(`canary/${BUCKET}/${large.split('/').at(-1) ?? ''}`));
});

const FINDING = { finding: sampleFinding({ bucket: BUCKET }), trace: null, seed: null, bug: null };

test('a bucket that only the campaign counted is there without an input', (context) => {
  const { buckets } = reportOf(writeSampleFolder(temporaryFolder(context)));
  const panic = only(buckets, 'panic.split-queue-getbuf.bug');
  assert.deepEqual([panic.shown, panic.files, panic.executions, panic.severity], [null, [], 2, 'medium']);
});

test('a bucket whose sidecars cannot be read takes claim and severity from its oracle', (context) => {
  const directory = temporaryFolder(context);
  for (const oracle of ['panic', 'nonsense']) {
    const finding = sampleFinding({ oracle, bucket: `${oracle}.a-b.c`, severity: 'low' });
    const { sidecar } = writeCrash({ directory, target: 'canary', bytes: Uint8Array.of(1), ...FINDING, finding });
    writeFileSync(sidecar, '{');
  }
  const { buckets, problems } = reportOf(directory);
  assert.equal(problems.length, 2);
  assert.equal(only(buckets, 'panic.a-b.c').severity, 'medium');
  assert.equal(only(buckets, 'panic.a-b.c').claim, 'no BUG and no unexpected exception is reachable by the device');
  assert.equal(only(buckets, 'nonsense.a-b.c').severity, null);
});

test('the time is that of the newest record, and null where there is none', (context) => {
  const crashes = writeSampleFolder(temporaryFolder(context));
  assert.equal(reportOf(crashes).updatedAt, '2026-03-02T10:00:00.000Z');
  for (const name of readdirSync(crashes)) rmSync(join(crashes, name), { recursive: true });
  assert.deepEqual(reportOf(crashes).updatedAt, null);
});
