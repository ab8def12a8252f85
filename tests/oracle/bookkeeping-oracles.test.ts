// Oracles on what the driver records: failed-add-state, free-list.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HEAP_BASE } from '../../src/memory/layout.js';
import { AVAIL, fires, JudgeBench } from './judge-bench.js';
import { addReturning } from './returning-add.js';

test('failed-add-state: free list, heap and index as before', () => {
  const cases: readonly (readonly [shape: string, bend: (bench: JudgeBench) => void])[] = [
    [
      'numFree',
      (bench): void => {
        bench.records.numFree--;
      },
    ],
    [
      'freeHead',
      (bench): void => {
        bench.records.freeHead = 1;
      },
    ],
    [
      'live heap objects',
      (bench): void => {
        bench.memory.allocated(HEAP_BASE, 8);
        bench.c.kmallocs = 0;
      },
    ],
    [
      'avail.idx',
      (bench): void => {
        bench.memory.sharedStore(AVAIL + 2, 2, 1);
      },
    ],
  ];
  for (const [shape, bend] of cases) {
    const judge = addReturning(-12, (bench) => {
      bench.c.mapFailures = 1;
      bend(bench);
    });
    fires('failed-add-state', shape, judge);
  }
});

test('free-list: count, cycles, entries in flight or outside the ring', () => {
  const cases: readonly (readonly [shape: string, bend: (bench: JudgeBench) => void])[] = [
    [
      'num_free',
      (bench): void => {
        bench.records.numFree = 4;
      },
    ],
    [
      'cycle',
      (bench): void => {
        bench.records.next[2] = 1;
      },
    ],
    [
      'entry in flight',
      (bench): void => {
        bench.records.next[2] = 0;
      },
    ],
    [
      'entry outside the ring',
      (bench): void => {
        bench.records.next[2] = 4;
      },
    ],
  ];
  for (const [shape, bend] of cases) {
    const bench = new JudgeBench();
    bench.add([8], []);
    const token = bench.add([8], []);
    bench.driveGet(token, 1, 0);
    assert.deepEqual(bench.records.next, [1, 2, 3, 0]);
    bend(bench);
    const judge = (): void => {
      bench.call.got({ token, length: 0, ctx: 0 }, false);
    };
    fires('free-list', shape, judge);
  }
});
