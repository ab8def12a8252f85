// facts 2.5 and 2.6, split ring: kicks and callbacks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needEvent } from '../../src/driver/ring-queue.js';
import { SplitBench } from './bench.js';

/** A ring of 2 on which `count` buffers have come and gone, decisions about kicks included. */
function afterBuffers(count: number, eventIndex: boolean): SplitBench {
  const bench = new SplitBench({ num: 2, eventIndex });
  for (let k = 0; k < count; k++) {
    bench.add({ in: [1] });
    bench.complete(0, 1);
    bench.get();
    bench.queue.kickPrepare();
  }
  return bench;
}

test('2.5 need_event: (u16)(new - event - 1) < (u16)(new - old)', () => {
  const cases = [
    { event: 4, now: 5, old: 4, due: true },
    { event: 5, now: 5, old: 4, due: false },
    { event: 3, now: 5, old: 4, due: false },
    { event: 3, now: 5, old: 3, due: true },
    { event: 0xffff, now: 0, old: 0xffff, due: true },
    { event: 0xffff, now: 1, old: 0xfffe, due: true },
    { event: 0xfffd, now: 1, old: 0xfffe, due: false },
    { event: 0, now: 1, old: 0xfffe, due: true },
    { event: 1, now: 1, old: 0xfffe, due: false },
    { event: 0, now: 0, old: 0, due: false },
    { event: -1, now: 0, old: 0xffff, due: true },
  ];
  for (const { event, now, old, due } of cases) {
    assert.equal(needEvent(event, now, old), due, `event ${event}, ${old} -> ${now}`);
  }
});

test('2.5 without event index: used.flags bit 0 alone decides', () => {
  const bench = new SplitBench();
  const cases = [
    [0, true],
    [1, false],
    [0xfffe, true],
    [0xffff, false],
  ] as const;
  for (const [flags, due] of cases) {
    bench.setUsedFlags(flags);
    assert.equal(bench.queue.kickPrepare(), due, `flags ${flags}`);
  }
});

test('2.5 with event index: a kick is due when the added buffers pass avail_event, and only once', () => {
  for (const event of [0, 1, 2, 3, 0xffff]) {
    const bench = new SplitBench({ eventIndex: true });
    for (let k = 0; k < 3; k++) bench.add({ in: [1] });
    bench.setAvailEvent(event);
    bench.setUsedFlags(1);
    assert.equal(bench.queue.kickPrepare(), event < 3, `event ${event}`);
    assert.equal(bench.queue.kickPrepare(), false, 'nothing added since');
  }
});

test('2.5 with event index across the 16-bit wrap', () => {
  for (const [event, due] of [
    [0xfffe, false],
    [0xffff, true],
    [0, true],
    [1, false],
  ] as const) {
    const bench = afterBuffers(0xffff, true);
    bench.add({ in: [1] });
    bench.add({ in: [1] });
    assert.equal(bench.availIdx, 1);
    bench.setAvailEvent(event);
    assert.equal(bench.queue.kickPrepare(), due, `event ${event}`);
  }
});

test('2.5: kick notifies only where it is asked to, and is true where nothing had to be done', () => {
  const bench = new SplitBench();
  bench.setUsedFlags(1);
  assert.equal(bench.queue.kick(), true);
  assert.deepEqual(bench.platform.transport.take(), []);
  bench.setUsedFlags(0);
  assert.equal(bench.queue.kick(), true);
  assert.deepEqual(bench.platform.transport.take(), ['notify']);
});

test('2.5: a transport that is gone breaks the queue; a broken queue does not notify', () => {
  const bench = new SplitBench();
  bench.platform.transport.works = false;
  assert.equal(bench.queue.notify(), false);
  assert.equal(bench.queue.isBroken(), true);
  bench.platform.transport.take();
  assert.equal(bench.queue.notify(), false);
  assert.equal(bench.queue.kick(), false);
  assert.deepEqual(bench.platform.transport.take(), []);
});

test('2.6 disable_cb: NO_INTERRUPT without event index, used_event 0 with it', () => {
  const plain = new SplitBench();
  plain.queue.disableCb();
  assert.equal(plain.availFlags, 1);

  const bench = afterBuffers(3, true);
  assert.equal(bench.usedEvent, 3);
  bench.queue.disableCb();
  assert.deepEqual([bench.availFlags, bench.usedEvent], [0, 0]);
});

test('2.6 disable_cb: does nothing the second time', () => {
  const bench = new SplitBench();
  bench.queue.disableCb();
  bench.platform.memory.stores.length = 0;
  bench.queue.disableCb();
  assert.deepEqual(bench.platform.memory.stores, []);
});

test('V13: disable_cb leaves memory alone after an interrupt with event index, and writes it without', () => {
  for (const eventIndex of [true, false]) {
    const bench = new SplitBench({ eventIndex });
    bench.add({ in: [1] });
    bench.complete(0, 1);
    assert.equal(bench.queue.interrupt(), 1);
    bench.platform.memory.stores.length = 0;
    bench.queue.disableCb();
    assert.equal(bench.platform.memory.stores.length, eventIndex ? 0 : 1);
  }
});

test('2.6 enable_cb_prepare: clears NO_INTERRUPT without event index, always writes used_event, returns it', () => {
  for (const eventIndex of [false, true]) {
    const bench = afterBuffers(3, eventIndex);
    bench.queue.disableCb();
    assert.equal(bench.queue.enableCbPrepare(), 3);
    assert.deepEqual([bench.availFlags, bench.usedEvent], [0, 3]);
  }
});

test('2.6 enable_cb_prepare: an interrupt before it no longer counts', () => {
  const bench = new SplitBench({ eventIndex: true });
  bench.add({ in: [1] });
  bench.complete(0, 1);
  bench.queue.interrupt();
  bench.get();
  bench.queue.enableCbPrepare();
  bench.queue.disableCb();
  assert.equal(bench.usedEvent, 0, 'written again');
});

test('2.6 poll: whether used.idx differs from what prepare returned', () => {
  const bench = new SplitBench();
  bench.add({ in: [1] });
  const opaque = bench.queue.enableCbPrepare();
  assert.equal(bench.queue.poll(opaque), false);
  bench.complete(0, 1);
  assert.equal(bench.queue.poll(opaque), true);
  bench.get();
  assert.equal(bench.queue.poll(opaque), true, 'the value of the time of prepare');
});

test('2.6 enable_cb: true where nothing is pending', () => {
  const bench = new SplitBench();
  bench.add({ in: [1] });
  assert.equal(bench.queue.enableCb(), true);
  bench.complete(0, 1);
  assert.equal(bench.queue.enableCb(), false);
});

test('2.6 enable_cb_delayed: used_event three quarters on, false only when more than that is used', () => {
  const bench = new SplitBench({ eventIndex: true });
  for (let k = 0; k < 8; k++) bench.add({ in: [1] });
  bench.queue.disableCb();
  assert.equal(bench.queue.enableCbDelayed(), true);
  assert.equal(bench.usedEvent, 6);
  for (let k = 0; k < 6; k++) bench.complete(k, 1);
  assert.equal(bench.queue.enableCbDelayed(), true, '6 of 6');
  bench.complete(6, 1);
  assert.equal(bench.queue.enableCbDelayed(), false, '7 of 6');
  bench.get();
  assert.equal(bench.queue.enableCbDelayed(), false);
  assert.equal(bench.usedEvent, 1 + 5, 'three quarters of 7, rounded down, from 1 on');
});

test('2.6 enable_cb_delayed across the 16-bit wrap', () => {
  const bench = afterBuffers(0xffff, true);
  bench.add({ in: [1] });
  bench.add({ in: [1] });
  assert.equal(bench.queue.enableCbDelayed(), true);
  assert.equal(bench.usedEvent, 0, '0xffff and one on');
});

test('2.6 interrupt: IRQ_NONE without work, callback and IRQ_HANDLED with it', () => {
  const bench = new SplitBench();
  assert.equal(bench.queue.interrupt(), 0);
  assert.equal(bench.platform.callbacks, 0);
  bench.add({ in: [1] });
  bench.complete(0, 1);
  assert.equal(bench.queue.interrupt(), 1);
  assert.equal(bench.platform.callbacks, 1);
  const quiet = new SplitBench({ callback: false });
  quiet.add({ in: [1] });
  quiet.complete(0, 1);
  assert.equal(quiet.queue.interrupt(), 1);
  assert.equal(quiet.platform.callbacks, 0);
});

test('2.6 interrupt: each one that finds work runs the callback, also with event index', () => {
  for (const eventIndex of [false, true]) {
    const bench = new SplitBench({ eventIndex });
    bench.add({ in: [1] });
    bench.complete(0, 1);
    assert.deepEqual([bench.queue.interrupt(), bench.queue.interrupt()], [1, 1]);
    assert.equal(bench.platform.callbacks, 2);
  }
});
