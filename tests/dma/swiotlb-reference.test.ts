// swiotlb against a naive model: one object a mapping, one owner a slot, byte addresses instead of slot arithmetic. Both
// run the same random calls, right and wrong ones; every address, every byte of memory and every warning must agree.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BackEndConfig } from '../../src/dma/back-end.js';
import { SwiotlbBackEnd } from '../../src/dma/swiotlb.js';
import { DATA_BASE, MEMORY_SIZE, PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import {
  DMA_ATTR_SKIP_CPU_SYNC,
  DMA_FROM_DEVICE,
  DMA_MAPPING_ERROR,
  DMA_TO_DEVICE,
} from '../../src/platform/dma-api.js';
import { config, FakeMemory, seededRandom } from './fakes.js';

const SLOT = 2048;

interface Mapping {
  readonly original: number;
  readonly size: number;
  /** CPU address in the pool that stands for `original`. */
  readonly bounce: number;
  readonly firstSlot: number;
  readonly endSlot: number;
  /** End of the allocation in bytes, rounded up as asked for but not to slots. */
  readonly end: number;
}

class ReferencePool {
  readonly bytes = new Uint8Array(MEMORY_SIZE);
  readonly owners: (Mapping | null)[];
  warnings = 0;
  private next = 0;

  constructor(private readonly settings: BackEndConfig) {
    this.owners = new Array<Mapping | null>(settings.poolSlots).fill(null);
  }

  map(original: number, size: number): Mapping | null {
    const { minAlignMask, allocAlignMask, poolSlots } = this.settings;
    const granule = allocAlignMask + 1;
    const kept = original & minAlignMask & Math.max(allocAlignMask, SLOT - 1);
    const total = Math.ceil((size + kept) / granule) * granule;
    const count = Math.ceil(total / SLOT);
    for (let i = 0; i < poolSlots; i++) {
      const firstSlot = (this.next + i) % poolSlots;
      if (!this.fits(firstSlot, count, original, total)) continue;
      const start = POOL_BASE + firstSlot * SLOT;
      const mapping = {
        original,
        size,
        bounce: start + kept,
        firstSlot,
        endSlot: firstSlot + count,
        end: start + kept + size,
      };
      for (let slot = firstSlot; slot < mapping.endSlot; slot++) this.owners[slot] = mapping;
      this.next = mapping.endSlot % poolSlots;
      this.move(mapping.bounce, original, size);
      return mapping;
    }
    return null;
  }

  unmap(mapping: Mapping, size: number, copyBack: boolean): void {
    if (copyBack) this.sync(mapping, mapping.bounce, size, false);
    for (let slot = mapping.firstSlot; slot < mapping.endSlot; slot++) this.owners[slot] = null;
  }

  sync(mapping: Mapping, at: number, size: number, forDevice: boolean): void {
    if (Math.floor(at / SLOT) < Math.floor(mapping.bounce / SLOT)) return; // padding stands for no original
    if (at < mapping.bounce || at >= mapping.end) {
      this.warnings++;
      return;
    }
    const allowed = Math.min(size, mapping.end - at);
    if (allowed < size) this.warnings++;
    const original = mapping.original + (at - mapping.bounce);
    if (forDevice) this.move(at, original, allowed);
    else this.move(original, at, allowed);
  }

  private fits(firstSlot: number, count: number, original: number, total: number): boolean {
    const { minAlignMask, allocAlignMask, poolSlots } = this.settings;
    if (firstSlot + count > poolSlots) return false;
    if (Math.floor(firstSlot / 128) !== Math.floor((firstSlot + count - 1) / 128)) return false;
    for (let slot = firstSlot; slot < firstSlot + count; slot++) if (this.owners[slot] !== null) return false;
    const start = POOL_BASE + firstSlot * SLOT;
    if (start % (allocAlignMask + 1) !== 0) return false;
    if (minAlignMask === 0 && allocAlignMask === 0 && total >= 4096) return start % 4096 === 0;
    // Above the unit that the offset covers, the masked bits of both addresses agree.
    const unit = Math.max(allocAlignMask + 1, SLOT);
    const aligned = (address: number): number => Math.floor(address / unit) * unit;
    return (aligned(start) & minAlignMask) === (aligned(original) & minAlignMask);
  }

  private move(target: number, source: number, size: number): void {
    this.bytes.copyWithin(target, source, source + size);
  }
}

class Comparison {
  failedMaps = 0;
  goodMaps = 0;
  private readonly live: Mapping[] = [];
  private readonly memory = new FakeMemory();
  private readonly pool = new SwiotlbBackEnd(this.memory);
  private readonly reference: ReferencePool;

  constructor(
    private readonly settings: BackEndConfig,
    private readonly random: (bound: number) => number,
  ) {
    this.pool.reset(settings);
    this.reference = new ReferencePool(settings);
    for (let i = POOL_BASE; i < MEMORY_SIZE; i++) this.memory.bytes[i] = random(256);
    this.reference.bytes.set(this.memory.bytes);
  }

  step(): void {
    const { random } = this;
    const mapping = this.live[random(Math.max(1, this.live.length))];
    const action = random(8);
    if (mapping === undefined || action < 3) this.map();
    else if (action < 5) this.unmap(mapping);
    else if (action < 7) this.sync(mapping);
    else this.scribble();
    if (random(8) === 0) this.unmapFreeSlot();
  }

  check(): void {
    assert.equal(this.pool.warnings, this.reference.warnings);
    assert.equal(Buffer.compare(this.memory.bytes, this.reference.bytes), 0, 'memory differs');
  }

  private map(): void {
    const { random } = this;
    const original = DATA_BASE + random(0x10000);
    const sizes = [
      1 + random(64),
      1 + random(2048),
      2040 + random(20),
      1 + random(10000),
      4090 + random(12),
      1 + random(0x48000),
    ];
    const size = sizes[random(random(4) === 0 ? 6 : 4)] ?? 1;
    const dma = this.pool.map(original, size);
    const expected = this.reference.map(original, size);
    assert.equal(dma, expected === null ? DMA_MAPPING_ERROR : PHYSICAL_BASE + expected.bounce);
    if (expected === null) {
      this.failedMaps++;
      return;
    }
    this.goodMaps++;
    this.live.push(expected);
  }

  private unmap(mapping: Mapping): void {
    const { random } = this;
    this.live.splice(this.live.indexOf(mapping), 1);
    const size =
      [mapping.size, mapping.size, 1 + random(mapping.size), mapping.size + random(5000), 2 ** 32 - 1][random(5)] ?? 1;
    const direction = random(3) as 0 | 1 | 2;
    const attributes = random(4) === 0 ? DMA_ATTR_SKIP_CPU_SYNC : 0;
    this.pool.unmap(PHYSICAL_BASE + mapping.bounce, size, direction, attributes);
    this.reference.unmap(mapping, size, direction !== DMA_TO_DEVICE && attributes === 0);
  }

  /** Anywhere in the mapping's slots, padding and the bytes around the mapping included. */
  private sync(mapping: Mapping): void {
    const { random } = this;
    const inside = mapping.bounce + random(mapping.size);
    const anywhere = POOL_BASE + mapping.firstSlot * SLOT + random((mapping.endSlot - mapping.firstSlot) * SLOT);
    const at = random(3) === 0 ? anywhere : inside;
    const size = random(3) === 0 ? 1 + random(6000) : 1 + random(128);
    const direction = random(3) as 0 | 1 | 2;
    if (random(2) === 0) {
      this.pool.syncForCpu(PHYSICAL_BASE + at, size, direction);
      if (direction !== DMA_TO_DEVICE) this.reference.sync(mapping, at, size, false);
    } else {
      this.pool.syncForDevice(PHYSICAL_BASE + at, size, direction);
      if (direction !== DMA_FROM_DEVICE) this.reference.sync(mapping, at, size, true);
    }
  }

  /** The device writes the pool, the CPU its buffers. */
  private scribble(): void {
    const { random } = this;
    for (let i = 0; i < 64; i++) {
      const pooled = POOL_BASE + random(this.settings.poolSlots * SLOT);
      const address = random(2) === 0 ? pooled : DATA_BASE + random(0x12000);
      this.memory.bytes[address] = this.reference.bytes[address] = random(256);
    }
  }

  private unmapFreeSlot(): void {
    const slot = this.random(this.settings.poolSlots);
    if (this.reference.owners[slot] !== null) return;
    this.pool.unmap(PHYSICAL_BASE + POOL_BASE + slot * SLOT + this.random(SLOT), 100, DMA_FROM_DEVICE, 0);
  }
}

const MASKS = [
  [0, 0],
  [0x1ff, 0],
  [0xfff, 0],
  [0xfff, 0xfff],
  [0, 0xfff],
  [0x1fff, 0xfff],
  [0xfff, 0xffff],
] as const;

for (const [minAlignMask, allocAlignMask] of MASKS) {
  test(`random calls agree, min_align 0x${minAlignMask.toString(16)}, alloc_align 0x${allocAlignMask.toString(16)}`, () => {
    let goodMaps = 0;
    for (const poolSlots of [1, 7, 33, 128, 131, 256]) {
      const seed = poolSlots * 1000 + minAlignMask + allocAlignMask;
      const settings = config('swiotlb', { poolSlots, minAlignMask, allocAlignMask });
      const comparison = new Comparison(settings, seededRandom(seed));
      for (let i = 0; i < 600; i++) {
        comparison.step();
        if (i % 4 === 0) comparison.check();
      }
      comparison.check();
      assert.ok(comparison.failedMaps > 0, 'the pool ran full at least once');
      goodMaps += comparison.goodMaps;
    }
    assert.ok(goodMaps > 400, `only ${goodMaps} maps succeeded`);
  });
}
