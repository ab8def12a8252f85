import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILL_ALL, FILL_NOTHING } from '../../src/device/ring-device.js';
import { DESC, DEVICE, DRIVER, PackedRingBench } from './ring-bench.js';

test('2.8.1: a slot is available when AVAIL is the wrap counter and USED is not', () => {
  for (const [flags, taken] of [
    [0x0000, 0],
    [0x0080, 1],
    [0x8000, 0],
    [0x8080, 0],
  ] as const) {
    const bench = new PackedRingBench();
    bench.slot(0, 0x8000, 1, 3, flags);
    bench.device.fetch();
    assert.equal(bench.device.chains.pending, taken, `flags 0x${flags.toString(16)}`);
  }
});

test('2.8.6: a chain takes slots as long as NEXT is set; the id stands in the last', () => {
  const bench = new PackedRingBench();
  bench.slot(0, 0x8000, 16, 9, 0x81);
  bench.slot(1, 0x9000, 32, 9, 0x83);
  bench.slot(2, 0xa000, 8, 2, 0x82);
  bench.slot(3, 0xb000, 4, 1, 0x80);
  bench.device.fetch();
  assert.deepEqual(bench.pending, [
    {
      id: 2,
      pieces: [
        [0x8000, 16, false],
        [0x9000, 32, true],
        [0xa000, 8, true],
      ],
    },
    { id: 1, pieces: [[0xb000, 4, false]] },
  ]);
});

test('2.8.8: an indirect slot stands for the entries of its table', () => {
  const bench = new PackedRingBench();
  bench.slot(0, 0x5000, 32, 1, 0x84);
  bench.descriptor(0x5000, 0x8000, 16, 0, 0);
  bench.descriptor(0x5010, 0x9000, 24, 0, 2);
  bench.device.fetch();
  assert.deepEqual(bench.pending, [
    {
      id: 1,
      pieces: [
        [0x8000, 16, false],
        [0x9000, 24, true],
      ],
    },
  ]);
});

test('2.8.6: a completion stands in one slot, carries the lap, and skips as many as the chain had', () => {
  const bench = new PackedRingBench();
  bench.slot(0, 0x8000, 4, 7, 0x81);
  bench.slot(1, 0x9000, 4, 7, 0x82);
  bench.slot(2, 0xa000, 4, 1, 0x80);
  bench.device.fetch();
  bench.device.complete(0, FILL_ALL);
  bench.device.complete(0, FILL_ALL);
  assert.deepEqual(bench.at(0), [7, 4, 0x8082], 'WRITE says that the length is meant');
  assert.deepEqual(bench.at(1), [7, 4, 0x82], 'untouched');
  assert.deepEqual(bench.at(2), [1, 0, 0x8080]);
});

test('out of order: a completion overwrites descriptors of others, which are completed as they were taken', () => {
  const bench = new PackedRingBench();
  for (let k = 0; k < 4; k++) bench.slot(k, 0x8000 + 0x1000 * k, 4 + k, k, 0x82);
  bench.device.fetch();
  for (const k of [3, 2, 1, 0]) bench.device.complete(k, FILL_ALL);
  assert.deepEqual(
    [0, 1, 2, 3].map((slot) => bench.at(slot)),
    [
      [3, 7, 0x8082],
      [2, 6, 0x8082],
      [1, 5, 0x8082],
      [0, 4, 0x8082],
    ],
  );
  for (let k = 0; k < 4; k++) assert.notEqual(bench.bytes[0x8000 + 0x1000 * k], 0);
});

test('the second lap: availability and answers with wrap counter 0', () => {
  const bench = new PackedRingBench(2);
  bench.slot(0, 0x8000, 4, 0, 0x81);
  bench.slot(1, 0x9000, 4, 0, 0x82);
  bench.device.fetch();
  bench.device.complete(0, FILL_NOTHING);
  bench.slot(0, 0x8000, 4, 1, 0x80);
  bench.device.fetch();
  assert.equal(bench.device.chains.pending, 0, 'flags of the lap before');
  bench.slot(0, 0x8000, 4, 1, 0x8000);
  bench.device.fetch();
  bench.device.complete(0, FILL_ALL);
  assert.deepEqual(bench.at(0), [1, 0, 0x0000]);
});

test('2.8.10 interrupts: ENABLE, DISABLE, DESC on both sides of the event and with both wrap bits', () => {
  const due = (flags: number, offWrap: number): boolean => {
    const bench = new PackedRingBench(4, true);
    bench.dv.setUint16(DRIVER, offWrap, true);
    bench.dv.setUint16(DRIVER + 2, flags, true);
    for (let k = 0; k < 3; k++) bench.slot(k, 0x8000, 1, k, 0x80);
    bench.device.fetch();
    bench.device.complete(0, FILL_ALL);
    bench.device.interruptDue();
    bench.device.complete(0, FILL_ALL);
    bench.device.complete(0, FILL_ALL);
    const result = bench.device.interruptDue();
    assert.equal(bench.device.interruptDue(), false, 'told once');
    return result;
  };
  assert.deepEqual([due(0, 0), due(1, 0x8001), due(3, 0)], [true, false, true]);
  assert.deepEqual(
    [0x8000, 0x8001, 0x8002, 0x8003].map((offWrap) => due(2, offWrap)),
    [false, true, true, false],
  );
  assert.deepEqual(
    [0x0000, 0x0001, 0x0002, 0x0003].map((offWrap) => due(2, offWrap)),
    [false, false, false, false],
  );
});

test('2.8.10 interrupts across the end of the ring', () => {
  for (const [offWrap, due] of [
    [0x8003, true],
    [0x0000, true],
    [0x0001, false],
    [0x8002, false],
  ] as const) {
    const bench = new PackedRingBench(4, true);
    bench.dv.setUint16(DRIVER + 2, 2, true);
    bench.dv.setUint16(DRIVER, offWrap, true);
    bench.slot(0, 0, 1, 0, 0x81);
    bench.slot(1, 0, 1, 0, 0x81);
    bench.slot(2, 0, 1, 0, 0x80);
    bench.device.fetch();
    bench.device.complete(0, FILL_ALL);
    bench.device.interruptDue();
    bench.slot(3, 0, 1, 0, 0x81);
    bench.slot(0, 0, 1, 0, 0x8000);
    bench.device.fetch();
    bench.device.complete(0, FILL_ALL);
    assert.equal(bench.device.interruptDue(), due, `off_wrap 0x${offWrap.toString(16)}`);
  }
});

test('kicks wanted: ENABLE and DISABLE without event index, DESC at the next slot with it', () => {
  const plain = new PackedRingBench();
  plain.device.wantKicks(false);
  assert.equal(plain.u16(DEVICE + 2), 1);
  plain.device.wantKicks(true);
  assert.equal(plain.u16(DEVICE + 2), 0);
  const bench = new PackedRingBench(4, true);
  bench.slot(0, 0, 1, 0, 0x80);
  bench.device.fetch();
  bench.device.wantKicks(true);
  assert.deepEqual([bench.u16(DEVICE), bench.u16(DEVICE + 2)], [0x8001, 2]);
});

test('malformed rings: whatever the slots say, fetching ends and takes at most what can be there', () => {
  const cases: readonly (readonly [what: string, prepare: (bench: PackedRingBench) => void])[] = [
    [
      'NEXT everywhere',
      (bench): void => {
        for (let k = 0; k < 4; k++) bench.slot(k, 0x8000, 1, k, 0x81);
      },
    ],
    ['a huge table', (bench): void => bench.slot(0, 0x5000, 0xffffffff, 0, 0x84)],
    ['the ring as a table', (bench): void => bench.slot(0, DESC, 64, 0, 0x84)],
    ['a table of no bytes', (bench): void => bench.slot(0, 0x5000, 0, 0, 0x84)],
    ['addresses out of reach', (bench): void => bench.slot(0, 2 ** 52, 0xffffffff, 0xffff, 0x82)],
  ];
  for (const [what, prepare] of cases) {
    const bench = new PackedRingBench();
    prepare(bench);
    bench.device.fetch();
    const [taken] = bench.pending;
    assert.ok(taken !== undefined && taken.pieces.length <= 256, what);
    bench.device.complete(0, FILL_ALL);
    assert.equal(bench.u16(DESC + 14) & 0x8080, 0x8080, what);
  }
});
