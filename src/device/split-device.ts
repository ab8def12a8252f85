// The device's side of a split ring (virtio-v1.4 2.7).

import {
  AVAIL_F_NO_INTERRUPT,
  AVAIL_FLAGS,
  AVAIL_IDX,
  AVAIL_RING,
  DESC_F_INDIRECT,
  DESC_F_NEXT,
  DESC_F_WRITE,
  SPLIT_DESC_ADDR,
  SPLIT_DESC_FLAGS,
  SPLIT_DESC_LEN,
  SPLIT_DESC_NEXT,
  SPLIT_DESCRIPTOR_SIZE,
  USED_ELEMENT_ID,
  USED_ELEMENT_LEN,
  USED_ELEMENT_SIZE,
  USED_F_NO_NOTIFY,
  USED_FLAGS,
  USED_IDX,
  USED_RING,
  availEventOffset,
  usedEventOffset,
} from '../spec/split-layout.js';
import { RingDevice, WALK_LIMIT, eventPassed } from './ring-device.js';

/** Fields of a split ring that the device can write: all of them. */
export const SPLIT_FIELD_NAMES = [
  'desc.addr',
  'desc.len',
  'desc.flags',
  'desc.next',
  'avail.flags',
  'avail.idx',
  'avail.ring',
  'used_event',
  'used.flags',
  'used.idx',
  'used.id',
  'used.len',
  'avail_event',
] as const;
const WIDTHS = [8, 4, 2, 2, 2, 2, 2, 2, 2, 2, 4, 4, 2] as const;

export class SplitDevice extends RingDevice {
  readonly fieldCount = SPLIT_FIELD_NAMES.length;
  private nextAvailable = 0;
  private usedIdx = 0;
  /** used.idx when interruptDue() was last asked. */
  private signalledIdx = 0;
  private kicksWanted = true;

  fetch(): void {
    if (!this.running) return;
    const idx = this.view.read16(this.driverArea + AVAIL_IDX);
    let count = (idx - this.nextAvailable) & 0xffff;
    // More than the ring holds cannot be an honest driver's index.
    if (count > this.num) count = 0;
    for (let k = 0; k < count; k++) {
      const position = this.nextAvailable & (this.num - 1);
      const head = this.view.read16(this.driverArea + AVAIL_RING + 2 * position);
      const chain = this.chains.begin(head, position);
      if (chain < 0) return;
      this.nextAvailable = (this.nextAvailable + 1) & 0xffff;
      this.walk(chain, this.descriptorArea, head, this.num, false);
    }
    if (this.eventIndex && this.kicksWanted) this.writeAvailEvent(this.nextAvailable);
  }

  putUsed(id: number, len: number, slots: number): void {
    const element = this.deviceArea + USED_RING + USED_ELEMENT_SIZE * (this.usedIdx & (this.num - 1));
    this.view.write32(element + USED_ELEMENT_ID, id);
    this.view.write32(element + USED_ELEMENT_LEN, len);
    this.skipUsed(this.inOrder ? slots : 1);
  }

  skipUsed(delta: number): void {
    this.usedIdx = (this.usedIdx + delta) & 0xffff;
    this.view.write16(this.deviceArea + USED_IDX, this.usedIdx);
  }

  interruptDue(): boolean {
    const oldIdx = this.signalledIdx;
    this.signalledIdx = this.usedIdx;
    if (oldIdx === this.usedIdx) return false;
    if (!this.eventIndex) return (this.view.read16(this.driverArea + AVAIL_FLAGS) & AVAIL_F_NO_INTERRUPT) === 0;
    const usedEvent = this.view.read16(this.driverArea + usedEventOffset(this.num));
    return eventPassed(usedEvent, this.usedIdx, oldIdx);
  }

  wantKicks(wanted: boolean): void {
    this.kicksWanted = wanted;
    if (this.eventIndex) this.writeAvailEvent(wanted ? this.nextAvailable : (this.nextAvailable - 1) & 0xffff);
    else this.view.write16(this.deviceArea + USED_FLAGS, wanted ? 0 : USED_F_NO_NOTIFY);
  }

  fieldWidth(field: number): number {
    return WIDTHS[field] ?? 2;
  }

  fieldAddress(field: number, index: number): number {
    const descriptor = this.descriptorArea + (index % this.num) * SPLIT_DESCRIPTOR_SIZE;
    const element = this.deviceArea + USED_RING + USED_ELEMENT_SIZE * (index % this.num);
    switch (field) {
      case 0:
        return descriptor + SPLIT_DESC_ADDR;
      case 1:
        return descriptor + SPLIT_DESC_LEN;
      case 2:
        return descriptor + SPLIT_DESC_FLAGS;
      case 3:
        return descriptor + SPLIT_DESC_NEXT;
      case 4:
        return this.driverArea + AVAIL_FLAGS;
      case 5:
        return this.driverArea + AVAIL_IDX;
      case 6:
        return this.driverArea + AVAIL_RING + 2 * (index % this.num);
      case 7:
        return this.driverArea + usedEventOffset(this.num);
      case 8:
        return this.deviceArea + USED_FLAGS;
      case 9:
        return this.deviceArea + USED_IDX;
      case 10:
        return element + USED_ELEMENT_ID;
      case 11:
        return element + USED_ELEMENT_LEN;
      default:
        return this.deviceArea + availEventOffset(this.num);
    }
  }

  entryOfChain(chain: number): number {
    return this.chains.id[chain]!;
  }

  areaSize(area: number): number {
    if (area === 0) return SPLIT_DESCRIPTOR_SIZE * this.num;
    return area === 1 ? usedEventOffset(this.num) + 2 : availEventOffset(this.num) + 2;
  }

  protected restart(): void {
    this.nextAvailable = 0;
    this.usedIdx = 0;
    this.signalledIdx = 0;
    this.kicksWanted = true;
  }

  private writeAvailEvent(position: number): void {
    this.view.write16(this.deviceArea + availEventOffset(this.num), position);
  }

  /** Follows a chain from entry `start` of the table at DMA address `table` with `entries` entries. */
  private walk(chain: number, table: number, start: number, entries: number, nested: boolean): void {
    const { view } = this;
    let index = start;
    for (let step = 0; step < entries && step < WALK_LIMIT && index < entries; step++) {
      view.readDescriptor(table + index * SPLIT_DESCRIPTOR_SIZE);
      const { descriptorAddr: addr, descriptorLen: len, descriptorWord12: flags, descriptorWord14: next } = view;
      if ((flags & DESC_F_INDIRECT) !== 0) {
        // virtio-v1.4 2.7.5.3.1: a table holds no further table, even where a forged one is the ring itself.
        if (!nested) this.walk(chain, addr, 0, Math.trunc(len / SPLIT_DESCRIPTOR_SIZE), true);
        return;
      }
      this.chains.append(chain, addr, len, (flags & DESC_F_WRITE) !== 0);
      if ((flags & DESC_F_NEXT) === 0) return;
      index = next;
    }
  }
}
