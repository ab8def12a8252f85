// swiotlb that a module brings: it decides slots and copies, the DMA layer everything around them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dma } from '../../src/dma/dma.js';
import { COHERENT_BASE, DATA_BASE, PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import type { BouncePool, PoolConfig } from '../../src/platform/bounce-pool.js';
import { DMA_FROM_DEVICE, DMA_MAPPING_ERROR, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { DriverSwiotlbBackEnd } from '../../src/world/driver-swiotlb.js';
import { config, FakeMemory, Log, NEVER_FAILS, recordingMoments, recordingObserver } from '../dma/fakes.js';

/** Hands out one slot after the other and copies nothing. */
class CountingPool implements BouncePool {
  readonly file = 'pool.c';
  readonly copiesEndWith = 'allocation';
  warnings = 0;
  started: PoolConfig | null = null;
  private next = 0;

  constructor(private readonly log: Log) {}

  reset(settings: PoolConfig): void {
    this.started = { ...settings };
    this.next = 0;
  }

  map(cpu: number, size: number, direction: number, attributes: number): number {
    this.log.add('pool map', cpu, size, direction, attributes);
    return this.next === 2 ? DMA_MAPPING_ERROR : PHYSICAL_BASE + POOL_BASE + 2048 * this.next++;
  }

  unmap(dma: number, size: number, direction: number, attributes: number): void {
    this.log.add('pool unmap', dma - PHYSICAL_BASE, size, direction, attributes);
  }

  syncForCpu(dma: number, size: number, direction: number): void {
    this.log.add('pool sync for cpu', dma - PHYSICAL_BASE, size, direction);
  }

  syncForDevice(dma: number, size: number, direction: number): void {
    this.log.add('pool sync for device', dma - PHYSICAL_BASE, size, direction);
  }

  maxMappingSize(): number {
    return 1234;
  }
}

function setUp(): { dma: Dma; pool: CountingPool; log: Log } {
  const log = new Log();
  const pool = new CountingPool(log);
  const parts = { observer: recordingObserver(log), moments: recordingMoments(log), failures: NEVER_FAILS };
  return {
    dma: new Dma({ ...parts, memory: new FakeMemory(log), driverSwiotlb: new DriverSwiotlbBackEnd(pool) }),
    pool,
    log,
  };
}

test('maps, unmaps and syncs are its own, between the reports of the DMA layer', () => {
  const { dma, pool, log } = setUp();
  dma.reset(config('swiotlb', { poolSlots: 4, minAlignMask: 0xfff, allocAlignMask: 0x3fff }));
  assert.deepEqual(pool.started, { slots: 4, minAlignMask: 0xfff, allocAlignMask: 0x3fff });
  const address = dma.mapPage(DATA_BASE, 100, DMA_FROM_DEVICE, 1);
  assert.equal(address, PHYSICAL_BASE + POOL_BASE);
  dma.syncForCpu(address, 10, DMA_FROM_DEVICE);
  dma.syncForDevice(address + 1, 10, DMA_TO_DEVICE);
  dma.unmapPage(address, 100, DMA_FROM_DEVICE, 1);
  assert.deepEqual(log.take(), [
    'mapping 0x100000 100 2 1 1',
    'pool map 0x100000 100 2 1',
    'mapped 0x100080000',
    'afterMap',
    'syncing 0x100080000 10 2 false',
    'pool sync for cpu 0x80000 10 2',
    'synced',
    'syncing 0x100080001 10 1 true',
    'pool sync for device 0x80001 10 1',
    'synced',
    'unmapping 0x100080000 100 2 1 1',
    'beforeUnmap',
    'pool unmap 0x80000 100 2 1',
    'unmapped',
  ]);
  assert.equal(dma.maxMappingSize(), 1234);
  pool.warnings = 3;
  assert.equal(dma.bounceWarnings, 3);
});

test('the device reaches the whole pool and coherent memory, and nothing else', () => {
  const { dma } = setUp();
  dma.reset(config('swiotlb', { poolSlots: 4 }));
  const pool = PHYSICAL_BASE + POOL_BASE;
  assert.equal(dma.translate(pool, 4 * 2048, true), POOL_BASE);
  assert.equal(dma.translate(pool + 1, 4 * 2048, true), -1);
  assert.equal(dma.translate(PHYSICAL_BASE + DATA_BASE, 1, false), -1);
  const cpu = dma.allocCoherent(100);
  assert.equal(cpu, COHERENT_BASE);
  assert.equal(dma.translate(dma.coherentDmaAddress(cpu), 4096, true), cpu);
  dma.freeCoherent(cpu, 100);
  assert.equal(dma.translate(PHYSICAL_BASE + cpu, 1, false), -1);
  dma.reset(config('swiotlb', { poolSlots: 2 }));
  assert.equal(dma.translate(pool, 4 * 2048, true), -1);
});

test('a map that it refuses fails', () => {
  const { dma } = setUp();
  dma.reset(config('swiotlb'));
  const results = [1, 2, 3].map(() => dma.mapPage(DATA_BASE, 8, DMA_TO_DEVICE, 0));
  assert.equal(results[2], DMA_MAPPING_ERROR);
});

test('no other back end knows of it, nor swiotlb where that is to be our own', () => {
  const { dma, pool, log } = setUp();
  for (const name of ['direct', 'iommu', 'vduse'] as const) {
    dma.reset(config(name));
    dma.mapPage(DATA_BASE, 8, DMA_TO_DEVICE, 0);
  }
  dma.reset(config('swiotlb'), true);
  assert.equal(dma.mapPage(DATA_BASE, 8, DMA_TO_DEVICE, 0), PHYSICAL_BASE + POOL_BASE);
  assert.equal(pool.started, null);
  const lines = log.take();
  assert.equal(
    lines.some((line) => line.startsWith('pool')),
    false,
  );
  assert.ok(lines.includes('copy 0x80000 0x100000 8'));
  dma.reset(config('swiotlb'));
  assert.notEqual(pool.started, null);
});
