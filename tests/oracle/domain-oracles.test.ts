// The rules of a VDUSE domain (src/oracle/domain-rules.ts) without a back end: calls, copies and fills that the test makes up.
// For each rule what must pass, and each way to be wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COHERENT_BASE, DATA_BASE, DOMAIN_BASE, PAGE_SIZE, POOL_BASE } from '../../src/memory/layout.js';
import { CALL_CLIENT, CALL_MAX_MAPPING_SIZE } from '../../src/oracle/calls.js';
import { BACK_END_NAMES } from '../../src/dma/back-end.js';
import { DMA_BIDIRECTIONAL, DMA_FROM_DEVICE, DMA_TO_DEVICE, type DmaDirection } from '../../src/platform/dma-api.js';
import { checkWritable } from '../../src/oracle/stale-bytes.js';
import { fires, JudgeBench } from './judge-bench.js';

const VDUSE = BACK_END_NAMES.indexOf('vduse');

/** A domain of eight pages. Offsets count from the start of the streaming region. */
class DomainBench extends JudgeBench {
  constructor() {
    super();
    this.c.vduse = true;
    this.c.bounced = true;
    this.c.poolEnd = POOL_BASE + 8 * PAGE_SIZE;
    this.begin(CALL_CLIENT);
  }

  /** A page enters the domain as it should. */
  enter(page: number): void {
    this.fill(page * PAGE_SIZE, PAGE_SIZE);
    this.dma.exposed(DOMAIN_BASE + page * PAGE_SIZE, POOL_BASE + page * PAGE_SIZE, true, true);
  }

  fill(offset: number, size: number, value = 0): void {
    this.memory.filling(POOL_BASE + offset, size, value);
    this.c.bytes.fill(value, POOL_BASE + offset, POOL_BASE + offset + size);
  }

  copyIn(offset: number, cpu: number, size: number): void {
    this.memory.copying(POOL_BASE + offset, cpu, size);
    this.c.bytes.copyWithin(POOL_BASE + offset, cpu, cpu + size);
  }

  copyBack(cpu: number, offset: number, size: number): void {
    this.memory.copying(cpu, POOL_BASE + offset, size);
    this.c.bytes.copyWithin(cpu, POOL_BASE + offset, POOL_BASE + offset + size);
  }

  /** A correct map into pages that are in the domain; `prepare` brings them there. */
  bounce(cpu: number, size: number, direction: DmaDirection, offset: number, prepare = (): void => undefined): void {
    this.dma.mapping(cpu, size, direction, 1, 0);
    prepare();
    this.copyIn(offset, cpu, size);
    this.dma.mapped(DOMAIN_BASE + offset);
  }

  startUnmap(offset: number, size: number, direction: DmaDirection, attributes = 0): void {
    this.dma.unmapping(DOMAIN_BASE + offset, size, direction, 1, attributes);
  }
}

/** A domain in which page 0 has a mapping of 64 bytes at offset 0x40. */
function mapped(direction: DmaDirection): DomainBench {
  const bench = new DomainBench();
  bench.bounce(DATA_BASE + 0x40, 64, direction, 0x40, () => {
    bench.enter(0);
  });
  return bench;
}

test('a correct life of two mappings that share a page, and of a page that is used again', () => {
  const bench = mapped(DMA_TO_DEVICE);
  bench.bounce(DATA_BASE + 0x80, 32, DMA_FROM_DEVICE, 0x80);
  bench.c.bytes.fill(0xee, POOL_BASE, POOL_BASE + PAGE_SIZE);
  bench.memory.deviceWrote(POOL_BASE, PAGE_SIZE);
  bench.startUnmap(0x40, 64, DMA_TO_DEVICE);
  bench.dma.unmapped();
  bench.startUnmap(0x80, 32, DMA_FROM_DEVICE);
  bench.copyBack(DATA_BASE + 0x80, 0x80, 32);
  bench.fill(0x40, 96);
  bench.dma.unmapped();
  checkWritable(bench.c, DATA_BASE, PAGE_SIZE, 0);
  assert.equal(bench.c.bytes[DATA_BASE + 0x80], 0xee, 'what the device wrote has arrived');
  bench.bounce(DATA_BASE + 7 * PAGE_SIZE, 16, DMA_BIDIRECTIONAL, 0);
});

test('a mapping of several pages is filled and brought back page by page', () => {
  const bench = new DomainBench();
  const size = PAGE_SIZE + 0x200;
  bench.dma.mapping(DATA_BASE + 0xf00, size, DMA_FROM_DEVICE, 1, 0);
  for (const page of [0, 1, 2]) bench.enter(page);
  bench.copyIn(0xf00, DATA_BASE + 0xf00, 0x100);
  bench.copyIn(0x1000, DATA_BASE + 0x1000, 0x1000);
  bench.copyIn(0x2000, DATA_BASE + 0x2000, 0x100);
  bench.dma.mapped(DOMAIN_BASE + 0xf00);
  bench.startUnmap(0xf00, size, DMA_FROM_DEVICE);
  bench.copyBack(DATA_BASE + 0xf00, 0xf00, 0x100);
  fires('bounce-mismatch', 'outside the mapping', () => {
    bench.copyBack(DATA_BASE + 0x2000, 0x2000, 0x101);
  });
});

test('bounce-mismatch: the copy-in comes from the mapping and goes to the pages that are handed out', () => {
  const map = (steps: (bench: DomainBench) => void): (() => void) => {
    const bench = new DomainBench();
    bench.dma.mapping(DATA_BASE + 0x40, 64, DMA_TO_DEVICE, 1, 0);
    bench.enter(0);
    bench.enter(1);
    return () => {
      steps(bench);
    };
  };
  fires(
    'disclosure',
    'copied to the bounce pool',
    map((bench) => {
      bench.copyIn(0, DATA_BASE, PAGE_SIZE);
    }),
  );
  fires(
    'bounce-mismatch',
    'copy-in target',
    map((bench) => {
      bench.copyIn(0x40, DATA_BASE + 0x40, 32);
      bench.copyIn(0x1060, DATA_BASE + 0x60, 32);
    }),
  );
  fires(
    'bounce-mismatch',
    'bounce page',
    map((bench) => {
      bench.copyIn(0x40, DATA_BASE + 0x40, 64);
      bench.dma.mapped(DOMAIN_BASE + 0x1040);
    }),
  );
});

test('bounce-mismatch: where the bounce pages are', () => {
  const map = (dma: number, cpu = DATA_BASE + 0x40): (() => void) => {
    const bench = new DomainBench();
    bench.dma.mapping(cpu, 64, DMA_TO_DEVICE, 1, 0);
    bench.enter(0);
    return () => {
      bench.dma.mapped(dma);
    };
  };
  map(DOMAIN_BASE + 0x40)();
  fires('bounce-mismatch', 'no bounce page', map(DATA_BASE));
  fires('bounce-mismatch', 'bounce page with another offset', map(DOMAIN_BASE + 0x80));
  fires('bounce-mismatch', 'bounce page beyond the pool', map(DOMAIN_BASE + 8 * PAGE_SIZE + 0x40));
});

test('bounce-mismatch: a page stands for one page of memory as long as a mapping uses it', () => {
  const bench = mapped(DMA_TO_DEVICE);
  fires('bounce-mismatch', 'bounce page of two originals', () => {
    bench.bounce(DATA_BASE + PAGE_SIZE + 0x200, 8, DMA_TO_DEVICE, 0x200);
  });
  const long = mapped(DMA_TO_DEVICE);
  long.dma.mapping(DATA_BASE + 3 * PAGE_SIZE + 0xff0, 0x20, DMA_FROM_DEVICE, 1, 0);
  long.enter(1);
  fires('bounce-mismatch', 'bounce page of two originals', () => {
    long.dma.mapped(DOMAIN_BASE + 0xff0);
  });
});

test('bounce-mismatch: a mapping that is TO_DEVICE brings nothing back, whoever else is in its page', () => {
  const bench = mapped(DMA_TO_DEVICE);
  bench.bounce(DATA_BASE + 0x80, 32, DMA_FROM_DEVICE, 0x80);
  bench.startUnmap(0x80, 32, DMA_FROM_DEVICE);
  fires('bounce-mismatch', 'outside the mapping', () => {
    bench.copyBack(DATA_BASE + 0x40, 0x40, 64);
  });
  const other = mapped(DMA_TO_DEVICE);
  other.startUnmap(0x40, 64, DMA_TO_DEVICE);
  fires('bounce-mismatch', 'direction', () => {
    other.copyBack(DATA_BASE + 0x40, 0x40, 64);
  });
});

test('bounce-mismatch: a sync copies within its range', () => {
  const bench = mapped(DMA_FROM_DEVICE);
  bench.dma.syncing(DOMAIN_BASE + 0x50, 16, DMA_FROM_DEVICE, false);
  bench.copyBack(DATA_BASE + 0x50, 0x50, 16);
  fires('bounce-mismatch', 'length', () => {
    bench.copyBack(DATA_BASE + 0x50, 0x50, 17);
  });
});

test('bounce-mismatch: pages are filled with zeroes only, in a map or unmap, and under no live mapping', () => {
  const idle = mapped(DMA_TO_DEVICE);
  fires('bounce-mismatch', 'bounce page filled', () => {
    idle.fill(PAGE_SIZE, PAGE_SIZE);
  });
  const ones = mapped(DMA_TO_DEVICE);
  ones.startUnmap(0x40, 64, DMA_TO_DEVICE);
  fires('bounce-mismatch', 'bounce page filled', () => {
    ones.fill(0x40, 64, 1);
  });
  const shared = mapped(DMA_TO_DEVICE);
  shared.bounce(DATA_BASE + 0x80, 32, DMA_FROM_DEVICE, 0x80);
  shared.startUnmap(0x40, 64, DMA_TO_DEVICE);
  fires('bounce-mismatch', 'wiped under a live mapping', () => {
    shared.fill(0x40, 65);
  });
  const again = mapped(DMA_TO_DEVICE);
  again.dma.mapping(DATA_BASE + 0x200, 8, DMA_TO_DEVICE, 1, 0);
  fires('bounce-mismatch', 'wiped under a live mapping', () => {
    again.enter(0);
  });
});

test('disclosure: nobody knows what a page held before it was zeroed', () => {
  for (const zeroed of [PAGE_SIZE, PAGE_SIZE - 1]) {
    const bench = new DomainBench();
    bench.dma.mapping(DATA_BASE, 64, DMA_TO_DEVICE, 1, 0);
    bench.fill(0, zeroed);
    bench.copyIn(0, DATA_BASE, 64);
    const end = (): void => {
      bench.dma.mapped(DOMAIN_BASE);
    };
    if (zeroed === PAGE_SIZE) end();
    else fires('disclosure', 'bounce page not zeroed before the device reaches it', end);
  }
});

test('disclosure: what mappings put into a page goes with the last of them', () => {
  for (const wiped of [96, 95]) {
    const bench = mapped(DMA_TO_DEVICE);
    bench.bounce(DATA_BASE + 0x80, 32, DMA_TO_DEVICE, 0x80);
    bench.startUnmap(0x80, 32, DMA_TO_DEVICE);
    bench.dma.unmapped();
    bench.startUnmap(0x40, 64, DMA_TO_DEVICE);
    bench.poke(POOL_BASE + 0x9f, 7);
    bench.fill(0x40, wiped);
    const end = (): void => {
      bench.dma.unmapped();
    };
    if (wiped === 96) end();
    else fires('disclosure', 'bounce page not wiped after its last mapping', end);
  }
});

test('stale-bytes: a page that is wiped before it is copied back has lost what the device wrote', () => {
  const bench = mapped(DMA_FROM_DEVICE);
  bench.c.bytes[POOL_BASE + 0x40] = 0xee;
  bench.memory.deviceWrote(POOL_BASE + 0x40, 1);
  bench.startUnmap(0x40, 64, DMA_FROM_DEVICE);
  bench.fill(0x40, 64);
  bench.copyBack(DATA_BASE + 0x40, 0x40, 64);
  bench.dma.unmapped();
  fires('stale-bytes', 'buffer content', () => {
    checkWritable(bench.c, DATA_BASE + 0x40, 64, 0);
  });
});

test('disclosure: the device reaches the pages of mappings and coherent memory that is allocated, no more', () => {
  const bench = mapped(DMA_TO_DEVICE);
  bench.memory.deviceWrote(POOL_BASE + PAGE_SIZE - 8, 8);
  fires('disclosure', 'bounce page reachable without a mapping', () => {
    bench.memory.deviceWrote(POOL_BASE + PAGE_SIZE - 8, 9);
  });
  const early = mapped(DMA_TO_DEVICE);
  early.dma.exposed(DOMAIN_BASE + PAGE_SIZE, POOL_BASE + PAGE_SIZE, true, true);
  early.startUnmap(0x40, 64, DMA_TO_DEVICE);
  early.fill(0x40, 64);
  fires('disclosure', 'bounce page reachable without a mapping', () => {
    early.dma.unmapped();
  });
  for (const withdrawn of [true, false]) {
    const freed = mapped(DMA_TO_DEVICE);
    freed.dma.exposed(DOMAIN_BASE + 0x80000, COHERENT_BASE, true, true);
    freed.dma.coherentAllocated(COHERENT_BASE, DOMAIN_BASE + 0x80000, 100);
    freed.dma.coherentFreeing(COHERENT_BASE, 100);
    if (withdrawn) freed.dma.withdrawn(DOMAIN_BASE + 0x80000);
    freed.startUnmap(0x40, 64, DMA_TO_DEVICE);
    freed.fill(0x40, 64);
    const end = (): void => {
      freed.dma.unmapped();
    };
    if (withdrawn) end();
    else fires('disclosure', 'coherent page reachable after it was freed', end);
  }
});

test('errno: the maximum mapping size is one page less than the pool', () => {
  const bench = new DomainBench();
  bench.begin(CALL_MAX_MAPPING_SIZE);
  bench.call.mappingSizeAsked(7 * PAGE_SIZE, VDUSE, 0xfff);
  for (const size of [8 * PAGE_SIZE, Number.MAX_SAFE_INTEGER]) {
    const shape = size > 8 * PAGE_SIZE ? 'maximum mapping size unlimited' : 'maximum mapping size';
    fires('errno', shape, () => {
      bench.call.mappingSizeAsked(size, VDUSE, 0);
    });
  }
});
