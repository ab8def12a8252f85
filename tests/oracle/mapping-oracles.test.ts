// Oracles on mappings and copies: for each a correct driver that they must let pass, and each way to be wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DATA_BASE, PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import { CALL_ADD, CALL_CLIENT, CALL_DETACH, CALL_GET, CALL_RESIZE } from '../../src/oracle/calls.js';
import { DMA_BIDIRECTIONAL, DMA_FROM_DEVICE, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { dmaOf, fires, JudgeBench } from './judge-bench.js';

/** A slot of the pool as DMA address and as CPU address. */
const slotDma = (slot: number): number => PHYSICAL_BASE + POOL_BASE + 2048 * slot;
const slotCpu = (slot: number): number => POOL_BASE + 2048 * slot;

/** A bounced mapping of 64 bytes at DATA_BASE in slot 3. */
function bounced(direction: 0 | 1 | 2): JudgeBench {
  const bench = new JudgeBench();
  bench.begin(CALL_CLIENT);
  bench.dma.mapping(DATA_BASE, 64, direction, 1, 0);
  bench.memory.copying(slotCpu(3), DATA_BASE, 64);
  bench.dma.mapped(slotDma(3));
  return bench;
}

test('a correct life of three buffers leaves every oracle silent', () => {
  const bench = new JudgeBench();
  const first = bench.add([16], [8]);
  const second = bench.add([], [4]);
  bench.get(second, 2, 4);
  bench.get(first, 0, 8);
  const third = bench.add([4], []);
  bench.get(third, 0);
  bench.begin(CALL_DETACH);
  bench.call.detaching();
  bench.call.detached(0);
  bench.call.quiesced();
  bench.call.destroyed();
});

test("unmap-mismatch: size, direction, kind, attributes, and the driver's own record", () => {
  const cases = [
    ['size', 65, DMA_TO_DEVICE, 1, 0],
    ['direction', 64, DMA_FROM_DEVICE, 1, 0],
    ['direction', 64, DMA_BIDIRECTIONAL, 1, 0],
    ['page unmapped as single', 64, DMA_TO_DEVICE, 2, 0],
    ['page unmapped as single', 65, DMA_FROM_DEVICE, 2, 1],
    ['attributes', 64, DMA_TO_DEVICE, 1, 1],
  ] as const;
  for (const [shape, size, direction, kind, attributes] of cases) {
    const bench = new JudgeBench();
    const token = bench.add([64], []);
    bench.begin(CALL_GET);
    bench.load(0, 0);
    const violation = fires('unmap-mismatch', shape, () => {
      bench.dma.unmapping(dmaOf(bench.piece(token, 0)), size, direction, kind, attributes);
    });
    assert.equal(violation.evidence.mapping, 0);
    assert.equal(violation.evidence.expected['size'], 64);
  }
  const bench = new JudgeBench();
  const token = bench.add([64], []);
  bench.records.len[0] = 63;
  bench.begin(CALL_GET);
  bench.load(0, 0);
  fires('unmap-mismatch', 'record', () => {
    bench.giveBack(token, 0);
  });
});

test('double-unmap and unknown-unmap: an ended mapping, an address never mapped, one of the client', () => {
  const bench = new JudgeBench();
  const token = bench.add([64], []);
  const dma = dmaOf(bench.piece(token, 0));
  bench.get(token, 0);
  bench.begin(CALL_GET);
  fires('double-unmap', 'ended mapping', () => {
    bench.unmap(dma, 64, DMA_TO_DEVICE);
  });
  fires('unknown-unmap', 'unknown address', () => {
    bench.unmap(dma + 1, 64, DMA_TO_DEVICE);
  });
  const client = bounced(DMA_TO_DEVICE);
  client.begin(CALL_GET);
  fires('unknown-unmap', 'mapping of another owner', () => {
    client.unmap(slotDma(3), 64, DMA_TO_DEVICE);
  });
});

test('early-unmap: only the buffer that the device named may be unmapped, and any once the queue is stopped', () => {
  const bench = new JudgeBench();
  bench.add([64], []);
  const other = bench.add([], [32]);
  bench.begin(CALL_GET);
  bench.load(0, 0);
  const violation = fires('early-unmap', 'buffer in flight', () => {
    bench.giveBack(other, 1);
  });
  assert.deepEqual(violation.evidence.got, { 'buffer of the mapping': other, during: 'getBuf' });

  const stopped = new JudgeBench();
  const token = stopped.add([64], []);
  stopped.begin(CALL_GET);
  stopped.c.stopped = true;
  stopped.giveBack(token, 0);
});

test('bounce-mismatch: the copy-in is of the whole mapping, from its own bytes, into the slot handed out', () => {
  const map = (steps: (bench: JudgeBench) => void): (() => void) => {
    const bench = new JudgeBench();
    bench.begin(CALL_CLIENT);
    bench.dma.mapping(DATA_BASE, 64, DMA_TO_DEVICE, 1, 0);
    return () => {
      steps(bench);
    };
  };
  fires(
    'bounce-mismatch',
    'copy-in length',
    map((bench) => {
      bench.memory.copying(slotCpu(0), DATA_BASE, 63);
    }),
  );
  fires(
    'bounce-mismatch',
    'copy-in source',
    map((bench) => {
      bench.memory.copying(slotCpu(0), DATA_BASE + 1, 63);
    }),
  );
  fires(
    'bounce-mismatch',
    'slot',
    map((bench) => {
      bench.memory.copying(slotCpu(0), DATA_BASE, 64);
      bench.dma.mapped(slotDma(1));
    }),
  );
});

test('bounce-mismatch: two live mappings share no slot', () => {
  const bench = bounced(DMA_TO_DEVICE);
  bench.dma.mapping(DATA_BASE + 4096, 64, DMA_TO_DEVICE, 1, 0);
  fires('bounce-mismatch', 'slot shared by two mappings', () => {
    bench.dma.mapped(slotDma(3) + 32);
  });
});

test('bounce-mismatch: a slot keeps the alignment that was asked for, each with its name', () => {
  const map = (masks: { min?: number; alloc?: number }, size: number, slot: number): (() => void) => {
    const bench = new JudgeBench();
    bench.c.minAlignMask = masks.min ?? 0;
    bench.c.allocAlignMask = masks.alloc ?? 0;
    bench.begin(CALL_CLIENT);
    bench.dma.mapping(DATA_BASE, size, DMA_TO_DEVICE, 1, 0);
    bench.memory.copying(slot, DATA_BASE, size);
    return () => {
      bench.dma.mapped(PHYSICAL_BASE + slot);
    };
  };
  map({}, 64, slotCpu(1))();
  map({}, 4096, slotCpu(2))();
  map({ min: 0xfff }, 64, slotCpu(2))();
  fires('bounce-mismatch', 'slot without the page alignment', map({}, 4096, slotCpu(1)));
  fires('bounce-mismatch', 'slot without the minimum alignment', map({ min: 0xfff }, 64, slotCpu(1)));
  fires('bounce-mismatch', 'slot without the allocation alignment', map({ alloc: 0xfff }, 64, slotCpu(1)));
});

test('bounce-mismatch: the copy of an unmap: direction, length, original, bounds', () => {
  const cases = [
    ['direction', DMA_TO_DEVICE, DMA_TO_DEVICE, DATA_BASE, 3, 0, 64],
    ['outside the mapping', DMA_FROM_DEVICE, DMA_FROM_DEVICE, DATA_BASE, 3, 0, 65],
    ['outside the mapping', DMA_FROM_DEVICE, DMA_FROM_DEVICE, DATA_BASE, 4, 0, 64],
    ['original', DMA_FROM_DEVICE, DMA_FROM_DEVICE, DATA_BASE + 4, 3, 0, 64],
    ['length', DMA_FROM_DEVICE, DMA_FROM_DEVICE, DATA_BASE, 3, 0, 32],
  ] as const;
  for (const [shape, mapped, unmapped, target, slot, offset, size] of cases) {
    const bench = bounced(mapped);
    bench.begin(CALL_CLIENT);
    bench.dma.unmapping(slotDma(3), 64, unmapped, 1, 0);
    fires('bounce-mismatch', shape, () => {
      bench.memory.copying(target, slotCpu(slot) + offset, size);
    });
  }
  const right = bounced(DMA_FROM_DEVICE);
  right.begin(CALL_CLIENT);
  right.dma.unmapping(slotDma(3), 64, DMA_FROM_DEVICE, 1, 0);
  right.memory.copying(DATA_BASE, slotCpu(3), 64);
  right.dma.unmapped();
  fires('bounce-mismatch', 'no mapping', () => {
    right.memory.copying(DATA_BASE, slotCpu(3), 64);
  });
});

test('bounce-mismatch: a sync for the device copies nothing back, S04: nor anything for FROM_DEVICE', () => {
  const bench = bounced(DMA_BIDIRECTIONAL);
  bench.begin(CALL_CLIENT);
  bench.dma.syncing(slotDma(3) + 16, 8, DMA_BIDIRECTIONAL, true);
  bench.memory.copying(slotCpu(3) + 16, DATA_BASE + 16, 8);
  bench.dma.synced();
  const from = bounced(DMA_FROM_DEVICE);
  from.begin(CALL_CLIENT);
  from.dma.syncing(slotDma(3), 64, DMA_FROM_DEVICE, true);
  fires('bounce-mismatch', 'direction', () => {
    from.memory.copying(slotCpu(3), DATA_BASE, 64);
  });
});

test('disclosure: a copy into the pool takes bytes of its own mapping only', () => {
  const bench = new JudgeBench();
  bench.begin(CALL_CLIENT);
  bench.dma.mapping(DATA_BASE, 64, DMA_TO_DEVICE, 1, 0);
  fires('disclosure', 'copied to the bounce pool', () => {
    bench.memory.copying(slotCpu(0), DATA_BASE - 1, 64);
  });
  fires('disclosure', 'copied to the bounce pool', () => {
    bench.memory.copying(slotCpu(0), DATA_BASE, 65);
  });
  bench.memory.copying(slotCpu(0), DATA_BASE, 64);
});

test('disclosure: an IOMMU map exposes the granules of its buffer, readable only where the device reads', () => {
  const map = (direction: 0 | 1 | 2): JudgeBench => {
    const bench = new JudgeBench();
    bench.c.iommu = true;
    bench.begin(CALL_CLIENT);
    bench.dma.mapping(DATA_BASE + 0xff0, 32, direction, 1, 0);
    return bench;
  };
  const right = map(DMA_TO_DEVICE);
  right.dma.exposed(0, DATA_BASE, true, true);
  right.dma.exposed(0, DATA_BASE + 4096, true, true);
  right.dma.mapped(0x8_0000_0ff0);
  fires('disclosure', 'granule of another buffer', () => {
    map(DMA_TO_DEVICE).dma.exposed(0, DATA_BASE + 8192, true, true);
  });
  fires('disclosure', 'granule readable', () => {
    map(DMA_FROM_DEVICE).dma.exposed(0, DATA_BASE, true, true);
  });
});

test('disclosure: what an unmap ends is no longer reachable', () => {
  for (const withdrawn of [1, 0]) {
    const bench = new JudgeBench();
    bench.c.iommu = true;
    bench.begin(CALL_CLIENT);
    bench.dma.mapping(DATA_BASE, 32, DMA_TO_DEVICE, 1, 0);
    bench.dma.exposed(0, DATA_BASE, true, true);
    bench.dma.mapped(0x8_0000_0000);
    const unmap = (): void => {
      bench.dma.unmapping(0x8_0000_0000, 32, DMA_TO_DEVICE, 1, 0);
      for (let k = 0; k < withdrawn; k++) bench.dma.withdrawn(0);
      bench.dma.unmapped();
    };
    if (withdrawn === 1) unmap();
    else fires('disclosure', 'granule reachable after its mapping ended', unmap);
  }
});

test('mapping-leak: after a failed add, a completion, and at the end', () => {
  const failed = new JudgeBench();
  const refused = failed.offer([8, 8], []);
  failed.begin(CALL_ADD, refused);
  failed.map(failed.piece(refused, 0), 8, DMA_TO_DEVICE);
  failed.c.mapFailures = 1;
  fires('mapping-leak', 'failed add', () => {
    failed.call.added(refused, -12, false);
  });

  const bench = new JudgeBench();
  const token = bench.add([8, 8], []);
  bench.begin(CALL_GET);
  bench.load(0, 0);
  bench.unmap(dmaOf(bench.piece(token, 0)), 8, DMA_TO_DEVICE);
  fires('mapping-leak', 'completion', () => {
    bench.call.got({ token, length: 0, ctx: 0 }, false);
  });

  const late = new JudgeBench();
  late.begin(CALL_GET);
  late.map(DATA_BASE, 8, DMA_TO_DEVICE);
  fires('mapping-leak', 'quiesced queue', () => {
    late.call.quiesced();
  });
});

test('teardown: mappings, heap objects and coherent memory that outlive the queue', () => {
  const left = (prepare: (bench: JudgeBench) => void, shape: string): void => {
    const bench = new JudgeBench();
    prepare(bench);
    fires('teardown', shape, () => {
      bench.call.destroyed();
    });
  };
  left((bench) => {
    bench.map(DATA_BASE, 8, DMA_TO_DEVICE);
  }, 'mapping left by destroy');
  left((bench) => {
    bench.memory.allocated(0x20000, 8);
  }, 'heap object left by destroy');
  left((bench) => {
    bench.dma.coherentAllocated(0x10000, 0x1_0001_0000, 8);
  }, 'coherent memory left by destroy');
  const resized = (kmallocFails: boolean): JudgeBench => {
    const bench = new JudgeBench();
    bench.begin(CALL_RESIZE);
    bench.memory.allocated(0x20000, 8);
    if (kmallocFails) bench.memory.allocated(0, 8);
    return bench;
  };
  const transport = { resettable: true, stopped: true, asked: true, disableError: 0, enableError: 0 };
  fires('teardown', 'heap object left by reset', () => {
    resized(false).call.wasReset(-1, 0, false, transport);
  });
  fires('teardown', 'heap object left by failed resize', () => {
    resized(true).call.wasReset(8, -12, false, transport);
  });

  const clean = new JudgeBench();
  clean.dma.coherentAllocated(0x10000, 0x1_0001_0000, 8);
  clean.dma.coherentFreeing(0x10000, 8);
  clean.call.destroyed();
});
