// kmalloc and kfree over private guest memory. Never hands out the same address twice in one execution, keeps a gap
// between objects and remembers freed ones, so that a use after free or past the end is seen for what it is.

import { FAIL_KMALLOC, type FailureSource } from '../platform/failures.js';
import type { Allocator } from '../platform/platform.js';
import { HEAP_BASE, HEAP_SIZE } from './layout.js';
import type { HeapObserver } from './memory-observer.js';

const GRANULE_SHIFT = 4;
const GRANULE = 1 << GRANULE_SHIFT;
const GRANULES = HEAP_SIZE / GRANULE;
const CAPACITY = 4096;
/** What uninitialised memory holds: the same in every execution. */
const POISON = 0xa5;

export class GuestHeap implements Allocator {
  /** Objects allocated and not freed. */
  liveCount = 0;

  /** Object of each granule, 0 for a red zone. Valid below `top`: what an earlier life left above is never read. */
  private readonly owner = new Uint16Array(GRANULES);
  private readonly start = new Int32Array(CAPACITY);
  private readonly end = new Int32Array(CAPACITY);
  private readonly live = new Uint8Array(CAPACITY);
  private objects = 0;
  private top = HEAP_BASE;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly observer: HeapObserver,
    private readonly failures: FailureSource,
  ) {}

  /** Forgets every object. */
  reset(): void {
    // A device behind an IOMMU sees whole granules of the heap: what an earlier life left there must not matter.
    this.bytes.fill(0, HEAP_BASE, this.top);
    this.objects = 0;
    this.liveCount = 0;
    this.top = HEAP_BASE;
  }

  kmalloc(size: number): number {
    if (this.failures.fails(FAIL_KMALLOC)) return this.refuse(size);
    const span = (size + GRANULE - 1) & ~(GRANULE - 1);
    // One granule of nothing after each object is the red zone.
    if (size <= 0 || this.top + span + GRANULE > HEAP_BASE + HEAP_SIZE || this.objects + 1 >= CAPACITY) {
      return this.refuse(size);
    }
    const address = this.top;
    this.objects++;
    this.start[this.objects] = address;
    this.end[this.objects] = address + size;
    this.live[this.objects] = 1;
    const first = (address - HEAP_BASE) >> GRANULE_SHIFT;
    const last = first + (span >> GRANULE_SHIFT);
    if (last - first > 32) this.owner.fill(this.objects, first, last);
    else for (let k = first; k < last; k++) this.owner[k] = this.objects;
    this.owner[last] = 0;
    this.top = address + span + GRANULE;
    this.poison(address, span);
    this.liveCount++;
    this.observer.allocated(address, size);
    return address;
  }

  kfree(address: number): void {
    if (address === 0) return;
    const object = this.ownerOf(address);
    const live = object !== 0 && this.start[object] === address && this.live[object] === 1;
    this.observer.freeing(address, live);
    if (!live) return;
    this.live[object] = 0;
    this.liveCount--;
  }

  /** Whether all of the access lies in one live object. */
  covers(address: number, size: number): boolean {
    const object = this.ownerOf(address);
    return object !== 0 && this.live[object] === 1 && address + size <= this.end[object]!;
  }

  /** Whether the address once belonged to an object that has been freed. */
  wasFreed(address: number): boolean {
    const object = this.ownerOf(address);
    return object !== 0 && this.live[object] === 0;
  }

  private poison(address: number, size: number): void {
    // A native call costs more than it fills where the object is an indirect table of a few entries.
    if (size > 96) this.bytes.fill(POISON, address, address + size);
    else for (let at = address; at < address + size; at++) this.bytes[at] = POISON;
  }

  private refuse(size: number): number {
    this.observer.allocated(0, size);
    return 0;
  }

  private ownerOf(address: number): number {
    return address >= HEAP_BASE && address < this.top ? this.owner[(address - HEAP_BASE) >> GRANULE_SHIFT]! : 0;
  }
}
