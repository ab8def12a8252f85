// What several processes and campaigns covered together.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { packBits, packCounts } from '../../../src/campaign/engine/coverage-text.js';
import type { CoverageMaps } from '../../../src/campaign/engine/run-context.js';
import { CoverageUnion } from '../../../src/campaign/fuzzing/coverage-union.js';

const SIZES = { edges: 4, states: 2 };

function maps(edges: readonly number[], states: readonly number[], sampled: readonly number[]): CoverageMaps {
  return {
    edges: packBits(Uint8Array.from(edges)),
    states: packBits(Uint8Array.from(states)),
    sampled: packCounts(Uint8Array.from(sampled)),
  };
}

function counts({ edgeCount, stateCount, species }: CoverageUnion): object {
  return { edgeCount, stateCount, ...species };
}

describe('CoverageUnion', () => {
  test('is the union of all processes; their samples add up', () => {
    const union = new CoverageUnion(null);
    union.begin(SIZES);
    assert.equal(union.add(0, maps([1, 1, 0, 0], [1, 0], [1, 2, 0, 0, 1, 0])), true);
    assert.equal(union.add(1, maps([0, 1, 1, 0], [1, 0], [0, 1, 1, 0, 1, 0])), true);
    // 1 and 1 are more than one.
    assert.deepEqual(counts(union), { edgeCount: 3, stateCount: 1, species: 4, singletons: 2 });
  });

  test('a process that tells its counts again is not another one', () => {
    const union = new CoverageUnion(null);
    union.begin(SIZES);
    const same = maps([1, 0, 0, 0], [0, 0], [1, 0, 0, 0, 0, 0]);
    assert.deepEqual([union.add(0, same), union.add(0, same), union.add(1, maps([1], [0], []))], [true, false, false]);
    assert.deepEqual(counts(union), { edgeCount: 1, stateCount: 0, species: 1, singletons: 1 });
  });

  test('goes on from what was stored', () => {
    const first = new CoverageUnion(null);
    first.begin(SIZES);
    first.add(0, maps([1, 1, 0, 0], [1, 0], [1, 2, 0, 0, 1, 0]));
    const second = new CoverageUnion(first.stored('build'));
    second.begin(SIZES);
    assert.deepEqual(counts(second), counts(first));
    assert.equal(second.add(0, maps([1, 0, 0, 0], [0, 0], [1, 0, 0, 0, 0, 0])), false);
    assert.deepEqual(counts(second), { edgeCount: 2, stateCount: 1, species: 3, singletons: 1 });
  });

  test('maps of another size count no more', () => {
    const first = new CoverageUnion(null);
    first.begin(SIZES);
    first.add(0, maps([1, 1, 1, 1], [1, 1], [2, 2, 2, 2, 2, 2]));
    const second = new CoverageUnion(first.stored('build'));
    second.begin({ edges: 5, states: 2 });
    assert.deepEqual(counts(second), { edgeCount: 0, stateCount: 0, species: 0, singletons: 0 });
    assert.equal(second.totalEdges, 5);
  });
});
