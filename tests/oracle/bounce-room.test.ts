// Whether the pool has room, and what the oracles make of a mapping that fails, shares a slot or is not bounced at all.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DATA_BASE, PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import { hasRoom } from '../../src/oracle/bounce-room.js';
import { CALL_CLIENT } from '../../src/oracle/calls.js';
import { DMA_MAPPING_ERROR, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { fires, JudgeBench } from './judge-bench.js';

const SLOT = 2048;

/** A pool of `slots` slots in front of a client that maps. */
function pool(slots: number, masks: { readonly min?: number; readonly alloc?: number } = {}): JudgeBench {
  const bench = new JudgeBench();
  bench.c.bounced = true;
  bench.c.poolEnd = POOL_BASE + slots * SLOT;
  bench.c.minAlignMask = masks.min ?? 0;
  bench.c.allocAlignMask = masks.alloc ?? 0;
  bench.begin(CALL_CLIENT);
  return bench;
}

/** A mapping of `size` bytes at `cpu` whose bounce bytes begin `offset` bytes into the pool. */
function map(bench: JudgeBench, cpu: number, size: number, offset: number): void {
  bench.dma.mapping(cpu, size, DMA_TO_DEVICE, 1, 0);
  bench.memory.copying(POOL_BASE + offset, cpu, size);
  bench.dma.mapped(PHYSICAL_BASE + POOL_BASE + offset);
}

/** What the account says of a mapping of `size` bytes at `cpu`. */
function room(bench: JudgeBench, cpu: number, size: number): boolean {
  bench.c.pendingCpu = cpu;
  bench.c.pendingSize = size;
  return hasRoom(bench.c);
}

test('an empty pool has room for what it can hold, and for no more than is advertised', () => {
  const bench = pool(256);
  assert.equal(room(bench, DATA_BASE, 128 * SLOT), true);
  assert.equal(room(bench, DATA_BASE, 128 * SLOT + 1), false);
  assert.equal(room(pool(256, { min: 0xfff }), DATA_BASE, 126 * SLOT), true);
  assert.equal(room(pool(256, { min: 0xfff }), DATA_BASE, 126 * SLOT + 1), false);
  assert.equal(room(pool(4), DATA_BASE, 5 * SLOT), false);
});

test('live mappings take the units that they lie in', () => {
  const bench = pool(4);
  map(bench, DATA_BASE, 64, SLOT);
  assert.equal(room(bench, DATA_BASE, 2 * SLOT), true, 'slots 2 and 3');
  assert.equal(room(bench, DATA_BASE, 2 * SLOT + 1), false, 'three slots in a row');
  assert.equal(room(bench, DATA_BASE, 4096), true, 'page aligned at slot 2');
  map(bench, DATA_BASE, 64, 3 * SLOT);
  assert.equal(room(bench, DATA_BASE, SLOT), true);
  assert.equal(room(bench, DATA_BASE, 4096), false);
  const units = pool(4, { alloc: 0xfff });
  map(units, DATA_BASE, 64, 0);
  assert.equal(room(units, DATA_BASE, 4096), true, 'slots 2 and 3');
  assert.equal(room(units, DATA_BASE, 4097), false);
});

test('a run ends with its segment', () => {
  const bench = pool(256);
  map(bench, DATA_BASE, 100 * SLOT, 0);
  map(bench, DATA_BASE, 100 * SLOT, 156 * SLOT);
  assert.equal(room(bench, DATA_BASE, 28 * SLOT), true);
  assert.equal(room(bench, DATA_BASE, 29 * SLOT), false, 'slots 100 to 155 lie on both sides of 128');
});

test('errno: a mapping fails although there is room, unless it was made to fail', () => {
  const refused = (bench: JudgeBench): void => {
    bench.dma.mapping(DATA_BASE, 64, DMA_TO_DEVICE, 1, 0);
    bench.dma.mapped(DMA_MAPPING_ERROR);
  };
  fires('errno', 'mapping fails although there is room', () => {
    refused(pool(4));
  });
  const full = pool(4);
  for (let slot = 0; slot < 4; slot++) map(full, DATA_BASE, 64, slot * SLOT);
  refused(full);
  const injected = pool(4);
  let count = 1;
  injected.dma.mapsRefused = (): number => count;
  refused(injected);
  fires('errno', 'mapping fails although there is room', () => {
    refused(injected);
  });
  count = 2;
  refused(injected);
});

test('bounce-mismatch: a mapping outside the pool, two mappings in one unit', () => {
  fires('bounce-mismatch', 'not bounced', () => {
    const bench = pool(4);
    bench.dma.mapping(DATA_BASE, 64, DMA_TO_DEVICE, 1, 0);
    bench.dma.mapped(PHYSICAL_BASE + DATA_BASE);
  });
  const bench = pool(4);
  map(bench, DATA_BASE, 64, 0);
  map(bench, DATA_BASE, 64, SLOT);
  fires('bounce-mismatch', 'slot shared by two mappings', () => {
    map(bench, DATA_BASE, 64, SLOT + 1024);
  });
});
