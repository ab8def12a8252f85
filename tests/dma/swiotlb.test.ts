// One test for each rule of facts/virtio-ring.md 4.1 and for each row of its bug bank that the model can show.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BackEndConfig } from '../../src/dma/back-end.js';
import { SwiotlbBackEnd } from '../../src/dma/swiotlb.js';
import { COHERENT_BASE, DATA_BASE, PAGE_SIZE, PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import {
  DMA_ATTR_SKIP_CPU_SYNC,
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_MAPPING_ERROR,
  DMA_TO_DEVICE,
} from '../../src/platform/dma-api.js';
import { config, FakeMemory, Log } from './fakes.js';

const SLOT = 2048;
const SEGMENT = 128 * SLOT;
const POOL = PHYSICAL_BASE + POOL_BASE;

function setUp(parts: Partial<BackEndConfig> = {}): { pool: SwiotlbBackEnd; memory: FakeMemory; log: Log } {
  const log = new Log();
  const memory = new FakeMemory(log);
  const pool = new SwiotlbBackEnd(memory);
  pool.reset(config('swiotlb', parts));
  return { pool, memory, log };
}

const slotAddress = (index: number): number => POOL + index * SLOT;
const cpuOf = (dma: number): number => dma - PHYSICAL_BASE;

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
