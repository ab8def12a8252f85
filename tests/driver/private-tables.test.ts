// The driver's private tables: every index is checked, as C would not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferStates } from '../../src/driver/buffer-states.js';
import { DescriptorRecords } from '../../src/driver/descriptor-records.js';
import { IndirectTables } from '../../src/driver/indirect-tables.js';
import { DMA_MAPPING_ERROR } from '../../src/platform/dma-api.js';
import { FakePlatform, Panic } from './fake-platform.js';

const OUTSIDE = [-1, 4, 255, 256, 0x10000, 0xffffffff];

test('descriptor records: an index outside the ring is reported by every access', () => {
  const records = new DescriptorRecords(new FakePlatform());
  records.reset(4);
  for (const index of OUTSIDE) {
    const error = new Panic(`index ${index} into descriptor records of 4`);
    assert.throws(() => records.addrOf(index), error);
    assert.throws(() => records.lenOf(index), error);
    assert.throws(() => records.flagsOf(index), error);
    assert.throws(() => records.nextOf(index), error);
    assert.throws(() => {
      records.set(index, 1, 2, 3);
    }, error);
    assert.throws(() => {
      records.give(0, index, 1);
    }, error);
  }
});

test('descriptor records: reset links 0, 1, 2, ... and zeroes the last', () => {
  const records = new DescriptorRecords(new FakePlatform());
  records.reset(8);
  records.set(3, 7, 7, 7);
  records.reset(4);
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => records.nextOf(index)),
    [1, 2, 3, 0],
  );
  assert.deepEqual([records.addrOf(3), records.numFree, records.freeHead], [0, 4, 0]);
});

test('descriptor records: take and give keep the free list whole', () => {
  const records = new DescriptorRecords(new FakePlatform());
  records.reset(4);
  records.take(3, 3);
  assert.deepEqual([records.numFree, records.freeHead], [1, 3]);
  records.give(1, 2, 2);
  assert.deepEqual([records.numFree, records.freeHead, records.nextOf(2)], [3, 1, 3]);
});

test('buffer states: an id outside the ring is reported by every access', () => {
  const states = new BufferStates(new FakePlatform());
  states.reset(4);
  const reads = ['tokenOf', 'contextOf', 'tableOf', 'tableEntriesOf', 'countOf', 'lastOf', 'end'] as const;
  for (const id of OUTSIDE) {
    const error = new Panic(`index ${id} into buffer states of 4`);
    for (const read of reads) assert.throws(() => states[read](id), error, read);
    assert.throws(() => states.gradeLength(id, 0), error);
    assert.throws(() => {
      states.begin(id, 1, 1, 0);
    }, error);
    assert.throws(() => {
      states.describe(id, 0, 0);
    }, error);
    assert.throws(() => {
      states.setTable(id, 0, 0);
    }, error);
  }
});

test('buffer states: a token of 0 is not in flight; reset ends every flight', () => {
  const states = new BufferStates(new FakePlatform());
  states.reset(4);
  assert.equal(states.lowestInFlight(), -1);
  states.begin(3, 30, 2, 1);
  states.begin(1, 10, 1, 1);
  assert.deepEqual([states.lowestInFlight(), states.countOf(3), states.lastOf(3)], [1, 2, 1]);
  states.end(1);
  assert.deepEqual([states.lowestInFlight(), states.tokenOf(1)], [3, 0]);
  states.reset(4);
  assert.equal(states.lowestInFlight(), -1);
});

test('indirect tables: records lie behind the mapped part and keep what they were given', () => {
  const platform = new FakePlatform();
  const tables = new IndirectTables(platform);
  const table = tables.allocate(3);
  assert.equal(platform.allocator.live.get(table), 96);
  assert.equal(tables.mappedSize(3), 48);
  const record = tables.recordAt(table, 3, 2);
  assert.equal(record, table + 80);
  tables.record(record, 0x5_1234_5678, 77, true);
  assert.equal(tables.recordedAddr(record), 0x5_1234_5678);
  assert.deepEqual([tables.recordedLen(record), tables.recordedWrite(record)], [77, true]);
  tables.record(record, DMA_MAPPING_ERROR, 77, false);
  assert.equal(tables.recordedAddr(record), DMA_MAPPING_ERROR);
  assert.equal(tables.recordedWrite(record), false);
  tables.record(record, 0, 1, false);
  assert.equal(tables.recordedAddr(record), 0, 'DMA address 0 is an address');
});
