// The live mappings of a VDUSE domain, by their place in the streaming region: what bounds every copy. Bounce pages alone
// cannot, because several mappings share one and the caller's size may be the device's word. Private memory. Buffers mostly
// end in the order in which they began, so the mapping after the one that ended last is tried first. Indices stay below
// `count`, hence the `!`.

import type { DmaDirection } from '../platform/dma-api.js';

/** Fewer than one execution can make, so that inputs reach the limit. */
export const DOMAIN_MAPPINGS_CAPACITY = 512;

export class DomainMappings {
  private readonly start = new Int32Array(DOMAIN_MAPPINGS_CAPACITY);
  private readonly size = new Int32Array(DOMAIN_MAPPINGS_CAPACITY);
  private readonly direction = new Uint8Array(DOMAIN_MAPPINGS_CAPACITY);
  private count = 0;
  /** The place of the mapping that ended last. */
  private lastRemoved = -1;

  clear(): void {
    this.count = 0;
    this.lastRemoved = -1;
  }

  get isFull(): boolean {
    return this.count === DOMAIN_MAPPINGS_CAPACITY;
  }

  /** There must be room. */
  add(start: number, size: number, direction: DmaDirection): void {
    const index = this.count++;
    this.start[index] = start;
    this.size[index] = size;
    this.direction[index] = direction;
  }

  /**
   * The mapping that starts there, or -1. Where the same bytes are mapped more than once: one of that size and direction,
   * if there is any.
   */
  startingAt(start: number, size: number, direction: DmaDirection): number {
    const next = this.lastRemoved + 1;
    if (next < this.count && this.is(next, start, size, direction)) return next;
    let found = -1;
    for (let index = this.count - 1; index >= 0; index--) {
      if (this.start[index] !== start) continue;
      if (this.is(index, start, size, direction)) return index;
      found = index;
    }
    return found;
  }

  /** The mapping that this byte of the region belongs to, the newest of several, or -1. */
  containing(offset: number): number {
    for (let index = this.count - 1; index >= 0; index--) {
      const start = this.start[index]!;
      if (offset >= start && offset < start + this.size[index]!) return index;
    }
    return -1;
  }

  endOf(index: number): number {
    return this.start[index]! + this.size[index]!;
  }

  sizeOf(index: number): number {
    return this.size[index]!;
  }

  directionOf(index: number): DmaDirection {
    return this.direction[index]! as DmaDirection;
  }

  remove(index: number): void {
    this.lastRemoved = index;
    const last = --this.count;
    this.start[index] = this.start[last]!;
    this.size[index] = this.size[last]!;
    this.direction[index] = this.direction[last]!;
  }

  private is(index: number, start: number, size: number, direction: DmaDirection): boolean {
    return this.start[index] === start && this.size[index] === size && this.direction[index] === direction;
  }
}
