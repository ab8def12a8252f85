import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { formatDuration, parseDuration } from '../../src/campaign/duration.js';
import { UsageError } from '../../src/campaign/errors.js';

describe('parseDuration', () => {
  test('takes seconds, minutes, hours and days', () => {
    const cases = { '60s': 60, '10m': 600, '1h': 3600, '2d': 172800, '90': 90, ' 5s ': 5 };
    for (const [text, seconds] of Object.entries(cases)) {
      assert.equal(parseDuration(text), seconds, text);
    }
  });

  test('refuses everything else with an example', () => {
    for (const text of ['', '0', '0s', '-1', '1.5h', '10 m', '5x', 's', '1h30m', '1e3', '99999999999999999d']) {
      assert.throws(() => parseDuration(text), UsageError, text);
      assert.throws(() => parseDuration(text), /type 60s, 10m, 1h/);
    }
  });
});

describe('formatDuration', () => {
  test('shows two units at most', () => {
    assert.deepEqual([0, 59.9, 60, 125, 3599, 3720, -1].map(formatDuration), [
      '0s',
      '59s',
      '1m00s',
      '2m05s',
      '59m59s',
      '1h02m',
      '0s',
    ]);
  });
});
