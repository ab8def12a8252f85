// facts 2.4, packed ring: which used slots are taken, which break the queue, and what a completion gives back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LENGTH_EXCEEDS, LENGTH_FITS, LENGTH_OUT_ONLY } from '../../src/platform/ring-driver.js';
import { PackedBench } from './bench.js';

/** A = slots 0 and 1 (id 0), B = slot 2 (id 2), C = slot 3 (id 3). */
function threeInFlight(config: ConstructorParameters<typeof PackedBench>[0] = {}): PackedBench {
  const bench = new PackedBench(config);
  bench.add({ out: [8], in: [4] });
  bench.add({ out: [8] });
  bench.add({ in: [4] });
  bench.platform.dma.take();
  return bench;
}

test('2.4: a slot is used only when AVAIL and USED both equal the used wrap counter', () => {
  for (const [flags, used] of [
    [0x0000, false],
    [0x0080, false],
    [0x8000, false],
    [0x8080, true],
    [0xffff, true],
  ] as const) {
    const bench = threeInFlight();
    bench.view.setUint16(bench.base + 14, flags, true);
    assert.equal(bench.get() !== null, used, `flags 0x${flags.toString(16)}`);
  }
});

test('2.4: on the second lap a slot is used when both bits are clear', () => {
  const bench = new PackedBench({ num: 1 });
  bench.add({ in: [4] });
  bench.complete(0, 1, 1);
  assert.deepEqual(bench.get(), [1, 1]);
  assert.equal(bench.get(), null, 'the answer of the first lap is no answer of the second');
  bench.add({ in: [4] });
  assert.equal(bench.descriptor(0).flags, 0x8002);
  bench.complete(0, 2, 1);
  assert.equal(bench.descriptor(0).flags, 0);
  assert.deepEqual(bench.get(), [2, 2]);
});

test('2.1: one completion reads flags, id and len of the next used slot, once each and nothing else', () => {
  const bench = threeInFlight();
  bench.complete(0, 4, 2);
  bench.get();
  bench.complete(2, 0, 1);
  bench.platform.memory.loads.length = 0;
  bench.get();
  const at = bench.base + 32;
  assert.deepEqual(bench.platform.memory.loads, [at + 14, at + 12, at + 8]);
});

test('2.4: completions out of order unmap exactly their own chain, and the next slot is found by its length', () => {
  const bench = threeInFlight();
  bench.complete(3, 4, 1);
  bench.complete(0, 4, 2);
  bench.complete(2, 0, 1);
  assert.deepEqual(bench.get(), [3, 4]);
  assert.deepEqual(bench.platform.dma.take(), ['unmap 3']);
  assert.deepEqual(bench.get(), [1, 4]);
  assert.deepEqual(bench.platform.dma.take(), ['unmap 0', 'unmap 1']);
  assert.deepEqual(bench.get(), [2, 0]);
  assert.deepEqual(bench.freeList, [2, 0, 1, 3, 4, 5, 6, 7]);
  assert.equal(bench.get(), null);
  assert.equal(bench.platform.dma.live.size, 0);
});

test('2.4 bad ids: out of range, never issued, or in the middle of a chain break the queue', () => {
  const cases = [
    ['num', 8],
    ['never issued', 5],
    ['in the middle of a chain', 1],
    ['0x100 and a valid one', 0x102],
    ['all ones', 0xffff],
  ] as const;
  for (const [what, id] of cases) {
    const bench = threeInFlight();
    bench.complete(id, 4, 1);
    assert.equal(bench.get(), null, what);
    assert.equal(bench.queue.isBroken(), true, what);
    assert.deepEqual(bench.platform.dma.log, [], `${what}: the buffers stay mapped`);
    assert.equal(bench.numFree, 4, what);
    assert.equal(bench.get(), null, `${what}: and stay there`);
  }
});

test('E15: a replayed id breaks the queue', () => {
  const bench = threeInFlight();
  bench.complete(2, 0, 1);
  bench.complete(2, 0, 1);
  assert.deepEqual(bench.get(), [2, 0]);
  assert.equal(bench.get(), null);
  assert.equal(bench.queue.isBroken(), true);
});

test('2.4: last_used wraps with the length of the buffer, not of what the device says', () => {
  const bench = new PackedBench({ num: 5, eventIndex: true });
  bench.add({ in: [1, 2, 3] });
  bench.complete(0, 0, 3);
  bench.get();
  assert.equal(bench.queue.enableCbPrepare(), 0x8003);
  bench.add({ in: [1, 2, 3] });
  bench.complete(bench.descriptor(3).link, 0, 3);
  bench.get();
  assert.equal(bench.queue.enableCbPrepare(), 0x0001, 'slot 1 of the lap with wrap counter 0');
});

test('2.4: off_wrap follows last_used only when the event flags say DESC', () => {
  const bench = threeInFlight({ eventIndex: true });
  bench.complete(0, 0, 2);
  bench.complete(2, 0, 1);
  bench.get();
  assert.equal(bench.driverOffWrap, 0, 'flags are ENABLE at first');
  bench.queue.disableCb();
  bench.queue.enableCbPrepare();
  assert.deepEqual([bench.driverOffWrap, bench.driverFlags], [0x8002, 2]);
  bench.get();
  assert.equal(bench.driverOffWrap, 0x8003);
});

test('2.4: the length is handed up as it is, and graded', () => {
  const cases = [
    { pieces: { in: [4, 8] }, length: 12, trust: LENGTH_FITS },
    { pieces: { in: [4, 8] }, length: 13, trust: LENGTH_EXCEEDS },
    { pieces: { in: [4] }, length: 0xffffffff, trust: LENGTH_EXCEEDS },
    { pieces: { out: [4] }, length: 0, trust: LENGTH_FITS },
    { pieces: { out: [4] }, length: 4, trust: LENGTH_OUT_ONLY },
  ];
  for (const { pieces, length, trust } of cases) {
    const bench = new PackedBench();
    bench.add(pieces);
    bench.complete(0, length, 1);
    assert.deepEqual({ ...bench.queue.getBuf() }, { token: 1, length, lengthTrust: trust, ctx: 0 });
  }
});

test('2.4: the context comes back with its buffer', () => {
  const bench = new PackedBench({ context: true });
  bench.add({ in: [1] }, { ctx: 77 });
  bench.complete(0, 0, 1);
  assert.equal(bench.queue.getBuf()?.ctx, 77);
  bench.add({ in: [1] });
  bench.complete(0, 0, 1);
  assert.equal(bench.queue.getBuf()?.ctx, 0, 'the id had a context before');
});

test('2.4 indirect: table and pieces are unmapped by private records, the table is freed', () => {
  const bench = new PackedBench({ indirect: true });
  const heap = bench.platform.allocator.live.size;
  bench.add({ out: [64], in: [32, 16] });
  const table = bench.platform.allocator.latest;
  for (let at = table; at < table + 48; at += 2) bench.view.setUint16(at, 0xa5a5, true);
  bench.platform.dma.take();
  bench.complete(0, 0, 1);
  assert.deepEqual(bench.get(), [1, 0]);
  assert.deepEqual(bench.platform.dma.take(), ['unmap 3', 'unmap 0', 'unmap 1', 'unmap 2']);
  assert.equal(bench.platform.allocator.live.size, heap);
});

test('2.4: slots rewritten by the device change no unmap', () => {
  const bench = threeInFlight();
  for (let at = bench.base; at < bench.base + 128; at += 2) bench.view.setUint16(at, 0x7fff, true);
  bench.complete(2, 0, 1);
  bench.complete(3, 0, 1);
  bench.complete(0, 0, 2);
  assert.deepEqual(
    [bench.get(), bench.get(), bench.get()].map((done) => done?.[0]),
    [2, 3, 1],
  );
  assert.deepEqual(bench.platform.dma.take(), ['unmap 2', 'unmap 3', 'unmap 0', 'unmap 1']);
});
