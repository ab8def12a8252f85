import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEAP_BASE, HEAP_SIZE } from '../../src/memory/layout.js';
import { guestMemory } from './recorder.js';

test('objects are 16-byte aligned, a red zone apart, poisoned, and never at an address twice', () => {
  const { heap, bytes, recorder } = guestMemory();
  const first = heap.kmalloc(20);
  heap.kfree(first);
  const second = heap.kmalloc(16);
  assert.deepEqual([first, second], [HEAP_BASE, HEAP_BASE + 48]);
  assert.ok(bytes.subarray(first, first + 32).every((byte) => byte === 0xa5));
  assert.deepEqual(recorder.take(), ['allocated 0x20000 0x14', 'free 0x20000', 'allocated 0x20030 0x10']);
  assert.equal(heap.liveCount, 1);
});

test('covers: all of the access in one live object, to the byte', () => {
  const { heap } = guestMemory();
  const address = heap.kmalloc(20);
  assert.equal(heap.covers(address, 20), true);
  assert.equal(heap.covers(address + 19, 1), true);
  assert.equal(heap.covers(address, 21), false);
  assert.equal(heap.covers(address + 20, 1), false);
  assert.equal(heap.covers(address - 1, 1), false);
  heap.kfree(address);
  assert.equal(heap.covers(address, 1), false);
  assert.equal(heap.wasFreed(address + 8), true);
  assert.equal(heap.wasFreed(HEAP_BASE + HEAP_SIZE), false);
});

test('kfree of anything but the start of a live object is reported and changes nothing', () => {
  const { heap, recorder } = guestMemory();
  const address = heap.kmalloc(32);
  const freed = heap.kmalloc(32);
  heap.kfree(freed);
  recorder.take();
  heap.kfree(0);
  assert.deepEqual(recorder.take(), [], 'kfree(NULL) is legal');
  for (const wrong of [address + 16, freed, HEAP_BASE - 16, HEAP_BASE + 0x1000]) {
    heap.kfree(wrong);
    assert.deepEqual(recorder.take(), [`bad free 0x${wrong.toString(16)}`]);
  }
  assert.equal(heap.liveCount, 1);
  assert.equal(heap.covers(address, 32), true);
});

test('kmalloc fails when told to, for no bytes, and when the arena is full', () => {
  const { heap, recorder } = guestMemory();
  recorder.noMemory = true;
  assert.equal(heap.kmalloc(16), 0);
  recorder.noMemory = false;
  assert.equal(heap.kmalloc(0), 0);
  assert.equal(heap.kmalloc(-1), 0);
  assert.equal(heap.kmalloc(HEAP_SIZE), 0);
  assert.equal(heap.kmalloc(HEAP_SIZE - 16), HEAP_BASE, 'the last object needs its red zone too');
  assert.equal(heap.kmalloc(1), 0);
  assert.equal(recorder.take().filter((line) => line.startsWith('allocated 0x0')).length, 5);
});

test('reset forgets every object and starts with the same addresses', () => {
  const { heap } = guestMemory();
  const addresses = [heap.kmalloc(100), heap.kmalloc(7)];
  heap.reset();
  assert.equal(heap.liveCount, 0);
  assert.equal(heap.covers(addresses[0] ?? 0, 1), false);
  assert.equal(heap.wasFreed(addresses[0] ?? 0), false);
  assert.deepEqual([heap.kmalloc(100), heap.kmalloc(7)], addresses);
});
