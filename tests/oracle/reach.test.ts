// What the device must reach, and what it must not any more: the oracles ask a reach that the test answers for.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { COHERENT_BASE, DATA_BASE, PAGE_SIZE, PHYSICAL_BASE } from '../../src/memory/layout.js';
import { DMA_FROM_DEVICE, DMA_MAPPING_ERROR, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { IN_FLIGHT } from '../../src/oracle/buffer-table.js';
import { checkPieceReached } from '../../src/oracle/reach.js';
import { checkNoAddress, NO_ALLOCATION } from '../../src/oracle/teardown.js';
import { checkBesideRing, checkPieceGone, checkPrivate } from '../../src/oracle/withdrawn-memory.js';
import { dmaOf, fires, JudgeBench } from './judge-bench.js';

/** A device that reaches these bytes, reading or writing, at the DMA addresses that the bench gives out. */
class Bench extends JudgeBench {
  private readonly ranges: { dma: number; cpu: number; size: number; read: boolean; write: boolean }[] = [];

  constructor() {
    super();
    this.c.iommu = true;
    this.c.reach = {
      translate: (dma, size, write): number => {
        const range = this.ranges.find(
          (one) => dma >= one.dma && dma + size <= one.dma + one.size && (write ? one.write : one.read),
        );
        return range === undefined ? -1 : range.cpu + dma - range.dma;
      },
    };
  }

  grant(dma: number, cpu: number, size: number, may: { read?: boolean; write?: boolean }): void {
    this.ranges.push({ dma, cpu, size, read: may.read ?? false, write: may.write ?? false });
  }

  revoke(): void {
    this.ranges.length = 0;
  }
}

describe('reach: a mapping', () => {
  test('is reached in its direction, from its first byte to its last', () => {
    const bench = new Bench();
    bench.grant(dmaOf(DATA_BASE), DATA_BASE, 64, { read: true });
    bench.map(DATA_BASE, 64, DMA_TO_DEVICE);
    for (const { size, direction, may } of [
      { size: 64, direction: DMA_FROM_DEVICE, may: { read: true } },
      { size: 64, direction: DMA_TO_DEVICE, may: { write: true } },
      { size: 65, direction: DMA_TO_DEVICE, may: { read: true } },
    ] as const) {
      const wrong = new Bench();
      wrong.grant(dmaOf(DATA_BASE), DATA_BASE, 64, may);
      fires('reach', `mapping not ${direction === DMA_TO_DEVICE ? 'readable' : 'writable'}`, () => {
        wrong.map(DATA_BASE, size, direction);
      });
    }
  });

  test('leads to its own bytes', () => {
    const bench = new Bench();
    bench.grant(dmaOf(DATA_BASE), DATA_BASE + 8, 64, { read: true });
    fires('reach', 'mapping not readable', () => {
      bench.map(DATA_BASE, 64, DMA_TO_DEVICE);
    });
  });

  test('of a direct back end has its physical address', () => {
    const bench = new Bench();
    bench.c.iommu = false;
    bench.grant(dmaOf(DATA_BASE), DATA_BASE, 64, { read: true });
    fires('reach', 'mapping not readable', () => {
      bench.map(DATA_BASE, 64, DMA_TO_DEVICE);
    });
    bench.grant(PHYSICAL_BASE + DATA_BASE, DATA_BASE, 64, { read: true });
    bench.map(DATA_BASE, 64, DMA_TO_DEVICE, PHYSICAL_BASE + DATA_BASE);
  });

  test('is not missed by a device that looks for it, unless it is of the other direction or none at all', () => {
    const bench = new JudgeBench();
    bench.map(DATA_BASE, 64, DMA_TO_DEVICE);
    bench.memory.deviceMissed(dmaOf(DATA_BASE), 64, true);
    bench.memory.deviceMissed(dmaOf(DATA_BASE), 65, false);
    bench.memory.deviceMissed(dmaOf(DATA_BASE) + 64, 1, false);
    fires('reach', 'mapping not readable', () => {
      bench.memory.deviceMissed(dmaOf(DATA_BASE) + 60, 4, false);
    });
    bench.map(DATA_BASE + PAGE_SIZE, 64, DMA_FROM_DEVICE);
    fires('reach', 'mapping not writable', () => {
      bench.memory.deviceMissed(dmaOf(DATA_BASE + PAGE_SIZE), 64, true);
    });
  });

  test('is out of reach when it has ended', () => {
    const bench = new Bench();
    bench.grant(dmaOf(DATA_BASE), DATA_BASE, 64, { read: true });
    bench.map(DATA_BASE, 64, DMA_TO_DEVICE);
    fires('disclosure', 'reachable after its mapping ended', () => {
      bench.unmap(dmaOf(DATA_BASE), 64, DMA_TO_DEVICE);
    });
    const right = new Bench();
    right.grant(dmaOf(DATA_BASE), DATA_BASE, 64, { read: true });
    right.map(DATA_BASE, 64, DMA_TO_DEVICE);
    right.revoke();
    right.unmap(dmaOf(DATA_BASE), 64, DMA_TO_DEVICE);
  });
});

test('reach: a page is exposed as the back end says', () => {
  const bench = new Bench();
  bench.grant(dmaOf(DATA_BASE), DATA_BASE, PAGE_SIZE, { read: true });
  bench.dma.exposed(dmaOf(DATA_BASE), DATA_BASE, true, false);
  for (const [cpu, readable, writable] of [
    [DATA_BASE + PAGE_SIZE, true, false],
    [DATA_BASE, true, true],
    [DATA_BASE, false, false],
  ] as const) {
    fires('reach', 'page exposed otherwise than said', () => {
      bench.dma.exposed(dmaOf(DATA_BASE), cpu, readable, writable);
    });
  }
});

describe('reach: a buffer without a DMA API', () => {
  const lend = (): { bench: Bench; cpu: number } => {
    const bench = new Bench();
    bench.c.model.useDmaApi = false;
    const token = bench.offer([16], [32]);
    bench.c.buffers.state[token] = IN_FLIGHT;
    return { bench, cpu: bench.piece(token, 1) };
  };

  test('is reached while it is in flight and not afterwards', () => {
    const { bench, cpu } = lend();
    bench.grant(PHYSICAL_BASE + cpu, cpu, 32, { write: true });
    checkPieceReached(bench.c, PHYSICAL_BASE + cpu, cpu, 32, true);
    fires('reach', 'buffer not readable', () => {
      checkPieceReached(bench.c, PHYSICAL_BASE + cpu, cpu, 32, false);
    });
    fires('disclosure', 'reachable after the buffer came back', () => {
      checkPieceGone(bench.c, PHYSICAL_BASE + cpu, 32, true);
    });
    bench.revoke();
    checkPieceGone(bench.c, PHYSICAL_BASE + cpu, 32, true);
  });

  test('is not missed by a device that looks for it', () => {
    const { bench, cpu } = lend();
    bench.memory.deviceMissed(PHYSICAL_BASE + cpu, 32, false);
    bench.memory.deviceMissed(PHYSICAL_BASE + cpu, 33, true);
    fires('reach', 'mapping not writable', () => {
      bench.memory.deviceMissed(PHYSICAL_BASE + cpu, 32, true);
    });
  });
});

describe('reach: coherent memory', () => {
  const dma = PHYSICAL_BASE + COHERENT_BASE;
  const withPages = (pages: number): Bench => {
    const bench = new Bench();
    bench.c.coherentPages = 0;
    bench.grant(dma, COHERENT_BASE, pages * PAGE_SIZE, { read: true, write: true });
    return bench;
  };

  test('is reached as a whole', () => {
    withPages(2).dma.coherentAllocated(COHERENT_BASE, dma, PAGE_SIZE + 1);
    fires('reach', 'coherent memory out of reach', () => {
      withPages(1).dma.coherentAllocated(COHERENT_BASE, dma, PAGE_SIZE + 1);
    });
  });

  test('has nothing beside it in reach', () => {
    const allocated = (from: number, pages: number): Bench => {
      const bench = new Bench();
      bench.c.coherentPages = 0;
      bench.grant(dma, COHERENT_BASE, 2 * PAGE_SIZE, { read: true, write: true });
      bench.dma.coherentAllocated(COHERENT_BASE, dma, PAGE_SIZE + 1);
      bench.revoke();
      bench.grant(from, COHERENT_BASE, pages * PAGE_SIZE, { read: true, write: true });
      return bench;
    };
    // Which place is asked about follows from the number of mappings so far.
    for (let count = 0; count < 4; count++) {
      const right = allocated(dma, 2);
      right.c.ledger.count = count;
      checkBesideRing(right.c);
      const wrong = [
        allocated(dma - PAGE_SIZE, 3),
        allocated(dma, 3),
        allocated(PHYSICAL_BASE, 1),
        allocated(dma + 0x1_0000_0000, 2),
      ][count];
      assert.ok(wrong !== undefined);
      wrong.c.ledger.count = count;
      fires('disclosure', 'reachable beside coherent memory', () => {
        checkBesideRing(wrong.c);
      });
    }
  });

  test('is out of reach when it was freed', () => {
    const bench = withPages(1);
    bench.dma.coherentAllocated(COHERENT_BASE, dma, 64);
    bench.dma.coherentFreeing(COHERENT_BASE, 64);
    fires('disclosure', 'coherent memory reachable after it was freed', () => {
      bench.dma.coherentFreed();
    });
    bench.revoke();
    bench.dma.coherentFreed();
  });

  test('and all other private memory is out of reach when the queue is gone', () => {
    const bench = new Bench();
    checkPrivate(bench.c);
    bench.grant(PHYSICAL_BASE, 0, 2 * DATA_BASE, { read: true });
    fires('disclosure', 'private memory reachable', () => {
      checkPrivate(bench.c);
    });
  });
});

test('teardown: coherent memory that there is none of has no address', () => {
  for (const cpu of NO_ALLOCATION) checkNoAddress(cpu, DMA_MAPPING_ERROR);
  fires('teardown', 'address of coherent memory that does not exist', () => {
    checkNoAddress(COHERENT_BASE, PHYSICAL_BASE + COHERENT_BASE);
  });
});
