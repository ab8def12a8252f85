import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as packed from '../../src/spec/packed-layout.js';
import * as split from '../../src/spec/split-layout.js';

test('virtio-v1.4 2.7.5: a split descriptor is le64 addr, le32 len, le16 flags, le16 next', () => {
  assert.equal(split.SPLIT_DESCRIPTOR_SIZE, 16);
  const { SPLIT_DESC_ADDR, SPLIT_DESC_LEN, SPLIT_DESC_FLAGS, SPLIT_DESC_NEXT } = split;
  assert.deepEqual([SPLIT_DESC_ADDR, SPLIT_DESC_LEN, SPLIT_DESC_FLAGS, SPLIT_DESC_NEXT], [0, 8, 12, 14]);
  assert.deepEqual([split.DESC_F_NEXT, split.DESC_F_WRITE, split.DESC_F_INDIRECT], [1, 2, 4]);
});

test('virtio-v1.4 2.7.6: the available ring is flags, idx, ring[num], used_event', () => {
  assert.deepEqual([split.AVAIL_FLAGS, split.AVAIL_IDX, split.AVAIL_RING], [0, 2, 4]);
  assert.equal(split.AVAIL_F_NO_INTERRUPT, 1);
  const cases = [
    { num: 1, event: 6 },
    { num: 4, event: 12 },
    { num: 8, event: 20 },
    { num: 256, event: 516 },
  ];
  for (const { num, event } of cases) assert.equal(split.usedEventOffset(num), event, `num ${num}`);
});

test('virtio-v1.4 2.7.8: the used ring is flags, idx, ring[num] of le32 id and le32 len, avail_event', () => {
  assert.deepEqual([split.USED_FLAGS, split.USED_IDX, split.USED_RING], [0, 2, 4]);
  assert.deepEqual([split.USED_ELEMENT_ID, split.USED_ELEMENT_LEN, split.USED_ELEMENT_SIZE], [0, 4, 8]);
  assert.equal(split.USED_F_NO_NOTIFY, 1);
  const cases = [
    { num: 1, event: 12 },
    { num: 4, event: 36 },
    { num: 256, event: 2052 },
  ];
  for (const { num, event } of cases) assert.equal(split.availEventOffset(num), event, `num ${num}`);
});

test('facts 2.1: descriptors at 0, available ring at 16*num, used ring at the next multiple of align', () => {
  // Worked out by hand: available ring at 16*num, 6 + 2*num bytes long, then up to align; the used ring has 6 + 8*num.
  const cases = [
    { num: 1, align: 4, avail: 16, used: 24, size: 38 },
    { num: 2, align: 4, avail: 32, used: 44, size: 66 },
    { num: 4, align: 4, avail: 64, used: 80, size: 118 },
    { num: 4, align: 16, avail: 64, used: 80, size: 118 },
    { num: 8, align: 4, avail: 128, used: 152, size: 222 },
    { num: 8, align: 64, avail: 128, used: 192, size: 262 },
    { num: 4, align: 4096, avail: 64, used: 4096, size: 4134 },
    { num: 256, align: 4, avail: 4096, used: 4616, size: 6670 },
    { num: 256, align: 4096, avail: 4096, used: 8192, size: 10246 },
  ];
  for (const { num, align, avail, used, size } of cases) {
    const label = `num ${num}, align ${align}`;
    assert.equal(split.availOffset(num), avail, label);
    assert.equal(split.usedOffset(num, align), used, label);
    assert.equal(split.splitRingSize(num, align), size, label);
  }
});

test('virtio-v1.4 2.8.13: a packed descriptor is le64 addr, le32 len, le16 id, le16 flags', () => {
  assert.equal(packed.PACKED_DESCRIPTOR_SIZE, 16);
  const { PACKED_DESC_ADDR, PACKED_DESC_LEN, PACKED_DESC_ID, PACKED_DESC_FLAGS } = packed;
  assert.deepEqual([PACKED_DESC_ADDR, PACKED_DESC_LEN, PACKED_DESC_ID, PACKED_DESC_FLAGS], [0, 8, 12, 14]);
  assert.deepEqual([packed.PACKED_F_AVAIL, packed.PACKED_F_USED], [0x80, 0x8000]);
  assert.deepEqual([1, 5, 8, 256].map(packed.packedRingSize), [16, 80, 128, 4096]);
});

test('virtio-v1.4 2.8.14: an event structure is le16 off_wrap with the wrap counter in bit 15, then le16 flags', () => {
  assert.deepEqual([packed.EVENT_OFF_WRAP, packed.EVENT_FLAGS, packed.EVENT_SIZE], [0, 2, 4]);
  assert.deepEqual([packed.EVENT_F_ENABLE, packed.EVENT_F_DISABLE, packed.EVENT_F_DESC], [0, 1, 2]);
  assert.equal(packed.EVENT_WRAP_BIT, 15);
});
