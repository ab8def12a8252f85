// facts 2.4, split ring: which used entries are taken, which break the queue, and what a completion gives back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LENGTH_EXCEEDS, LENGTH_FITS, LENGTH_OUT_ONLY } from '../../src/platform/ring-driver.js';
import { SplitBench } from './bench.js';

/** A = two descriptors at 0, B = one at 2, C = one at 3. */
function threeInFlight(config: ConstructorParameters<typeof SplitBench>[0] = {}): SplitBench {
  const bench = new SplitBench(config);
  bench.add({ out: [8], in: [4] });
  bench.add({ out: [8] });
  bench.add({ in: [4] });
  bench.platform.dma.take();
  return bench;
}

test('2.4: nothing used is null, without a look at the ring', () => {
  const bench = threeInFlight();
  bench.platform.memory.loads.length = 0;
  assert.equal(bench.get(), null);
  assert.deepEqual(bench.platform.memory.loads, [bench.deviceArea + 2]);
});

test('2.1: one completion reads used.idx, id and len, once each and nothing else', () => {
  const bench = threeInFlight();
  bench.complete(2, 0);
  bench.platform.memory.loads.length = 0;
  bench.get();
  const { deviceArea } = bench;
  assert.deepEqual(bench.platform.memory.loads, [deviceArea + 2, deviceArea + 4, deviceArea + 8]);
});

test('2.4: completions in any order unmap exactly their own chain and return it to the head of the free list', () => {
  const bench = threeInFlight();
  bench.complete(3, 4);
  bench.complete(0, 4);
  bench.complete(2, 0);
  assert.deepEqual(bench.get(), [3, 4]);
  assert.deepEqual(bench.platform.dma.take(), ['unmap 3']);
  assert.deepEqual(bench.freeList, [3, 4, 5, 6, 7]);
  assert.deepEqual(bench.get(), [1, 4]);
  assert.deepEqual(bench.platform.dma.take(), ['unmap 0', 'unmap 1']);
  assert.deepEqual(bench.freeList, [0, 1, 3, 4, 5, 6, 7]);
  assert.deepEqual(bench.get(), [2, 0]);
  assert.deepEqual(bench.freeList, [2, 0, 1, 3, 4, 5, 6, 7]);
  assert.equal(bench.get(), null);
  assert.equal(bench.platform.dma.live.size, 0);
});

test('2.4 bad ids: out of range on all 32 bits, never issued, or in the middle of a chain break the queue', () => {
  const cases = [
    ['num', 8],
    ['never issued', 5],
    ['in the middle of a chain', 1],
    ['a valid id plus 2^16', 0x10002],
    ['a valid id plus 2^31', 0x80000002],
    ['all ones', 0xffffffff],
    ['2^16 - 1', 0xffff],
  ] as const;
  for (const [what, id] of cases) {
    const bench = threeInFlight();
    bench.complete(id, 4);
    assert.equal(bench.get(), null, what);
    assert.equal(bench.queue.isBroken(), true, what);
    assert.deepEqual(bench.platform.dma.log, [], `${what}: the buffers stay mapped`);
    assert.equal(bench.numFree, 4, what);
    assert.equal(bench.get(), null, `${what}: and stay there`);
  }
});

test('2.4: a replayed id breaks the queue', () => {
  const bench = threeInFlight();
  bench.complete(2, 0);
  bench.complete(2, 0);
  assert.deepEqual(bench.get(), [2, 0]);
  assert.equal(bench.get(), null);
  assert.equal(bench.queue.isBroken(), true);
});

test('2.4, E21: any other used.idx counts as entries, stale ones included', () => {
  const bench = new SplitBench();
  bench.add({ in: [4] });
  bench.add({ in: [4] });
  bench.complete(1, 4);
  bench.setUsedIdx(1 + 40000);
  assert.deepEqual(bench.get(), [2, 4]);
  assert.deepEqual(bench.get(), [1, 0], 'the zeroed entry names id 0');
  assert.equal(bench.get(), null);
  assert.equal(bench.queue.isBroken(), true);
});

test('E16: the length is handed up as it is, and graded', () => {
  const cases = [
    { pieces: { in: [4, 8] }, length: 12, trust: LENGTH_FITS },
    { pieces: { in: [4, 8] }, length: 0, trust: LENGTH_FITS },
    { pieces: { in: [4, 8] }, length: 13, trust: LENGTH_EXCEEDS },
    { pieces: { in: [4] }, length: 0xffffffff, trust: LENGTH_EXCEEDS },
    { pieces: { out: [4] }, length: 0, trust: LENGTH_FITS },
    { pieces: { out: [4] }, length: 4, trust: LENGTH_OUT_ONLY },
    { pieces: { out: [4] }, length: 0xffffffff, trust: LENGTH_OUT_ONLY },
  ];
  for (const { pieces, length, trust } of cases) {
    const bench = new SplitBench();
    bench.add(pieces);
    bench.complete(0, length);
    assert.deepEqual({ ...bench.queue.getBuf() }, { token: 1, length, lengthTrust: trust, ctx: 0 });
  }
});

test('2.4: the context comes back with its buffer, 0 for one without', () => {
  const bench = new SplitBench({ context: true, indirect: true });
  bench.add({ in: [1] }, { ctx: 77 });
  bench.add({ in: [1] });
  bench.complete(1, 0);
  bench.complete(0, 0);
  assert.equal(bench.queue.getBuf()?.ctx, 0);
  assert.equal(bench.queue.getBuf()?.ctx, 77);
  bench.add({ in: [1] });
  bench.complete(0, 0);
  assert.equal(bench.queue.getBuf()?.ctx, 0, 'the id had a context before');
});

test('2.4: used_event follows last_used_idx as long as interrupts are on', () => {
  for (const eventIndex of [false, true]) {
    const bench = threeInFlight({ eventIndex });
    bench.complete(2, 0);
    bench.complete(3, 0);
    bench.get();
    assert.equal(bench.usedEvent, 1);
    bench.queue.disableCb();
    const before = bench.usedEvent;
    bench.get();
    assert.equal(bench.usedEvent, before, 'interrupts off');
  }
});

test('2.4 indirect: table and pieces are unmapped by private records, the table is freed', () => {
  const bench = new SplitBench({ indirect: true });
  const heap = bench.platform.allocator.live.size;
  bench.add({ out: [64], in: [32, 16] });
  bench.platform.dma.take();
  bench.complete(0, 0);
  assert.deepEqual(bench.get(), [1, 0]);
  assert.deepEqual(bench.platform.dma.take(), ['unmap 3', 'unmap 0', 'unmap 1', 'unmap 2']);
  assert.equal(bench.platform.allocator.live.size, heap);
  assert.equal(bench.numFree, 8);
});

test('V01e: a table and head rewritten by the device change nothing', () => {
  const bench = new SplitBench({ indirect: true });
  bench.add({ out: [64], in: [32, 16] });
  const table = bench.platform.allocator.latest;
  for (let at = table; at < table + 48; at += 2) bench.view.setUint16(at, 0xa5a5, true);
  for (let at = bench.base; at < bench.base + 16; at += 2) bench.view.setUint16(at, 0xffff, true);
  bench.platform.dma.take();
  bench.complete(0, 0);
  assert.deepEqual(bench.get(), [1, 0]);
  assert.deepEqual(bench.platform.dma.take(), ['unmap 3', 'unmap 0', 'unmap 1', 'unmap 2']);
});

test('V04, E1: NEXT set on a single in flight neither unmaps nor frees the next buffer', () => {
  const bench = threeInFlight();
  bench.view.setUint16(bench.base + 2 * 16 + 12, 0x0001, true);
  bench.complete(2, 0);
  assert.deepEqual(bench.get(), [2, 0]);
  assert.deepEqual(bench.platform.dma.take(), ['unmap 2']);
  assert.equal(bench.numFree, 5);
});

test('V04, E2: NEXT cleared on the head of a chain leaks nothing', () => {
  const bench = new SplitBench();
  bench.add({ out: [1, 2], in: [3] });
  bench.view.setUint16(bench.base + 12, 0, true);
  bench.complete(0, 0);
  assert.deepEqual(bench.get(), [1, 0]);
  assert.equal(bench.platform.dma.live.size, 0);
  assert.equal(bench.numFree, 8);
});

test('V04, E3: NEXT on every descriptor of a full ring still ends', () => {
  const bench = new SplitBench();
  for (let k = 0; k < 8; k++) bench.add({ in: [1] });
  for (let k = 0; k < 8; k++) bench.view.setUint16(bench.base + 16 * k + 12, 3, true);
  bench.complete(4, 1);
  assert.deepEqual(bench.get(), [5, 1]);
  assert.equal(bench.numFree, 1);
  assert.equal(bench.platform.dma.live.size, 7);
});

test('V01a: addr, len, flags and next rewritten by the device change no unmap', () => {
  const bench = threeInFlight();
  for (let at = bench.base; at < bench.base + 128; at += 2) bench.view.setUint16(at, 0xffff, true);
  for (const id of [0, 2, 3]) bench.complete(id, 0);
  assert.deepEqual(
    [bench.get(), bench.get(), bench.get()],
    [
      [1, 0],
      [2, 0],
      [3, 0],
    ],
  );
  assert.equal(bench.platform.dma.live.size, 0);
  assert.equal(bench.queue.isBroken(), false);
});
