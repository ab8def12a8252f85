// What swiotlb copies, and when (facts 4.1): maps, unmaps and syncs, in every direction and from everywhere in a mapping.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DATA_BASE, POOL_BASE } from '../../src/memory/layout.js';
import {
  DMA_ATTR_SKIP_CPU_SYNC,
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
} from '../../src/platform/dma-api.js';
import { cpuOf, POOL, setUp, SLOT } from './swiotlb-pool.js';

test('map copies the original in, whatever the direction', () => {
  for (const direction of [DMA_TO_DEVICE, DMA_FROM_DEVICE, DMA_BIDIRECTIONAL] as const) {
    const { pool, memory, log } = setUp();
    memory.pattern(DATA_BASE, 3000, 1);
    const dma = pool.map(DATA_BASE, 3000);
    assert.equal(dma, POOL);
    assert.deepEqual(log.take(), ['copy 0x80000 0x100000 3000']);
    assert.deepEqual(memory.slice(POOL_BASE, 3000), memory.slice(DATA_BASE, 3000));
    pool.unmap(dma, 3000, direction, 0);
    const copiedBack = direction === DMA_TO_DEVICE ? [] : ['copy 0x100000 0x80000 3000'];
    assert.deepEqual(log.take(), copiedBack);
  }
});

test('SKIP_CPU_SYNC suppresses the copy back and nothing else', () => {
  const { pool, log } = setUp();
  const dma = pool.map(DATA_BASE, 100);
  assert.deepEqual(log.take(), ['copy 0x80000 0x100000 100']);
  pool.unmap(dma, 100, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
  assert.deepEqual(log.take(), []);
  pool.unmap(dma, 100, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), [], 'the slot was freed all the same');
});

test('S04: bytes the device did not write read back as the original, not as an earlier secret', () => {
  const { pool, memory } = setUp({ poolSlots: 2 });
  memory.pattern(DATA_BASE, 4096, 5);
  pool.unmap(pool.map(DATA_BASE, 4096), 4096, DMA_TO_DEVICE, 0);
  const dma = pool.map(DATA_BASE + 0x10000, 4096);
  assert.equal(dma, POOL, 'the same slots');
  pool.unmap(dma, 4096, DMA_FROM_DEVICE, 0);
  assert.deepEqual(memory.slice(DATA_BASE + 0x10000, 4096), new Uint8Array(4096));
});

test('S04: sync_for_device of a FROM_DEVICE mapping does not overwrite what the device wrote', () => {
  const { pool, memory, log } = setUp();
  const dma = pool.map(DATA_BASE, 4096);
  memory.pattern(POOL_BASE, 100, 9);
  const written = memory.slice(POOL_BASE, 100);
  log.take();
  pool.syncForCpu(dma, 4096, DMA_FROM_DEVICE);
  pool.syncForDevice(dma, 4096, DMA_FROM_DEVICE);
  assert.deepEqual(log.take(), ['copy 0x100000 0x80000 4096']);
  pool.unmap(dma, 4096, DMA_FROM_DEVICE, 0);
  assert.deepEqual(memory.slice(DATA_BASE, 100), written);
});

test('syncs copy by direction: for the CPU all but TO_DEVICE, for the device all but FROM_DEVICE', () => {
  const { pool, log } = setUp();
  const dma = pool.map(DATA_BASE, 64);
  const toCpu = 'copy 0x100000 0x80000 64';
  const toDevice = 'copy 0x80000 0x100000 64';
  const expected = [
    { direction: DMA_TO_DEVICE, forCpu: [], forDevice: [toDevice] },
    { direction: DMA_FROM_DEVICE, forCpu: [toCpu], forDevice: [] },
    { direction: DMA_BIDIRECTIONAL, forCpu: [toCpu], forDevice: [toDevice] },
  ] as const;
  log.take();
  for (const { direction, forCpu, forDevice } of expected) {
    pool.syncForCpu(dma, 64, direction);
    assert.deepEqual(log.take(), forCpu);
    pool.syncForDevice(dma, 64, direction);
    assert.deepEqual(log.take(), forDevice);
  }
});

test('S01: unmap with a size beyond the mapping copies only what the table records', () => {
  const { pool, memory, log } = setUp();
  const dma = pool.map(DATA_BASE + 0x1000, 64);
  memory.bytes.fill(0xaa, POOL_BASE, POOL_BASE + 4 * SLOT);
  log.take();
  pool.unmap(dma, 4096, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), ['copy 0x101000 0x80000 64']);
  assert.equal(memory.bytes[DATA_BASE + 0x1000 + 64], 0);
  assert.equal(pool.warnings, 1);
});

test('S01: the same for syncs, from the middle of a mapping too', () => {
  const { pool, log } = setUp();
  const dma = pool.map(DATA_BASE, 5000);
  log.take();
  pool.syncForCpu(dma + 4000, 1000, DMA_FROM_DEVICE);
  assert.equal(pool.warnings, 0);
  pool.syncForCpu(dma + 4000, 1001, DMA_FROM_DEVICE);
  pool.syncForDevice(dma + 1, 0xffffffff, DMA_TO_DEVICE);
  assert.deepEqual(log.take(), [
    'copy 0x100fa0 0x80fa0 1000',
    'copy 0x100fa0 0x80fa0 1000',
    'copy 0x80001 0x100001 4999',
  ]);
  assert.equal(pool.warnings, 2);
});

test('a smaller size copies less and still frees every slot of the mapping', () => {
  const { pool, log } = setUp({ poolSlots: 4 });
  const dma = pool.map(DATA_BASE, 4 * SLOT);
  log.take();
  pool.unmap(dma, 10, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), ['copy 0x100000 0x80000 10']);
  assert.equal(pool.map(DATA_BASE, 4 * SLOT), POOL);
});

test('S03: a sync before the mapping or behind it copies nothing and warns', () => {
  const { pool, log } = setUp({ minAlignMask: 0xfff });
  const original = DATA_BASE + 0x300;
  const dma = pool.map(original, 100);
  assert.equal(dma, POOL + 0x300);
  log.take();
  pool.syncForDevice(dma - 1, 10, DMA_TO_DEVICE);
  pool.syncForDevice(POOL, 0x300, DMA_TO_DEVICE);
  assert.equal(pool.warnings, 2);
  pool.syncForCpu(dma + 100, 1, DMA_FROM_DEVICE);
  pool.syncForCpu(dma + 900, 50, DMA_FROM_DEVICE);
  assert.equal(pool.warnings, 4);
  assert.deepEqual(log.take(), []);
  pool.syncForCpu(dma + 99, 1, DMA_FROM_DEVICE);
  assert.deepEqual(log.take(), ['copy 0x100363 0x80363 1']);
  assert.equal(pool.warnings, 4);
});

test('S03: offsets within a later slot are signed, the first bytes of it lie before its reference', () => {
  const { pool, log } = setUp({ minAlignMask: 0xfff });
  const original = DATA_BASE + 0x700;
  const dma = pool.map(original, 0x1500);
  assert.equal(dma, POOL + 0x700);
  log.take();
  // Slot 1 starts 0x100 bytes into the mapping, while its reference byte is 0x800 bytes in.
  pool.syncForCpu(POOL + 0x800, 16, DMA_FROM_DEVICE);
  pool.syncForCpu(POOL + 0xeff, 2, DMA_FROM_DEVICE);
  pool.syncForCpu(POOL + 0x1800, 0x400, DMA_FROM_DEVICE);
  assert.deepEqual(log.take(), ['copy 0x100800 0x80800 16', 'copy 0x100eff 0x80eff 2', 'copy 0x101800 0x81800 1024']);
  assert.equal(pool.warnings, 0);
});

test('a last slot that ends before its reference byte still counts its bytes', () => {
  const { pool, log } = setUp({ minAlignMask: 0xfff });
  const dma = pool.map(DATA_BASE + 1000, 1100); // 52 bytes in slot 1, whose reference byte lies at 1000
  log.take();
  pool.syncForCpu(POOL + SLOT + 10, 100, DMA_FROM_DEVICE);
  assert.deepEqual(log.take(), ['copy 0x10080a 0x8080a 42']);
  assert.equal(pool.warnings, 1);
  pool.syncForCpu(POOL + SLOT + 52, 1, DMA_FROM_DEVICE);
  assert.deepEqual(log.take(), []);
  pool.unmap(dma, 1100, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), ['copy 0x1003e8 0x803e8 1100']);
});

test('partial syncs cover unaligned originals of every size byte by byte (min_align_mask 0xFFF)', () => {
  const { pool, memory } = setUp({ minAlignMask: 0xfff });
  for (let size = 2049; size <= 6144; size += 117) {
    const original = DATA_BASE + ((size * 37) % 5000);
    memory.bytes.fill(0, DATA_BASE, DATA_BASE + 0x8000);
    const dma = pool.map(original, size);
    assert.equal(dma & 0xfff, original & 0xfff, 'low bits are kept');
    memory.pattern(cpuOf(dma), size, size);
    const expected = memory.slice(DATA_BASE, 0x8000);
    for (let at = 0; at < size; at += 128) {
      const length = Math.min(128, size - at);
      pool.syncForCpu(dma + at, length, DMA_FROM_DEVICE);
      expected.set(memory.slice(cpuOf(dma) + at, length), original - DATA_BASE + at);
      assert.deepEqual(memory.slice(DATA_BASE, 0x8000), expected, `size ${size} at ${at}`);
    }
    memory.pattern(original, size, size + 1);
    const before = memory.slice(POOL_BASE, 256 * SLOT);
    before.set(memory.slice(original, size), cpuOf(dma) - POOL_BASE);
    for (let at = 0; at < size; at += 128) pool.syncForDevice(dma + at, Math.min(128, size - at), DMA_TO_DEVICE);
    assert.deepEqual(memory.slice(POOL_BASE, 256 * SLOT), before);
    pool.unmap(dma, size, DMA_TO_DEVICE, 0);
  }
  assert.equal(pool.warnings, 0);
});
