// Oracles on bytes: buffer contents, the heap, and accesses outside every object.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COHERENT_BASE, DATA_BASE, HEAP_BASE, PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import { CALL_ADD, CALL_CLIENT, CALL_GET, CALL_RESET } from '../../src/oracle/calls.js';
import { CONTENT_LIMIT } from '../../src/oracle/read-only-data.js';
import { DMA_FROM_DEVICE, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { failIndex } from '../../src/oracle/out-of-bounds.js';
import { checkWarning, failException, failPanic } from '../../src/oracle/panic.js';
import { DESC, fires, JudgeBench, NUM, USED } from './judge-bench.js';

/** Gets a buffer whose bytes were changed by `change` while it was in flight. */
function getChanged(
  sizes: { out: number[]; in: number[] },
  change: (bench: JudgeBench, token: number) => void,
): () => void {
  const bench = new JudgeBench();
  const token = bench.add(sizes.out, sizes.in);
  change(bench, token);
  return () => {
    bench.get(token, 0);
  };
}

test('read-only-data: every byte of a device-readable buffer, near and far', () => {
  for (const size of [1, 64, 65, 4096]) {
    getChanged({ out: [size], in: [] }, () => undefined)();
    for (const offset of [0, size - 1]) {
      const get = getChanged({ out: [size], in: [] }, (bench, token) => {
        bench.poke(bench.piece(token, 0) + offset, 0x77);
      });
      const { evidence } = fires('read-only-data', 'buffer changed', get);
      assert.deepEqual(evidence.expected, { byte: 0, offset, piece: 0 });
    }
  }
});

test('read-only-data: what the device sees of a readable buffer', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_CLIENT);
  bench.map(DATA_BASE, 16, DMA_TO_DEVICE, 0x5_0000_0000);
  bench.memory.deviceRead(0x5_0000_0000, DATA_BASE, 16);
  bench.poke(DATA_BASE + 9, 1);
  fires('read-only-data', 'device sees other bytes', () => {
    bench.memory.deviceRead(0x5_0000_0000, DATA_BASE, 16);
  });
  bench.memory.deviceRead(0x6_0000_0000, DATA_BASE, 16);
});

test('read-only-data and stale-bytes: where the device could write without a mapping that lets it', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_CLIENT);
  bench.map(DATA_BASE, 16, DMA_TO_DEVICE);
  bench.map(DATA_BASE + 4096, 16, DMA_FROM_DEVICE);
  bench.memory.deviceWrote(DATA_BASE + 4096, 16);
  bench.memory.deviceWrote(COHERENT_BASE, 16);
  bench.memory.deviceWrote(POOL_BASE, 16);
  fires('read-only-data', 'writable by the device', () => {
    bench.memory.deviceWrote(DATA_BASE + 4, 4);
  });
  fires('stale-bytes', 'written without a mapping', () => {
    bench.memory.deviceWrote(DATA_BASE + 4096 + 16, 1);
  });
});

test('read-only-data: an IOMMU lets the device write whole granules of a writable mapping, not of a readable one', () => {
  const bench = new JudgeBench();
  bench.c.iommu = true;
  bench.begin(CALL_CLIENT);
  bench.map(DATA_BASE + 0x100, 16, DMA_FROM_DEVICE);
  bench.map(DATA_BASE + 0x1100, 16, DMA_TO_DEVICE);
  bench.memory.deviceWrote(DATA_BASE, 4096);
  fires('stale-bytes', 'written without a mapping', () => {
    bench.memory.deviceWrote(DATA_BASE, 4097);
  });
  // Beside the bytes of a readable mapping, but in its granule.
  fires('read-only-data', 'writable by the device', () => {
    bench.memory.deviceWrote(DATA_BASE + 0x1f00, 1);
  });
});

test('stale-bytes: a writable buffer holds what the device wrote and nothing else', () => {
  getChanged({ out: [], in: [8] }, (bench, token) => {
    bench.poke(bench.piece(token, 0), 5);
    bench.memory.deviceWrote(bench.piece(token, 0), 1);
  })();
  const get = getChanged({ out: [4], in: [8, 8] }, (bench, token) => {
    bench.poke(bench.piece(token, 2) + 7, 5);
  });
  const { evidence } = fires('stale-bytes', 'buffer content', get);
  assert.deepEqual(evidence.expected, { byte: 0, offset: 7, size: 8 });
  assert.deepEqual(evidence.got, { byte: 5, token: 1 });
});

test('stale-bytes: behind a bounce slot, what the device wrote there must arrive', () => {
  for (const arrives of [true, false]) {
    const bench = new JudgeBench();
    const slot = POOL_BASE + 2048;
    bench.begin(CALL_CLIENT);
    bench.dma.mapping(DATA_BASE, 8, DMA_FROM_DEVICE, 1, 0);
    bench.memory.copying(slot, DATA_BASE, 8);
    bench.dma.mapped(PHYSICAL_BASE + slot);
    bench.poke(slot + 3, 9);
    bench.memory.deviceWrote(slot + 3, 1);
    bench.dma.unmapping(PHYSICAL_BASE + slot, 8, DMA_FROM_DEVICE, 1, 0);
    if (arrives) bench.poke(DATA_BASE + 3, 9);
    bench.dma.unmapped();
    assert.equal(bench.c.expected[DATA_BASE + 3], 9);
  }
});

test('contents are compared up to a stated limit', () => {
  const size = CONTENT_LIMIT + 8;
  getChanged({ out: [size], in: [] }, (bench, token) => {
    bench.poke(bench.piece(token, 0) + CONTENT_LIMIT, 1);
  })();
  const get = getChanged({ out: [size], in: [] }, (bench, token) => {
    bench.poke(bench.piece(token, 0) + CONTENT_LIMIT - 1, 1);
  });
  fires('read-only-data', 'buffer changed', get);
});

test('heap: freed twice, used after free, a table that stays, too much freed', () => {
  const bench = new JudgeBench();
  bench.memory.allocated(HEAP_BASE, 64);
  bench.memory.freeing(HEAP_BASE, true);
  fires('heap', 'free of no live object', () => {
    bench.memory.freeing(HEAP_BASE, false);
  });
  bench.memory.wasFreed = (address): boolean => address === HEAP_BASE;
  fires('heap', 'use after free', () => {
    bench.memory.fault(HEAP_BASE, 4, 0);
  });

  const leaking = new JudgeBench();
  leaking.memory.allocated(HEAP_BASE, 64);
  const token = leaking.add([8], []);
  leaking.c.buffers.table[token] = HEAP_BASE;
  fires('heap', 'table of a returned buffer not freed', () => {
    leaking.get(token, 0);
  });

  const generous = new JudgeBench();
  generous.memory.allocated(HEAP_BASE, 64);
  const other = generous.add([8], []);
  generous.driveGet(other, 0, 0);
  generous.memory.freeing(HEAP_BASE, true);
  fires('heap', 'too much freed', () => {
    generous.call.got({ token: other, length: 0, ctx: 0 }, false);
  });
});

test('out-of-bounds: loads and stores outside every object, stores beside the ring, indices', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_ADD);
  fires('out-of-bounds', 'load outside every object', () => {
    bench.memory.fault(0, 4, 0);
  });
  fires('out-of-bounds', 'store outside every object', () => {
    bench.memory.fault(DATA_BASE, 4, 1);
  });
  bench.memory.sharedStore(DESC + 12, 2, 0);
  for (const address of [DESC + 13, USED + 4 + 8 * NUM + 2, COHERENT_BASE + 0x3000]) {
    fires('out-of-bounds', 'store beside the ring', () => {
      bench.memory.sharedStore(address, 2, 0);
    });
  }
  const { evidence } = fires('out-of-bounds', 'index into descriptor records', () => {
    failIndex('descriptor records', 65535, 4);
  });
  assert.deepEqual([evidence.expected, evidence.got], [{ 'index below': 4 }, { index: 65535 }]);
});

test('panic: BUG() and exceptions of the language', () => {
  fires('panic', 'descriptors missing', () => {
    failPanic('descriptors missing');
  });
  fires('panic', 'exception TypeError', () => {
    failException(new TypeError('x is undefined'));
  });
});

test('bounce-mismatch: a fill belongs to coherent memory', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_GET);
  bench.memory.filling(COHERENT_BASE, 4096, 0);
  fires('bounce-mismatch', 'no mapping', () => {
    bench.memory.filling(DATA_BASE, 16, 0);
  });
});

test('panic: the driver warns of a buffer that can never fit, once, and of nothing else', () => {
  const bench = new JudgeBench();
  const warning = (pieces: number): (() => void) => {
    const token = bench.offer(
      Array.from({ length: pieces }, () => 8),
      [],
    );
    bench.begin(CALL_ADD, token);
    return () => {
      checkWarning(bench.c, 'too long');
    };
  };
  warning(NUM + 1)();
  fires('panic', 'warning without cause', warning(NUM + 1));
  bench.c.warned = false;
  fires('panic', 'warning without cause', warning(NUM));
  bench.c.warned = false;
  bench.c.model.indirect = true;
  fires('panic', 'warning without cause', warning(NUM + 1));
  bench.c.warned = false;
  bench.c.model.indirect = false;
  bench.begin(CALL_GET);
  fires('panic', 'warning without cause', () => {
    checkWarning(bench.c, 'too long');
  });
});

test('disclosure: nothing is mapped where there is no DMA API', () => {
  const bench = new JudgeBench(false, { useDmaApi: false });
  const token = bench.offer([8], []);
  bench.begin(CALL_ADD, token);
  fires('disclosure', 'mapped without the DMA API', () => {
    bench.map(bench.piece(token, 0), 8, DMA_TO_DEVICE);
  });
});

test('out-of-bounds: a reset clears the ring and nothing beside it', () => {
  const bench = new JudgeBench(true);
  bench.begin(CALL_RESET);
  bench.memory.sharedStore(DESC + 16 * NUM - 8, 8, 0);
  fires('out-of-bounds', 'store beside the ring', () => {
    bench.memory.sharedStore(DESC + 16 * NUM, 8, 0);
  });
});
