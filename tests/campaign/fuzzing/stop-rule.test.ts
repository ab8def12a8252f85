// When a target has been fuzzed long enough.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { discoveryBound, isWorkedOut } from '../../../src/campaign/fuzzing/stop-rule.js';

const sample = (
  executions: number,
  singletons: number,
): { executions: number; species: number; singletons: number } => ({
  executions,
  species: 500,
  singletons,
});

describe('discoveryBound', () => {
  test('is singletons by executions, with three singletons at least', () => {
    assert.equal(discoveryBound(sample(1000, 20)), 0.02);
    assert.equal(discoveryBound(sample(1000, 0)), 0.003);
    assert.equal(discoveryBound(sample(2, 2)), 1);
  });

  test('is unknown without a sample', () => {
    assert.equal(discoveryBound(null), null);
    assert.equal(discoveryBound(sample(0, 0)), null);
  });
});

describe('isWorkedOut', () => {
  const done = { sample: sample(100_000, 5), seconds: 400, lastNew: 100 };

  test('when the estimate is low enough and nothing new came for a quarter of the time', () => {
    assert.equal(isWorkedOut(done, 1e-4), true);
    assert.equal(isWorkedOut({ ...done, lastNew: null }, 1e-4), true);
    assert.equal(isWorkedOut({ ...done, lastNew: 300 }, 1e-4), true);
  });

  test('not before', () => {
    assert.equal(isWorkedOut(done, 1e-5), false, 'the estimate');
    assert.equal(isWorkedOut({ ...done, lastNew: 301 }, 1e-4), false, 'something new');
    assert.equal(isWorkedOut({ ...done, seconds: 59, lastNew: null }, 1e-4), false, 'a campaign that just resumed');
    assert.equal(isWorkedOut({ ...done, sample: null }, 1e-4), false);
  });
});
