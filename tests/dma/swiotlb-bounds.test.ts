// What swiotlb does for a caller that is wrong, and what the device reaches of its pool: the damage stays inside.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { BackEndConfig } from '../../src/dma/back-end.js';
import { COHERENT_BASE, DATA_BASE, PAGE_SIZE, PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import { DMA_FROM_DEVICE, DMA_MAPPING_ERROR, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { config } from './fakes.js';
import { cpuOf, POOL, setUp, SLOT, slotAddress } from './swiotlb-pool.js';

test('a double unmap of a free slot does nothing, silently', () => {
  const { pool, log } = setUp({ poolSlots: 2 });
  const dma = pool.map(DATA_BASE, 10);
  pool.unmap(dma, 10, DMA_FROM_DEVICE, 0);
  log.take();
  pool.unmap(dma, 10, DMA_FROM_DEVICE, 0);
  pool.syncForCpu(dma, 10, DMA_FROM_DEVICE);
  pool.syncForDevice(dma, 10, DMA_TO_DEVICE);
  assert.deepEqual(log.take(), []);
  assert.equal(pool.warnings, 0);
  assert.equal(pool.map(DATA_BASE, 1), slotAddress(1));
  assert.equal(pool.map(DATA_BASE, 1), slotAddress(0));
  assert.equal(pool.map(DATA_BASE, 1), DMA_MAPPING_ERROR, 'nothing was freed twice');
});

test('a stale unmap of a reallocated slot hits the new mapping: the table knows no owner', () => {
  const { pool, log } = setUp({ poolSlots: 1 });
  const dma = pool.map(DATA_BASE, 10);
  pool.unmap(dma, 10, DMA_TO_DEVICE, 0);
  assert.equal(pool.map(DATA_BASE + 0x4000, 20), dma);
  log.take();
  pool.unmap(dma, 10, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), ['copy 0x104000 0x80000 10']);
  assert.notEqual(pool.map(DATA_BASE, 1), DMA_MAPPING_ERROR);
});

test('an address outside the pool was not bounced', () => {
  const { pool, log } = setUp({ poolSlots: 2 });
  pool.map(DATA_BASE, 2 * SLOT);
  log.take();
  for (const dma of [DMA_MAPPING_ERROR, 0, POOL - 1, slotAddress(2), PHYSICAL_BASE + DATA_BASE, 2 ** 53 - 1]) {
    pool.unmap(dma, 10, DMA_FROM_DEVICE, 0);
    pool.syncForCpu(dma, 10, DMA_FROM_DEVICE);
    pool.syncForDevice(dma, 10, DMA_TO_DEVICE);
  }
  assert.deepEqual(log.take(), []);
  assert.equal(pool.map(DATA_BASE, 1), DMA_MAPPING_ERROR);
});

test('an unmap from the middle copies from there and frees only the rest', () => {
  const { pool, log } = setUp({ poolSlots: 4 });
  const dma = pool.map(DATA_BASE, 4 * SLOT);
  log.take();
  pool.unmap(dma + 2 * SLOT, 4 * SLOT, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), ['copy 0x101000 0x81000 4096']);
  assert.equal(pool.warnings, 1);
  assert.equal(pool.map(DATA_BASE, 2 * SLOT + 1), DMA_MAPPING_ERROR);
  assert.equal(pool.map(DATA_BASE, 2 * SLOT), slotAddress(2));
});

test('padding and freed slots keep what they held', () => {
  const { pool, memory } = setUp({ minAlignMask: 0xfff });
  memory.bytes.fill(0x5a, POOL_BASE, POOL_BASE + 4 * SLOT);
  memory.pattern(DATA_BASE + 0x100, 50, 3);
  const dma = pool.map(DATA_BASE + 0x100, 50);
  assert.equal(memory.bytes[cpuOf(dma) - 1], 0x5a);
  assert.equal(memory.bytes[cpuOf(dma) + 50], 0x5a);
  const held = memory.slice(POOL_BASE, 4 * SLOT);
  pool.unmap(dma, 50, DMA_TO_DEVICE, 0);
  assert.deepEqual(memory.slice(POOL_BASE, 4 * SLOT), held);
});

test('the device reaches the whole pool, used or free, and shared coherent memory, and nothing else', () => {
  const { pool } = setUp({ poolSlots: 3 });
  const end = POOL + 3 * SLOT;
  pool.map(DATA_BASE, 10);
  assert.equal(pool.translate(POOL, 3 * SLOT), POOL_BASE);
  assert.equal(pool.translate(end - 1, 1), POOL_BASE + 3 * SLOT - 1);
  assert.equal(pool.translate(end - 1, 2), -1);
  assert.equal(pool.translate(POOL - 1, 2), -1);
  assert.equal(pool.translate(PHYSICAL_BASE + DATA_BASE, 1), -1, 'not even a mapped original');
  assert.equal(pool.translate(PHYSICAL_BASE + COHERENT_BASE, 1), -1);
  pool.mapCoherent(COHERENT_BASE, PAGE_SIZE);
  assert.equal(pool.translate(PHYSICAL_BASE + COHERENT_BASE, PAGE_SIZE), COHERENT_BASE);
});

test('reset leaves nothing in use, whatever the pool was before', () => {
  const { pool, log } = setUp();
  const run = (parts: Partial<BackEndConfig>): string[] => {
    pool.reset(config('swiotlb', parts));
    log.take();
    const mapped = [5000, 1, 2049, 4096, 100].map((size, i) => pool.map(DATA_BASE + i * 0x2345, size));
    pool.unmap(mapped[1] ?? 0, 2000, DMA_FROM_DEVICE, 0);
    mapped.push(pool.map(DATA_BASE, 9000), pool.map(DATA_BASE, 1), pool.warnings);
    return [...mapped.map(String), ...log.take()];
  };
  const configs = [
    { poolSlots: 8 },
    { poolSlots: 256 },
    { poolSlots: 130, minAlignMask: 0xfff, allocAlignMask: 0xfff },
  ];
  const expected = configs.map((parts) => run(parts));
  for (let round = 0; round < 3; round++) {
    for (const [i, parts] of configs.entries()) assert.deepEqual(run(parts), expected[i]);
  }
});
