// The estimates against their formulas and their borders.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { BucketCount } from '../../src/campaign/crashes/campaign-record.js';
import { estimateText, residualRisk, totalRisk } from '../../src/report/residual-risk.js';

function hit(bucket: string, executions: number): BucketCount {
  return { bucket, oracle: 'o', executions, firstSeconds: 1 };
}

describe('the next execution reaches something new', () => {
  test('is the number of species seen once, divided by the executions that were sampled', () => {
    const sample = { executions: 10_000, species: 700, singletons: 25 };
    assert.deepEqual(residualRisk({ executions: 5e6, sample, buckets: [] }).discovery, {
      method: 'good-turing',
      probability: 0.0025,
      executions: 10_000,
      singletons: 25,
    });
  });

  test('is unknown without a sample, or with an empty one', () => {
    assert.equal(residualRisk({ executions: 10, sample: null, buckets: [] }).discovery, null);
    const sample = { executions: 0, species: 0, singletons: 0 };
    assert.equal(residualRisk({ executions: 10, sample, buckets: [] }).discovery, null);
  });

  test('is never more than certain', () => {
    const sample = { executions: 2, species: 50, singletons: 50 };
    assert.equal(residualRisk({ executions: 2, sample, buckets: [] }).discovery?.probability, 1);
  });
});

describe('the next execution ends in a new bucket', () => {
  test('has the bound 3/n where none was seen', () => {
    const estimate = residualRisk({ executions: 300, sample: null, buckets: [] }).finding;
    assert.deepEqual(estimate, { method: 'rule-of-three', probability: 0.01, executions: 300, singletons: 0 });
    // The exact bound: with that probability, 300 executions without a finding happen in 5 % of all cases.
    assert.ok(Math.abs((1 - 0.01) ** 300 - 0.05) < 0.002);
  });

  test('counts the buckets that were hit once', () => {
    const buckets = [hit('a', 1), hit('b', 2), hit('c', 1), hit('d', 100)];
    assert.equal(residualRisk({ executions: 1000, sample: null, buckets }).finding?.probability, 0.002);
  });

  test('takes a bucket that was never hit for none', () => {
    assert.equal(
      residualRisk({ executions: 1000, sample: null, buckets: [hit('a', 0)] }).finding?.method,
      'rule-of-three',
    );
  });

  test('is unknown before the first execution', () => {
    assert.equal(residualRisk({ executions: 0, sample: null, buckets: [] }).finding, null);
  });
});

test('targets together are one population: counts add up, estimates do not', () => {
  const a = { executions: 1000, sample: { executions: 100, species: 9, singletons: 8 }, buckets: [hit('x', 1)] };
  const b = { executions: 3000, sample: { executions: 300, species: 9, singletons: 0 }, buckets: [] };
  const { discovery, finding } = totalRisk([a, b, { executions: 0, sample: null, buckets: [] }]);
  assert.equal(discovery?.probability, 0.02);
  assert.equal(finding?.probability, 1 / 4000);
  assert.deepEqual(totalRisk([]), { discovery: null, finding: null });
});

test('the text names method and counts', () => {
  const text = (
    probability: number,
    singletons: number,
    method: 'good-turing' | 'rule-of-three' = 'good-turing',
  ): string => estimateText({ method, probability, executions: 1_000_000, singletons });
  assert.equal(text(1.2e-5, 12), '1.2e-5 (12 seen in only one of 1,000,000 executions)');
  assert.equal(text(0.25, 250_000), '0.25 (250,000 seen in only one of 1,000,000 executions)');
  assert.equal(text(0, 0), '0 (nothing was seen in only one of 1,000,000 executions)');
  assert.equal(text(3e-6, 0, 'rule-of-three'), 'below 3.0e-6 at 95 % (none in 1,000,000 executions)');
});
