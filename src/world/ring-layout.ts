// Where every field of a ring lies, for readers of a trace: areas and fields in the order in which they lie in memory,
// under the names that events and findings use.

import {
  AVAIL_EVENT_FIELD,
  AVAIL_FLAGS_FIELD,
  AVAIL_IDX_FIELD,
  AVAIL_RING_FIELD,
  DESC_ADDR,
  DESC_FLAGS,
  DESC_ID,
  DESC_LEN,
  DESC_NEXT,
  DEVICE_FLAGS_FIELD,
  DEVICE_OFF_WRAP_FIELD,
  DRIVER_FLAGS_FIELD,
  DRIVER_OFF_WRAP_FIELD,
  fieldName,
  type RingMap,
  USED_EVENT_FIELD,
  USED_FLAGS_FIELD,
  USED_ID_FIELD,
  USED_IDX_FIELD,
  USED_LEN_FIELD,
} from '../oracle/ring-map.js';
import {
  EVENT_FLAGS,
  EVENT_OFF_WRAP,
  EVENT_SIZE,
  PACKED_DESC_ADDR,
  PACKED_DESC_FLAGS,
  PACKED_DESC_ID,
  PACKED_DESC_LEN,
  PACKED_DESCRIPTOR_SIZE,
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
import type { RingArea, RingData, RingField } from '../verdict/trace-data.js';

/** Field of the ring map, offset in its area, bytes, and the distance between entries where there is one in each. */
type FieldRow = readonly [field: number, offset: number, size: number, stride?: number];

export function ringData(ring: RingMap): RingData {
  const { packed, num } = ring;
  return { type: 'ring', packed, num, areas: packed ? packedAreas(ring) : splitAreas(ring) };
}

function splitAreas({ num, descriptorArea, driverArea, deviceArea }: RingMap): readonly RingArea[] {
  return [
    area('descriptors', descriptorArea, SPLIT_DESCRIPTOR_SIZE * num, [
      [DESC_ADDR, SPLIT_DESC_ADDR, 8, SPLIT_DESCRIPTOR_SIZE],
      [DESC_LEN, SPLIT_DESC_LEN, 4, SPLIT_DESCRIPTOR_SIZE],
      [DESC_FLAGS, SPLIT_DESC_FLAGS, 2, SPLIT_DESCRIPTOR_SIZE],
      [DESC_NEXT, SPLIT_DESC_NEXT, 2, SPLIT_DESCRIPTOR_SIZE],
    ]),
    area('available', driverArea, usedEventOffset(num) + 2, [
      [AVAIL_FLAGS_FIELD, AVAIL_FLAGS, 2],
      [AVAIL_IDX_FIELD, AVAIL_IDX, 2],
      [AVAIL_RING_FIELD, AVAIL_RING, 2, 2],
      [USED_EVENT_FIELD, usedEventOffset(num), 2],
    ]),
    area('used', deviceArea, availEventOffset(num) + 2, [
      [USED_FLAGS_FIELD, USED_FLAGS, 2],
      [USED_IDX_FIELD, USED_IDX, 2],
      [USED_ID_FIELD, USED_RING + USED_ELEMENT_ID, 4, USED_ELEMENT_SIZE],
      [USED_LEN_FIELD, USED_RING + USED_ELEMENT_LEN, 4, USED_ELEMENT_SIZE],
      [AVAIL_EVENT_FIELD, availEventOffset(num), 2],
    ]),
  ];
}

function packedAreas({ num, descriptorArea, driverArea, deviceArea }: RingMap): readonly RingArea[] {
  return [
    area('descriptors', descriptorArea, PACKED_DESCRIPTOR_SIZE * num, [
      [DESC_ADDR, PACKED_DESC_ADDR, 8, PACKED_DESCRIPTOR_SIZE],
      [DESC_LEN, PACKED_DESC_LEN, 4, PACKED_DESCRIPTOR_SIZE],
      [DESC_ID, PACKED_DESC_ID, 2, PACKED_DESCRIPTOR_SIZE],
      [DESC_FLAGS, PACKED_DESC_FLAGS, 2, PACKED_DESCRIPTOR_SIZE],
    ]),
    area('driver event', driverArea, EVENT_SIZE, [
      [DRIVER_OFF_WRAP_FIELD, EVENT_OFF_WRAP, 2],
      [DRIVER_FLAGS_FIELD, EVENT_FLAGS, 2],
    ]),
    area('device event', deviceArea, EVENT_SIZE, [
      [DEVICE_OFF_WRAP_FIELD, EVENT_OFF_WRAP, 2],
      [DEVICE_FLAGS_FIELD, EVENT_FLAGS, 2],
    ]),
  ];
}

function area(name: string, at: number, size: number, rows: readonly FieldRow[]): RingArea {
  const fields = rows.map(([field, offset, bytes, stride]): RingField => {
    const base = { name: fieldName(field), at: at + offset, size: bytes };
    return stride === undefined ? base : { ...base, stride };
  });
  return { name, at, size, fields };
}
