// The slots of the bounce pool: which are in use, and for each of them which original it stands for (facts 4.1). Private
// memory: the device cannot write any of it. Linux keeps free-run lengths per slot; this table looks at the slots
// themselves and comes to the same choice. Tables in a hot path: indices are below `slotCount`, hence the `!`.

import { PAGE_SIZE, POOL_BASE, POOL_SIZE } from '../memory/layout.js';
import type { BackEndConfig } from './back-end.js';

export const SLOT_SHIFT = 11;
export const SLOT_SIZE = 1 << SLOT_SHIFT;
export const SLOT_MASK = SLOT_SIZE - 1;
/** No mapping crosses a segment, which makes 256 KiB the most that one can have. */
export const SEGMENT_SLOTS = 128;

const MAX_SLOTS = POOL_SIZE >> SLOT_SHIFT;
const FREE = -1;
const PADDING = -2;
const LATER_SLOT = -1;

export class SlotTable {
  /** Original of the slot's reference byte: the mapping's address + i * 2048. FREE and PADDING slots have none. */
  private readonly original = new Int32Array(MAX_SLOTS).fill(FREE);
  /** Bytes of the allocation left from the reference byte on; negative in a last slot that ends before that byte. */
  private readonly bytesLeft = new Int32Array(MAX_SLOTS);
  /**
   * The same for the mapping itself. Linux bounds copies by the allocation, which alloc_align_mask makes longer than the
   * mapping: a copy could then reach what lies behind the original. Copies here end with the mapping (docs/driver.md).
   */
  private readonly mappedLeft = new Int32Array(MAX_SLOTS);
  /** In a mapping's first slot the number of padding slots in front of it, elsewhere LATER_SLOT. */
  private readonly padSlots = new Int16Array(MAX_SLOTS);

  private slotCount = 0;
  /** Next fit: where the next search starts. */
  private next = 0;
  /** Slots from here on were never used since the last reset. */
  private touched = 0;
  /** Address bits that must be zero in the allocation's first slot. */
  private zeroMask = 0;
  /** Address bits that the allocation's first slot must have in common with the original. */
  private matchMask = 0;
  private pageAlignLarge = false;

  reset(config: BackEndConfig): void {
    this.original.fill(FREE, 0, this.touched);
    this.slotCount = config.poolSlots;
    this.next = 0;
    this.touched = 0;
    this.zeroMask = config.allocAlignMask | SLOT_MASK;
    // Bits below the allocation's alignment are kept by the offset instead (0eee5ae10256, 51b30ecb73b4).
    this.matchMask = config.minAlignMask & ~this.zeroMask;
    this.pageAlignLarge = config.allocAlignMask === 0 && config.minAlignMask === 0;
  }

  /**
   * Takes `total` bytes for the `size` bytes at `cpu`, `offset` of them in front of it. Returns the slot that the original
   * starts in, or -1 when there is no room. The slots before that one are padding and part of the allocation, so that
   * nobody else's bytes share its alignment unit (af133562d5af).
   */
  allocate(cpu: number, size: number, total: number, offset: number): number {
    const count = (total + SLOT_MASK) >> SLOT_SHIFT;
    const start = this.find(cpu, total, count);
    if (start < 0) return -1;
    const end = start + count;
    const first = start + (offset >> SLOT_SHIFT);
    let bytesLeft = total - (offset & SLOT_MASK);
    for (let index = start; index < end; index++) {
      this.original[index] = index < first ? PADDING : cpu + ((index - first) << SLOT_SHIFT);
      this.bytesLeft[index] = bytesLeft;
      this.mappedLeft[index] = size - ((index - first) << SLOT_SHIFT);
      this.padSlots[index] = LATER_SLOT;
      bytesLeft -= SLOT_SIZE;
    }
    this.padSlots[first] = first - start;
    this.next = end < this.slotCount ? end : 0;
    if (end > this.touched) this.touched = end;
    return first;
  }

  /**
   * Frees the allocation that slot `index` is the first slot of, padding included; from a later slot only the rest. How
   * much that is the table knows, not the caller. A slot without an original, such as a free one, frees nothing.
   */
  release(index: number, slotOffsetMask: number): void {
    if (!this.hasOriginal(index)) return;
    const start = this.startsMapping(index) ? index - this.padSlots[index]! : index;
    const total = this.bytesLeft[start]! + (this.original[index]! & slotOffsetMask);
    const end = start + ((total + SLOT_MASK) >> SLOT_SHIFT);
    for (let slot = start; slot < end; slot++) this.original[slot] = FREE;
  }

  hasOriginal(index: number): boolean {
    return this.original[index]! >= 0;
  }

  originalAt(index: number): number {
    return this.original[index]!;
  }

  mappedLeftAt(index: number): number {
    return this.mappedLeft[index]!;
  }

  /** Of a slot with an original: whether it is the first of its mapping. */
  startsMapping(index: number): boolean {
    return this.padSlots[index] !== LATER_SLOT;
  }

  /** Next fit, once around the pool: the first slot of `count` free ones with the right alignment, or -1. */
  private find(cpu: number, total: number, count: number): number {
    // Large mappings are page aligned where nobody asks for an alignment (14cebf689a78).
    const zeroMask = this.pageAlignLarge && total >= PAGE_SIZE ? PAGE_SIZE - 1 : this.zeroMask;
    const matchMask = this.matchMask;
    const wanted = cpu & matchMask;
    let index = this.next;
    for (let checked = 0; checked < this.slotCount;) {
      let step = 1;
      const address = POOL_BASE + (index << SLOT_SHIFT);
      if ((address & zeroMask) === 0 && (address & matchMask) === wanted) {
        const run = this.freeRun(index, count);
        if (run === count) return index;
        if (run > 1) step = run; // no start within a run that is too short can do better
      }
      checked += step;
      index += step;
      if (index >= this.slotCount) index = 0;
    }
    return -1;
  }

  /** How many slots from `index` on are free, up to `count`; ends with the segment and with the pool (53c87e846e33). */
  private freeRun(index: number, count: number): number {
    const segmentEnd = (index | (SEGMENT_SLOTS - 1)) + 1;
    const end = Math.min(index + count, segmentEnd, this.slotCount);
    let slot = index;
    while (slot < end && this.original[slot] === FREE) slot++;
    return slot - index;
  }
}
