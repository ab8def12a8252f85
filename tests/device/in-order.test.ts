// virtio-v1.4 2.7.9 and 2.8.9: how a device that batches answers, on both layouts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILL_ALL, FILL_HALF, FILL_NOTHING } from '../../src/device/ring-device.js';
import { PackedRingBench, SplitRingBench } from './ring-bench.js';

/** Three writable buffers of 16 bytes at descriptors 0, 1 and 2. */
function split(inOrder: boolean): SplitRingBench {
  const bench = new SplitRingBench(4, false, inOrder);
  for (let k = 0; k < 3; k++) bench.desc(k, 0x8000 + 0x1000 * k, 16, 2);
  bench.publish(0, 1, 2);
  bench.device.fetch();
  return bench;
}

function packed(inOrder: boolean): PackedRingBench {
  const bench = new PackedRingBench(4, false, inOrder);
  for (let k = 0; k < 3; k++) bench.slot(k, 0x8000 + 0x1000 * k, 16, k, 0x0082);
  bench.device.fetch();
  return bench;
}

test('2.7.9: one entry, at the first position of the batch, names the last buffer; the index counts them all', () => {
  const bench = split(true);
  bench.device.completeOldest(3, FILL_HALF);
  assert.deepEqual([bench.used(0), bench.used(1), bench.usedIdx], [[2, 8], [0, 0], 3]);
  assert.ok(
    bench.bytes.subarray(0x8000, 0x8010).every((byte) => byte !== 0),
    'skipped, so filled completely',
  );
  assert.equal(bench.bytes[0xa008], 0, 'the last is filled as was asked');
});

test('2.7.9: the next batch begins behind the one before', () => {
  const bench = split(true);
  bench.device.completeOldest(2, FILL_ALL);
  bench.device.completeOldest(5, FILL_ALL);
  assert.deepEqual([bench.used(0), bench.used(2), bench.usedIdx], [[1, 16], [2, 16], 3]);
  assert.equal(bench.device.chains.pending, 0);
});

test('without the feature every buffer has an entry', () => {
  const bench = split(false);
  bench.device.completeOldest(3, FILL_NOTHING);
  assert.deepEqual([bench.used(0), bench.used(1), bench.used(2), bench.usedIdx], [[0, 0], [1, 0], [2, 0], 3]);
});

test('2.8.9: one used descriptor in the slot of the first buffer; the next goes behind the whole batch', () => {
  const bench = packed(true);
  bench.device.completeOldest(2, FILL_ALL);
  bench.device.completeOldest(1, FILL_NOTHING);
  assert.deepEqual(
    [bench.at(0), bench.at(1), bench.at(2)],
    [
      [1, 16, 0x8082],
      [1, 16, 0x0082],
      [2, 0, 0x8082],
    ],
  );
});

test('2.7.9: a buffer that is not filled completely ends its batch', () => {
  const bench = new SplitRingBench(4, false, true);
  bench.desc(0, 0x8000, 16, 2);
  // Nowhere: the device cannot reach it.
  bench.desc(1, 0x7_0000_0000, 16, 2);
  bench.desc(2, 0x9000, 16, 2);
  bench.publish(0, 1, 2);
  bench.device.fetch();
  bench.device.completeOldest(3, FILL_ALL);
  assert.deepEqual([bench.used(0), bench.used(2), bench.usedIdx], [[1, 0], [2, 16], 3]);
});
