// What a run covered, kept over executions although the engine clears its counters before each.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { CounterMap } from '../../fuzz/counter-map.js';

/** A map over that many counters of a larger buffer, as the engine has it. */
function mapOf(length: number): { map: CounterMap; counters: Uint8Array } {
  const counters = new Uint8Array(1024);
  const map = CounterMap.over(counters, length);
  assert.ok(map !== null);
  return { map, counters };
}

describe('CounterMap', () => {
  test('accumulates every counter of every execution, whichever bits it has', () => {
    const { map, counters } = mapOf(100);
    for (let index = 0; index < 100; index++) {
      counters.fill(0);
      counters[index] = index % 2 === 0 ? 128 : 255;
      map.accumulate();
      assert.equal(map.reached.filter((value) => value !== 0).length, index + 1);
    }
    assert.equal(map.reached.length, 100);
  });

  test('samples count up to two', () => {
    const { map, counters } = mapOf(10);
    counters.set([0, 1, 200], 0);
    map.sample();
    counters.set([0, 0, 7], 0);
    map.sample();
    map.sample();
    assert.deepEqual([...map.sampled.subarray(0, 4)], [0, 1, 2, 0]);
  });

  test("what lies behind the last counter is nobody's", () => {
    const { map, counters } = mapOf(5);
    counters.fill(9);
    map.accumulate();
    map.sample();
    map.clear();
    assert.deepEqual([map.reached.length, map.sampled.length], [5, 5]);
    assert.deepEqual([...counters.subarray(0, 6)], [0, 0, 0, 0, 0, 9]);
  });

  test('reads counters with nothing behind them, to the last one', () => {
    const counters = new Uint8Array(21);
    const map = CounterMap.over(counters, 21) ?? assert.fail();
    counters[20] = 1;
    assert.ok(map.accumulate());
    assert.ok(!map.accumulate());
    map.sample();
    map.sample();
    assert.deepEqual([map.reached[20], map.sampled[20], map.sampled[19]], [1, 2, 0]);
    counters[20] = 2;
    assert.ok(map.accumulate());
  });

  test('tells whether the counters are as they were', () => {
    const { map, counters } = mapOf(20);
    counters[19] = 3;
    const before = new Uint8Array(20);
    map.copyTo(before);
    assert.ok(map.equals(before));
    counters[19] = 4;
    assert.ok(!map.equals(before));
  });

  test('is none without counters, or where they cannot be read as words', () => {
    assert.equal(CounterMap.over(null, 4), null);
    assert.equal(CounterMap.over(new Uint8Array(8), 100), null);
    assert.equal(CounterMap.over(new Uint8Array(new ArrayBuffer(64), 1), 16), null);
  });
});
