// Which slots a mapping of swiotlb gets (facts 4.1): the search, its alignments, the largest mapping. One test for each row of
// the bug bank that the model can show.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DATA_BASE, PAGE_SIZE } from '../../src/memory/layout.js';
import { DMA_FROM_DEVICE, DMA_MAPPING_ERROR, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { config } from './fakes.js';
import { POOL, SEGMENT, setUp, SLOT, slotAddress } from './swiotlb-pool.js';

test('next fit: freed slots are reused late, and the pool wraps', () => {
  const { pool } = setUp({ poolSlots: 4 });
  const first = pool.map(DATA_BASE, 1);
  assert.equal(first, slotAddress(0));
  pool.unmap(first, 1, DMA_TO_DEVICE, 0);
  assert.equal(pool.map(DATA_BASE, 2049), slotAddress(1));
  assert.equal(pool.map(DATA_BASE, 1), slotAddress(3));
  assert.equal(pool.map(DATA_BASE, 1), slotAddress(0));
});

test('a full pool fails the map and works again when a slot is freed', () => {
  const { pool, log } = setUp({ poolSlots: 3 });
  const mapped = [0, 1, 2].map(() => pool.map(DATA_BASE, SLOT));
  assert.deepEqual(mapped, [slotAddress(0), slotAddress(1), slotAddress(2)]);
  log.take();
  assert.equal(pool.map(DATA_BASE, 1), DMA_MAPPING_ERROR);
  assert.deepEqual(log.take(), []);
  pool.unmap(slotAddress(1), SLOT, DMA_TO_DEVICE, 0);
  assert.equal(pool.map(DATA_BASE, SLOT + 1), DMA_MAPPING_ERROR);
  assert.equal(pool.map(DATA_BASE, SLOT), slotAddress(1));
});

test('neighbours merge: freed slots serve a larger mapping whatever the order of freeing', () => {
  const { pool } = setUp({ poolSlots: 4 });
  for (let i = 0; i < 4; i++) pool.map(DATA_BASE, 1);
  for (const i of [2, 0, 3, 1]) pool.unmap(slotAddress(i), 1, DMA_TO_DEVICE, 0);
  assert.equal(pool.map(DATA_BASE, 4 * SLOT), slotAddress(0));
});

test('a mapping never crosses a segment of 128 slots', () => {
  const { pool } = setUp({ poolSlots: 256 });
  assert.equal(pool.map(DATA_BASE, 127 * SLOT), slotAddress(0));
  assert.equal(pool.map(DATA_BASE, SLOT + 1), slotAddress(128), 'slots 127 and 128 are free but not of one segment');
  assert.equal(pool.map(DATA_BASE, SLOT), slotAddress(130));
  assert.equal(pool.map(DATA_BASE, 126 * SLOT), DMA_MAPPING_ERROR);
});

test('S15: a run ends with the pool, in a short last segment too', () => {
  for (const poolSlots of [1, 5, 127, 129, 140]) {
    const { pool } = setUp({ poolSlots });
    const tail = poolSlots % 128;
    if (poolSlots > 128) pool.map(DATA_BASE, SEGMENT);
    assert.equal(pool.map(DATA_BASE, tail * SLOT + 1), DMA_MAPPING_ERROR);
    assert.equal(pool.map(DATA_BASE, tail * SLOT), slotAddress(poolSlots - tail));
  }
});

test('256 KiB is the most one mapping can have, and the offset counts', () => {
  const { pool } = setUp();
  assert.equal(pool.map(DATA_BASE, SEGMENT + 1), DMA_MAPPING_ERROR);
  assert.equal(pool.map(DATA_BASE, 2 ** 32), DMA_MAPPING_ERROR);
  assert.equal(pool.map(DATA_BASE, SEGMENT), slotAddress(0));
  const { pool: aligned } = setUp({ minAlignMask: 0xfff });
  assert.equal(aligned.map(DATA_BASE + 1, SEGMENT), DMA_MAPPING_ERROR);
  assert.equal(aligned.map(DATA_BASE + 1, SEGMENT - 1), slotAddress(0) + 1);
});

test('S05: the advertised maximum takes the alignment into account and always fits', () => {
  for (const [minAlignMask, maximum] of [
    [0, SEGMENT],
    [0x1ff, SEGMENT - SLOT],
    [0x7ff, SEGMENT - SLOT],
    [0xfff, SEGMENT - 2 * SLOT],
    [0x1fff, SEGMENT - 4 * SLOT],
  ] as const) {
    const { pool } = setUp({ minAlignMask });
    assert.equal(pool.maxMappingSize(), maximum);
    for (const unaligned of [0, 1, minAlignMask & 0x801, minAlignMask]) {
      pool.reset(config('swiotlb', { minAlignMask }));
      assert.notEqual(pool.map(DATA_BASE + unaligned, maximum), DMA_MAPPING_ERROR);
    }
  }
});

test('S10: mappings of a page or more are page aligned when nobody asks for an alignment', () => {
  const { pool } = setUp();
  assert.equal(pool.map(DATA_BASE, 1), slotAddress(0));
  assert.equal(pool.map(DATA_BASE + 100, PAGE_SIZE), slotAddress(2));
  assert.equal(pool.map(DATA_BASE, 1), slotAddress(4));
  assert.equal(pool.map(DATA_BASE, PAGE_SIZE - 1), slotAddress(5), 'below a page: a slot is enough');
  const { pool: masked } = setUp({ minAlignMask: 0x7ff });
  masked.map(DATA_BASE, 1);
  assert.equal(masked.map(DATA_BASE, PAGE_SIZE), slotAddress(1), "a mask takes the rule's place");
});

test('S06: bits of min_align_mask above the slot match the original', () => {
  const { pool } = setUp({ minAlignMask: 0xfff });
  assert.equal(pool.map(DATA_BASE + 0x801, 10), slotAddress(1) + 1);
  assert.equal(pool.map(DATA_BASE + 0x7ff, 1), slotAddress(2) + 0x7ff);
  assert.equal(pool.map(DATA_BASE + 0x1000, 1), slotAddress(4));
  assert.equal(pool.map(DATA_BASE + 0x1fff, 2), slotAddress(5) + 0x7ff, 'two bytes in two slots');
  assert.equal(pool.map(DATA_BASE, 1), slotAddress(8));
});

test('S11: an offset beyond one slot becomes padding that belongs to the mapping', () => {
  const { pool, log } = setUp({ minAlignMask: 0xfff, allocAlignMask: 0xfff, poolSlots: 6 });
  const original = DATA_BASE + 0x900;
  const dma = pool.map(original, 100);
  assert.equal(dma, slotAddress(1) + 0x100, 'slot 0 is padding');
  assert.equal(pool.map(DATA_BASE, 100), slotAddress(2), 'nobody else in the granule');
  log.take();
  pool.syncForCpu(slotAddress(0) + 5, 10, DMA_FROM_DEVICE);
  pool.unmap(slotAddress(0), 10, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), [], 'padding stands for no original');
  assert.equal(pool.warnings, 0);
  pool.unmap(dma, 100, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), ['copy 0x100900 0x80900 100']);
  pool.unmap(slotAddress(2), 100, DMA_TO_DEVICE, 0);
  assert.equal(pool.map(DATA_BASE, 6 * SLOT), slotAddress(0), 'padding was freed as well');
});

test('alloc_align_mask rounds the size up and aligns the start', () => {
  const { pool } = setUp({ allocAlignMask: 0x1fff, poolSlots: 16 });
  assert.equal(pool.map(DATA_BASE + 0x123, 1), slotAddress(0), 'no min_align_mask, no offset');
  assert.equal(pool.map(DATA_BASE, 1), slotAddress(4));
  assert.equal(pool.map(DATA_BASE, 0x2001), slotAddress(8), 'takes the last two units');
  assert.equal(pool.map(DATA_BASE, 1), DMA_MAPPING_ERROR);
});

test('S09: bits covered by alloc_align_mask do not have to match', () => {
  const { pool } = setUp({ minAlignMask: 0xfff, allocAlignMask: 0xffff, poolSlots: 64 });
  assert.equal(pool.map(DATA_BASE + 0x1234, 10), POOL + 0x234, 'low 12 bits by offset, bits 12 to 15 free');
  assert.equal(pool.map(DATA_BASE + 0x1f00, 10), POOL + 0x10000 + 0xf00);
});
