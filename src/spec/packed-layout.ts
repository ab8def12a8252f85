// Packed virtqueue: where each field lies and what its bits mean (virtio-v1.4 2.8). Constants and address arithmetic
// only. The descriptor ring and both event structures are device-writable memory.

/** virtio-v1.4 2.8.13: le64 addr, le32 len, le16 id, le16 flags. */
export const PACKED_DESCRIPTOR_SIZE = 16;
export const PACKED_DESC_ADDR = 0;
export const PACKED_DESC_LEN = 8;
export const PACKED_DESC_ID = 12;
export const PACKED_DESC_FLAGS = 14;

/** virtio-v1.4 2.8.1: a descriptor is available when AVAIL equals the wrap counter and USED does not, used when both equal it. */
export const PACKED_F_AVAIL = 1 << 7;
export const PACKED_F_USED = 1 << 15;

/** virtio-v1.4 2.8.14: le16 off_wrap, le16 flags; one for the driver, one for the device. */
export const EVENT_SIZE = 4;
export const EVENT_OFF_WRAP = 0;
export const EVENT_FLAGS = 2;
export const EVENT_F_ENABLE = 0;
export const EVENT_F_DISABLE = 1;
export const EVENT_F_DESC = 2;
/** Bit of off_wrap that carries the wrap counter; the 15 bits below are the ring offset. */
export const EVENT_WRAP_BIT = 15;

export function packedRingSize(num: number): number {
  return PACKED_DESCRIPTOR_SIZE * num;
}
