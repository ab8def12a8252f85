// One test for each rule of docs/dma.md that says what a VDUSE domain copies, shares, shows and refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BackEndConfig } from '../../src/dma/back-end.js';
import { DOMAIN_COHERENT_BASE, REGION_PAGES } from '../../src/dma/domain-coherent.js';
import { DOMAIN_MAPPINGS_CAPACITY } from '../../src/dma/domain-mappings.js';
import { Dma } from '../../src/dma/dma.js';
import { VduseBackEnd } from '../../src/dma/vduse.js';
import { COHERENT_BASE, DATA_BASE, DOMAIN_BASE, PAGE_SIZE, POOL_BASE } from '../../src/memory/layout.js';
import {
  DMA_ATTR_SKIP_CPU_SYNC,
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_MAPPING_ERROR,
  DMA_TO_DEVICE,
} from '../../src/platform/dma-api.js';
import { config, FakeMemory, Log, NEVER_FAILS, recordingMoments, recordingObserver } from './fakes.js';

interface Bench {
  readonly domain: VduseBackEnd;
  readonly memory: FakeMemory;
  readonly log: Log;
}

function setUp(parts: Partial<BackEndConfig> = {}): Bench {
  const log = new Log();
  const memory = new FakeMemory(log);
  const domain = new VduseBackEnd(memory, recordingObserver(log));
  domain.reset(config('vduse', parts));
  return { domain, memory, log };
}

/** I/O virtual address of an offset in bounce page `page`. */
const iova = (page: number, offset = 0): number => DOMAIN_BASE + page * PAGE_SIZE + offset;
/** CPU address of the same. */
const pooled = (page: number, offset = 0): number => POOL_BASE + page * PAGE_SIZE + offset;
const DIRECTIONS = [DMA_TO_DEVICE, DMA_FROM_DEVICE, DMA_BIDIRECTIONAL] as const;

test('a page is zeroed, then exposed, then filled, whatever the direction', () => {
  for (const direction of DIRECTIONS) {
    const { domain, log } = setUp();
    assert.equal(domain.map(DATA_BASE + 0x123, 100, direction), iova(0, 0x123));
    assert.deepEqual(log.take(), [
      'fill 0x80000 4096 0',
      'exposed 0x400000000 0x80000 true true',
      'copy 0x80123 0x100123 100',
    ]);
    domain.unmap(iova(0, 0x123), 100, direction, 0);
    const back = direction === DMA_TO_DEVICE ? [] : ['copy 0x100123 0x80123 100'];
    assert.deepEqual(log.take(), [...back, 'fill 0x80123 100 0'], 'copied back where the device writes, then wiped');
  }
});

test('SKIP_CPU_SYNC suppresses the copy back and nothing else', () => {
  const { domain, log } = setUp();
  const dma = domain.map(DATA_BASE, 100, DMA_FROM_DEVICE);
  log.take();
  domain.unmap(dma, 100, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
  assert.deepEqual(log.take(), ['fill 0x80000 100 0']);
});

test('mappings of one page of memory share its bounce page, in any direction and order', () => {
  const { domain, memory } = setUp();
  memory.pattern(DATA_BASE, PAGE_SIZE, 3);
  const out = domain.map(DATA_BASE + 0x40, 64, DMA_TO_DEVICE);
  const other = domain.map(DATA_BASE + PAGE_SIZE, 64, DMA_FROM_DEVICE);
  const input = domain.map(DATA_BASE + 0x80, 64, DMA_FROM_DEVICE);
  assert.deepEqual([out, other, input], [iova(0, 0x40), iova(1), iova(0, 0x80)]);
  assert.deepEqual(memory.slice(pooled(0, 0x40), 128), memory.slice(DATA_BASE + 0x40, 128));
  assert.deepEqual(memory.slice(pooled(0), 0x40), new Uint8Array(0x40), 'what no mapping has is zero');
  assert.deepEqual(memory.slice(pooled(0, 0xc0), PAGE_SIZE - 0xc0), new Uint8Array(PAGE_SIZE - 0xc0));
});

test('device bytes in the TO_DEVICE part of a shared page never reach the original', () => {
  const { domain, memory } = setUp();
  memory.pattern(DATA_BASE, PAGE_SIZE, 3);
  const before = memory.slice(DATA_BASE, PAGE_SIZE);
  const out = domain.map(DATA_BASE + 0x40, 64, DMA_TO_DEVICE);
  const input = domain.map(DATA_BASE + 0x80, 64, DMA_FROM_DEVICE);
  memory.bytes.fill(0xee, pooled(0), pooled(1));
  domain.syncForCpu(out, 64, DMA_TO_DEVICE);
  domain.unmap(input, 64, DMA_FROM_DEVICE, 0);
  domain.unmap(out, 64, DMA_TO_DEVICE, 0);
  before.fill(0xee, 0x80, 0xc0);
  assert.deepEqual(memory.slice(DATA_BASE, PAGE_SIZE), before);
});

test('a page is wiped by its last unmap only, from the first to the last byte that a mapping had', () => {
  const { domain, log } = setUp();
  const first = domain.map(DATA_BASE + 0x100, 16, DMA_TO_DEVICE);
  const second = domain.map(DATA_BASE + 0x300, 32, DMA_TO_DEVICE);
  const third = domain.map(DATA_BASE + 0x200, 8, DMA_TO_DEVICE);
  log.take();
  domain.unmap(second, 32, DMA_TO_DEVICE, 0);
  domain.unmap(first, 16, DMA_TO_DEVICE, 0);
  assert.deepEqual(log.take(), []);
  domain.unmap(third, 8, DMA_TO_DEVICE, 0);
  assert.deepEqual(log.take(), ['fill 0x80100 544 0']);
  domain.map(DATA_BASE + 0x800, 4, DMA_TO_DEVICE);
  domain.unmap(iova(0, 0x800), 4, DMA_TO_DEVICE, 0);
  assert.deepEqual(log.take(), ['copy 0x80800 0x100800 4', 'fill 0x80800 4 0'], 'the next life counts for itself');
});

test('the lowest free page is taken, and stands for another page of memory then', () => {
  const { domain, memory, log } = setUp();
  const first = domain.map(DATA_BASE, 8, DMA_TO_DEVICE);
  domain.map(DATA_BASE + PAGE_SIZE, 8, DMA_TO_DEVICE);
  domain.unmap(first, 8, DMA_TO_DEVICE, 0);
  memory.pattern(DATA_BASE + 5 * PAGE_SIZE, 8, 9);
  log.take();
  const reused = domain.map(DATA_BASE + 5 * PAGE_SIZE, 8, DMA_FROM_DEVICE);
  assert.equal(reused, iova(0));
  assert.deepEqual(log.take(), ['copy 0x80000 0x105000 8'], 'it is in the domain already');
  domain.unmap(reused, 8, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), ['copy 0x105000 0x80000 8', 'fill 0x80000 8 0']);
});

test('several pages take consecutive ones and are copied page by page', () => {
  const { domain, memory, log } = setUp();
  memory.pattern(DATA_BASE, 3 * PAGE_SIZE, 1);
  const dma = domain.map(DATA_BASE + 0xf00, 0x1200, DMA_FROM_DEVICE);
  assert.equal(dma, iova(0, 0xf00));
  const copies = log.take().filter((line) => line.startsWith('copy'));
  assert.deepEqual(copies, ['copy 0x80f00 0x100f00 256', 'copy 0x81000 0x101000 4096', 'copy 0x82000 0x102000 256']);
  domain.unmap(dma, 0x1200, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), [
    'copy 0x100f00 0x80f00 256',
    'copy 0x101000 0x81000 4096',
    'copy 0x102000 0x82000 256',
    'fill 0x80f00 256 0',
    'fill 0x81000 4096 0',
    'fill 0x82000 256 0',
  ]);
});

test('a run shares what stands for its pages already and takes the free pages around it', () => {
  const { domain } = setUp();
  domain.map(DATA_BASE + 9 * PAGE_SIZE, 8, DMA_TO_DEVICE);
  const second = domain.map(DATA_BASE + PAGE_SIZE, 8, DMA_TO_DEVICE);
  assert.equal(second, iova(1));
  assert.equal(
    domain.map(DATA_BASE + PAGE_SIZE + 16, 2 * PAGE_SIZE, DMA_TO_DEVICE),
    iova(1, 16),
    'shares its first page',
  );
  assert.equal(domain.map(DATA_BASE + PAGE_SIZE, 3 * PAGE_SIZE, DMA_TO_DEVICE), iova(1), 'and all that there is of it');
  // The page before would have to be page 0, which stands for another page of memory.
  assert.equal(domain.map(DATA_BASE, 2 * PAGE_SIZE, DMA_TO_DEVICE), iova(4));
});

test('a page shared by a long mapping and a short one stays until both have ended', () => {
  const { domain, log } = setUp();
  const long = domain.map(DATA_BASE, 2 * PAGE_SIZE, DMA_TO_DEVICE);
  const short = domain.map(DATA_BASE + PAGE_SIZE + 8, 8, DMA_TO_DEVICE);
  assert.equal(short, iova(1, 8));
  log.take();
  domain.unmap(long, 2 * PAGE_SIZE, DMA_TO_DEVICE, 0);
  assert.deepEqual(log.take(), ['fill 0x80000 4096 0']);
  domain.unmap(short, 8, DMA_TO_DEVICE, 0);
  assert.deepEqual(log.take(), ['fill 0x81000 4096 0']);
});

test('syncs copy by direction, of the mapping that the address lies in, up to its end', () => {
  const { domain, log } = setUp();
  domain.map(DATA_BASE + 0x100, 0x100, DMA_TO_DEVICE);
  const dma = domain.map(DATA_BASE + 0xff0, 0x20, DMA_BIDIRECTIONAL);
  log.take();
  domain.syncForCpu(dma + 8, 16, DMA_BIDIRECTIONAL);
  assert.deepEqual(log.take(), ['copy 0x100ff8 0x80ff8 8', 'copy 0x101000 0x81000 8'], 'across the page border');
  domain.syncForDevice(dma + 0x18, 8, DMA_BIDIRECTIONAL);
  assert.deepEqual(log.take(), ['copy 0x81008 0x101008 8']);
  assert.equal(domain.warnings, 0);
  domain.syncForCpu(dma + 0x18, 0xffffffff, DMA_FROM_DEVICE);
  assert.deepEqual(log.take(), ['copy 0x101008 0x81008 8']);
  assert.equal(domain.warnings, 1);
  domain.syncForCpu(dma, 8, DMA_TO_DEVICE);
  domain.syncForDevice(dma, 8, DMA_FROM_DEVICE);
  assert.deepEqual(log.take(), []);
  assert.equal(domain.warnings, 1, 'a call for the other side has nothing to do');
});

test('a wrong size, direction or address copies nothing that is not of the mapping, and warns', () => {
  const { domain, log } = setUp();
  const out = domain.map(DATA_BASE, 64, DMA_TO_DEVICE);
  const input = domain.map(DATA_BASE + 64, 64, DMA_FROM_DEVICE);
  log.take();
  domain.syncForCpu(out, 64, DMA_FROM_DEVICE);
  domain.syncForDevice(input, 64, DMA_TO_DEVICE);
  assert.equal(domain.warnings, 2, 'the direction of the map is what counts');
  domain.syncForCpu(iova(0, 128), 1, DMA_FROM_DEVICE);
  domain.syncForCpu(DOMAIN_BASE - 1, 8, DMA_FROM_DEVICE);
  domain.unmap(input + 1, 63, DMA_FROM_DEVICE, 0);
  domain.unmap(iova(40), 64, DMA_FROM_DEVICE, 0);
  assert.equal(domain.warnings, 6);
  assert.deepEqual(log.take(), []);
  domain.unmap(input, 5000, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), ['copy 0x100040 0x80040 64'], 'as much as was mapped');
  assert.equal(domain.warnings, 7);
  domain.unmap(input, 64, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), [], 'twice');
  domain.unmap(out, 64, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), ['fill 0x80000 128 0'], 'nothing comes back of what was mapped TO_DEVICE');
  assert.equal(domain.warnings, 9);
});

test('a smaller size copies less and still ends the whole mapping', () => {
  const { domain, log } = setUp();
  const dma = domain.map(DATA_BASE, 2 * PAGE_SIZE, DMA_FROM_DEVICE);
  log.take();
  domain.unmap(dma, 10, DMA_FROM_DEVICE, 0);
  assert.deepEqual(log.take(), ['copy 0x100000 0x80000 10', 'fill 0x80000 4096 0', 'fill 0x81000 4096 0']);
});

test('the same bytes mapped twice end one by one, the one that fits the call first', () => {
  const { domain, log } = setUp();
  const first = domain.map(DATA_BASE, 64, DMA_TO_DEVICE);
  const second = domain.map(DATA_BASE, 32, DMA_TO_DEVICE);
  assert.equal(first, second);
  log.take();
  domain.unmap(first, 64, DMA_TO_DEVICE, 0);
  domain.syncForDevice(second + 32, 8, DMA_TO_DEVICE);
  assert.equal(domain.warnings, 1, 'what is left has 32 bytes');
  domain.unmap(second, 32, DMA_TO_DEVICE, 0);
  assert.deepEqual(log.take(), ['fill 0x80000 64 0']);
});

test('a full pool fails the map and changes nothing, and works again when a page is free', () => {
  const { domain, log } = setUp({ poolSlots: 4 });
  const first = domain.map(DATA_BASE, 8, DMA_TO_DEVICE);
  const second = domain.map(DATA_BASE + PAGE_SIZE, 8, DMA_TO_DEVICE);
  log.take();
  assert.equal(domain.map(DATA_BASE + 2 * PAGE_SIZE, 8, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
  assert.equal(domain.map(DATA_BASE, 2 * PAGE_SIZE + 1, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
  assert.equal(domain.map(DATA_BASE + PAGE_SIZE, 2 * PAGE_SIZE, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
  assert.deepEqual(log.take(), []);
  assert.equal(domain.map(DATA_BASE + PAGE_SIZE + 8, 8, DMA_TO_DEVICE), iova(1, 8), 'a page in use still takes more');
  domain.unmap(first, 8, DMA_TO_DEVICE, 0);
  domain.unmap(second, 8, DMA_TO_DEVICE, 0);
  assert.equal(domain.map(DATA_BASE + 2 * PAGE_SIZE, 8, DMA_TO_DEVICE), iova(0));
});

test('the number of mappings has a limit of its own', () => {
  const { domain } = setUp();
  for (let k = 0; k < DOMAIN_MAPPINGS_CAPACITY; k++) {
    assert.notEqual(domain.map(DATA_BASE + k * 2, 1, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
  }
  assert.equal(domain.map(DATA_BASE, 1, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
  domain.unmap(iova(0), 1, DMA_TO_DEVICE, 0);
  assert.equal(domain.map(DATA_BASE, 1, DMA_TO_DEVICE), iova(0));
});

test('the advertised maximum fits an empty pool wherever in its page the buffer starts', () => {
  for (const [poolSlots, maximum] of [
    [256, 127 * PAGE_SIZE],
    [128, 63 * PAGE_SIZE],
    [16, 7 * PAGE_SIZE],
    [4, PAGE_SIZE],
  ] as const) {
    const { domain } = setUp({ poolSlots });
    assert.equal(domain.maxMappingSize(), maximum);
    for (const offset of [0, 1, 0x800, 0xfff]) {
      domain.reset(config('vduse', { poolSlots }));
      assert.notEqual(domain.map(DATA_BASE + offset, maximum, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
    }
    domain.reset(config('vduse', { poolSlots }));
    assert.equal(domain.map(DATA_BASE + 0xfff, maximum + 2, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
    assert.equal(domain.map(DATA_BASE, 2 ** 32, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
  }
});

test('the device reaches whole pages that were mapped once, both ways, and no page that never was', () => {
  const { domain } = setUp();
  const dma = domain.map(DATA_BASE + 0x100, 16, DMA_TO_DEVICE);
  for (const ended of [false, true]) {
    if (ended) domain.unmap(dma, 16, DMA_TO_DEVICE, 0);
    assert.equal(domain.translate(iova(0), PAGE_SIZE), pooled(0));
    assert.equal(domain.translate(iova(0, 0xfff), 1), pooled(0, 0xfff));
  }
  assert.equal(domain.translate(iova(0), PAGE_SIZE + 1), -1);
  assert.equal(domain.translate(iova(1), 1), -1);
  assert.equal(domain.translate(DOMAIN_BASE - 1, 2), -1);
  domain.map(DATA_BASE + 2 * PAGE_SIZE, 2 * PAGE_SIZE, DMA_TO_DEVICE);
  assert.equal(domain.translate(iova(0), 2 * PAGE_SIZE), pooled(0), 'page 0 is free again and was taken first');
  assert.equal(domain.translate(iova(1, 0x800), 0x800), pooled(1, 0x800));
  domain.reset(config('vduse'));
  assert.equal(domain.translate(iova(0), 1), -1);
});

test('coherent memory has addresses in the domain, next fit, and is out of reach once it is freed', () => {
  const { domain, log } = setUp();
  const ring = domain.mapCoherent(COHERENT_BASE, 2 * PAGE_SIZE);
  const event = domain.mapCoherent(COHERENT_BASE + 4 * PAGE_SIZE, PAGE_SIZE);
  assert.deepEqual([ring, event], [DOMAIN_COHERENT_BASE, DOMAIN_COHERENT_BASE + 2 * PAGE_SIZE]);
  assert.deepEqual(log.take(), [
    'exposed 0x400080000 0x10000 true true',
    'exposed 0x400081000 0x11000 true true',
    'exposed 0x400082000 0x14000 true true',
  ]);
  assert.equal(domain.translate(ring + 5, 2 * PAGE_SIZE - 5), COHERENT_BASE + 5);
  assert.equal(domain.translate(ring, 2 * PAGE_SIZE + 1), -1, 'the next page lies elsewhere in memory');
  domain.unmapCoherent(COHERENT_BASE, 2 * PAGE_SIZE);
  assert.deepEqual(log.take(), ['withdrawn 0x400080000', 'withdrawn 0x400081000']);
  assert.equal(domain.translate(ring, 1), -1);
  assert.equal(domain.translate(event, PAGE_SIZE), COHERENT_BASE + 4 * PAGE_SIZE);
  assert.equal(domain.mapCoherent(COHERENT_BASE, PAGE_SIZE), event + PAGE_SIZE, 'not where the last one was');
});

test('the coherent region wraps, never splits an allocation, and ends', () => {
  const { domain } = setUp();
  for (let page = 0; page < REGION_PAGES - 1; page++) domain.mapCoherent(COHERENT_BASE, PAGE_SIZE);
  assert.equal(domain.mapCoherent(COHERENT_BASE, 2 * PAGE_SIZE), DMA_MAPPING_ERROR);
  const last = DOMAIN_COHERENT_BASE + (REGION_PAGES - 1) * PAGE_SIZE;
  assert.equal(domain.mapCoherent(COHERENT_BASE, PAGE_SIZE), last);
  assert.equal(domain.translate(last, PAGE_SIZE + 1), -1);
  assert.equal(domain.mapCoherent(COHERENT_BASE, PAGE_SIZE), DMA_MAPPING_ERROR);
  domain.unmapCoherent(COHERENT_BASE, PAGE_SIZE);
  assert.equal(domain.mapCoherent(COHERENT_BASE, PAGE_SIZE), last);
});

test('through the DMA layer: no address is a physical one, and warnings are counted of the back end in use', () => {
  const log = new Log();
  const memory = new FakeMemory();
  const dma = new Dma({
    memory,
    observer: recordingObserver(log),
    moments: recordingMoments(log),
    failures: NEVER_FAILS,
  });
  dma.reset(config('vduse'));
  const ring = dma.allocCoherent(100);
  assert.equal(dma.coherentDmaAddress(ring), DOMAIN_COHERENT_BASE);
  const mapped = dma.mapPage(DATA_BASE, 16, DMA_FROM_DEVICE, 0);
  assert.equal(mapped, DOMAIN_BASE);
  dma.unmapPage(mapped + 1, 16, DMA_FROM_DEVICE, 0);
  assert.equal(dma.bounceWarnings, 1);
  assert.equal(dma.maxMappingSize(), 127 * PAGE_SIZE);
  dma.reset(config('swiotlb'));
  assert.equal(dma.bounceWarnings, 0);
});

test('after a reset the domain is as it was in the beginning', () => {
  const { domain, log } = setUp();
  const life = (): string[] => {
    domain.mapCoherent(COHERENT_BASE, PAGE_SIZE);
    domain.map(DATA_BASE, 5000, DMA_TO_DEVICE);
    domain.map(DATA_BASE + 0x20, 8, DMA_FROM_DEVICE);
    domain.unmap(iova(0, 0x20), 9, DMA_FROM_DEVICE, 0);
    return [...log.take(), `warnings ${domain.warnings}`];
  };
  const first = life();
  domain.reset(config('vduse', { poolSlots: 128 }));
  assert.deepEqual(life(), first);
});
