// What is refused without having been made to fail: mappings and coherent memory that there was room for.

import { describe, test } from 'node:test';

import { REGION_PAGES } from '../../src/dma/domain-coherent.js';
import { COHERENT_BASE, DATA_BASE, DOMAIN_BASE, PAGE_SIZE, PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import { checkWarnings } from '../../src/oracle/bounce-mismatch.js';
import { checkSynced } from '../../src/oracle/stale-bytes.js';
import { DMA_MAPPING_ERROR, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { dmaOf, fires, JudgeBench } from './judge-bench.js';

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

test('errno: a service that was made to fail fails', () => {
  const bench = new JudgeBench();
  bench.dma.mapsRefused = (): number => 1;
  bench.dma.coherentRefused = (): number => 1;
  fires('errno', 'map succeeds although it was made to fail', () => {
    bench.map(DATA_BASE, 64, DMA_TO_DEVICE);
  });
  fires('errno', 'coherent allocation succeeds although it was made to fail', () => {
    bench.dma.coherentAllocated(COHERENT_BASE, PHYSICAL_BASE + COHERENT_BASE, 64);
  });
  refuseMap(bench, 64)();
  bench.map(DATA_BASE, 64, DMA_TO_DEVICE);
});

describe('errno: a VDUSE domain', () => {
  const domain = (pages: number): JudgeBench => {
    const bench = new JudgeBench();
    bench.c.vduse = true;
    bench.c.bounced = true;
    bench.c.poolEnd = POOL_BASE + pages * PAGE_SIZE;
    return bench;
  };
  /** Takes bounce page `page` for the bytes at `cpu`. */
  const take = (bench: JudgeBench, page: number, cpu: number, size: number): void => {
    const entry = bench.c.ledger.open(DOMAIN_BASE + page * PAGE_SIZE + (cpu % PAGE_SIZE), cpu, size, DMA_TO_DEVICE);
    bench.c.ledger.kind[entry] = 1;
  };

  test('has room where consecutive pages are free', () => {
    const bench = domain(3);
    take(bench, 1, DATA_BASE + 8 * PAGE_SIZE, 64);
    fires('errno', MAP_REFUSED, refuseMap(bench, PAGE_SIZE));
    refuseMap(bench, PAGE_SIZE + 1)();
    take(bench, 2, DATA_BASE + 9 * PAGE_SIZE, 64);
    fires('errno', MAP_REFUSED, refuseMap(bench, PAGE_SIZE));
    take(bench, 0, DATA_BASE + 10 * PAGE_SIZE, 64);
    refuseMap(bench, 1)();
  });

  test('has room in pages that stand for the same memory already', () => {
    const bench = domain(2);
    take(bench, 0, DATA_BASE, 64);
    fires('errno', MAP_REFUSED, refuseMap(bench, 2 * PAGE_SIZE));
    take(bench, 1, DATA_BASE + 2 * PAGE_SIZE, 64);
    fires('errno', MAP_REFUSED, refuseMap(bench, PAGE_SIZE));
    refuseMap(bench, 2 * PAGE_SIZE)();
  });

  test('has addresses for coherent memory where one gap must be large enough', () => {
    const bench = domain(2);
    bench.c.coherentPages = 0;
    bench.c.coherentLive = 1;
    bench.c.granulesExpected = REGION_PAGES - 4;
    fires('errno', COHERENT_REFUSED, refuseCoherent(bench, 2 * PAGE_SIZE));
    refuseCoherent(bench, 3 * PAGE_SIZE)();
  });
});

test('bounce-mismatch: a bouncing back end warns of misuse and of nothing else', () => {
  checkWarnings(2, 2);
  fires('bounce-mismatch', 'warning without a reason', () => {
    checkWarnings(1, 0);
  });
  fires('bounce-mismatch', 'no warning', () => {
    checkWarnings(0, 1);
  });
});

test('stale-bytes: a sync reaches the DMA layer', () => {
  const bench = new JudgeBench();
  fires('stale-bytes', 'sync without effect', () => {
    checkSynced(bench.c);
  });
  bench.map(DATA_BASE, 64, DMA_TO_DEVICE);
  bench.dma.syncing(dmaOf(DATA_BASE), 64, DMA_TO_DEVICE, true);
  bench.dma.synced();
  checkSynced(bench.c);
});
