// Known, expired and new buckets, and when a target has met enough.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { BucketLedger } from '../../../src/campaign/fuzzing/bucket-ledger.js';
import type { FoundKind } from '../../../src/campaign/fuzzing/campaign-result.js';
import { KnownIssues } from '../../../src/campaign/known-issues.js';

const ISSUES = new KnownIssues([
  { bucket: 'accepted', reason: 'r', issue: 'l', expires: '2026-05-01' },
  { bucket: 'over', reason: 'r', issue: 'l', expires: '2026-04-30' },
]);
const TODAY = '2026-05-01';

function ledgerOf(stopAfter: number | null, ...buckets: readonly (readonly [string, FoundKind])[]): BucketLedger {
  const ledger = new BucketLedger(ISSUES, TODAY, stopAfter);
  for (const [bucket, kind] of buckets) {
    const place = { file: null, problem: '', input: null };
    const finding = { kind, bucket, oracle: 'o', claim: 'c', stack: '', stillFails: false };
    ledger.enter({ ...finding, ...place, ...ledger.standingOf(bucket) }, 0);
  }
  return ledger;
}

describe('BucketLedger', () => {
  test('a bucket is accepted until its day is over', () => {
    const ledger = ledgerOf(1);
    assert.deepEqual(
      ['accepted', 'over', 'other'].map((bucket) => ledger.standingOf(bucket).standing),
      ['known', 'expired', 'new'],
    );
    assert.equal(ledger.standingOf('over').issue?.expires, '2026-04-30');
  });

  test('accepted buckets are counted apart and are never enough', () => {
    const ledger = ledgerOf(1, ['accepted', 'finding']);
    ledger.hit('accepted', 3);
    ledger.hit('accepted', 4);
    assert.deepEqual([ledger.newCount, ledger.knownCount, ledger.left, ledger.exitCode], [0, 1, 1, 0]);
    assert.equal(ledger.entries[0]?.executions, 7);
  });

  test('new and expired ones are', () => {
    assert.equal(ledgerOf(2, ['over', 'finding'], ['accepted', 'finding']).left, 1);
    assert.equal(ledgerOf(2, ['over', 'finding'], ['other', 'finding']).left, 0);
    assert.equal(ledgerOf(1, ['over', 'finding'], ['other', 'finding']).left, 0);
    assert.equal(ledgerOf(null, ['over', 'finding'], ['other', 'finding']).left, null);
  });

  test('the exit code is that of the worst one that is not accepted', () => {
    assert.equal(ledgerOf(null, ['a', 'hang']).exitCode, 70);
    assert.equal(ledgerOf(null, ['a', 'hang'], ['b', 'finding']).exitCode, 77);
    assert.equal(ledgerOf(null, ['a', 'finding'], ['b', 'harness-bug']).exitCode, 3);
    assert.equal(ledgerOf(null, ['accepted', 'harness-bug'], ['b', 'hang']).exitCode, 70);
  });

  test('a further process takes for new neither what was met nor what is accepted', () => {
    assert.deepEqual([...ledgerOf(null, ['met', 'finding']).notNew].sort(), ['accepted', 'met']);
  });
});
