// facts 2.1 to 2.3, split ring: initial values, what an add checks, writes, publishes and undoes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DMA_MAPPING_ERROR } from '../../src/platform/dma-api.js';
import { EIO, ENOMEM, ENOSPC } from '../../src/spec/errno.js';
import { pieceAt, SplitBench } from './bench.js';
import { COHERENT_OFFSET, dmaOf, PHYSICAL_OFFSET, Panic } from './fake-platform.js';

test('2.1 layout: descriptors at 0, available ring at 16*num, used ring at the next multiple of align', () => {
  const { queue, base } = new SplitBench({ num: 8, align: 64 });
  const { num, descriptorArea, driverArea, deviceArea } = queue.ringAddresses();
  assert.equal(num, 8);
  assert.equal(descriptorArea, base + COHERENT_OFFSET);
  assert.equal(driverArea - descriptorArea, 128);
  assert.equal(deviceArea - descriptorArea, 192);
});

test('2.1: only powers of two have a split ring', () => {
  for (const num of [0, 3, 5, 6, 7, 12, 255]) assert.equal(new SplitBench({ num }).created, -22, `num ${num}`);
  for (const num of [1, 2, 4, 256]) assert.equal(new SplitBench({ num }).created, 0, `num ${num}`);
});

test('2.2 initial values: shadows 0, free list in order, NO_INTERRUPT only without callback and event index', () => {
  const cases = [
    { callback: true, eventIndex: false, flags: 0 },
    { callback: true, eventIndex: true, flags: 0 },
    { callback: false, eventIndex: false, flags: 1 },
    { callback: false, eventIndex: true, flags: 0 },
  ];
  for (const { callback, eventIndex, flags } of cases) {
    const bench = new SplitBench({ callback, eventIndex });
    assert.equal(bench.availFlags, flags, `callback ${callback}, event index ${eventIndex}`);
    assert.equal(bench.availIdx, 0);
    assert.equal(bench.usedEvent, 0);
    assert.deepEqual(bench.freeList, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.equal(bench.queue.isBroken(), false);
  }
});

test('2.3 publish: exact bytes of a direct chain, of the available ring and of the records', () => {
  const bench = new SplitBench();
  assert.equal(bench.add({ out: [64], in: [32, 8] }), 0);
  assert.deepEqual(bench.platform.memory.slice(bench.base, 48), [
    ...[0x00, 0, 0, 0, 5, 0, 0, 0, 64, 0, 0, 0, 1, 0, 1, 0],
    ...[0x00, 1, 0, 0, 5, 0, 0, 0, 32, 0, 0, 0, 3, 0, 2, 0],
    ...[0x00, 2, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0, 2, 0, 3, 0],
  ]);
  assert.equal(bench.availEntry(0), 0);
  assert.equal(bench.availIdx, 1);
  const { addr, len, flags } = bench.queue.records();
  assert.deepEqual([addr[1], len[1], flags[1]], [dmaOf(1), 32, 3]);
  assert.deepEqual(bench.freeList, [3, 4, 5, 6, 7]);
  const maps = ['map page 0x90000 64 TO', 'map page 0x91000 32 FROM', 'map page 0x92000 8 FROM'];
  assert.deepEqual(bench.platform.dma.take(), maps);
});

test('2.3 publish order: descriptors, then the ring entry, then avail.idx', () => {
  const bench = new SplitBench();
  bench.platform.memory.stores.length = 0;
  bench.add({ out: [1], in: [2] });
  const { base, driverArea } = bench;
  const offsets = bench.platform.memory.stores.map((address) => address - base);
  const table = [0, 8, 12, 14, 16, 24, 28, 30];
  assert.deepEqual(offsets, [...table, driverArea - base + 4, driverArea - base + 2]);
});

test('2.3 publish: the available ring wraps at num and avail.idx at 2^16', () => {
  const bench = new SplitBench({ num: 2 });
  for (let k = 0; k < 0x10002; k++) {
    assert.equal(bench.add({ in: [4] }), 0);
    if (k === 2) assert.deepEqual([bench.availEntry(0), bench.availIdx], [0, 3]);
    bench.complete(0, 4);
    assert.deepEqual(bench.get(), [k + 1, 4]);
  }
  assert.equal(bench.availIdx, 2);
});

test('2.3: after 65535 buffers without a decision the queue kicks by itself', () => {
  const bench = new SplitBench({ num: 2 });
  for (let k = 1; k < 0xffff; k++) {
    bench.add({ in: [4] });
    bench.complete(0, 4);
    bench.get();
  }
  assert.deepEqual(bench.platform.transport.log, []);
  bench.add({ in: [4] });
  assert.deepEqual(bench.platform.transport.log, ['notify']);
});

test('2.3 order of checks: token, context, broken, empty buffer', () => {
  const bench = new SplitBench();
  bench.queue.breakQueue();
  assert.throws(() => bench.addToken(0, {}, { ctx: 1 }), new Panic('add without a token'));
  assert.throws(() => bench.addToken(1, {}, { ctx: 1 }), new Panic('context on a queue without contexts'));
  assert.equal(bench.addToken(1, {}), -EIO);
  assert.throws(() => new SplitBench().addToken(1, {}), new Panic('add of an empty buffer'));
});

test('2.3 broken: -EIO and nothing happens', () => {
  const bench = new SplitBench();
  bench.queue.breakQueue();
  bench.platform.memory.stores.length = 0;
  assert.equal(bench.add({ out: [1] }), -EIO);
  assert.deepEqual(bench.platform.dma.log, []);
  assert.deepEqual(bench.platform.memory.stores, []);
  assert.deepEqual(bench.platform.transport.log, []);
});

test('2.3 not enough free: -ENOSPC, and a notification only for a buffer with out pieces', () => {
  const bench = new SplitBench({ num: 4 });
  assert.equal(bench.add({ in: [1, 1, 1] }), 0);
  bench.setUsedFlags(1);
  assert.equal(bench.add({ in: [1, 1] }), -ENOSPC);
  assert.deepEqual(bench.platform.transport.take(), []);
  assert.equal(bench.add({ out: [1], in: [1] }), -ENOSPC);
  assert.deepEqual(bench.platform.transport.take(), ['notify'], 'suppression is ignored');
  assert.equal(bench.availIdx, 1);
  assert.equal(bench.numFree, 1);
  assert.equal(bench.add({ out: [1] }), 0, 'the last descriptor can still be used');
});

test('2.3: the kick of a full ring breaks the queue when the transport is gone', () => {
  const bench = new SplitBench({ num: 1 });
  bench.add({ in: [1] });
  bench.platform.transport.works = false;
  assert.equal(bench.add({ out: [1] }), -ENOSPC);
  assert.equal(bench.queue.isBroken(), true);
});

test('2.3: more pieces than the ring without indirect warns once and is -ENOSPC', () => {
  const bench = new SplitBench({ num: 2 });
  assert.equal(bench.add({ in: [1, 1, 1] }), -ENOSPC);
  assert.equal(bench.add({ in: [1, 1, 1] }), -ENOSPC);
  assert.equal(bench.platform.warnings.length, 1);
});

test('2.3 map failure at every piece of a direct chain: unmapped in order, -ENOMEM, state as before', () => {
  for (let k = 0; k < 4; k++) {
    const bench = new SplitBench();
    bench.add({ in: [1] });
    bench.platform.dma.take();
    bench.platform.dma.failMaps(k);
    assert.equal(bench.add({ out: [10, 11], in: [12, 13] }), -ENOMEM, `map ${k}`);
    const unmaps = bench.platform.dma.take().filter((line) => line.startsWith('unmap'));
    const expected = [1, 2, 3, 4].slice(0, k).map((n) => `unmap ${n}`);
    assert.deepEqual(unmaps, expected, `map ${k}`);
    assert.deepEqual(bench.freeList, [1, 2, 3, 4, 5, 6, 7]);
    assert.equal(bench.availIdx, 1);
    bench.platform.dma.failMaps();
    assert.equal(bench.add({ out: [5] }), 0);
    assert.deepEqual([bench.availEntry(1), bench.availIdx], [1, 2], 'the next add finds the queue as it was');
  }
});

test('2.3 indirect: one descriptor, table of NEXT-linked entries, mapped as single TO_DEVICE', () => {
  const bench = new SplitBench({ indirect: true });
  assert.equal(bench.add({ out: [64, 16], in: [32] }), 0);
  const table = bench.platform.allocator.latest;
  assert.deepEqual(bench.descriptor(0), { addr: dmaOf(3), len: 48, flags: 4, link: 1 });
  assert.deepEqual(bench.platform.memory.slice(table, 48), [
    ...[0x00, 0, 0, 0, 5, 0, 0, 0, 64, 0, 0, 0, 1, 0, 1, 0],
    ...[0x00, 1, 0, 0, 5, 0, 0, 0, 16, 0, 0, 0, 1, 0, 2, 0],
    ...[0x00, 2, 0, 0, 5, 0, 0, 0, 32, 0, 0, 0, 2, 0, 3, 0],
  ]);
  assert.equal(bench.platform.dma.log.at(-1), `map single 0x${table.toString(16)} 48 TO`);
  assert.equal(bench.numFree, 7);
});

test('2.3 when indirect is used: more than one piece, no contexts, a free descriptor', () => {
  const cases = [
    { config: { indirect: true }, pieces: { out: [1, 1] }, used: 1 },
    { config: { indirect: true }, pieces: { out: [1] }, used: 1, flags: 0 },
    { config: { indirect: true, context: true }, pieces: { out: [1, 1] }, used: 2, flags: 1 },
    { config: { indirect: false }, pieces: { out: [1, 1] }, used: 2, flags: 1 },
  ];
  for (const { config, pieces, used, flags = 4 } of cases) {
    const bench = new SplitBench(config);
    assert.equal(bench.add(pieces), 0);
    assert.equal(bench.numFree, 8 - used);
    assert.equal(bench.descriptor(0).flags, flags);
  }
  const full = new SplitBench({ indirect: true, num: 1 });
  full.add({ in: [1] });
  assert.equal(full.add({ in: [1, 1] }), -ENOSPC);
});

test('2.3: an indirect table takes more pieces than the ring has descriptors', () => {
  const bench = new SplitBench({ indirect: true, num: 2 });
  assert.equal(bench.add({ in: [1, 2, 3, 4, 5] }), 0);
  assert.equal(bench.descriptor(0).len, 80);
  assert.deepEqual(bench.platform.warnings, []);
});

test('2.3: where the table cannot be allocated the buffer goes direct, silently', () => {
  const bench = new SplitBench({ indirect: true });
  bench.platform.allocator.fail(0);
  assert.equal(bench.add({ out: [1], in: [2] }), 0);
  assert.equal(bench.numFree, 6);
  assert.deepEqual(bench.platform.warnings, []);
});

test('2.3 map failure at every piece and of the table: unmapped, freed, -ENOMEM and no fallback (V06)', () => {
  for (let k = 0; k < 4; k++) {
    const bench = new SplitBench({ indirect: true });
    bench.add({ in: [1] });
    bench.platform.dma.take();
    const heap = bench.platform.allocator.live.size;
    bench.platform.dma.failMaps(k);
    assert.equal(bench.add({ out: [10, 11], in: [12] }), -ENOMEM, `map ${k}`);
    const log = bench.platform.dma.take();
    assert.equal(log.filter((line) => line.startsWith('map')).length, k + 1, 'nothing is tried after the failure');
    const unmaps = log.filter((line) => line.startsWith('unmap'));
    assert.deepEqual(
      unmaps,
      [1, 2, 3].slice(0, k).map((n) => `unmap ${n}`),
    );
    assert.equal(bench.platform.allocator.live.size, heap);
    assert.deepEqual(bench.freeList, [1, 2, 3, 4, 5, 6, 7]);
    assert.equal(bench.availIdx, 1);
  }
});

test('2.3 premapped: the list carries the addresses, the record says "not to unmap"', () => {
  const bench = new SplitBench();
  assert.equal(bench.add({ out: [64], in: [32] }, { premapped: true }), 0);
  assert.deepEqual(bench.platform.dma.log, []);
  assert.deepEqual(bench.descriptor(0), { addr: 0x7_0000_0000, len: 64, flags: 1, link: 1 });
  assert.deepEqual(bench.descriptor(1), { addr: 0x7_0000_0001, len: 32, flags: 2, link: 2 });
  const { addr } = bench.queue.records();
  assert.deepEqual([addr[0], addr[1]], [DMA_MAPPING_ERROR, DMA_MAPPING_ERROR]);
});

test('2.3 premapped and indirect: only the table is mapped, and only it is unmapped', () => {
  const bench = new SplitBench({ indirect: true });
  assert.equal(bench.add({ out: [64], in: [32] }, { premapped: true }), 0);
  assert.equal(bench.platform.dma.take().length, 1);
  bench.complete(0, 32);
  assert.deepEqual(bench.get(), [1, 32]);
  assert.deepEqual(bench.platform.dma.take(), ['unmap 0']);
});

test('1d without the DMA API: physical addresses, nothing mapped or unmapped', () => {
  for (const indirect of [false, true]) {
    const bench = new SplitBench({ useDmaApi: false, indirect });
    assert.equal(bench.add({ out: [64], in: [32] }), 0);
    if (!indirect) assert.equal(bench.descriptor(1).addr, PHYSICAL_OFFSET + pieceAt(1));
    bench.complete(0, 32);
    assert.deepEqual(bench.get(), [1, 32]);
    assert.deepEqual(bench.platform.dma.log, []);
    assert.equal(bench.numFree, 8);
  }
});

test('V01, E11: nothing that the device writes into the table reaches the next add', () => {
  const bench = new SplitBench({ num: 4 });
  for (let at = bench.base; at < bench.base + 64; at += 2) bench.view.setUint16(at, 0xffff, true);
  assert.equal(bench.add({ out: [1, 2] }), 0);
  assert.deepEqual(bench.descriptor(1), { addr: dmaOf(1), len: 2, flags: 0, link: 2 });
  assert.deepEqual(bench.freeList, [2, 3]);
});
