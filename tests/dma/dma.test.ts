import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BackEndConfig } from '../../src/dma/back-end.js';
import { Dma } from '../../src/dma/dma.js';
import { GRANULES, IOVA_BASE } from '../../src/dma/iommu.js';
import {
  COHERENT_BASE,
  COHERENT_SIZE,
  DATA_BASE,
  PAGE_SIZE,
  PHYSICAL_BASE,
  POOL_BASE,
} from '../../src/memory/layout.js';
import {
  DMA_ATTR_SKIP_CPU_SYNC,
  DMA_FROM_DEVICE,
  DMA_MAPPING_ERROR,
  DMA_TO_DEVICE,
} from '../../src/platform/dma-api.js';
import { FAIL_COHERENT, FAIL_MAP } from '../../src/platform/failures.js';
import { FailureInjector } from '../../src/world/failure-injector.js';
import { config, FakeMemory, Log, recordingMoments, recordingObserver } from './fakes.js';

function setUp(start: BackEndConfig): { dma: Dma; memory: FakeMemory; failures: FailureInjector; log: Log } {
  const log = new Log();
  const memory = new FakeMemory(log);
  const failures = new FailureInjector();
  const dma = new Dma({ memory, observer: recordingObserver(log), moments: recordingMoments(log), failures });
  dma.reset(start);
  return { dma, memory, failures, log };
}

test('map and unmap report, act and give the device its moment in this order', () => {
  const { dma, log } = setUp(config('swiotlb'));
  const address = dma.mapPage(DATA_BASE, 100, DMA_FROM_DEVICE, 0);
  assert.equal(address, PHYSICAL_BASE + POOL_BASE);
  assert.deepEqual(log.take(), [
    'mapping 0x100000 100 2 1 0',
    'copy 0x80000 0x100000 100',
    'mapped 0x100080000',
    'afterMap',
  ]);
  dma.unmapPage(address, 100, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), [
    'unmapping 0x100080000 100 2 1 0',
    'beforeUnmap',
    'copy 0x100000 0x80000 100',
    'unmapped',
  ]);
});

test('single mappings report their own kind and pass their attributes on', () => {
  const { dma, log } = setUp(config('swiotlb'));
  const address = dma.mapSingle(DATA_BASE, 8, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
  dma.unmapSingle(address, 8, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
  assert.deepEqual(log.take(), [
    'mapping 0x100000 8 2 2 1',
    'copy 0x80000 0x100000 8',
    'mapped 0x100080000',
    'afterMap',
    'unmapping 0x100080000 8 2 2 1',
    'beforeUnmap',
    'unmapped',
  ]);
});

test('the IOMMU reports its granules between mapping and mapped', () => {
  const { dma, log } = setUp(config('iommu'));
  const address = dma.mapPage(DATA_BASE + 4, 8, DMA_TO_DEVICE, 0);
  dma.unmapPage(address, 8, DMA_TO_DEVICE, 0);
  assert.deepEqual(log.take(), [
    'mapping 0x100004 8 1 1 0',
    'exposed 0x800000000 0x100000 true false',
    'mapped 0x800000004',
    'afterMap',
    'unmapping 0x800000004 8 1 1 0',
    'beforeUnmap',
    'withdrawn 0x800000000',
    'unmapped',
  ]);
});

test('syncs are reported around their copies', () => {
  const { dma, log } = setUp(config('swiotlb'));
  const address = dma.mapPage(DATA_BASE, 100, DMA_TO_DEVICE, 0);
  log.take();
  dma.syncForDevice(address + 10, 20, DMA_TO_DEVICE);
  dma.syncForCpu(address + 10, 20, DMA_FROM_DEVICE);
  assert.deepEqual(log.take(), [
    'syncing 0x10008000a 20 1 true',
    'copy 0x8000a 0x10000a 20',
    'synced',
    'syncing 0x10008000a 20 2 false',
    'copy 0x10000a 0x8000a 20',
    'synced',
  ]);
});

test('an injected map failure does not reach the back end; the device has its moment', () => {
  const { dma, failures, log } = setUp(config('swiotlb'));
  failures.arm(FAIL_MAP, 1, 1);
  assert.equal(dma.mapPage(DATA_BASE, 100, DMA_TO_DEVICE, 0), PHYSICAL_BASE + POOL_BASE);
  log.take();
  assert.equal(dma.mapSingle(DATA_BASE, 100, DMA_TO_DEVICE, 0), DMA_MAPPING_ERROR);
  assert.deepEqual(log.take(), ['mapping 0x100000 100 1 2 0', 'mapped -1', 'afterMap']);
  assert.equal(dma.mapPage(DATA_BASE, 100, DMA_TO_DEVICE, 0), PHYSICAL_BASE + POOL_BASE + 2048);
  assert.equal(failures.attempts(FAIL_MAP), 3);
});

test('a map that the back end cannot serve gives the device its moment as well', () => {
  const { dma, log } = setUp(config('swiotlb', { poolSlots: 1 }));
  assert.equal(dma.mapPage(DATA_BASE, 2049, DMA_TO_DEVICE, 0), DMA_MAPPING_ERROR);
  assert.deepEqual(log.take(), ['mapping 0x100000 2049 1 1 0', 'mapped -1', 'afterMap']);
  assert.equal(dma.mapPage(DATA_BASE, 0, DMA_TO_DEVICE, 0), DMA_MAPPING_ERROR, 'nothing to map');
});

test('coherent memory: whole pages, zeroed before they are reachable, first fit', () => {
  const { dma, memory, log } = setUp(config('iommu'));
  memory.bytes.fill(0xee, COHERENT_BASE, COHERENT_BASE + COHERENT_SIZE);
  const first = dma.allocCoherent(PAGE_SIZE + 1);
  assert.equal(first, COHERENT_BASE);
  assert.equal(dma.coherentDmaAddress(first), IOVA_BASE);
  assert.deepEqual(log.take(), [
    'fill 0x10000 8192 0',
    'exposed 0x800000000 0x10000 true true',
    'exposed 0x800001000 0x11000 true true',
    'coherentAllocated 0x10000 0x800000000 4097',
  ]);
  assert.deepEqual(memory.slice(COHERENT_BASE, 2 * PAGE_SIZE), new Uint8Array(2 * PAGE_SIZE));
  assert.equal(memory.bytes[COHERENT_BASE + 2 * PAGE_SIZE], 0xee);

  const second = dma.allocCoherent(1);
  assert.equal(second, COHERENT_BASE + 2 * PAGE_SIZE);
  log.take();
  dma.freeCoherent(first, PAGE_SIZE + 1);
  assert.deepEqual(log.take(), [
    'coherentFreeing 0x10000 4097',
    'withdrawn 0x800000000',
    'withdrawn 0x800001000',
    'coherentFreed',
  ]);
  assert.equal(dma.coherentDmaAddress(first), DMA_MAPPING_ERROR);
  assert.equal(dma.allocCoherent(3 * PAGE_SIZE), COHERENT_BASE + 3 * PAGE_SIZE, 'the hole has only two pages');
  memory.bytes.fill(0xee, COHERENT_BASE, COHERENT_BASE + PAGE_SIZE);
  assert.equal(dma.allocCoherent(PAGE_SIZE), COHERENT_BASE, 'reused');
  assert.deepEqual(memory.slice(COHERENT_BASE, PAGE_SIZE), new Uint8Array(PAGE_SIZE));
});

test('coherent memory: reachable exactly while it is allocated, with every back end', () => {
  for (const name of ['none', 'direct', 'iommu', 'swiotlb'] as const) {
    const { dma } = setUp(config(name));
    const cpu = dma.allocCoherent(10);
    const address = dma.coherentDmaAddress(cpu);
    if (name !== 'iommu') assert.equal(address, PHYSICAL_BASE + cpu);
    assert.equal(dma.translate(address, PAGE_SIZE, true), cpu, name);
    assert.equal(dma.translate(address, PAGE_SIZE, false), cpu, name);
    assert.equal(dma.translate(address, PAGE_SIZE + 1, true), -1, name);
    dma.freeCoherent(cpu, 10);
    assert.equal(dma.translate(address, 1, true), -1, name);
  }
});

test('coherent memory: injected failure, exhaustion, sizes out of range', () => {
  const { dma, failures, log } = setUp(config('direct'));
  failures.arm(FAIL_COHERENT, 0, 1);
  assert.equal(dma.allocCoherent(16), 0);
  assert.equal(dma.allocCoherent(0), 0);
  assert.equal(dma.allocCoherent(COHERENT_SIZE + 1), 0);
  assert.deepEqual(log.take(), [
    'coherentAllocated 0 -1 16',
    'coherentAllocated 0 -1 0',
    'coherentAllocated 0 -1 0x10001',
  ]);
  assert.equal(dma.allocCoherent(COHERENT_SIZE - PAGE_SIZE), COHERENT_BASE);
  assert.equal(dma.allocCoherent(PAGE_SIZE + 1), 0);
  assert.equal(dma.allocCoherent(PAGE_SIZE), COHERENT_BASE + COHERENT_SIZE - PAGE_SIZE);
  assert.equal(dma.allocCoherent(1), 0);
  dma.freeCoherent(COHERENT_BASE, COHERENT_SIZE - PAGE_SIZE);
  assert.equal(dma.allocCoherent(COHERENT_SIZE - PAGE_SIZE), COHERENT_BASE, 'every page came back');
});

test('coherent memory: freeing what is not allocated only reports', () => {
  const { dma, log } = setUp(config('direct'));
  const cpu = dma.allocCoherent(2 * PAGE_SIZE);
  log.take();
  for (const unknown of [0, cpu + PAGE_SIZE, cpu + 8, DATA_BASE]) {
    dma.freeCoherent(unknown, PAGE_SIZE);
    assert.equal(dma.coherentDmaAddress(unknown), DMA_MAPPING_ERROR);
  }
  assert.equal(log.take().length, 8);
  assert.equal(dma.translate(PHYSICAL_BASE + cpu, 2 * PAGE_SIZE, true), cpu);
  dma.freeCoherent(cpu, 2 * PAGE_SIZE);
  dma.freeCoherent(cpu, 2 * PAGE_SIZE);
  assert.equal(dma.allocCoherent(1), cpu);
});

test('an IOMMU without room gives no coherent memory and keeps the pages', () => {
  const { dma } = setUp(config('iommu'));
  assert.equal(dma.mapPage(DATA_BASE, 4095 * PAGE_SIZE, DMA_TO_DEVICE, 0), IOVA_BASE);
  assert.equal(dma.allocCoherent(2 * PAGE_SIZE), 0);
  assert.equal(dma.allocCoherent(PAGE_SIZE), COHERENT_BASE);
});

test('coherent memory that was freed does not take along what was mapped in its place', () => {
  const { dma, log } = setUp(config('iommu'));
  const ring = dma.allocCoherent(PAGE_SIZE);
  dma.freeCoherent(ring, PAGE_SIZE);
  dma.mapPage(DATA_BASE, (GRANULES - 1) * PAGE_SIZE, DMA_TO_DEVICE, 0);
  assert.equal(dma.mapPage(DATA_BASE, 1, DMA_TO_DEVICE, 0), IOVA_BASE);
  log.take();
  dma.freeCoherent(ring, PAGE_SIZE);
  assert.deepEqual(log.take(), ['coherentFreeing 0x10000 4096', 'coherentFreed']);
  assert.equal(dma.translate(IOVA_BASE, 1, false), DATA_BASE);
});

test('expose and withdraw give the device its buffers when there is no DMA API', () => {
  const { dma } = setUp(config('none'));
  assert.equal(dma.expose(DATA_BASE, 64, true), true);
  assert.equal(dma.translate(PHYSICAL_BASE + DATA_BASE, 64, true), DATA_BASE);
  assert.equal(dma.translate(PHYSICAL_BASE + DATA_BASE, 64, false), -1);
  dma.expose(DATA_BASE, 64, false);
  dma.withdraw(DATA_BASE, 64, true);
  assert.equal(dma.translate(PHYSICAL_BASE + DATA_BASE, 64, false), DATA_BASE);
  assert.equal(dma.translate(PHYSICAL_BASE + DATA_BASE, 64, true), -1);
  dma.withdraw(DATA_BASE, 64, false);
  assert.equal(dma.translate(PHYSICAL_BASE + DATA_BASE, 64, false), -1);
});

test("maxMappingSize is the back end's", () => {
  assert.equal(setUp(config('none')).dma.maxMappingSize(), Number.MAX_SAFE_INTEGER);
  assert.equal(setUp(config('direct')).dma.maxMappingSize(), Number.MAX_SAFE_INTEGER);
  assert.equal(setUp(config('iommu')).dma.maxMappingSize(), Number.MAX_SAFE_INTEGER);
  assert.equal(setUp(config('swiotlb')).dma.maxMappingSize(), 256 * 1024);
});

test('reset leaves no state behind: the same calls report the same, after any back end', () => {
  const names = ['none', 'direct', 'iommu', 'swiotlb'] as const;
  const { dma, failures, log } = setUp(config('none'));
  const run = (next: BackEndConfig): string[] => {
    dma.reset(next);
    failures.reset();
    log.take();
    const ring = dma.allocCoherent(5000);
    const mapped = [3000, 5, 9000].map((size, i) => dma.mapPage(DATA_BASE + i * 12345, size, DMA_FROM_DEVICE, 0));
    dma.unmapPage(mapped[1] ?? 0, 5, DMA_FROM_DEVICE, 0);
    log.add('next', dma.mapSingle(DATA_BASE + 77, 2049, DMA_TO_DEVICE, 0), dma.coherentDmaAddress(ring));
    log.add('reach', ...mapped.map((address) => dma.translate(address, 5, true)));
    return log.take();
  };
  const shared = { minAlignMask: 0xfff, allocAlignMask: 0, poolSlots: 140 };
  const expected = names.map((name) => run(config(name, shared)));
  for (let round = 0; round < 3; round++) {
    for (const [i, name] of names.entries()) {
      assert.deepEqual(run(config(name, shared)), expected[i]);
      run(config('swiotlb', { poolSlots: 7 }));
    }
  }
});
