// Which ring field an address in coherent memory is. Built from the addresses that the driver told the device; says
// nothing about contents.

import {
  EVENT_FLAGS,
  EVENT_OFF_WRAP,
  EVENT_SIZE,
  PACKED_DESC_ADDR,
  PACKED_DESC_FLAGS,
  PACKED_DESC_ID,
  PACKED_DESC_LEN,
} from '../spec/packed-layout.js';
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
  usedEventOffset,
} from '../spec/split-layout.js';

export const FIELD_NONE = 0;
export const DESC_ADDR = 1;
export const DESC_LEN = 2;
export const DESC_FLAGS = 3;
export const DESC_NEXT = 4;
export const DESC_ID = 5;
export const AVAIL_FLAGS_FIELD = 6;
export const AVAIL_IDX_FIELD = 7;
export const AVAIL_RING_FIELD = 8;
export const USED_EVENT_FIELD = 9;
export const USED_FLAGS_FIELD = 10;
export const USED_IDX_FIELD = 11;
export const USED_ID_FIELD = 12;
export const USED_LEN_FIELD = 13;
export const AVAIL_EVENT_FIELD = 14;
export const DRIVER_OFF_WRAP_FIELD = 15;
export const DRIVER_FLAGS_FIELD = 16;
export const DEVICE_OFF_WRAP_FIELD = 17;
export const DEVICE_FLAGS_FIELD = 18;

const NAMES = [
  'no ring field',
  'desc[].addr',
  'desc[].len',
  'desc[].flags',
  'desc[].next',
  'desc[].id',
  'avail.flags',
  'avail.idx',
  'avail.ring[]',
  'avail.used_event',
  'used.flags',
  'used.idx',
  'used.ring[].id',
  'used.ring[].len',
  'used.avail_event',
  'driver_event.off_wrap',
  'driver_event.flags',
  'device_event.off_wrap',
  'device_event.flags',
] as const;

/** `desc[2].flags`; without an index, `desc[].flags`. */
export function fieldName(field: number, index?: number): string {
  const name = NAMES[field] ?? 'no ring field';
  return index === undefined ? name : name.replace('[]', `[${index}]`);
}

/** Fields of a split descriptor by half-word offset; 0 in the middle of a field. */
const SPLIT_DESC_FIELDS = new Uint8Array(SPLIT_DESCRIPTOR_SIZE);
SPLIT_DESC_FIELDS[SPLIT_DESC_ADDR] = DESC_ADDR;
SPLIT_DESC_FIELDS[SPLIT_DESC_LEN] = DESC_LEN;
SPLIT_DESC_FIELDS[SPLIT_DESC_FLAGS] = DESC_FLAGS;
SPLIT_DESC_FIELDS[SPLIT_DESC_NEXT] = DESC_NEXT;
const PACKED_DESC_FIELDS = new Uint8Array(SPLIT_DESCRIPTOR_SIZE);
PACKED_DESC_FIELDS[PACKED_DESC_ADDR] = DESC_ADDR;
PACKED_DESC_FIELDS[PACKED_DESC_LEN] = DESC_LEN;
PACKED_DESC_FIELDS[PACKED_DESC_ID] = DESC_ID;
PACKED_DESC_FIELDS[PACKED_DESC_FLAGS] = DESC_FLAGS;

export class RingMap {
  packed = false;
  num = 0;
  /** CPU addresses of the areas; 0 before a ring is attached. */
  descriptorArea = 0;
  driverArea = 0;
  deviceArea = 0;
  /** Index of the descriptor or ring entry that locate() found. */
  index = 0;

  detach(): void {
    this.num = 0;
    this.descriptorArea = 0;
  }

  attach(packed: boolean, num: number, descriptorArea: number, driverArea: number, deviceArea: number): void {
    this.packed = packed;
    this.num = num;
    // Integers for the machine as well: what a back end computes from a DMA address is a double (5 % of the plain loop).
    this.descriptorArea = descriptorArea | 0;
    this.driverArea = driverArea | 0;
    this.deviceArea = deviceArea | 0;
  }

  /** The field that starts at this address, FIELD_NONE where none does. Sets `index`. */
  locate(address: number): number {
    const offset = address - this.descriptorArea;
    if (offset >= 0 && offset < this.num * SPLIT_DESCRIPTOR_SIZE) {
      this.index = offset >> 4;
      return (this.packed ? PACKED_DESC_FIELDS : SPLIT_DESC_FIELDS)[offset & 15]!;
    }
    this.index = 0;
    if (this.num === 0) return FIELD_NONE;
    return this.packed ? this.locateEvent(address) : this.locateSplit(address);
  }

  private locateSplit(address: number): number {
    const used = address - this.deviceArea;
    if (used >= 0) {
      if (used === USED_FLAGS) return USED_FLAGS_FIELD;
      if (used === USED_IDX) return USED_IDX_FIELD;
      if (used < availEventOffset(this.num)) {
        this.index = Math.trunc((used - USED_RING) / USED_ELEMENT_SIZE);
        const within = (used - USED_RING) % USED_ELEMENT_SIZE;
        if (within === USED_ELEMENT_ID) return USED_ID_FIELD;
        return within === USED_ELEMENT_LEN ? USED_LEN_FIELD : FIELD_NONE;
      }
      return used === availEventOffset(this.num) ? AVAIL_EVENT_FIELD : FIELD_NONE;
    }
    const available = address - this.driverArea;
    if (available === AVAIL_FLAGS) return AVAIL_FLAGS_FIELD;
    if (available === AVAIL_IDX) return AVAIL_IDX_FIELD;
    if (available === usedEventOffset(this.num)) return USED_EVENT_FIELD;
    if (available < AVAIL_RING || available > usedEventOffset(this.num) || (available & 1) !== 0) return FIELD_NONE;
    this.index = (available - AVAIL_RING) >> 1;
    return AVAIL_RING_FIELD;
  }

  private locateEvent(address: number): number {
    const driver = address - this.driverArea;
    if (driver >= 0 && driver < EVENT_SIZE) {
      if (driver === EVENT_OFF_WRAP) return DRIVER_OFF_WRAP_FIELD;
      return driver === EVENT_FLAGS ? DRIVER_FLAGS_FIELD : FIELD_NONE;
    }
    const device = address - this.deviceArea;
    if (device === EVENT_OFF_WRAP) return DEVICE_OFF_WRAP_FIELD;
    return device === EVENT_FLAGS ? DEVICE_FLAGS_FIELD : FIELD_NONE;
  }
}
