// facts 2.5 and 2.6, packed ring: kicks and callbacks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PackedBench } from './bench.js';

/** A ring of 8 whose next slot is `start` slots on; everything before has come and gone. */
function startingAt(start: number, config: ConstructorParameters<typeof PackedBench>[0] = {}): PackedBench {
  const bench = new PackedBench(config);
  for (let k = 0; k < start; k++) {
    bench.add({ in: [1] });
    bench.complete(bench.descriptor(k % 8).link, 1, 1);
    bench.get();
  }
  bench.queue.kickPrepare();
  return bench;
}

test('2.5 flags: 0 kicks, 1 does not, 3 and larger kick', () => {
  for (const [flags, due] of [
    [0, true],
    [1, false],
    [3, true],
    [4, true],
    [0xffff, true],
  ] as const) {
    const bench = new PackedBench();
    bench.setDeviceEvent(0, flags);
    assert.equal(bench.queue.kickPrepare(), due, `flags ${flags}`);
  }
});

test('2.5 the event structure is read as one 32-bit snapshot', () => {
  const bench = new PackedBench();
  bench.platform.memory.loads.length = 0;
  bench.queue.kickPrepare();
  assert.deepEqual(bench.platform.memory.loads, [bench.deviceArea]);
});

test('2.5 DESC on one lap: due when the added slots pass the event', () => {
  // Slots 2, 3 and 4 were added: events 2, 3 and 4 are passed.
  for (let slot = 0; slot < 8; slot++) {
    const bench = startingAt(2);
    bench.add({ in: [1, 2] });
    bench.add({ in: [1] });
    bench.setDeviceEvent(0x8000 | slot, 2);
    assert.equal(bench.queue.kickPrepare(), slot >= 2 && slot <= 4, `slot ${slot}`);
    assert.equal(bench.queue.kickPrepare(), false, 'nothing added since');
  }
});

test('2.5 DESC across the end of the ring, with both wrap bits', () => {
  // Slots 6 and 7 of wrap 1 and slot 0 of wrap 0 were added.
  const due = new Set([0x8006, 0x8007, 0x0000]);
  for (const wrap of [0, 0x8000]) {
    for (let slot = 0; slot < 8; slot++) {
      const bench = startingAt(6);
      bench.add({ in: [1, 2, 3] });
      bench.setDeviceEvent(wrap | slot, 2);
      assert.equal(bench.queue.kickPrepare(), due.has(wrap | slot), `off_wrap 0x${(wrap | slot).toString(16)}`);
    }
  }
});

test('2.5 DESC on the second lap: the wrap bit of the first means long passed', () => {
  // Slots 1 and 2 of wrap 0 were added.
  const due = new Set([0x0001, 0x0002]);
  for (const wrap of [0, 0x8000]) {
    for (let slot = 0; slot < 8; slot++) {
      const bench = startingAt(9);
      bench.add({ in: [1, 2] });
      bench.setDeviceEvent(wrap | slot, 2);
      assert.equal(bench.queue.kickPrepare(), due.has(wrap | slot), `off_wrap 0x${(wrap | slot).toString(16)}`);
    }
  }
});

test('2.5: off_wrap beyond the ring only affects kicks', () => {
  const bench = new PackedBench();
  bench.add({ in: [1] });
  bench.setDeviceEvent(0x7fff, 2);
  assert.equal(typeof bench.queue.kickPrepare(), 'boolean');
  assert.equal(bench.queue.isBroken(), false);
});

test('2.6 disable_cb: DISABLE, once; not after an interrupt with event index', () => {
  const bench = new PackedBench();
  bench.queue.disableCb();
  assert.equal(bench.driverFlags, 1);
  bench.platform.memory.stores.length = 0;
  bench.queue.disableCb();
  assert.deepEqual(bench.platform.memory.stores, []);

  const triggered = new PackedBench({ eventIndex: true });
  triggered.add({ in: [1] });
  triggered.complete(0, 1, 1);
  assert.equal(triggered.queue.interrupt(), 1);
  triggered.queue.disableCb();
  assert.equal(triggered.driverFlags, 0);
});

test('2.6 enable_cb_prepare without event index: ENABLE if it was DISABLE, off_wrap untouched', () => {
  const bench = new PackedBench();
  bench.queue.disableCb();
  bench.platform.memory.stores.length = 0;
  assert.equal(bench.queue.enableCbPrepare(), 0x8000);
  assert.deepEqual(bench.platform.memory.stores, [bench.driverArea + 2]);
  assert.equal(bench.driverFlags, 0);
});

test('2.6 enable_cb_prepare with event index: off_wrap first, then DESC', () => {
  const bench = startingAt(3, { eventIndex: true });
  bench.queue.disableCb();
  bench.platform.memory.stores.length = 0;
  assert.equal(bench.queue.enableCbPrepare(), 0x8003);
  assert.deepEqual(bench.platform.memory.stores, [bench.driverArea, bench.driverArea + 2]);
  assert.deepEqual([bench.driverOffWrap, bench.driverFlags], [0x8003, 2]);
});

test('2.6 poll: whether the slot at that position and wrap is used', () => {
  const bench = startingAt(7);
  const opaque = bench.queue.enableCbPrepare();
  assert.equal(opaque, 0x8007);
  bench.add({ in: [1] });
  assert.equal(bench.queue.poll(opaque), false);
  bench.complete(bench.descriptor(7).link, 1, 1);
  assert.equal(bench.queue.poll(opaque), true);
  assert.equal(bench.queue.poll(0x0007), false, 'the other wrap counter');
});

test('2.6 enable_cb: true where nothing is pending', () => {
  const bench = new PackedBench();
  bench.add({ in: [1] });
  assert.equal(bench.queue.enableCb(), true);
  bench.complete(0, 1, 1);
  assert.equal(bench.queue.enableCb(), false);
});

test('2.6 enable_cb_delayed: event three quarters of the descriptors in flight on, wrap-adjusted', () => {
  const cases = [
    { start: 0, add: 8, event: 0x8006 },
    { start: 0, add: 4, event: 0x8003 },
    { start: 0, add: 1, event: 0x8000 },
    { start: 5, add: 4, event: 0x0000 },
    { start: 5, add: 3, event: 0x8007 },
    { start: 8, add: 8, event: 0x0006 },
    { start: 13, add: 4, event: 0x8000 },
  ];
  for (const { start, add, event } of cases) {
    const bench = startingAt(start, { eventIndex: true });
    for (let k = 0; k < add; k++) bench.add({ in: [1] });
    bench.queue.disableCb();
    assert.equal(bench.queue.enableCbDelayed(), true);
    assert.deepEqual([bench.driverOffWrap, bench.driverFlags], [event, 2], `${add} from slot ${start}`);
  }
});

test('2.6 enable_cb_delayed: the re-check looks at last_used, not at the event slot', () => {
  const bench = new PackedBench({ eventIndex: true });
  for (let k = 0; k < 8; k++) bench.add({ in: [1] });
  bench.complete(0, 1, 1);
  assert.equal(bench.queue.enableCbDelayed(), false);
});

test('2.6 interrupt: IRQ_NONE without work, callback and IRQ_HANDLED with it', () => {
  const bench = new PackedBench();
  assert.equal(bench.queue.interrupt(), 0);
  bench.add({ in: [1] });
  bench.complete(0, 1, 1);
  assert.equal(bench.queue.interrupt(), 1);
  assert.equal(bench.platform.callbacks, 1);
});

test('2.6 interrupt: each one that finds work runs the callback, also with event index', () => {
  for (const eventIndex of [false, true]) {
    const bench = new PackedBench({ eventIndex });
    bench.add({ in: [1] });
    bench.complete(0, 1, 1);
    assert.deepEqual([bench.queue.interrupt(), bench.queue.interrupt()], [1, 1]);
    assert.equal(bench.platform.callbacks, 2);
  }
});
