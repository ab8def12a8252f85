// The driver's own record of every descriptor: address, length, flags and next. Private memory that the device cannot
// write, and the only source for unmapping, chain walking and the free list (72b5e8958738, 1f28750f2e11). Each index is
// checked, because a typed array answers a wrong one with `undefined` where C would corrupt memory.

import type { Platform } from '../platform/platform.js';
import type { DriverRecords } from '../platform/ring-driver.js';

/** Largest queue that the driver supports. */
export const MAX_QUEUE_SIZE = 256;

/** Bytes of kmalloc memory that stand for one descriptor's record and state. */
export const RECORD_BYTES = 32;

/** Each descriptor's successor in a fresh free list. */
const FRESH_NEXT = Uint16Array.from({ length: MAX_QUEUE_SIZE }, (_, index) => index + 1);

export class DescriptorRecords implements DriverRecords {
  num = 0;
  numFree = 0;
  freeHead = 0;
  readonly addr = new Float64Array(MAX_QUEUE_SIZE);
  readonly len = new Uint32Array(MAX_QUEUE_SIZE);
  readonly flags = new Uint16Array(MAX_QUEUE_SIZE);
  readonly next = Uint16Array.from(FRESH_NEXT);
  /** Descriptors from here on are as reset() leaves them. */
  private touched = 0;

  constructor(private readonly platform: Platform) {}

  /** Empties the records and links the free list 0, 1, 2, ... in order. */
  reset(num: number): void {
    // No loop: an earlier life must not show in the code that a later one runs (coverage is compared between runs).
    this.addr.fill(0, 0, this.touched);
    this.len.fill(0, 0, this.touched);
    this.flags.fill(0, 0, this.touched);
    this.touched = 0;
    this.next.set(FRESH_NEXT);
    this.next[num - 1] = 0;
    this.num = num;
    this.numFree = num;
    this.freeHead = 0;
  }

  /** Records what descriptor `index` was filled with; `next` stays as it is. */
  set(index: number, addr: number, len: number, flags: number): void {
    this.check(index);
    if (index >= this.touched) this.touched = index + 1;
    this.addr[index] = addr;
    this.len[index] = len;
    this.flags[index] = flags;
  }

  addrOf(index: number): number {
    this.check(index);
    return this.addr[index]!;
  }

  lenOf(index: number): number {
    this.check(index);
    return this.len[index]!;
  }

  flagsOf(index: number): number {
    this.check(index);
    return this.flags[index]!;
  }

  nextOf(index: number): number {
    this.check(index);
    return this.next[index]!;
  }

  /** Takes `count` descriptors off the free list; the first of them was freeHead, `rest` follows the last. */
  take(count: number, rest: number): void {
    this.numFree -= count;
    this.freeHead = rest;
  }

  /** Gives back the chain `first` .. `last` of `count` descriptors. */
  give(first: number, last: number, count: number): void {
    this.check(last);
    this.next[last] = this.freeHead;
    this.freeHead = first;
    this.numFree += count;
  }

  /** In order: the `count` descriptors behind the free ones are free as well. The list is the ring and is never relinked. */
  giveOldest(count: number): void {
    this.numFree += count;
  }

  /** In order: the newest chain, which began with descriptor `first`, was taken back. */
  rewind(first: number): void {
    this.check(first);
    this.freeHead = first;
  }

  private check(index: number): void {
    if (index >>> 0 >= this.num) this.platform.outOfBounds('descriptor records', index, this.num);
  }
}
