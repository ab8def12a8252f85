// The packed ring's shared areas: every field of them can be written by the device at any time. Stores publish; the
// loads below are the only bytes that the driver ever reads (facts: flags, id and len of the next used slot, and one
// 32-bit snapshot of the device's event structure).

import type { MemoryView } from '../platform/platform.js';
import {
  EVENT_FLAGS,
  EVENT_OFF_WRAP,
  PACKED_DESC_ADDR,
  PACKED_DESC_FLAGS,
  PACKED_DESC_ID,
  PACKED_DESC_LEN,
  PACKED_DESCRIPTOR_SIZE,
  PACKED_F_AVAIL,
  PACKED_F_USED,
  packedRingSize,
} from '../spec/packed-layout.js';

/** A place in the ring together with its wrap counter (virtio-v1.4 2.8.1). */
export class RingPosition {
  index = 0;
  wrap = true;

  reset(): void {
    this.index = 0;
    this.wrap = true;
  }

  copyFrom(other: RingPosition): void {
    this.index = other.index;
    this.wrap = other.wrap;
  }

  /** Moves on by `count` slots, at most `num`, in a ring of `num`. */
  advance(count: number, num: number): void {
    this.index += count;
    if (this.index >= num) {
      this.index -= num;
      this.wrap = !this.wrap;
    }
  }

  /** The form in which event structures and poll() carry a position: the wrap counter in bit 15. */
  get encoded(): number {
    return this.index | (this.wrap ? 0x8000 : 0);
  }
}

/** The flag bits that make a slot available for the lap with that wrap counter. */
export function availableFlags(wrap: boolean): number {
  return wrap ? PACKED_F_AVAIL : PACKED_F_USED;
}

/** Whether a slot's flags say "used" for the lap with that wrap counter. */
export function isUsed(flags: number, wrap: boolean): boolean {
  const available = (flags & PACKED_F_AVAIL) !== 0;
  const used = (flags & PACKED_F_USED) !== 0;
  return available === used && used === wrap;
}

export class PackedRing {
  num = 0;
  /** CPU addresses of the three areas; 0 when there are none. */
  base = 0;
  driverEvent = 0;
  deviceEvent = 0;

  constructor(private readonly memory: MemoryView) {}

  attach(base: number, driverEvent: number, deviceEvent: number, num: number): void {
    this.num = num;
    this.base = base;
    this.driverEvent = driverEvent;
    this.deviceEvent = deviceEvent;
  }

  get size(): number {
    return packedRingSize(this.num);
  }

  /** Clears what a previous life of the ring left for either side. */
  clear(): void {
    for (let at = this.base; at < this.base + this.size; at += 8) this.memory.store64(at, 0);
    this.memory.store32(this.driverEvent, 0);
    this.memory.store32(this.deviceEvent, 0);
  }

  /** Everything but the flags, which make the slot visible. */
  writeBody(slot: number, addr: number, len: number, id: number): void {
    const at = this.base + slot * PACKED_DESCRIPTOR_SIZE;
    this.memory.store64(at + PACKED_DESC_ADDR, addr);
    this.memory.store32(at + PACKED_DESC_LEN, len);
    this.memory.store16(at + PACKED_DESC_ID, id);
  }

  writeFlags(slot: number, flags: number): void {
    this.memory.store16(this.base + slot * PACKED_DESCRIPTOR_SIZE + PACKED_DESC_FLAGS, flags);
  }

  writeEventOffWrap(offWrap: number): void {
    this.memory.store16(this.driverEvent + EVENT_OFF_WRAP, offWrap);
  }

  writeEventFlags(flags: number): void {
    this.memory.store16(this.driverEvent + EVENT_FLAGS, flags);
  }

  /** Device-written. */
  deviceFlags(slot: number): number {
    return this.memory.load16(this.base + slot * PACKED_DESCRIPTOR_SIZE + PACKED_DESC_FLAGS);
  }

  /** Device-written. */
  deviceId(slot: number): number {
    return this.memory.load16(this.base + slot * PACKED_DESCRIPTOR_SIZE + PACKED_DESC_ID);
  }

  /** Device-written. */
  deviceLen(slot: number): number {
    return this.memory.load32(this.base + slot * PACKED_DESCRIPTOR_SIZE + PACKED_DESC_LEN);
  }

  /** Device-written: off_wrap in the low half, flags in the high half, as one snapshot. */
  deviceEventSnapshot(): number {
    return this.memory.load32(this.deviceEvent);
  }
}
