// Coverage maps survive the way through text.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { packBits, packCounts, unpackBits, unpackCounts } from '../../../src/campaign/engine/coverage-text.js';

describe('coverage text', () => {
  const counters = Uint8Array.from({ length: 37 }, (_, index) => (index % 3 === 0 ? 0 : (index * 41) & 255));

  test('bits say which counters are not zero', () => {
    const bits = unpackBits(packBits(counters), counters.length);
    assert.deepEqual(
      [...bits],
      [...counters].map((value) => (value === 0 ? 0 : 1)),
    );
    // The others would pass for nothing at all.
    assert.ok(bits.includes(1) && bits.includes(0));
  });

  test('counts say 0, 1 or more', () => {
    const counts = Uint8Array.of(0, 1, 2, 3, 255, 0, 1);
    assert.deepEqual([...unpackCounts(packCounts(counts), counts.length)], [0, 1, 2, 2, 2, 0, 1]);
  });

  test('what a text does not have is zero', () => {
    assert.deepEqual([...unpackBits('', 3)], [0, 0, 0]);
    assert.deepEqual([...unpackCounts(packCounts(Uint8Array.of(1)), 6)], [1, 0, 0, 0, 0, 0]);
    assert.equal(packBits(new Uint8Array(0)), '');
  });
});
