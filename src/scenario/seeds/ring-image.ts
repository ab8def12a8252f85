// The memory of a whole ring, written field by field: what the raw target lays over descriptor, driver and device area
// in turn. What is not written is zero, and the image ends with the last field written, so that the rest of the ring
// keeps what the driver put there.

import {
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
} from '../../spec/packed-layout.js';
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
} from '../../spec/split-layout.js';

export interface DescriptorImage {
  readonly addr?: number;
  readonly len?: number;
  readonly flags?: number;
  readonly next?: number;
}

export class RingImage {
  private readonly memory: Uint8Array;
  private readonly view: DataView;
  private end = 0;
  private readonly driverArea: number;
  private readonly deviceArea: number;

  constructor(
    private readonly packed: boolean,
    private readonly num: number,
  ) {
    this.driverArea = (packed ? PACKED_DESCRIPTOR_SIZE : SPLIT_DESCRIPTOR_SIZE) * num;
    this.deviceArea = this.driverArea + (packed ? EVENT_SIZE : usedEventOffset(num) + 2);
    this.memory = new Uint8Array(this.deviceArea + (packed ? EVENT_SIZE : availEventOffset(num) + 2));
    this.view = new DataView(this.memory.buffer);
  }

  get bytes(): Uint8Array {
    return this.memory.slice(0, this.end);
  }

  descriptor(index: number, { addr = 0, len = 0, flags = 0, next = 0 }: DescriptorImage): void {
    this.expect('split');
    const at = index * SPLIT_DESCRIPTOR_SIZE;
    this.put64(at + SPLIT_DESC_ADDR, addr);
    this.put32(at + SPLIT_DESC_LEN, len);
    this.put16(at + SPLIT_DESC_FLAGS, flags);
    this.put16(at + SPLIT_DESC_NEXT, next);
  }

  available(flags: number, idx: number, heads: readonly number[], usedEvent = 0): void {
    this.expect('split');
    this.put16(this.driverArea + AVAIL_FLAGS, flags);
    this.put16(this.driverArea + AVAIL_IDX, idx);
    heads.forEach((head, k) => {
      this.put16(this.driverArea + AVAIL_RING + 2 * k, head);
    });
    this.put16(this.driverArea + usedEventOffset(this.num), usedEvent);
  }

  /** Used elements from the first position on, the index that covers them, flags, and avail_event. */
  used(elements: readonly { id: number; len: number }[], idx: number, flags = 0, availEvent = 0): void {
    this.expect('split');
    this.put16(this.deviceArea + USED_FLAGS, flags);
    this.put16(this.deviceArea + USED_IDX, idx);
    elements.forEach(({ id, len }, k) => {
      const at = this.deviceArea + USED_RING + USED_ELEMENT_SIZE * k;
      this.put32(at + USED_ELEMENT_ID, id);
      this.put32(at + USED_ELEMENT_LEN, len);
    });
    this.put16(this.deviceArea + availEventOffset(this.num), availEvent);
  }

  /** A packed descriptor; `used` for the lap with that wrap counter, or neither available nor used. */
  slot(index: number, id: number, len: number, state: 'used' | 'used-by-wrap-0' | 'available' | number): void {
    this.expect('packed');
    const at = index * PACKED_DESCRIPTOR_SIZE;
    this.put64(at + PACKED_DESC_ADDR, 0);
    this.put32(at + PACKED_DESC_LEN, len);
    this.put16(at + PACKED_DESC_ID, id);
    let flags = 0;
    if (state === 'used') flags = PACKED_F_AVAIL | PACKED_F_USED;
    else if (state === 'available') flags = PACKED_F_AVAIL;
    else if (typeof state === 'number') flags = state;
    this.put16(at + PACKED_DESC_FLAGS, flags);
  }

  driverEvent(offWrap: number, flags: number): void {
    this.event(this.driverArea, offWrap, flags);
  }

  deviceEvent(offWrap: number, flags: number): void {
    this.event(this.deviceArea, offWrap, flags);
  }

  /** Every byte of the ring. */
  fill(value: number): void {
    this.memory.fill(value);
    this.end = this.memory.length;
  }

  private event(at: number, offWrap: number, flags: number): void {
    this.expect('packed');
    this.put16(at + EVENT_OFF_WRAP, offWrap);
    this.put16(at + EVENT_FLAGS, flags);
  }

  private expect(layout: 'split' | 'packed'): void {
    if (this.packed !== (layout === 'packed')) throw new RangeError(`not a field of a ${layout} ring`);
  }

  private put16(at: number, value: number): void {
    this.view.setUint16(at, value, true);
    this.end = Math.max(this.end, at + 2);
  }

  private put32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
    this.end = Math.max(this.end, at + 4);
  }

  private put64(at: number, value: number): void {
    this.put32(at, value >>> 0);
    this.put32(at + 4, Math.trunc(value / 0x1_0000_0000));
  }
}
