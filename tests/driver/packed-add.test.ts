// facts 2.1 to 2.3, packed ring: initial values, what an add checks, writes, publishes and undoes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DMA_MAPPING_ERROR } from '../../src/platform/dma-api.js';
import { EIO, ENOSPC } from '../../src/spec/errno.js';
import { PackedBench, pieceAt } from './bench.js';
import { dmaOf, PHYSICAL_OFFSET, Panic } from './fake-platform.js';

/** Lets `count` single buffers come and go. */
function pass(bench: PackedBench, count: number): void {
  for (let k = 0; k < count; k++) {
    assert.equal(bench.add({ in: [4] }), 0);
    bench.complete(bench.descriptor((k + bench.num) % bench.num).link, 4, 1);
    assert.notEqual(bench.get(), null);
  }
}

test('2.1: a packed ring has any size from 1', () => {
  assert.equal(new PackedBench({ num: 0 }).created, -22);
  for (const num of [1, 2, 3, 7, 129, 256]) assert.equal(new PackedBench({ num }).created, 0, `num ${num}`);
});

test('2.2 initial values: wrap counters 1, the driver event says ENABLE, or DISABLE without callback', () => {
  for (const callback of [true, false]) {
    for (const eventIndex of [true, false]) {
      const bench = new PackedBench({ callback, eventIndex });
      assert.deepEqual([bench.driverOffWrap, bench.driverFlags], [0, callback ? 0 : 1]);
      assert.deepEqual(bench.flags, [0, 0, 0, 0, 0, 0, 0, 0]);
      assert.deepEqual(bench.freeList, [0, 1, 2, 3, 4, 5, 6, 7]);
      assert.equal(bench.queue.enableCbPrepare(), 0x8000, 'last_used_idx is slot 0 with used wrap 1');
    }
  }
});

test('2.3 publish: exact bytes of a chain: one id, NEXT on all but the last, available for wrap 1', () => {
  const bench = new PackedBench();
  assert.equal(bench.add({ out: [64], in: [32, 8] }), 0);
  assert.deepEqual(bench.platform.memory.slice(bench.base, 64), [
    ...[0x00, 0, 0, 0, 5, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0x81, 0],
    ...[0x00, 1, 0, 0, 5, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0x83, 0],
    ...[0x00, 2, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0x82, 0],
    ...new Array<number>(16).fill(0),
  ]);
  assert.equal(bench.add({ in: [16] }), 0);
  assert.deepEqual(bench.descriptor(3), { addr: dmaOf(3), len: 16, flags: 0x82, link: 3 });
  const { addr, len, flags } = bench.queue.records();
  assert.deepEqual([addr[1], len[1], flags[1]], [dmaOf(1), 32, 3]);
  assert.deepEqual(bench.freeList, [4, 5, 6, 7]);
});

test("2.3 publish order: the head's flags are written last", () => {
  const bench = new PackedBench();
  bench.platform.memory.stores.length = 0;
  bench.add({ out: [1, 2], in: [3] });
  const offsets = bench.platform.memory.stores.map((address) => address - bench.base);
  assert.deepEqual(offsets, [0, 8, 12, 16, 24, 28, 30, 32, 40, 44, 46, 14]);
});

test('2.3 wrap: a chain across the end of the ring changes its flags with the lap', () => {
  const bench = new PackedBench({ num: 4 });
  pass(bench, 3);
  assert.equal(bench.add({ out: [1, 2], in: [3] }), 0);
  assert.deepEqual(bench.flags, [0x8001, 0x8002, 0x8080, 0x81]);
  assert.equal(bench.add({ in: [1] }), 0);
  assert.equal(bench.descriptor(2).flags, 0x8002, 'and stays on the new lap');
});

test('2.3 wrap: a chain that covers the whole ring flips the wrap counter once', () => {
  for (const start of [0, 2]) {
    const bench = new PackedBench({ num: 4 });
    pass(bench, start);
    assert.equal(bench.add({ in: [1, 2, 3, 4] }), 0);
    const lap = [0x83, 0x83, 0x83, 0x82].map((flags, k) => (start + k < 4 ? flags : flags ^ 0x8080));
    for (let k = 0; k < 4; k++) assert.equal(bench.descriptor((start + k) % 4).flags, lap[k], `slot ${k}`);
    const id = bench.descriptor(start).link;
    bench.complete(id, 10, 4);
    assert.deepEqual(bench.get(), [start + 1, 10]);
    assert.equal(bench.add({ out: [1] }), 0);
    assert.equal(bench.descriptor(start).flags, 0x8000, 'the same slot, one lap on');
  }
});

test('2.3: two laps on, the flags are those of the first again', () => {
  const bench = new PackedBench({ num: 3 });
  const flags: number[] = [];
  for (let k = 0; k < 9; k++) {
    bench.add({ out: [1] });
    flags.push(bench.descriptor(k % 3).flags);
    bench.complete(bench.descriptor(k % 3).link, 0, 1);
    bench.get();
  }
  assert.deepEqual(flags, [0x80, 0x80, 0x80, 0x8000, 0x8000, 0x8000, 0x80, 0x80, 0x80]);
});

test('2.3 order of checks: token, context, broken, empty buffer', () => {
  const bench = new PackedBench();
  bench.queue.breakQueue();
  assert.throws(() => bench.addToken(0, {}, { ctx: 1 }), new Panic('add without a token'));
  assert.throws(() => bench.addToken(1, {}, { ctx: 1 }), new Panic('context on a queue without contexts'));
  assert.equal(bench.addToken(1, {}), -EIO);
  assert.throws(() => new PackedBench().addToken(1, {}), new Panic('add of an empty buffer'));
});

test('2.3 not enough free: -ENOSPC and never a notification', () => {
  const bench = new PackedBench({ num: 3 });
  assert.equal(bench.add({ in: [1, 1] }), 0);
  assert.equal(bench.add({ out: [1], in: [1] }), -ENOSPC);
  assert.equal(bench.add({ in: [1, 1] }), -ENOSPC);
  assert.deepEqual(bench.platform.transport.log, []);
  assert.equal(bench.numFree, 1);
  assert.equal(bench.descriptor(2).flags, 0);
});

test('2.3: more pieces than the ring without indirect warns once and is -ENOSPC', () => {
  const bench = new PackedBench({ num: 2 });
  assert.equal(bench.add({ in: [1, 1, 1] }), -ENOSPC);
  assert.equal(bench.add({ in: [1, 1, 1] }), -ENOSPC);
  assert.equal(bench.platform.warnings.length, 1);
});

test('2.3 map failure at every piece of a direct chain: unmapped in order, -EIO, state as before', () => {
  for (let k = 0; k < 4; k++) {
    const bench = new PackedBench();
    bench.add({ in: [1] });
    bench.platform.dma.take();
    bench.platform.dma.failMaps(k);
    assert.equal(bench.add({ out: [10, 11], in: [12, 13] }), -EIO, `map ${k}`);
    const unmaps = bench.platform.dma.take().filter((line) => line.startsWith('unmap'));
    assert.deepEqual(
      unmaps,
      [1, 2, 3].slice(0, k).map((n) => `unmap ${n}`),
    );
    assert.deepEqual(bench.freeList, [1, 2, 3, 4, 5, 6, 7]);
    bench.platform.dma.failMaps();
    assert.equal(bench.add({ out: [5] }), 0);
    assert.equal(bench.descriptor(1).flags, 0x80, 'the next add finds the queue as it was');
    assert.equal(bench.descriptor(1).link, 1);
  }
});

test('V28, E8: a failed fourth map stamps slots 1 and 2 with 0x8000 and leaves the head untouched', () => {
  for (const pieces of [{ out: [1, 2, 3, 4] }, { in: [1, 2, 3, 4] }]) {
    const bench = new PackedBench();
    bench.platform.dma.failMaps(3);
    assert.equal(bench.add(pieces), -EIO);
    assert.deepEqual(bench.flags, [0, 0x8000, 0x8000, 0, 0, 0, 0, 0]);
    assert.equal(bench.add({ out: [5] }), 0);
    assert.deepEqual(bench.flags, [0x80, 0x8000, 0x8000, 0, 0, 0, 0, 0], 'nothing behind the head looks available');
  }
});

test('V28, E24: across the wrap slot 7 gets 0x8000, slot 0 gets 0x0080, slot 6 stays', () => {
  const bench = new PackedBench();
  pass(bench, 6);
  assert.equal(bench.descriptor(6).flags, 0);
  bench.platform.dma.failMaps(3);
  assert.equal(bench.add({ out: [1, 2, 3, 4] }), -EIO);
  assert.deepEqual(
    [6, 7, 0, 1].map((slot) => bench.descriptor(slot).flags),
    [0, 0x8000, 0x0080, 0x8080],
  );
  assert.equal(bench.add({ out: [1, 2, 3] }), 0);
  assert.deepEqual(
    [6, 7, 0].map((slot) => bench.descriptor(slot).flags),
    [0x81, 0x81, 0x8000],
  );
});

test('V02: the error path unmaps by the records, whatever the device made of the slots', () => {
  const bench = new PackedBench({ num: 4 });
  pass(bench, 4);
  bench.platform.dma.take();
  for (let at = bench.base; at < bench.base + 64; at += 2) bench.view.setUint16(at, 0x8082, true);
  bench.platform.dma.failMaps(1);
  assert.equal(bench.add({ out: [64, 64] }), -EIO);
  assert.deepEqual(bench.platform.dma.take().at(-1), 'unmap 4');
});

test('2.3 indirect: one slot with INDIRECT and no NEXT or WRITE, entries with 0 or WRITE only', () => {
  const bench = new PackedBench({ indirect: true });
  assert.equal(bench.add({ out: [64, 16], in: [32] }), 0);
  const table = bench.platform.allocator.latest;
  assert.deepEqual(bench.descriptor(0), { addr: dmaOf(3), len: 48, flags: 0x84, link: 0 });
  assert.deepEqual(bench.platform.memory.slice(table, 48), [
    ...[0x00, 0, 0, 0, 5, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0],
    ...[0x00, 1, 0, 0, 5, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0],
    ...[0x00, 2, 0, 0, 5, 0, 0, 0, 32, 0, 0, 0, 0, 0, 2, 0],
  ]);
  assert.equal(bench.platform.dma.log.at(-1), `map single 0x${table.toString(16)} 48 TO`);
  assert.equal(bench.numFree, 7);
});

test('2.3 indirect on the second lap: flags 0x8004', () => {
  const bench = new PackedBench({ indirect: true, num: 2 });
  pass(bench, 2);
  bench.add({ out: [1], in: [1] });
  assert.equal(bench.descriptor(0).flags, 0x8004);
});

test('1b, E10: a map failure of the indirect path falls back to direct descriptors', () => {
  for (let k = 0; k < 4; k++) {
    const bench = new PackedBench({ indirect: true });
    const heap = bench.platform.allocator.live.size;
    bench.platform.dma.failMaps(k);
    assert.equal(bench.add({ out: [10, 11], in: [12] }), 0, `map ${k}`);
    assert.equal(bench.numFree, 5, 'all pieces are in the ring');
    assert.equal(bench.platform.allocator.live.size, heap, 'the table is freed');
    assert.deepEqual([...bench.platform.dma.live.values()], ['page 10 TO', 'page 11 TO', 'page 12 FROM']);
    const unmaps = bench.platform.dma.take().filter((line) => line.startsWith('unmap'));
    assert.deepEqual(
      unmaps,
      [0, 1, 2].slice(0, k).map((n) => `unmap ${n}`),
    );
  }
});

test('1b, E20: the fallback can end in -ENOSPC with a free descriptor, or in -EIO', () => {
  const small = new PackedBench({ indirect: true, num: 3 });
  small.add({ in: [1] });
  small.add({ in: [1] });
  small.platform.dma.failMaps(0);
  assert.equal(small.add({ out: [1, 2] }), -ENOSPC);
  assert.equal(small.numFree, 1);

  const failing = new PackedBench({ indirect: true });
  const heap = failing.platform.allocator.live.size;
  failing.platform.dma.failMaps(1, 3);
  assert.equal(failing.add({ out: [1, 2] }), -EIO);
  assert.deepEqual([failing.platform.dma.live.size, failing.platform.allocator.live.size], [0, heap]);
  assert.equal(failing.numFree, 8);
});

test('V16: where the table cannot be allocated the buffer goes direct', () => {
  const bench = new PackedBench({ indirect: true });
  bench.platform.allocator.fail(0);
  assert.equal(bench.add({ out: [1], in: [2] }), 0);
  assert.equal(bench.numFree, 6);
});

test('2.3 premapped: never mapped, recorded as "not to unmap", directly and in a table', () => {
  const direct = new PackedBench();
  assert.equal(direct.add({ out: [64], in: [32] }, { premapped: true }), 0);
  assert.equal(direct.descriptor(1).addr, 0x7_0000_0001);
  assert.equal(direct.queue.records().addr[1], DMA_MAPPING_ERROR);
  direct.complete(0, 0, 2);
  direct.get();
  assert.deepEqual(direct.platform.dma.log, []);

  const indirect = new PackedBench({ indirect: true });
  assert.equal(indirect.add({ out: [64], in: [32] }, { premapped: true }), 0);
  indirect.complete(0, 0, 1);
  assert.deepEqual(indirect.get(), [1, 0]);
  assert.deepEqual(indirect.platform.dma.take().slice(1), ['unmap 0']);
});

test('1d without the DMA API: physical addresses, nothing mapped or unmapped', () => {
  const bench = new PackedBench({ useDmaApi: false });
  bench.add({ out: [64], in: [32] });
  assert.equal(bench.descriptor(1).addr, PHYSICAL_OFFSET + pieceAt(1));
  bench.complete(0, 32, 2);
  assert.deepEqual(bench.get(), [1, 32]);
  assert.deepEqual(bench.platform.dma.log, []);
});
