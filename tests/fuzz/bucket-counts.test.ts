// Which findings an engine process tells, and when it has met enough.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { BucketCounts } from '../../fuzz/bucket-counts.js';

const NOTHING = { stopAfter: null, notNew: [], smallest: {} };

describe('BucketCounts', () => {
  test('tells the first input of a bucket and smaller ones, and counts all', () => {
    const counts = new BucketCounts(NOTHING);
    assert.deepEqual(
      [10, 12, 10, 9, 9, 4].map((size) => counts.count('a', size)),
      [true, false, false, true, false, true],
    );
    assert.equal(counts.count('b', 50), true);
    assert.deepEqual(counts.takeHits(), { a: 6, b: 1 });
    assert.deepEqual(counts.takeHits(), {});
  });

  test('never has enough without a limit', () => {
    const counts = new BucketCounts(NOTHING);
    for (let index = 0; index < 50; index++) counts.count(String(index), 1);
    assert.equal(counts.limitReached, false);
  });

  test('has enough after so many distinct new buckets', () => {
    const counts = new BucketCounts({ ...NOTHING, stopAfter: 2 });
    const reached = ['a', 'a', 'b', 'c'].map((bucket, index) => {
      counts.count(bucket, 10 - index);
      return counts.limitReached;
    });
    assert.deepEqual(reached, [false, false, true, true]);
  });

  test('accepted buckets and those that the campaign has are not new; smaller inputs of them are told', () => {
    const counts = new BucketCounts({ stopAfter: 1, notNew: ['known', 'stored'], smallest: { stored: 8 } });
    assert.equal(counts.count('known', 100), true);
    assert.equal(counts.count('stored', 8), false);
    assert.equal(counts.count('stored', 7), true);
    assert.equal(counts.limitReached, false);
    counts.count('new', 100);
    assert.equal(counts.limitReached, true);
  });
});
