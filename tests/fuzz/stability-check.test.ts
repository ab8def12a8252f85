// An input that is run twice, and what is said where it does not behave alike.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { CounterMap } from '../../fuzz/counter-map.js';
import { StabilityCheck } from '../../fuzz/stability-check.js';

describe('StabilityCheck', () => {
  const edges = new Uint8Array(32);
  const states = new Uint8Array(32);
  const check = new StabilityCheck(CounterMap.over(edges, 32), CounterMap.over(states, 32));
  /** The second run of an input whose first one left 3 in the first counter of each map. */
  const second = (fate: string, edge: number, state: number) => (): string => {
    edges[0] = edge;
    states[0] = state;
    return fate;
  };
  const first = (): void => {
    edges[0] = 3;
    states[0] = 3;
  };

  test('is due now and then', () => {
    const due = Array.from({ length: 4096 }, (_, index) => index + 1).filter((n) => check.isDue(n));
    assert.deepEqual(due, [1024, 2048, 3072, 4096]);
  });

  const cases: readonly (readonly [run: () => string, difference: string | null])[] = [
    [second('ok', 3, 3), null],
    [second('ok', 4, 3), 'edges'],
    [second('ok', 3, 0), 'queue states'],
    [second('a-bucket', 3, 3), 'ok, then a-bucket'],
    [second('a-bucket', 1, 1), 'ok, then a-bucket, edges, queue states'],
  ];
  for (const [run, difference] of cases) {
    test(`says: ${String(difference)}`, () => {
      const { repeated, alike } = check;
      first();
      assert.equal(check.repeat('ok', run), difference);
      assert.deepEqual([check.repeated - repeated, check.alike - alike], [1, difference === null ? 1 : 0]);
    });
  }
});
