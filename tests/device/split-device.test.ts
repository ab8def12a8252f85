import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILL_ALL, FILL_COUNT_READ, FILL_HALF, FILL_NOTHING, FILL_ONE } from '../../src/device/ring-device.js';
import { DESC, DEVICE, DRIVER, SplitRingBench } from './ring-bench.js';

test('2.7.5: follows NEXT from the head that the available ring names', () => {
  const bench = new SplitRingBench();
  bench.desc(2, 0x8000, 16, 1, 0);
  bench.desc(0, 0x9000, 32, 3, 3);
  bench.desc(3, 0xa000, 64, 2, 1);
  bench.desc(1, 0xb000, 8, 0);
  bench.publish(2, 1);
  bench.device.fetch();
  assert.deepEqual(bench.pending, [
    {
      id: 2,
      pieces: [
        [0x8000, 16, false],
        [0x9000, 32, true],
        [0xa000, 64, true],
      ],
    },
    { id: 1, pieces: [[0xb000, 8, false]] },
  ]);
  bench.device.fetch();
  assert.equal(bench.pending.length, 2, 'each buffer is taken once');
});

test('2.7.5.3: an indirect head stands for the chain in its table', () => {
  const bench = new SplitRingBench();
  bench.desc(0, 0x5000, 32, 4);
  bench.descriptor(0x5000, 0x8000, 16, 1, 1);
  bench.descriptor(0x5010, 0x9000, 24, 2, 0);
  bench.publish(0);
  bench.device.fetch();
  assert.deepEqual(bench.pending, [
    {
      id: 0,
      pieces: [
        [0x8000, 16, false],
        [0x9000, 24, true],
      ],
    },
  ]);
});

test('2.7.8: a completion reads OUT pieces, fills IN pieces in order and answers with id and length', () => {
  const bench = new SplitRingBench();
  bench.desc(0, 0x8000, 16, 1, 1);
  bench.desc(1, 0x9000, 4, 3, 2);
  bench.desc(2, 0xa000, 4, 2);
  bench.publish(0);
  bench.device.fetch();
  bench.device.complete(0, FILL_ALL);
  assert.deepEqual(bench.reads, ['8000+16']);
  assert.ok(bench.bytes.subarray(0x9000, 0x9004).every((byte) => byte !== 0));
  assert.ok(bench.bytes.subarray(0xa000, 0xa004).every((byte) => byte !== 0));
  assert.ok(bench.bytes.subarray(0x8000, 0x8010).every((byte) => byte === 0));
  assert.deepEqual([bench.used(0), bench.usedIdx], [[0, 8], 1]);
  assert.equal(bench.device.chains.pending, 0);
});

test('how much is filled, and what is reported', () => {
  const cases = [
    { mode: FILL_ALL, in: 8, out: 16 },
    { mode: FILL_NOTHING, in: 0, out: 0 },
    { mode: FILL_HALF, in: 4, out: 0 },
    { mode: FILL_ONE, in: 1, out: 0 },
    { mode: FILL_COUNT_READ, in: 8, out: 16 },
  ];
  for (const { mode, ...expected } of cases) {
    const bench = new SplitRingBench();
    bench.desc(0, 0x8000, 16, 0);
    bench.desc(1, 0x9000, 8, 2);
    bench.publish(0, 1);
    bench.device.fetch();
    bench.device.complete(1, mode);
    bench.device.complete(0, mode);
    assert.deepEqual(bench.used(0), [1, expected.in], `mode ${mode}`);
    assert.deepEqual(bench.used(1), [0, mode === FILL_COUNT_READ ? expected.out : 0], `mode ${mode}`);
    const filled = bench.bytes.subarray(0x9000, 0x9010).filter((byte) => byte !== 0).length;
    assert.equal(filled, expected.in, `mode ${mode}`);
  }
});

test('completions in any order; used entries wrap at num', () => {
  const bench = new SplitRingBench(2);
  for (let round = 0; round < 3; round++) {
    bench.desc(0, 0x8000, 1, 0);
    bench.desc(1, 0x9000, 1, 0);
    bench.publish(0, 1);
    bench.device.fetch();
    bench.device.complete(1, FILL_ALL);
    bench.device.complete(0, FILL_ALL);
    assert.deepEqual(
      [bench.used(0), bench.used(1)],
      [
        [1, 0],
        [0, 0],
      ],
    );
    assert.equal(bench.usedIdx, 2 * round + 2);
  }
});

test('2.7.7: without event index the interrupt is due unless NO_INTERRUPT is set', () => {
  for (const flags of [0, 1]) {
    const bench = new SplitRingBench();
    bench.dv.setUint16(DRIVER, flags, true);
    assert.equal(bench.device.interruptDue(), false, 'nothing completed');
    bench.desc(0, 0x8000, 1, 0);
    bench.publish(0);
    bench.device.fetch();
    bench.device.complete(0, FILL_ALL);
    assert.equal(bench.device.interruptDue(), flags === 0);
    assert.equal(bench.device.interruptDue(), false, 'told once');
  }
});

test('2.7.10: with event index the interrupt is due when used.idx passes used_event', () => {
  for (const event of [0, 1, 2, 3, 0xffff]) {
    const bench = new SplitRingBench(4, true);
    bench.dv.setUint16(DRIVER + 4 + 8, event, true);
    bench.dv.setUint16(DRIVER, 1, true);
    for (const head of [0, 1, 2]) bench.desc(head, 0x8000, 1, 0);
    bench.publish(0, 1, 2);
    bench.device.fetch();
    for (let k = 0; k < 3; k++) bench.device.complete(0, FILL_ALL);
    assert.equal(bench.device.interruptDue(), event < 3, `event ${event}`);
  }
});

test('kicks wanted: avail_event follows with event index, NO_NOTIFY without', () => {
  const plain = new SplitRingBench();
  plain.device.wantKicks(false);
  assert.equal(plain.u16(DEVICE), 1);
  plain.device.wantKicks(true);
  assert.equal(plain.u16(DEVICE), 0);

  const bench = new SplitRingBench(4, true);
  const event = DEVICE + 4 + 32;
  bench.desc(0, 0x8000, 1, 0);
  bench.publish(0, 0);
  bench.device.fetch();
  assert.equal(bench.u16(event), 2);
  bench.device.wantKicks(false);
  assert.equal(bench.u16(event), 1, 'just passed: as far away as can be');
  bench.publish(0);
  bench.device.fetch();
  assert.equal(bench.u16(event), 1);
});

test('a stopped device takes nothing, and a started one begins anew', () => {
  const bench = new SplitRingBench();
  bench.desc(0, 0x8000, 1, 0);
  bench.publish(0);
  bench.device.fetch();
  bench.device.complete(0, FILL_ALL);
  bench.device.stop();
  bench.publish(0);
  bench.device.fetch();
  assert.equal(bench.device.chains.pending, 0);
  bench.start();
  bench.device.fetch();
  assert.equal(bench.device.chains.pending, 2, 'from position 0 on');
});

test('malformed rings: whatever the descriptors say, fetching ends and takes at most what can be there', () => {
  const cases: readonly (readonly [what: string, prepare: (bench: SplitRingBench) => void])[] = [
    ['a cycle of one', (bench): void => bench.desc(0, 0x8000, 1, 1, 0)],
    [
      'a cycle of two',
      (bench): void => {
        bench.desc(0, 0x8000, 1, 1, 1);
        bench.desc(1, 0x8000, 1, 1, 0);
      },
    ],
    ['next out of the ring', (bench): void => bench.desc(0, 0x8000, 1, 1, 0xffff)],
    [
      'a table in itself',
      (bench): void => {
        bench.desc(0, 0x5000, 16, 4);
        bench.descriptor(0x5000, 0x5000, 16, 4, 0);
      },
    ],
    ['the ring as a table', (bench): void => bench.desc(0, DESC, 64, 4)],
    [
      'a cycle in a table',
      (bench): void => {
        bench.desc(0, 0x5000, 32, 4);
        bench.descriptor(0x5000, 0, 1, 1, 0);
      },
    ],
    ['a table of no bytes', (bench): void => bench.desc(0, 0x5000, 0, 4)],
    ['a huge table', (bench): void => bench.desc(0, 0x5000, 0xffffffff, 4)],
    ['addresses out of reach', (bench): void => bench.desc(0, 2 ** 52, 0xffffffff, 2)],
  ];
  for (const [what, prepare] of cases) {
    const bench = new SplitRingBench();
    prepare(bench);
    bench.publish(0);
    bench.device.fetch();
    const [taken] = bench.pending;
    assert.ok(taken !== undefined && taken.pieces.length <= 256, what);
    bench.device.complete(0, FILL_ALL);
    assert.equal(bench.usedIdx, 1, what);
  }
});

test('malformed rings: a head out of the ring is an empty chain, an avail.idx too far on is no buffers at all', () => {
  const bench = new SplitRingBench();
  bench.publish(0xffff);
  bench.device.fetch();
  assert.deepEqual(bench.pending, [{ id: 0xffff, pieces: [] }]);
  for (const idx of [0x8000, 0xffff, 6]) {
    const far = new SplitRingBench();
    far.dv.setUint16(DRIVER + 2, idx, true);
    far.device.fetch();
    assert.equal(far.device.chains.pending, 0, `avail.idx ${idx}`);
  }
});
