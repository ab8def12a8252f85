import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GRANULES, IOVA_BASE, IommuBackEnd } from '../../src/dma/iommu.js';
import { COHERENT_BASE, DATA_BASE, PAGE_SIZE, PHYSICAL_BASE } from '../../src/memory/layout.js';
import { DMA_BIDIRECTIONAL, DMA_FROM_DEVICE, DMA_MAPPING_ERROR, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { config, Log, recordingObserver } from './fakes.js';

function iommu(): { backEnd: IommuBackEnd; log: Log } {
  const log = new Log();
  const backEnd = new IommuBackEnd(recordingObserver(log));
  backEnd.reset(config('iommu'));
  return { backEnd, log };
}

const granule = (index: number): number => IOVA_BASE + index * PAGE_SIZE;

test('permission follows the direction exactly', () => {
  const cases = [
    { direction: DMA_TO_DEVICE, read: true, write: false },
    { direction: DMA_FROM_DEVICE, read: false, write: true },
    { direction: DMA_BIDIRECTIONAL, read: true, write: true },
  ] as const;
  for (const { direction, read, write } of cases) {
    const { backEnd, log } = iommu();
    const dma = backEnd.map(DATA_BASE, 16, direction);
    assert.equal(dma, IOVA_BASE);
    assert.deepEqual(log.take(), [`exposed 0x800000000 0x100000 ${read} ${write}`]);
    assert.equal(backEnd.translate(dma, 16, false), read ? DATA_BASE : -1);
    assert.equal(backEnd.translate(dma, 16, true), write ? DATA_BASE : -1);
  }
});

test('a small buffer opens its whole granule and keeps its offset in the page', () => {
  const { backEnd, log } = iommu();
  const dma = backEnd.map(DATA_BASE + 0x2345, 16, DMA_FROM_DEVICE);
  assert.equal(dma, IOVA_BASE + 0x345);
  assert.deepEqual(log.take(), ['exposed 0x800000000 0x102000 false true']);
  assert.equal(backEnd.translate(granule(0), PAGE_SIZE, true), DATA_BASE + 0x2000);
  assert.equal(backEnd.translate(granule(0), PAGE_SIZE + 1, true), -1);
  assert.equal(backEnd.translate(granule(0) - 1, 2, true), -1);
  backEnd.unmap(dma, 16);
  assert.deepEqual(log.take(), ['withdrawn 0x800000000']);
  assert.equal(backEnd.translate(dma, 1, true), -1);
});

test('a buffer across a page boundary takes both granules, one byte short of it only one', () => {
  const { backEnd, log } = iommu();
  const across = backEnd.map(DATA_BASE + 0xff0, 17, DMA_TO_DEVICE);
  assert.deepEqual(log.take(), ['exposed 0x800000000 0x100000 true false', 'exposed 0x800001000 0x101000 true false']);
  assert.equal(backEnd.translate(across, 17, false), DATA_BASE + 0xff0);
  assert.equal(backEnd.map(DATA_BASE + 0xff0, 16, DMA_TO_DEVICE), granule(2) + 0xff0);
  assert.equal(backEnd.map(DATA_BASE, 1, DMA_TO_DEVICE), granule(3));
  log.take();
  backEnd.unmap(across, 17);
  assert.deepEqual(log.take(), ['withdrawn 0x800000000', 'withdrawn 0x800001000']);
});

test('translate wants contiguous CPU pages and the permission on every granule', () => {
  const { backEnd } = iommu();
  backEnd.map(DATA_BASE, PAGE_SIZE, DMA_TO_DEVICE);
  backEnd.map(DATA_BASE + PAGE_SIZE, PAGE_SIZE, DMA_BIDIRECTIONAL);
  backEnd.map(DATA_BASE + 8 * PAGE_SIZE, PAGE_SIZE, DMA_BIDIRECTIONAL);
  assert.equal(backEnd.translate(granule(0), 2 * PAGE_SIZE, false), DATA_BASE);
  assert.equal(backEnd.translate(granule(0), 2 * PAGE_SIZE, true), -1);
  assert.equal(backEnd.translate(granule(1), 2 * PAGE_SIZE, true), -1);
  assert.equal(backEnd.translate(granule(2), PAGE_SIZE, true), DATA_BASE + 8 * PAGE_SIZE);
});

test('physical addresses and addresses outside the range reach nothing', () => {
  const { backEnd } = iommu();
  backEnd.map(DATA_BASE, PAGE_SIZE, DMA_BIDIRECTIONAL);
  for (const dma of [0, -1, PHYSICAL_BASE + DATA_BASE, granule(GRANULES), 2 ** 53 - 1]) {
    assert.equal(backEnd.translate(dma, 1, false), -1);
  }
});

test('an unmap of something unknown is ignored, and a wrong size withdraws what it covers', () => {
  const { backEnd, log } = iommu();
  const dma = backEnd.map(DATA_BASE, 3 * PAGE_SIZE, DMA_TO_DEVICE);
  log.take();
  for (const unknown of [DMA_MAPPING_ERROR, 0, PHYSICAL_BASE + DATA_BASE, granule(3), granule(GRANULES)]) {
    backEnd.unmap(unknown, 16);
  }
  assert.deepEqual(log.take(), []);
  backEnd.unmap(dma, PAGE_SIZE + 1);
  assert.deepEqual(log.take(), ['withdrawn 0x800000000', 'withdrawn 0x800001000']);
  assert.equal(backEnd.translate(granule(2), PAGE_SIZE, false), DATA_BASE + 2 * PAGE_SIZE);
  backEnd.unmap(dma, 0xffffffff);
  assert.deepEqual(log.take(), ['withdrawn 0x800002000']);
});

test('addresses are reused only after the range was used up once, and exhaustion fails the map', () => {
  const { backEnd, log } = iommu();
  assert.equal(backEnd.map(DATA_BASE, 16, DMA_TO_DEVICE), granule(0));
  backEnd.unmap(granule(0), 16);
  for (let i = 1; i < GRANULES; i++) assert.equal(backEnd.map(DATA_BASE, 16, DMA_TO_DEVICE), granule(i));
  assert.equal(backEnd.map(DATA_BASE, 16, DMA_TO_DEVICE), granule(0));
  log.take();
  assert.equal(backEnd.map(DATA_BASE, 16, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
  assert.equal(backEnd.mapCoherent(COHERENT_BASE, PAGE_SIZE), DMA_MAPPING_ERROR);
  assert.deepEqual(log.take(), [], 'a failed map exposes nothing');

  backEnd.unmap(granule(70), 16);
  backEnd.unmap(granule(72), 16);
  backEnd.unmap(granule(90), 2 * PAGE_SIZE);
  assert.equal(backEnd.map(DATA_BASE, 2 * PAGE_SIZE, DMA_TO_DEVICE), granule(90), 'needs two in a row');
  assert.equal(backEnd.map(DATA_BASE, 16, DMA_TO_DEVICE), granule(70));
});

test('a run never wraps from the last granule to the first', () => {
  const { backEnd } = iommu();
  backEnd.map(DATA_BASE, (GRANULES - 1) * PAGE_SIZE, DMA_TO_DEVICE);
  backEnd.unmap(granule(0), 4 * PAGE_SIZE);
  assert.equal(backEnd.map(DATA_BASE, 2 * PAGE_SIZE, DMA_TO_DEVICE), granule(0));
  assert.equal(backEnd.map(DATA_BASE, 3 * PAGE_SIZE, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
});

test('coherent memory is mapped for both, reported, and gone after it is freed', () => {
  const { backEnd, log } = iommu();
  backEnd.map(DATA_BASE, 16, DMA_TO_DEVICE);
  log.take();
  const dma = backEnd.mapCoherent(COHERENT_BASE + PAGE_SIZE, 2 * PAGE_SIZE);
  assert.equal(dma, granule(1));
  assert.deepEqual(log.take(), ['exposed 0x800001000 0x11000 true true', 'exposed 0x800002000 0x12000 true true']);
  assert.equal(backEnd.translate(dma, 2 * PAGE_SIZE, true), COHERENT_BASE + PAGE_SIZE);
  assert.equal(backEnd.translate(dma, 2 * PAGE_SIZE, false), COHERENT_BASE + PAGE_SIZE);
  backEnd.unmapCoherent(COHERENT_BASE + PAGE_SIZE, 2 * PAGE_SIZE);
  assert.deepEqual(log.take(), ['withdrawn 0x800001000', 'withdrawn 0x800002000']);
  assert.equal(backEnd.translate(dma, 1, false), -1);
});

test('reset leaves nothing mapped and starts with the same addresses', () => {
  const { backEnd, log } = iommu();
  const run = (): string[] => {
    const addresses = [
      backEnd.map(DATA_BASE + 5, 5000, DMA_TO_DEVICE),
      backEnd.mapCoherent(COHERENT_BASE, PAGE_SIZE),
      backEnd.map(DATA_BASE + 9000, 10, DMA_FROM_DEVICE),
    ];
    backEnd.unmap(addresses[0] ?? 0, 5000);
    addresses.push(backEnd.map(DATA_BASE, 1, DMA_BIDIRECTIONAL));
    return [...addresses.map(String), ...log.take()];
  };
  const first = run();
  backEnd.reset(config('iommu'));
  for (let i = 0; i < 8; i++) assert.equal(backEnd.translate(granule(i), 1, false), -1);
  assert.deepEqual(run(), first);
});
