// facts 2.8 and V30 to V32: what an in-order queue makes of the device's batches, on both layouts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PackedBench, SplitBench } from './bench.js';

interface Batch {
  readonly buffers: number;
  readonly slots: number;
}

interface Layout {
  readonly name: string;
  /** A ring of 8 with three buffers in flight: two descriptors, then one, then one; ids 0, 2 and 3. */
  readonly make: () => SplitBench | PackedBench;
  /** The device reports a batch of `buffers` that ends with `id`. */
  readonly report: (bench: SplitBench | PackedBench, id: number, len: number, batch: Batch) => void;
}

const LAYOUTS: readonly Layout[] = [
  {
    name: 'split',
    make: () => threeInFlight(new SplitBench({ inOrder: true })),
    report: (bench, id, len, { buffers }) => {
      const split = bench as SplitBench;
      split.complete(id, len);
      split.setUsedIdx(split.view.getUint16(split.deviceArea + 2, true) + buffers - 1);
    },
  },
  {
    name: 'packed',
    make: () => threeInFlight(new PackedBench({ inOrder: true })),
    report: (bench, id, len, { slots }) => {
      (bench as PackedBench).complete(id, len, slots);
    },
  },
];

function threeInFlight<T extends SplitBench | PackedBench>(bench: T): T {
  bench.add({ out: [8], in: [4] });
  bench.add({ in: [16] });
  bench.add({ in: [32] });
  bench.platform.dma.take();
  return bench;
}

for (const { name, make, report } of LAYOUTS) {
  describe(name, () => {
    test("2.8: a batch goes up oldest first; the skipped with their full writable length, the last with the device's", () => {
      const bench = make();
      report(bench, 3, 5, { buffers: 3, slots: 4 });
      assert.deepEqual([bench.get(), bench.get(), bench.get(), bench.get()], [[1, 4], [2, 16], [3, 5], null]);
      assert.equal(bench.platform.dma.live.size, 0);
      assert.equal(bench.numFree, 8);
    });

    test('2.8: within a batch nothing shared is read', () => {
      const bench = make();
      report(bench, 3, 5, { buffers: 3, slots: 4 });
      bench.get();
      bench.platform.memory.loads.length = 0;
      bench.get();
      bench.get();
      assert.deepEqual(bench.platform.memory.loads, []);
    });

    test('2.8: the rest of a batch is pending for poll, enableCb and interrupts', () => {
      const bench = make();
      report(bench, 2, 5, { buffers: 2, slots: 3 });
      bench.get();
      assert.equal(bench.queue.poll(bench.queue.enableCbPrepare()), true);
      assert.equal(bench.queue.enableCb(), false);
      assert.equal(bench.queue.interrupt(), 1);
      bench.get();
      assert.equal(bench.queue.enableCb(), true);
    });

    test('2.8: descriptors are used in ring order, also after completions', () => {
      const bench = make();
      report(bench, 2, 5, { buffers: 2, slots: 3 });
      bench.get();
      bench.get();
      assert.deepEqual(bench.freeList, [4, 5, 6, 7, 0, 1, 2]);
    });

    for (const [what, id] of [
      ['as large as the ring', 8],
      ['never issued', 5],
      ['in the middle of a chain', 1],
      ['0x1234 (E5)', 0x1234],
      ['all ones (E5b)', name === 'split' ? 0xffffffff : 0xffff],
    ] as const) {
      test(`V30: an id ${what} breaks the queue, and nothing comes back`, () => {
        const bench = make();
        report(bench, id, 5, { buffers: 1, slots: 1 });
        assert.equal(bench.get(), null);
        assert.equal(bench.queue.isBroken(), true);
        assert.deepEqual(bench.platform.dma.take(), []);
      });
    }

    test("V30: an id that has come back already is nobody's", () => {
      const bench = make();
      report(bench, 0, 4, { buffers: 1, slots: 2 });
      bench.get();
      report(bench, 0, 4, { buffers: 1, slots: 1 });
      assert.equal(bench.get(), null);
      assert.equal(bench.queue.isBroken(), true);
    });

    test('V31: a reset in the middle of a batch forgets it, and begins at the first descriptor again', () => {
      const bench = make();
      report(bench, 3, 5, { buffers: 3, slots: 4 });
      bench.get();
      const given: number[] = [];
      assert.equal(
        bench.queue.reset((token) => given.push(token)),
        0,
      );
      assert.deepEqual(given, [3, 2], 'the newest first');
      bench.restartDevice();
      bench.add({ in: [4] });
      bench.add({ in: [4] });
      assert.equal(bench.get(), null, 'the device did nothing');
      assert.equal(bench.queue.isBroken(), false);
      report(bench, 0, 4, { buffers: 1, slots: 1 });
      assert.deepEqual(bench.get(), [4, 4]);
    });

    test('2.7: detach takes back the newest buffer, and the next add begins where that one did', () => {
      const bench = make();
      assert.equal(bench.queue.detachUnusedBuf(), 3);
      assert.deepEqual(bench.freeList, [3, 4, 5, 6, 7]);
      assert.deepEqual([bench.queue.detachUnusedBuf(), bench.queue.detachUnusedBuf()], [2, 1]);
      assert.equal(bench.queue.detachUnusedBuf(), 0);
    });
  });
}

test('split: a batch must not reach beyond used.idx', () => {
  const bench = threeInFlight(new SplitBench({ inOrder: true }));
  bench.complete(3, 5);
  assert.equal(bench.get(), null, 'three buffers by the id, one by the index');
  assert.equal(bench.queue.isBroken(), true);
});

test('V32 split: the shared NEXT flag moves no position', () => {
  for (const flags of [0, 3]) {
    const bench = threeInFlight(new SplitBench({ inOrder: true }));
    bench.view.setUint16(bench.base + 12, flags, true);
    bench.complete(0, 4);
    bench.complete(2, 16);
    assert.deepEqual(
      [bench.get(), bench.get()],
      [
        [1, 4],
        [2, 16],
      ],
    );
    assert.equal(bench.queue.isBroken(), false);
  }
});
