// The speed benchmark's figure: executions a second once V8 has compiled the harness.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { steadyRate } from '../../src/campaign/engine-bench.js';

describe('steadyRate', () => {
  const reports = [
    { executions: 2_000, seconds: 0.1 },
    { executions: 20_000, seconds: 1.1 },
    { executions: 70_000, seconds: 2.5 },
    { executions: 120_000, seconds: 3.5 },
    { executions: 130_000, seconds: 4 },
  ];

  test('goes from the first report after the start to the last', () => {
    assert.equal(steadyRate(reports, 60_000), 40_000);
    assert.equal(steadyRate(reports, 2_000), 128_000 / 3.9);
  });

  test('is no number where nothing lies between two reports', () => {
    assert.ok(Number.isNaN(steadyRate(reports, 130_000)));
    assert.ok(Number.isNaN(steadyRate(reports, 130_001)));
    assert.ok(Number.isNaN(steadyRate([], 0)));
  });
});
