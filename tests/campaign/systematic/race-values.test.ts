// Values of a field: those at which a check changes its mind are among them, each once, none that is there anyway.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { interestingValues } from '../../../src/campaign/systematic/race-values.js';
import type { QueueState, RacePoint, RaceSite } from '../../../src/world/placement.js';

const QUEUE: QueueState = {
  packed: false,
  num: 8,
  usedPosition: 3,
  availablePosition: 6,
  inFlight: [1, 4],
  midChain: [2],
};

function valuesOf(site: Partial<RaceSite>, queue: Partial<QueueState> = {}): readonly number[] {
  const whole = { field: 'used.ring[3].id', size: 4, value: 1, before: null, ...site };
  const state = { ...QUEUE, ...queue };
  const point: RacePoint = { at: 'load', number: 1, step: 1, call: 'getBuf', sites: [whole], queue: state };
  return interestingValues(point, whole);
}

function assertHas(values: readonly number[], wanted: readonly number[]): void {
  assert.deepEqual(
    wanted.filter((value) => !values.includes(value)),
    [],
  );
}

describe('interesting values', () => {
  test('of an id: every class of id, and what looks like one to whoever cuts bits off', () => {
    const values = valuesOf({});
    assertHas(values, [0, 2, 4, 7, 8, 9, 0x101, 0x104, 0x8001, 0xffff, 0x10001, 0x10004, 0x80000001, 0xffffffff]);
  });

  test('of an id in a large ring: some of each class, not all', () => {
    const inFlight = Array.from({ length: 60 }, (_, k) => 2 * k);
    const values = valuesOf({ value: 0 }, { num: 256, inFlight, midChain: [1, 3, 5] });
    assertHas(values, [2, 118, 1, 5, 7, 255, 256, 0x10000]);
    assert.ok(values.length < 60, String(values.length));
  });

  test('of the used index: around what was seen and published, and a lap further', () => {
    assertHas(valuesOf({ field: 'used.idx', size: 2, value: 4 }), [2, 3, 5, 6, 7, 11, 12, 0x8003, 0x7fff, 0xffff, 0]);
  });

  test('of flags: every single bit', () => {
    const bits = Array.from({ length: 16 }, (_, bit) => 0x8081 ^ (1 << bit));
    assertHas(valuesOf({ field: 'desc[2].flags', size: 2, value: 0x8081 }, { packed: true }), [...bits, 0x8001, 0x81]);
  });

  test('of the packed device event: every kind of flags at every position', () => {
    const event = { field: 'device_event.off_wrap', size: 4, value: 0 };
    const values = valuesOf(event, { packed: true, availablePosition: 0x8006 });
    assertHas(values, [0x20006, 0x28006, 0x28005, 0x10000, 0x30007]);
  });

  test('what was there the last time is one of them', () => {
    assertHas(valuesOf({ field: 'used.ring[3].len', value: 100, before: 77 }), [77, 99, 101, 0x7fffffff]);
  });

  test('none twice, none too wide, and never the value that is there', () => {
    for (const [field, size, value] of [
      ['used.ring[0].id', 4, 0xffffffff],
      ['used.idx', 2, 0],
      ['desc[7].flags', 2, 0xffff],
      ['desc[7].addr', 8, 0],
      ['desc[7].next', 2, 7],
      ['no ring field', 2, 9],
    ] as const) {
      const values = valuesOf({ field, size, value });
      assert.equal(new Set(values).size, values.length, field);
      assert.ok(!values.includes(value), field);
      assert.ok(
        values.every((each) => Number.isSafeInteger(each) && each >= 0 && each < 2 ** (8 * size)),
        field,
      );
    }
  });
});
