import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferTable } from '../../src/oracle/buffer-table.js';
import { QueueModel } from '../../src/oracle/queue-model.js';
import type { QueueConfig } from '../../src/platform/ring-driver.js';
import { ScatterList } from '../../src/platform/scatter-list.js';

function model(packed: boolean, config: Partial<QueueConfig> = {}): { model: QueueModel; buffers: BufferTable } {
  const queue = new QueueModel();
  queue.start(packed, {
    num: 4,
    numMax: 256,
    align: 4,
    indirect: false,
    eventIndex: false,
    context: false,
    callback: true,
    inOrder: false,
    useDmaApi: true,
    ...config,
  });
  return { model: queue, buffers: new BufferTable() };
}

/** Puts a buffer of `count` descriptors in flight under `id`. */
function begin(parts: { model: QueueModel; buffers: BufferTable }, id: number, count: number): number {
  const list = new ScatterList();
  list.push(0x100000, 8, 0);
  const token = parts.buffers.offer(list, new ScatterList(), 0, false);
  parts.model.begin(parts.buffers, token, id, count);
  return token;
}

test('2.2 initial values of both layouts, with and without callback', () => {
  for (const callback of [true, false]) {
    const split = model(false, { callback }).model;
    assert.deepEqual([split.availFlags, split.callbacksOn, split.usedPosition], [callback ? 0 : 1, callback, 0]);
    const packed = model(true, { callback }).model;
    assert.deepEqual([packed.eventFlags, packed.usedPosition], [callback ? 0 : 1, 0x8000]);
  }
  assert.equal(model(false, { callback: false, eventIndex: true }).model.availFlags, 0);
});

test('split: avail.idx and used position count buffers modulo 2^16', () => {
  const parts = model(false);
  const queue = parts.model;
  const token = begin(parts, 1, 1);
  assert.deepEqual([queue.availableIndex, queue.numFree, queue.numAdded, queue.tokenOf[1]], [1, 3, 1, token]);
  queue.end(parts.buffers, 1);
  queue.advanceUsed(1);
  assert.deepEqual([queue.usedPosition, queue.numFree, queue.inFlight, queue.tokenOf[1]], [1, 4, 0, 0]);
  queue.availableIndex = 0xffff;
  queue.usedIndex = 0xffff;
  begin(parts, 0, 1);
  queue.advanceUsed(1);
  assert.deepEqual([queue.availableIndex, queue.usedPosition], [0, 0]);
});

test('packed: positions count descriptors, and flip their wrap counter at the end of the ring', () => {
  const parts = model(true);
  const queue = parts.model;
  begin(parts, 0, 3);
  assert.deepEqual([queue.availableIndex, queue.availableWrap, queue.numAdded], [3, true, 3]);
  queue.end(parts.buffers, 0);
  queue.advanceUsed(3);
  assert.equal(queue.usedPosition, 0x8003);
  begin(parts, 1, 4);
  assert.deepEqual([queue.availableIndex, queue.availableWrap, queue.numFree], [3, false, 0], 'the whole ring');
  queue.end(parts.buffers, 1);
  queue.advanceUsed(4);
  assert.equal(queue.usedPosition, 0x0003);
});

test('2.8.1: available and used by both wrap counters', () => {
  const { model: queue } = model(true);
  const cases = [
    { flags: 0x0080, wrap: true, available: true, used: false },
    { flags: 0x8080, wrap: true, available: false, used: true },
    { flags: 0x8000, wrap: true, available: false, used: false },
    { flags: 0x0000, wrap: true, available: false, used: false },
    { flags: 0x8000, wrap: false, available: true, used: false },
    { flags: 0x0000, wrap: false, available: false, used: true },
    { flags: 0x8080, wrap: false, available: false, used: false },
    { flags: 0x0080, wrap: false, available: false, used: false },
  ];
  for (const { flags, wrap, available, used } of cases) {
    assert.deepEqual([queue.looksAvailable(flags, wrap), queue.looksUsed(flags, wrap)], [available, used]);
  }
});

test('2.6: what disabling and enabling callbacks must leave in memory', () => {
  const plain = model(false).model;
  plain.callbacksDisabled();
  assert.equal(plain.availFlags, 1);
  plain.callbacksEnabled(5);
  assert.deepEqual([plain.availFlags, plain.eventPosition], [0, 5]);

  const event = model(false, { eventIndex: true }).model;
  event.callbacksDisabled();
  assert.deepEqual([event.availFlags, event.eventPosition], [0, 0]);
  event.callbacksEnabled(3);
  event.eventTriggered = true;
  event.callbacksDisabled();
  assert.equal(event.eventPosition, 3, 'V13: nothing is written after an interrupt');

  const packed = model(true, { eventIndex: true }).model;
  packed.callbacksEnabled(0x8002);
  assert.deepEqual([packed.eventFlags, packed.eventPosition], [0, 0x8002], 'still ENABLE');
  packed.callbacksDisabled();
  packed.callbacksEnabled(0x8003);
  assert.deepEqual([packed.eventFlags, packed.eventPosition], [2, 0x8003]);
});

test('2.3: indirect only for more than one piece, without contexts, with a free descriptor', () => {
  assert.equal(model(false, { indirect: true }).model.wantsIndirect(2), true);
  assert.equal(model(false, { indirect: true }).model.wantsIndirect(1), false);
  assert.equal(model(false, { indirect: true, context: true }).model.wantsIndirect(2), false);
  assert.equal(model(false).model.wantsIndirect(2), false);
  const full = model(false, { indirect: true });
  begin(full, 0, 4);
  assert.equal(full.model.wantsIndirect(2), false);
});

test('restart takes another size and forgets what was in flight', () => {
  const parts = model(false);
  begin(parts, 3, 1);
  assert.equal(parts.model.lowestInFlight(), 3);
  parts.model.broken = true;
  parts.model.restart(8);
  assert.deepEqual([parts.model.num, parts.model.numFree, parts.model.lowestInFlight()], [8, 8, -1]);
  assert.equal(parts.model.broken, true, 'that is for the caller to say');
});

test('2.7.9 in order: a batch reaches up to the id that the device named, as far as used.idx covers it', () => {
  const parts = model(false, { inOrder: true });
  const queue = parts.model;
  assert.equal(queue.batchUpTo(0, 1), 0, 'nothing in flight');
  const tokens = [begin(parts, 0, 2), begin(parts, 2, 1), begin(parts, 3, 1)];
  assert.deepEqual([queue.oldest, queue.newest, queue.nextDescriptor], [tokens[0], tokens[2], 0]);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 0x1234, 0xffffffff].map((id) => queue.batchUpTo(id, 3)),
    [1, 0, 2, 3, 0, 0, 0],
  );
  assert.equal(queue.batchUpTo(3, 2), 0, 'three buffers, and used.idx moved by two');
  queue.end(parts.buffers, 0);
  queue.advanceUsed(2);
  assert.deepEqual([queue.oldest, queue.batchUpTo(3, 3)], [tokens[1], 2]);
});

test('2.7.9 in order: what is taken back leaves the queue from its end, and from wherever a driver begins', () => {
  const parts = model(true, { inOrder: true });
  const queue = parts.model;
  const tokens = [begin(parts, 0, 1), begin(parts, 1, 1), begin(parts, 2, 1)];
  queue.batchLeft = 3;
  queue.end(parts.buffers, 1);
  assert.deepEqual([queue.oldest, queue.newest, queue.batchLeft], [tokens[0], tokens[2], 2]);
  queue.end(parts.buffers, 2);
  assert.deepEqual([queue.oldest, queue.newest, queue.batchLeft], [tokens[0], tokens[0], 1]);
  queue.restart(4);
  assert.deepEqual([queue.oldest, queue.batchLeft, queue.nextDescriptor], [0, 0, 0]);
});
