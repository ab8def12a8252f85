// What is refused without having been made to fail: mappings and coherent memory that there was room for.

import { test } from 'node:test';

import { COHERENT_BASE, DATA_BASE, PAGE_SIZE } from '../../src/memory/layout.js';
import { DMA_MAPPING_ERROR, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { fires, JudgeBench } from './judge-bench.js';

const MAP_REFUSED = 'mapping fails although there is room';
const COHERENT_REFUSED = 'no coherent memory although there is room';

function refuseMap(bench: JudgeBench, size: number): () => void {
  return () => {
    bench.map(DATA_BASE, size, DMA_TO_DEVICE, DMA_MAPPING_ERROR);
  };
}

function refuseCoherent(bench: JudgeBench, size: number): () => void {
  return () => {
    bench.dma.coherentAllocated(0, DMA_MAPPING_ERROR, size);
  };
}

test('errno: a direct mapping never lacks room', () => {
  const bench = new JudgeBench();
  fires('errno', MAP_REFUSED, refuseMap(bench, 64));
  let injected = 1;
  bench.dma.mapsRefused = (): number => injected;
  refuseMap(bench, 64)();
  fires('errno', MAP_REFUSED, refuseMap(bench, 64));
  injected++;
  refuseMap(bench, 64)();
});

test('errno: an IOMMU has room where one gap must be large enough', () => {
  const bench = new JudgeBench();
  bench.c.iommu = true;
  bench.c.coherentLive = 1;
  bench.c.granulesExpected = 4096 - 8;
  // Eight granules in two gaps at most: four of them lie in a row.
  fires('errno', MAP_REFUSED, refuseMap(bench, 4 * PAGE_SIZE));
  refuseMap(bench, 5 * PAGE_SIZE)();
  fires('errno', MAP_REFUSED, refuseMap(bench, 4 * PAGE_SIZE));
});

test('errno: coherent memory of as many pages in a row as are free', () => {
  const bench = new JudgeBench();
  bench.c.coherentPages = 0xffff & ~(0x7 << 5);
  fires('errno', COHERENT_REFUSED, refuseCoherent(bench, 3 * PAGE_SIZE));
  refuseCoherent(bench, 3 * PAGE_SIZE + 1)();
  bench.dma.coherentRefused = (): number => 1;
  refuseCoherent(bench, PAGE_SIZE)();
  fires('errno', COHERENT_REFUSED, refuseCoherent(bench, PAGE_SIZE));
  const full = new JudgeBench();
  full.c.coherentPages = 0;
  full.dma.coherentAllocated(COHERENT_BASE, COHERENT_BASE, 16 * PAGE_SIZE);
  refuseCoherent(full, 1)();
});
