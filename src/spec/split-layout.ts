// Split virtqueue: where each field lies and what its bits mean (virtio-v1.4 2.7). Constants and address arithmetic
// only. The whole area is device-writable memory.
//
//   0                 16*num            align(16*num + 6 + 2*num)
//   +-----------------+-----------------+----------------------------+
//   | descriptors     | available ring  | used ring                  |
//   +-----------------+-----------------+----------------------------+

/** virtio-v1.4 2.7.5: le64 addr, le32 len, le16 flags, le16 next. */
export const SPLIT_DESCRIPTOR_SIZE = 16;
export const SPLIT_DESC_ADDR = 0;
export const SPLIT_DESC_LEN = 8;
export const SPLIT_DESC_FLAGS = 12;
export const SPLIT_DESC_NEXT = 14;

export const DESC_F_NEXT = 1;
export const DESC_F_WRITE = 2;
export const DESC_F_INDIRECT = 4;

/** virtio-v1.4 2.7.6: le16 flags, le16 idx, le16 ring[num], le16 used_event. Offsets within the available ring. */
export const AVAIL_FLAGS = 0;
export const AVAIL_IDX = 2;
export const AVAIL_RING = 4;
export const AVAIL_F_NO_INTERRUPT = 1;

/** virtio-v1.4 2.7.8: le16 flags, le16 idx, { le32 id, le32 len } ring[num], le16 avail_event. Offsets within the used ring. */
export const USED_FLAGS = 0;
export const USED_IDX = 2;
export const USED_RING = 4;
export const USED_ELEMENT_SIZE = 8;
export const USED_ELEMENT_ID = 0;
export const USED_ELEMENT_LEN = 4;
export const USED_F_NO_NOTIFY = 1;

/** Offset of used_event within the available ring (it follows ring[num]). */
export function usedEventOffset(num: number): number {
  return AVAIL_RING + 2 * num;
}

/** Offset of avail_event within the used ring (it follows ring[num]). */
export function availEventOffset(num: number): number {
  return USED_RING + USED_ELEMENT_SIZE * num;
}

/** Offset of the available ring from the start of the area. */
export function availOffset(num: number): number {
  return SPLIT_DESCRIPTOR_SIZE * num;
}

/** Offset of the used ring: the next multiple of `align` (a power of two, bytes) after used_event. */
export function usedOffset(num: number, align: number): number {
  const end = availOffset(num) + usedEventOffset(num) + 2;
  return (end + align - 1) & ~(align - 1);
}

/** Bytes of the whole area, avail_event included. */
export function splitRingSize(num: number, align: number): number {
  return usedOffset(num, align) + availEventOffset(num) + 2;
}
