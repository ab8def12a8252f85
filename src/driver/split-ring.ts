// The split ring's shared area: every field of it can be written by the device at any time. Stores publish; the few
// loads below are the only bytes of it that the driver ever reads (facts: used.idx, used.ring[].id and len, used.flags,
// avail_event), each to be read once into a local and checked before use.

import type { MemoryView } from '../platform/platform.js';
import {
  AVAIL_FLAGS,
  AVAIL_IDX,
  AVAIL_RING,
  SPLIT_DESC_ADDR,
  SPLIT_DESC_FLAGS,
  SPLIT_DESC_LEN,
  SPLIT_DESC_NEXT,
  SPLIT_DESCRIPTOR_SIZE,
  USED_ELEMENT_ID,
  USED_ELEMENT_LEN,
  USED_ELEMENT_SIZE,
  USED_FLAGS,
  USED_IDX,
  USED_RING,
  availEventOffset,
  availOffset,
  splitRingSize,
  usedEventOffset,
  usedOffset,
} from '../spec/split-layout.js';

export class SplitRing {
  num = 0;
  /** CPU address of the area; 0 when there is none. */
  base = 0;
  size = 0;
  private available = 0;
  private used = 0;
  private usedEvent = 0;
  private availEvent = 0;

  constructor(private readonly memory: MemoryView) {}

  /** Takes over an area of splitRingSize(num, align) bytes at CPU address `base`. */
  attach(base: number, num: number, align: number): void {
    this.num = num;
    this.base = base;
    this.size = splitRingSize(num, align);
    this.available = base + availOffset(num);
    this.used = base + usedOffset(num, align);
    this.usedEvent = this.available + usedEventOffset(num);
    this.availEvent = this.used + availEventOffset(num);
  }

  get availableArea(): number {
    return this.available;
  }

  get usedArea(): number {
    return this.used;
  }

  /** Clears what a previous life of the ring left for either side. */
  clear(): void {
    this.writeAvailableFlags(0);
    this.writeAvailableIdx(0);
    this.writeUsedEvent(0);
    this.memory.store16(this.used + USED_FLAGS, 0);
    this.memory.store16(this.used + USED_IDX, 0);
    this.memory.store16(this.availEvent, 0);
  }

  writeDescriptor(index: number, addr: number, len: number, flags: number, next: number): void {
    const at = this.base + index * SPLIT_DESCRIPTOR_SIZE;
    this.memory.store64(at + SPLIT_DESC_ADDR, addr);
    this.memory.store32(at + SPLIT_DESC_LEN, len);
    this.memory.store16(at + SPLIT_DESC_FLAGS, flags);
    this.memory.store16(at + SPLIT_DESC_NEXT, next);
  }

  writeAvailableEntry(position: number, head: number): void {
    this.memory.store16(this.available + AVAIL_RING + 2 * (position & (this.num - 1)), head);
  }

  writeAvailableIdx(idx: number): void {
    this.memory.store16(this.available + AVAIL_IDX, idx);
  }

  writeAvailableFlags(flags: number): void {
    this.memory.store16(this.available + AVAIL_FLAGS, flags);
  }

  writeUsedEvent(position: number): void {
    this.memory.store16(this.usedEvent, position);
  }

  /** Device-written. */
  deviceUsedIdx(): number {
    return this.memory.load16(this.used + USED_IDX);
  }

  /** Device-written, all 32 bits. */
  deviceUsedId(position: number): number {
    return this.memory.load32(this.usedElement(position) + USED_ELEMENT_ID);
  }

  /** Device-written. */
  deviceUsedLen(position: number): number {
    return this.memory.load32(this.usedElement(position) + USED_ELEMENT_LEN);
  }

  /** Device-written. */
  deviceUsedFlags(): number {
    return this.memory.load16(this.used + USED_FLAGS);
  }

  /** Device-written. */
  deviceAvailEvent(): number {
    return this.memory.load16(this.availEvent);
  }

  private usedElement(position: number): number {
    return this.used + USED_RING + USED_ELEMENT_SIZE * (position & (this.num - 1));
  }
}
