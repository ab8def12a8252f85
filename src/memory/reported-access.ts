// For drivers whose loads and stores of guest memory do not go through GuestMemory: they tell of each, and it is treated as
// if it had. A store is told of before it happens, so its value is read later: before anything else that the driver does or
// that is done to it, and when its call is over.

import type { DriverAccess } from '../platform/driver-module.js';
import type { GuestHeap } from './guest-heap.js';
import { type GuestMemory, isShared } from './guest-memory.js';
import { COHERENT_BASE, COHERENT_SIZE, MEMORY_SIZE } from './layout.js';
import { FAULT_LOAD, FAULT_STORE, type MemoryObserver } from './memory-observer.js';

const TWO_POW_32 = 0x1_0000_0000;

/** Reports what the driver's own sanitizer saw. */
export type ReportBadAccess = DriverAccess['badAccess'];

export class ReportedAccess implements DriverAccess {
  readonly sharedStart = COHERENT_BASE;
  readonly sharedEnd = COHERENT_BASE + COHERENT_SIZE;
  readonly badAccess: ReportBadAccess;

  private readonly guest: DataView;
  private pendingAddress = 0;
  /** Bytes of the store whose value is not known yet; 0 for none. */
  private pendingSize = 0;

  constructor(
    private readonly memory: GuestMemory,
    private readonly heap: GuestHeap,
    private readonly observer: MemoryObserver,
    badAccess: ReportBadAccess,
  ) {
    const { bytes } = memory;
    this.guest = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.badAccess = (kind, access, address, size) => {
      this.settle();
      badAccess(kind, access, address, size);
    };
  }

  reset(): void {
    this.pendingSize = 0;
  }

  load(address: number, size: number): void {
    if (this.pendingSize !== 0) this.settle();
    if (isShared(address, size)) {
      this.memory.announceLoad(address, size);
      this.observer.sharedLoad(address, size, this.lowBytes(address, size));
    } else if (isGuest(address, size) && !this.heap.covers(address, size)) {
      this.observer.fault(address, size, FAULT_LOAD);
    }
  }

  store(address: number, size: number): void {
    if (this.pendingSize !== 0) this.settle();
    if (isShared(address, size)) {
      this.pendingAddress = address;
      this.pendingSize = size;
    } else if (isGuest(address, size) && !this.heap.covers(address, size)) {
      this.observer.fault(address, size, FAULT_STORE);
    }
  }

  stored(address: number, size: number): void {
    if (this.pendingSize !== 0) this.settle();
    if (isShared(address, size)) this.observer.sharedRangeStored(address, size);
    else if (isGuest(address, size) && !this.heap.covers(address, size)) {
      this.observer.fault(address, size, FAULT_STORE);
    }
  }

  /** The last store has happened: tells the observer of it. */
  settle(): void {
    const { pendingAddress: address, pendingSize: size } = this;
    if (size === 0) return;
    this.pendingSize = 0;
    let value = this.lowBytes(address, size);
    if (size === 8) value += this.guest.getUint32(address + 4, true) * TWO_POW_32;
    if (size === 2 || size === 4 || size === 8) this.observer.sharedStore(address, size, value);
    else this.observer.sharedRangeStored(address, size);
  }

  private lowBytes(address: number, size: number): number {
    if (size === 1) return this.guest.getUint8(address);
    return size === 2 ? this.guest.getUint16(address, true) : this.guest.getUint32(address, true);
  }
}

/** What lies outside of guest memory is the module's own. */
function isGuest(address: number, size: number): boolean {
  return address >= 0 && address + size <= MEMORY_SIZE;
}
