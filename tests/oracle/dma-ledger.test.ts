import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DmaLedger } from '../../src/oracle/dma-ledger.js';
import { DMA_TO_DEVICE } from '../../src/platform/dma-api.js';

test('entries are numbered in order, found by start or range while live, and remembered when ended', () => {
  const ledger = new DmaLedger();
  assert.deepEqual(
    [0x1000, 0x2000, 0x3000].map((dma) => ledger.open(dma, 0, 16, DMA_TO_DEVICE)),
    [0, 1, 2],
  );
  assert.deepEqual([ledger.findLive(0x2000), ledger.findLive(0x2001)], [1, -1]);
  assert.deepEqual([ledger.findContaining(0x2004, 12), ledger.findContaining(0x2004, 13)], [1, -1]);
  assert.equal(ledger.findEnded(0x2000), -1);
  ledger.close(1);
  assert.deepEqual([ledger.findLive(0x2000), ledger.findContaining(0x2000, 1), ledger.findEnded(0x2000)], [-1, -1, 1]);
  assert.deepEqual([ledger.liveCount, ledger.count], [2, 3]);
});

test('an address that is mapped again is another entry', () => {
  const ledger = new DmaLedger();
  ledger.open(0x1000, 0, 16, DMA_TO_DEVICE);
  ledger.close(0);
  ledger.open(0x1000, 0, 32, DMA_TO_DEVICE);
  assert.deepEqual([ledger.findLive(0x1000), ledger.findEnded(0x1000)], [1, 0]);
  ledger.close(1);
  assert.equal(ledger.findEnded(0x1000), 1, 'the latest');
});

test('the live entries are exactly the open ones, in whatever order they end', () => {
  const ledger = new DmaLedger();
  for (let k = 0; k < 6; k++) ledger.open(0x1000 * k, 0, 16, DMA_TO_DEVICE);
  const live = new Set([0, 1, 2, 3, 4, 5]);
  for (const entry of [2, 5, 0, 3]) {
    ledger.close(entry);
    live.delete(entry);
    const found = Array.from({ length: ledger.liveCount }, (_, k) => ledger.liveAt(k));
    assert.deepEqual(new Set(found), live);
  }
});

test('a full ledger says so, and reset empties it', () => {
  const ledger = new DmaLedger();
  let room = 0;
  while (ledger.hasRoom(room + 1)) room++;
  assert.ok(room >= 512, `room for ${room}`);
  ledger.open(0x1000, 0, 16, DMA_TO_DEVICE);
  ledger.close(0);
  assert.equal(ledger.hasRoom(room), false, 'an ended mapping keeps its entry');
  assert.equal(ledger.hasRoom(room - 1), true);
  ledger.open(0x1000, 0, 16, DMA_TO_DEVICE);
  ledger.reset();
  assert.equal(ledger.hasRoom(room), true);
  assert.deepEqual([ledger.count, ledger.liveCount, ledger.findLive(0x1000), ledger.findEnded(0x1000)], [0, 0, -1, -1]);
});
