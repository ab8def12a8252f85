// vringfuzz's own swiotlb against the kernel's: both get the same random calls, and every address, every byte of memory and
// every warning must agree but for the differences that docs/linux.md names.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { SwiotlbBackEnd } from '../../src/dma/swiotlb.js';
import { DATA_BASE, PHYSICAL_BASE, POOL_BASE, POOL_SIZE } from '../../src/memory/layout.js';
import type { PoolConfig } from '../../src/platform/bounce-pool.js';
import {
  DMA_ATTR_SKIP_CPU_SYNC,
  DMA_FROM_DEVICE,
  DMA_MAPPING_ERROR,
  type DmaDirection,
} from '../../src/platform/dma-api.js';
import { config, FakeMemory, seededRandom } from '../dma/fakes.js';
import type { Series } from './kernel-bench.js';
import { barePool, type BarePool, missingSwiotlb } from './swiotlb-bench.js';

const SLOT = 2048;

interface Mapping {
  readonly cpu: number;
  readonly size: number;
  readonly dma: number;
}

/** One round of calls on both. */
class Round {
  maps = 0;
  /** How the round ended before its time; '' where it did not. */
  difference = '';
  private readonly memory = new FakeMemory();
  private readonly own = new SwiotlbBackEnd(this.memory);
  private readonly live: Mapping[] = [];

  constructor(
    private readonly kernel: BarePool,
    private readonly settings: PoolConfig,
    private readonly random: (bound: number) => number,
  ) {
    const { slots: poolSlots, minAlignMask, allocAlignMask } = settings;
    for (let at = DATA_BASE; at < DATA_BASE + 0x60000; at += 4) {
      this.memory.bytes[at] = random(256);
    }
    this.memory.bytes.fill(0, POOL_BASE, POOL_BASE + POOL_SIZE);
    kernel.bytes.set(this.memory.bytes);
    kernel.machine.reset();
    kernel.pool.reset(settings);
    this.own.reset(config('swiotlb', { poolSlots, minAlignMask, allocAlignMask }));
  }

  run(steps: number): void {
    for (let step = 0; step < steps && this.difference === ''; step++) {
      this.step();
      if (step % 8 === 0) this.compare();
    }
  }

  private step(): void {
    const { random, live } = this;
    const action = random(8);
    if (action < 4 || live.length === 0) this.map();
    else if (action < 6) this.unmap();
    else if (action < 7) this.sync();
    else this.scribble();
  }

  private map(): void {
    const { random, kernel } = this;
    const cpu = DATA_BASE + random(0x10000);
    const sizes = [1 + random(64), 1 + random(2048), 1 + random(10000), 4090 + random(12), 1 + random(0x40000)];
    const size = Math.min(sizes[random(random(4) === 0 ? 5 : 4)] ?? 1, kernel.pool.maxMappingSize());
    const theirs = kernel.pool.map(cpu, size, random(3) as DmaDirection, 0);
    const ours = this.own.map(cpu, size);
    this.maps++;
    if (theirs !== ours) this.difference = theirs === DMA_MAPPING_ERROR ? 'the kernel refuses' : 'address';
    else if (theirs !== DMA_MAPPING_ERROR) this.live.push({ cpu, size, dma: theirs });
  }

  private unmap(): void {
    const { random, live } = this;
    const [mapping] = live.splice(random(live.length), 1);
    if (mapping === undefined) return;
    const direction = random(3) as DmaDirection;
    const attributes = random(4) === 0 ? DMA_ATTR_SKIP_CPU_SYNC : 0;
    for (const pool of [this.kernel.pool, this.own]) pool.unmap(mapping.dma, mapping.size, direction, attributes);
  }

  private sync(): void {
    const { random, live } = this;
    const mapping = live[random(live.length)];
    if (mapping === undefined) return;
    const offset = random(mapping.size);
    const size = 1 + random(mapping.size - offset);
    const direction = random(3) as DmaDirection;
    const forDevice = random(2) === 0;
    for (const pool of [this.kernel.pool, this.own]) {
      if (forDevice) pool.syncForDevice(mapping.dma + offset, size, direction);
      else pool.syncForCpu(mapping.dma + offset, size, direction);
    }
  }

  /** The device writes the pool. */
  private scribble(): void {
    for (let k = 0; k < 32; k++) {
      const at = POOL_BASE + this.random(this.settings.slots * SLOT);
      this.kernel.bytes[at] = this.memory.bytes[at] = this.random(256);
    }
  }

  private compare(): void {
    if (this.difference !== '') return;
    const ours = this.memory.bytes.subarray(POOL_BASE);
    if (Buffer.compare(this.kernel.bytes.subarray(POOL_BASE, POOL_BASE + ours.length), ours) !== 0) {
      this.difference = 'memory';
    } else if (this.kernel.pool.warnings !== this.own.warnings) this.difference = 'warnings';
  }
}

/** How often rounds with these masks ended in each difference; the key is the empty text for none. */
function rounds(kernel: BarePool, minAlignMask: number, allocAlignMask: number): Map<string, number> {
  const random = seededRandom(1 + minAlignMask + 2 * allocAlignMask);
  const ends = new Map<string, number>();
  let maps = 0;
  for (const slots of [4, 16, 128, 256]) {
    for (let k = 0; k < 6; k++) {
      const round = new Round(kernel, { slots, minAlignMask, allocAlignMask }, random);
      round.run(150);
      maps += round.maps;
      ends.set(round.difference, (ends.get(round.difference) ?? 0) + 1);
    }
  }
  assert.ok(maps > 300, `only ${maps} maps`);
  return ends;
}

const kinds = (ends: Map<string, number>): readonly string[] => [...ends.keys()].filter((end) => end !== '').sort();

const bare = (series: Series): BarePool => barePool(series);

describe("swiotlb of 6.12 and vringfuzz's own", { skip: missingSwiotlb('6.12') }, () => {
  it('agree on addresses, bytes and warnings, whatever the alignment', () => {
    const kernel = bare('6.12');
    for (const [min, alloc] of [
      [0, 0],
      [0x1ff, 0],
      [0x7ff, 0],
      [0xfff, 0xfff],
      [0, 0xfff],
      [0x1ff, 0x3fff],
      [0xfff, 0x3fff],
    ] as const) {
      assert.deepEqual(kinds(rounds(kernel, min, alloc)), [], `masks 0x${min.toString(16)} 0x${alloc.toString(16)}`);
    }
  });

  it('differ where a search steps over the end of the pool: the kernel counts that step in full and ends early', () => {
    const kernel = bare('6.12');
    assert.deepEqual(kinds(rounds(kernel, 0xfff, 0)), ['the kernel refuses']);
    // 16 slots, every second one of which begins as the originals do: slots 1, 3, ... 15. The last free one is 13, and the
    // search begins behind it.
    const own = new SwiotlbBackEnd(new FakeMemory());
    kernel.pool.reset({ slots: 16, minAlignMask: 0xfff, allocAlignMask: 0 });
    own.reset(config('swiotlb', { poolSlots: 16, minAlignMask: 0xfff }));
    const results = [kernel.pool, own].map((pool) => {
      const map = (): number => pool.map(DATA_BASE + 0x800, 8, DMA_FROM_DEVICE, 0);
      const all = Array.from({ length: 8 }, map);
      const slot13 = all[6] ?? 0;
      const again = [0, 1].map(() => {
        pool.unmap(slot13, 8, DMA_FROM_DEVICE, 0);
        return map();
      });
      return { slot13, again };
    });
    const [theirs, ours] = results;
    assert.ok(theirs && ours);
    assert.equal(theirs.slot13, PHYSICAL_BASE + POOL_BASE + 13 * SLOT);
    assert.deepEqual(theirs.again, [theirs.slot13, DMA_MAPPING_ERROR]);
    assert.deepEqual(ours.again, [theirs.slot13, theirs.slot13]);
  });

  it('differ in how far a copy of too many bytes goes: the kernel ends it with the allocation, ours with the mapping', () => {
    const { pool, bytes } = bare('6.12');
    const memory = new FakeMemory();
    const own = new SwiotlbBackEnd(memory);
    pool.reset({ slots: 16, minAlignMask: 0, allocAlignMask: 0xfff });
    own.reset(config('swiotlb', { poolSlots: 16, allocAlignMask: 0xfff }));
    for (const [each, all] of [[pool, bytes] as const, [own, memory.bytes] as const]) {
      const dma = each.map(DATA_BASE, 100, DMA_FROM_DEVICE, 0);
      all.fill(0x55, POOL_BASE, POOL_BASE + 4096);
      all.fill(0, DATA_BASE, DATA_BASE + 8192);
      each.unmap(dma, 6000, DMA_FROM_DEVICE, 0);
    }
    const reached = (all: Uint8Array): number => all.subarray(DATA_BASE, DATA_BASE + 8192).lastIndexOf(0x55) + 1;
    assert.equal(reached(bytes), 4096);
    assert.equal(reached(memory.bytes), 100);
    assert.equal(pool.warnings, 1);
    assert.equal(own.warnings, 1);
  });
});

describe("swiotlb of 6.1 and vringfuzz's own", { skip: missingSwiotlb('6.1') }, () => {
  it('agree where no minimum alignment is asked for', () => {
    const kernel = bare('6.1');
    for (const alloc of [0, 0xfff, 0x3fff]) assert.deepEqual(kinds(rounds(kernel, 0, alloc)), [], String(alloc));
  });

  it('differ where one is: partial syncs are refused that are right', () => {
    const { pool, bytes } = bare('6.1');
    pool.reset({ slots: 16, minAlignMask: 0x7ff, allocAlignMask: 0 });
    const dma = pool.map(DATA_BASE + 0x700, 0x800, DMA_FROM_DEVICE, 0);
    const second = POOL_BASE + SLOT;
    bytes.fill(0x55, second, second + 16);
    const offset = 0x100;
    pool.syncForCpu(dma + offset, 16, DMA_FROM_DEVICE);
    assert.equal(pool.warnings, 1, 'the first bytes of a second slot are taken for bytes before the mapping');
    assert.equal(bytes[DATA_BASE + 0x700 + offset] === 0x55, false);
  });
});
