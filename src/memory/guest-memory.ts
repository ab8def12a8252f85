// Guest memory and the CPU's door to it. The driver reaches memory only through loadN/storeN: device-writable ("shared")
// memory is observed and can change under the driver's hands before any load; private memory must be a live heap
// object. The DMA layer moves whole ranges with copy and fill. Trusts nobody: every access is checked.

import type { BulkMemory } from '../dma/back-end.js';
import type { MemoryView } from '../platform/platform.js';
import type { GuestHeap } from './guest-heap.js';
import { COHERENT_BASE, COHERENT_SIZE, HEAP_BASE, HEAP_SIZE, PHYSICAL_BASE } from './layout.js';
import { FAULT_LOAD, FAULT_STORE, type MemoryObserver } from './memory-observer.js';
import { fillPattern } from './pattern.js';

const TWO_POW_32 = 0x1_0000_0000;

/** Decides what happens before a shared load: the placed race. */
export interface LoadRace {
  /** Called before the load whose number is `GuestMemory.nextRace`; `address` is what the driver is about to read. */
  beforeSharedLoad(address: number, size: number): void;
}

export class GuestMemory implements MemoryView, BulkMemory {
  /** Shared loads since reset(). */
  sharedLoads = 0;
  /** The shared load, counted from 1, before which the race acts; 0 for none. */
  nextRace = 0;

  private readonly view: DataView;

  constructor(
    /** All of guest memory. For the device's view and for oracles; driver and DMA layer have only the methods. */
    readonly bytes: Uint8Array,
    private readonly heap: GuestHeap,
    private readonly observer: MemoryObserver,
    private readonly race: LoadRace,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    fillPattern(bytes);
  }

  /** Forgets counters and races. Contents are the business of whoever allocates. */
  reset(): void {
    this.sharedLoads = 0;
    this.nextRace = 0;
  }

  load16(address: number): number {
    const shared = isShared(address, 2);
    if (shared) this.beforeSharedLoad(address, 2);
    else if (!this.heap.covers(address, 2)) return this.badAccess(address, 2, FAULT_LOAD);
    const value = this.view.getUint16(address, true);
    if (shared) this.observer.sharedLoad(address, 2, value);
    return value;
  }

  load32(address: number): number {
    const shared = isShared(address, 4);
    if (shared) this.beforeSharedLoad(address, 4);
    else if (!this.heap.covers(address, 4)) return this.badAccess(address, 4, FAULT_LOAD);
    const value = this.view.getUint32(address, true);
    if (shared) this.observer.sharedLoad(address, 4, value);
    return value;
  }

  load64(address: number): number {
    const shared = isShared(address, 8);
    if (shared) this.beforeSharedLoad(address, 8);
    else if (!this.heap.covers(address, 8)) return this.badAccess(address, 8, FAULT_LOAD);
    const low = this.view.getUint32(address, true);
    const value = low + this.view.getUint32(address + 4, true) * TWO_POW_32;
    if (shared) this.observer.sharedLoad(address, 8, low);
    return value;
  }

  store16(address: number, value: number): void {
    if (isShared(address, 2)) this.observer.sharedStore(address, 2, value);
    else if (!this.heap.covers(address, 2)) {
      this.badAccess(address, 2, FAULT_STORE);
      return;
    }
    this.view.setUint16(address, value, true);
  }

  store32(address: number, value: number): void {
    if (isShared(address, 4)) this.observer.sharedStore(address, 4, value);
    else if (!this.heap.covers(address, 4)) {
      this.badAccess(address, 4, FAULT_STORE);
      return;
    }
    this.view.setUint32(address, value, true);
  }

  store64(address: number, value: number): void {
    if (isShared(address, 8)) this.observer.sharedStore(address, 8, value);
    else if (!this.heap.covers(address, 8)) {
      this.badAccess(address, 8, FAULT_STORE);
      return;
    }
    this.view.setUint32(address, value >>> 0, true);
    this.view.setUint32(address + 4, (value / TWO_POW_32) >>> 0, true);
  }

  physicalAddress(address: number): number {
    return PHYSICAL_BASE + address;
  }

  copy(target: number, source: number, size: number): void {
    this.observer.copying(target, source, size);
    copyBytes(this.bytes, target, source, size);
  }

  fill(target: number, size: number, value: number): void {
    this.observer.filling(target, size, value);
    this.bytes.fill(value, target, target + size);
  }

  /** A load of shared memory that the driver makes by itself: counted, and raced, as those that go through here. */
  announceLoad(address: number, size: number): void {
    this.beforeSharedLoad(address, size);
  }

  private beforeSharedLoad(address: number, size: number): void {
    this.sharedLoads++;
    if (this.sharedLoads === this.nextRace) this.race.beforeSharedLoad(address, size);
  }

  private badAccess(address: number, size: number, access: number): number {
    this.observer.fault(address, size, access);
    return 0;
  }
}

/** Copies within one array; a loop for the short ranges that dominate, where a native call costs more than it moves. */
export function copyBytes(bytes: Uint8Array, target: number, source: number, size: number): void {
  if (size > 48) {
    bytes.copyWithin(target, source, source + size);
    return;
  }
  for (let i = 0; i < size; i++) bytes[target + i] = bytes[source + i]!;
}

/** Whether the whole access lies in coherent memory. */
export function isShared(address: number, size: number): boolean {
  return address >= COHERENT_BASE && address + size <= COHERENT_BASE + COHERENT_SIZE;
}

/** Whether an address lies in the heap arena. */
export function isHeap(address: number): boolean {
  return address >= HEAP_BASE && address < HEAP_BASE + HEAP_SIZE;
}
