import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIELD_NONE, fieldName, RingMap } from '../../src/oracle/ring-map.js';

const BASE = 0x10000;

/** Name of every byte address from `from` on that starts a field, by offset. */
function fieldsFrom(ring: RingMap, from: number, size: number): Map<number, string> {
  const fields = new Map<number, string>();
  for (let offset = 0; offset < size; offset++) {
    const field = ring.locate(from + offset);
    if (field !== FIELD_NONE) fields.set(offset, fieldName(field, ring.index));
  }
  return fields;
}

test('every address of a split ring of 2', () => {
  const ring = new RingMap();
  ring.attach(false, 2, BASE, BASE + 32, BASE + 44);
  const expected: [number, string][] = [];
  for (const k of [0, 1]) {
    expected.push([16 * k, `desc[${k}].addr`], [16 * k + 8, `desc[${k}].len`]);
    expected.push([16 * k + 12, `desc[${k}].flags`], [16 * k + 14, `desc[${k}].next`]);
  }
  expected.push([32, 'avail.flags'], [34, 'avail.idx'], [36, 'avail.ring[0]'], [38, 'avail.ring[1]']);
  expected.push([40, 'avail.used_event'], [44, 'used.flags'], [46, 'used.idx']);
  expected.push([48, 'used.ring[0].id'], [52, 'used.ring[0].len'], [56, 'used.ring[1].id'], [60, 'used.ring[1].len']);
  expected.push([64, 'used.avail_event']);
  assert.deepEqual([...fieldsFrom(ring, BASE, 200)], expected);
});

test('every address of a packed ring of 3 and its event structures', () => {
  const ring = new RingMap();
  ring.attach(true, 3, BASE, BASE + 0x1000, BASE + 0x2000);
  const expected: [number, string][] = [];
  for (const k of [0, 1, 2]) {
    expected.push([16 * k, `desc[${k}].addr`], [16 * k + 8, `desc[${k}].len`]);
    expected.push([16 * k + 12, `desc[${k}].id`], [16 * k + 14, `desc[${k}].flags`]);
  }
  expected.push([0x1000, 'driver_event.off_wrap'], [0x1002, 'driver_event.flags']);
  expected.push([0x2000, 'device_event.off_wrap'], [0x2002, 'device_event.flags']);
  assert.deepEqual([...fieldsFrom(ring, BASE, 0x3000)], expected);
});

test('a used ring on a page of its own, and nothing in the padding', () => {
  const ring = new RingMap();
  ring.attach(false, 1, BASE, BASE + 16, BASE + 4096);
  const names = [...fieldsFrom(ring, BASE, 8192)].map(([offset, name]) => `${offset} ${name}`);
  assert.deepEqual(names.slice(4), [
    '16 avail.flags',
    '18 avail.idx',
    '20 avail.ring[0]',
    '22 avail.used_event',
    '4096 used.flags',
    '4098 used.idx',
    '4100 used.ring[0].id',
    '4104 used.ring[0].len',
    '4108 used.avail_event',
  ]);
});

test('without a ring there are no fields', () => {
  const ring = new RingMap();
  ring.attach(false, 4, BASE, BASE + 64, BASE + 80);
  ring.detach();
  assert.equal(fieldsFrom(ring, 0, 0x20000).size, 0);
});
