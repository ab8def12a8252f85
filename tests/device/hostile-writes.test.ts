import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PACKED_FIELD_NAMES } from '../../src/device/packed-device.js';
import { SPLIT_FIELD_NAMES } from '../../src/device/split-device.js';
import { MEMORY_SIZE, PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import { DeviceView } from '../../src/memory/device-view.js';
import { HostileWrites } from '../../src/device/hostile-writes.js';
import { DESC, DEVICE, DRIVER, PackedRingBench, SplitRingBench } from './ring-bench.js';

/** Absolute entry `index` as an operand. */
const entry = (index: number): number => 128 + index;

test('poke: every field of a split ring is where its name says', () => {
  const places = [
    [DESC + 16, 8],
    [DESC + 24, 4],
    [DESC + 28, 2],
    [DESC + 30, 2],
    [DRIVER, 2],
    [DRIVER + 2, 2],
    [DRIVER + 6, 2],
    [DRIVER + 12, 2],
    [DEVICE, 2],
    [DEVICE + 2, 2],
    [DEVICE + 12, 4],
    [DEVICE + 16, 4],
    [DEVICE + 36, 2],
  ];
  SPLIT_FIELD_NAMES.forEach((name, field) => {
    const bench = new SplitRingBench();
    bench.hostile.poke(bench.device, field, entry(1), (1 << 5) | 17);
    const [at = 0, width = 0] = places[field] ?? [];
    const changed = [...bench.bytes.keys()].filter((address) => bench.bytes[address] !== 0);
    assert.deepEqual(changed, [at], name);
    assert.equal(bench.bytes[at], 17);
    assert.equal(bench.device.fieldWidth(field), width, name);
  });
});

test('poke: every field of a packed ring is where its name says', () => {
  const places = [DESC + 16, DESC + 24, DESC + 28, DESC + 30, DRIVER, DRIVER + 2, DEVICE, DEVICE + 2];
  PACKED_FIELD_NAMES.forEach((name, field) => {
    const bench = new PackedRingBench();
    bench.hostile.poke(bench.device, field, entry(1), (1 << 5) | 17);
    assert.deepEqual(
      [...bench.bytes.keys()].filter((address) => bench.bytes[address] !== 0),
      [places[field]],
      name,
    );
  });
});

test('poke: the ways of rewriting a 16-bit field', () => {
  const FLAGS = 2;
  const cases = [
    { how: 0, operand: 0, before: 2, after: 3 },
    { how: 0, operand: 1, before: 2, after: 0 },
    { how: 1, operand: 5, before: 2, after: 5 },
    { how: 2, operand: 0, before: 2, after: 0xffff },
    { how: 3, operand: 16 + 4, before: 2, after: 6 },
    { how: 3, operand: 16 - 4, before: 2, after: 0xfffe },
    { how: 4, operand: 0, before: 2, after: 4 },
    { how: 5, operand: 1, before: 2, after: 5 },
    { how: 6, operand: 3, before: 2, after: 3 },
    { how: 7, operand: 2, before: 2, after: 0x1000 },
  ];
  for (const { how, operand, before, after } of cases) {
    const bench = new SplitRingBench();
    bench.desc(1, 0, 0, before);
    bench.hostile.poke(bench.device, FLAGS, entry(1), (how << 5) | operand);
    assert.equal(bench.u16(DESC + 28), after, `way ${how}, operand ${operand}`);
  }
});

test('poke: a 32-bit id can become one that is valid in its low half only', () => {
  const bench = new SplitRingBench();
  bench.hostile.poke(bench.device, SPLIT_FIELD_NAMES.indexOf('used.id'), entry(0), (6 << 5) | 2);
  assert.equal(bench.u32(DEVICE + 4), 0x10002);
});

test('poke: entries below 128 are relative to a pending buffer', () => {
  const bench = new SplitRingBench();
  bench.desc(3, 0x8000, 1, 0);
  bench.publish(3);
  bench.device.fetch();
  bench.hostile.poke(bench.device, 2, 0, (1 << 5) | 7);
  assert.equal(bench.u16(DESC + 48 + 12), 7);
});

test('poke-all and copy-field', () => {
  const bench = new SplitRingBench();
  bench.hostile.pokeAll(bench.device, 2, 0);
  assert.deepEqual(
    [0, 1, 2, 3].map((k) => bench.u16(DESC + 16 * k + 12)),
    [1, 1, 1, 1],
  );
  bench.desc(1, 0x1_2345_6789, 0, 0);
  bench.hostile.copyField(bench.device, 0, entry(2), entry(1));
  assert.deepEqual(bench.bytes.slice(DESC + 32, DESC + 40), bench.bytes.slice(DESC + 16, DESC + 24));
});

test('forge-used: the ids that drivers get wrong', () => {
  const cases = [
    [0, 2],
    [64 + 4, 3],
    [128 + 33, 33],
    [192, 4],
    [193, 3],
    [194, 0x10002],
    [195, 0xffffffff],
    [196, 0x80000002],
    [198, 0x102],
    [199, 0xffff],
  ] as const;
  for (const [operand, id] of cases) {
    const bench = new SplitRingBench();
    bench.desc(2, 0x8000, 1, 2);
    bench.publish(2);
    bench.device.fetch();
    bench.hostile.forgeUsed(bench.device, operand, 9, 0);
    assert.deepEqual(bench.used(0), [id, 9], `operand ${operand}`);
    assert.equal(bench.usedIdx, 1);
    assert.equal(bench.device.chains.pending, 1, 'the buffer can still be completed');
  }
});

test('forge-used: lengths around what the buffer holds, and the extremes', () => {
  for (const [operand, len] of [
    [0, 0],
    [63, 63],
    [96, 100],
    [97, 101],
    [95, 99],
    [129, 256],
    [192, 0xffffffff],
    [255, 0x800000ff],
  ] as const) {
    const bench = new SplitRingBench();
    bench.desc(0, 0x8000, 100, 2);
    bench.publish(0);
    bench.device.fetch();
    bench.hostile.forgeUsed(bench.device, 0, operand, 0);
    assert.deepEqual(bench.used(0), [0, len], `operand ${operand}`);
  }
});

test('jump-used: a signed delta without an entry', () => {
  const bench = new SplitRingBench();
  bench.hostile.jumpUsed(bench.device, 0x40, 0x9c);
  assert.equal(bench.usedIdx, 40000);
  bench.hostile.jumpUsed(bench.device, 0xff, 0xff);
  assert.equal(bench.usedIdx, 39999);
  const packed = new PackedRingBench();
  packed.hostile.jumpUsed(packed.device, 5, 0);
  packed.device.putUsed(1, 0, 1, false);
  assert.deepEqual(packed.at(1), [1, 0, 0], '5 slots in a ring of 4: slot 1 of the next lap');
  packed.hostile.jumpUsed(packed.device, 0xfc, 0xff);
  packed.device.putUsed(2, 0, 1, false);
  assert.deepEqual(packed.at(2), [2, 0, 0x8080], 'and 4 back: the lap before');
});

test('raw-byte and overlay reach every byte of the three areas and none beside them', () => {
  const bench = new SplitRingBench();
  const sizes = [0, 1, 2].map((area) => bench.device.areaSize(area));
  assert.deepEqual(sizes, [64, 14, 38]);
  for (let offset = 0; offset < 64 + 14 + 38; offset++) bench.hostile.rawByte(bench.device, offset, 0xee);
  const written = [...bench.bytes.keys()].filter((address) => bench.bytes[address] === 0xee);
  const range = (from: number, size: number): number[] => Array.from({ length: size }, (_, k) => from + k);
  assert.deepEqual(written, [...range(DESC, 64), ...range(DRIVER, 14), ...range(DEVICE, 38)]);

  const source = Uint8Array.from({ length: 200 }, (_, k) => k);
  bench.hostile.overlay(bench.device, source, 5);
  assert.deepEqual(
    [bench.bytes[DESC], bench.bytes[DRIVER], bench.bytes[DEVICE], bench.bytes[DEVICE + 37]],
    [5, 69, 83, 120],
  );
  assert.equal(bench.bytes[DEVICE + 38], 0);
});

test('scribble: bounce slots, readable pieces, writable pieces, whole granules', () => {
  const bytes = new Uint8Array(MEMORY_SIZE);
  const view = new DeviceView(
    bytes,
    { translate: (dma) => dma - PHYSICAL_BASE },
    { deviceWrote: () => undefined, deviceRead: () => undefined, deviceMissed: () => undefined },
  );
  const bench = new SplitRingBench();
  new HostileWrites(view).scribble(bench.device, 0, 3, 2);
  const slot = POOL_BASE + 3 * 2048 + 16;
  assert.deepEqual([bytes[slot - 1], bytes[slot] !== 0, bytes[slot + 63] !== 0, bytes[slot + 64]], [0, true, true, 0]);

  for (const [place, dirty] of [
    [1, [0x8010]],
    [2, [0x9010]],
    [3, [0x8000, 0x9000]],
  ] as const) {
    const ring = new SplitRingBench();
    ring.desc(0, 0x8010, 8, 1, 1);
    ring.desc(1, 0x9010, 8, 2);
    ring.publish(0);
    ring.device.fetch();
    ring.hostile.scribble(ring.device, place, 0, 1);
    const touched = [0x8000, 0x8010, 0x9000, 0x9010].filter((at) => ring.bytes[at] !== 0 || ring.bytes[at + 1] !== 0);
    const whole = place === 3 ? [0x8000, 0x8010, 0x9000, 0x9010] : dirty;
    assert.deepEqual(touched, whole, `place ${place}`);
  }
});
