// The device's side of a packed ring (virtio-v1.4 2.8).

import {
  EVENT_F_DESC,
  EVENT_F_DISABLE,
  EVENT_F_ENABLE,
  EVENT_FLAGS,
  EVENT_OFF_WRAP,
  EVENT_SIZE,
  PACKED_DESC_ADDR,
  PACKED_DESC_FLAGS,
  PACKED_DESC_ID,
  PACKED_DESC_LEN,
  PACKED_DESCRIPTOR_SIZE,
  PACKED_F_AVAIL,
  PACKED_F_USED,
} from '../spec/packed-layout.js';
import { DESC_F_INDIRECT, DESC_F_NEXT, DESC_F_WRITE } from '../spec/split-layout.js';
import { RingDevice, WALK_LIMIT, eventPassed } from './ring-device.js';

/** Fields of a packed ring that the device can write: all of them. */
export const PACKED_FIELD_NAMES = [
  'desc.addr',
  'desc.len',
  'desc.id',
  'desc.flags',
  'driver_event.off_wrap',
  'driver_event.flags',
  'device_event.off_wrap',
  'device_event.flags',
] as const;
const WIDTHS = [8, 4, 2, 2, 2, 2, 2, 2] as const;

export class PackedDevice extends RingDevice {
  readonly fieldCount = PACKED_FIELD_NAMES.length;
  private availableSlot = 0;
  private availableWrap = true;
  private usedSlot = 0;
  private usedWrap = true;
  /** Slots used since interruptDue() was last asked. */
  private unsignalled = 0;

  fetch(): void {
    if (!this.running) return;
    for (let k = 0; k < this.num; k++) {
      if (!this.isAvailable(this.availableSlot, this.availableWrap)) return;
      const chain = this.chains.begin(0, this.availableSlot);
      if (chain < 0) return;
      this.take(chain);
    }
  }

  putUsed(id: number, len: number, slots: number, hasLength: boolean): void {
    const at = this.descriptorArea + this.usedSlot * PACKED_DESCRIPTOR_SIZE;
    this.view.write16(at + PACKED_DESC_ID, id & 0xffff);
    this.view.write32(at + PACKED_DESC_LEN, len);
    const lap = this.usedWrap ? PACKED_F_AVAIL | PACKED_F_USED : 0;
    this.view.write16(at + PACKED_DESC_FLAGS, lap | (hasLength ? DESC_F_WRITE : 0));
    this.skipUsed(slots);
    this.unsignalled += slots;
  }

  skipUsed(delta: number): void {
    // Counted through both laps, so that moving back over the start turns the wrap counter back as well.
    const laps = 2 * this.num;
    const from = this.usedSlot + (this.usedWrap ? 0 : this.num);
    const to = (((from + delta) % laps) + laps) % laps;
    this.usedSlot = to % this.num;
    this.usedWrap = to < this.num;
  }

  interruptDue(): boolean {
    const moved = this.unsignalled;
    this.unsignalled = 0;
    if (moved === 0) return false;
    const flags = this.view.read16(this.driverArea + EVENT_FLAGS);
    if (flags === EVENT_F_DISABLE) return false;
    if (flags !== EVENT_F_DESC) return true;
    const offWrap = this.view.read16(this.driverArea + EVENT_OFF_WRAP);
    let event = offWrap & 0x7fff;
    if (((offWrap & 0x8000) !== 0) !== this.usedWrap) event -= this.num;
    return eventPassed(event, this.usedSlot, this.usedSlot - moved);
  }

  wantKicks(wanted: boolean): void {
    if (wanted && this.eventIndex) {
      const offWrap = this.availableSlot | (this.availableWrap ? 0x8000 : 0);
      this.view.write16(this.deviceArea + EVENT_OFF_WRAP, offWrap);
      this.view.write16(this.deviceArea + EVENT_FLAGS, EVENT_F_DESC);
      return;
    }
    this.view.write16(this.deviceArea + EVENT_FLAGS, wanted ? EVENT_F_ENABLE : EVENT_F_DISABLE);
  }

  fieldWidth(field: number): number {
    return WIDTHS[field] ?? 2;
  }

  fieldAddress(field: number, index: number): number {
    const descriptor = this.descriptorArea + (index % this.num) * PACKED_DESCRIPTOR_SIZE;
    switch (field) {
      case 0:
        return descriptor + PACKED_DESC_ADDR;
      case 1:
        return descriptor + PACKED_DESC_LEN;
      case 2:
        return descriptor + PACKED_DESC_ID;
      case 3:
        return descriptor + PACKED_DESC_FLAGS;
      case 4:
        return this.driverArea + EVENT_OFF_WRAP;
      case 5:
        return this.driverArea + EVENT_FLAGS;
      case 6:
        return this.deviceArea + EVENT_OFF_WRAP;
      default:
        return this.deviceArea + EVENT_FLAGS;
    }
  }

  entryOfChain(chain: number): number {
    return this.chains.slot[chain]!;
  }

  areaSize(area: number): number {
    return area === 0 ? PACKED_DESCRIPTOR_SIZE * this.num : EVENT_SIZE;
  }

  protected restart(): void {
    this.availableSlot = 0;
    this.availableWrap = true;
    this.usedSlot = 0;
    this.usedWrap = true;
    this.unsignalled = 0;
  }

  private isAvailable(slot: number, wrap: boolean): boolean {
    const flags = this.view.read16(this.descriptorArea + slot * PACKED_DESCRIPTOR_SIZE + PACKED_DESC_FLAGS);
    return ((flags & PACKED_F_AVAIL) !== 0) === wrap && ((flags & PACKED_F_USED) !== 0) !== wrap;
  }

  /** Takes the chain that starts at the next available slot; the id stands in its last descriptor (2.8.6). */
  private take(chain: number): void {
    const { view } = this;
    let slots = 0;
    for (let step = 0; step < this.num; step++) {
      view.readDescriptor(this.descriptorArea + this.availableSlot * PACKED_DESCRIPTOR_SIZE);
      const { descriptorAddr: addr, descriptorLen: len, descriptorWord12: id, descriptorWord14: flags } = view;
      this.chains.id[chain] = id;
      if ((flags & DESC_F_INDIRECT) !== 0) this.takeTable(chain, addr, len);
      else this.chains.append(chain, addr, len, (flags & DESC_F_WRITE) !== 0);
      slots++;
      this.availableSlot++;
      if (this.availableSlot === this.num) {
        this.availableSlot = 0;
        this.availableWrap = !this.availableWrap;
      }
      if ((flags & DESC_F_NEXT) === 0) break;
    }
    this.chains.slots[chain] = slots;
  }

  /** virtio-v1.4 2.8.8: entries in table order, no chaining. */
  private takeTable(chain: number, table: number, len: number): void {
    const entries = Math.min(Math.trunc(len / PACKED_DESCRIPTOR_SIZE), WALK_LIMIT);
    const { view } = this;
    for (let k = 0; k < entries; k++) {
      view.readDescriptor(table + k * PACKED_DESCRIPTOR_SIZE);
      const write = (view.descriptorWord14 & DESC_F_WRITE) !== 0;
      this.chains.append(chain, view.descriptorAddr, view.descriptorLen, write);
    }
  }
}
