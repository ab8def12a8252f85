import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyBytes, isHeap } from '../../src/memory/guest-memory.js';
import {
  COHERENT_BASE,
  COHERENT_SIZE,
  DATA_BASE,
  HEAP_BASE,
  HEAP_SIZE,
  MEMORY_SIZE,
  PHYSICAL_BASE,
  POOL_BASE,
} from '../../src/memory/layout.js';
import { guestMemory } from './recorder.js';

const AT = COHERENT_BASE + 0x20;

test('shared loads and stores go through the door: little-endian, each reported', () => {
  const { memory, bytes, recorder } = guestMemory();
  memory.store16(AT, 0x1234);
  memory.store32(AT + 4, 0x89abcdef);
  assert.deepEqual([...bytes.subarray(AT, AT + 8)], [0x34, 0x12, 0, 0, 0xef, 0xcd, 0xab, 0x89]);
  assert.equal(memory.load16(AT), 0x1234);
  assert.equal(memory.load32(AT + 4), 0x89abcdef);
  assert.deepEqual(recorder.take(), [
    'store 0x10020 0x2 0x1234',
    'store 0x10024 0x4 0x89abcdef',
    'load 0x10020 0x2 0x1234',
    'load 0x10024 0x4 0x89abcdef',
  ]);
});

test('64-bit values below 2^53 survive, in shared and in private memory', () => {
  for (const value of [0, 1, 0xffffffff, 0x1_0000_0000, 0x12_3456_789a, 2 ** 53 - 1]) {
    const { memory, heap, bytes, recorder } = guestMemory();
    const address = heap.kmalloc(16);
    recorder.take();
    memory.store64(AT, value);
    memory.store64(address + 8, value);
    assert.equal(memory.load64(AT), value);
    assert.equal(memory.load64(address + 8), value);
    assert.equal(Number(new DataView(bytes.buffer).getBigUint64(AT, true)), value);
    const [store, load] = recorder.take();
    assert.equal(store, `store 0x10020 0x8 0x${value.toString(16)}`);
    assert.equal(load, `load 0x10020 0x8 0x${(value % 2 ** 32).toString(16)}`, 'the low half');
  }
});

test('private memory is not reported and has no races', () => {
  const { memory, heap, recorder, raced } = guestMemory();
  const address = heap.kmalloc(8);
  recorder.take();
  memory.nextRace = 1;
  memory.store32(address, 7);
  assert.equal(memory.load32(address), 7);
  assert.deepEqual(recorder.take(), []);
  assert.deepEqual([memory.sharedLoads, raced], [0, []]);
});

test('the race acts before exactly the k-th shared load, and the load sees it', () => {
  for (let k = 1; k <= 4; k++) {
    const { memory, raced } = guestMemory(0x5a);
    memory.store16(AT, 1);
    memory.nextRace = k;
    const seen = [1, 2, 3, 4].map(() => memory.load16(AT));
    assert.deepEqual(
      seen,
      [1, 2, 3, 4].map((n) => (n < k ? 1 : 0x5a)),
    );
    assert.deepEqual(raced, [AT]);
    assert.equal(memory.sharedLoads, 4);
  }
});

test('no race is placed at 0, and reset forgets count and place', () => {
  const { memory, raced } = guestMemory();
  memory.load16(AT);
  memory.nextRace = 2;
  memory.reset();
  memory.load16(AT);
  memory.load16(AT);
  assert.deepEqual([memory.sharedLoads, raced], [2, []]);
});

test('an access to no live object is a fault, reads as 0 and writes nothing', () => {
  const { memory, heap, bytes, recorder } = guestMemory();
  const freed = heap.kmalloc(16);
  heap.kfree(freed);
  const small = heap.kmalloc(20);
  const cases = [
    ['null', 0],
    ['below coherent memory', COHERENT_BASE - 8],
    ['freed', freed],
    ['past the end of an object', small + 20],
    ['across the end of an object', small + 18],
    ['the red zone', small + 32],
    ['heap that was never allocated', HEAP_BASE + HEAP_SIZE - 8],
    ['between heap and pool', HEAP_BASE + HEAP_SIZE],
    ['the bounce pool', POOL_BASE],
    ['client data', DATA_BASE],
    ['past all memory', MEMORY_SIZE],
    ['negative', -8],
  ] as const;
  for (const [what, address] of cases) {
    const before = bytes.slice();
    recorder.take();
    assert.deepEqual([memory.load32(address), memory.load64(address)], [0, 0], what);
    memory.store32(address, 0x77777777);
    memory.store64(address, 0x77777777);
    assert.deepEqual(
      recorder.take().map((line) => line.replace(/ -?0x[0-9a-f-]+/, '')),
      ['bad load 0x4', 'bad load 0x8', 'bad store 0x4', 'bad store 0x8'],
      what,
    );
    assert.deepEqual(bytes, before, what);
  }
});

test('an access across the end of coherent memory is a fault', () => {
  const { memory, recorder } = guestMemory();
  const end = COHERENT_BASE + COHERENT_SIZE;
  memory.load16(end - 2);
  memory.load32(end - 2);
  memory.store16(COHERENT_BASE - 1, 1);
  assert.deepEqual(recorder.take(), ['load 0x1fffe 0x2 0x0', 'bad load 0x1fffe 0x4', 'bad store 0xffff 0x2']);
});

test('copy and fill move whole ranges and report them before they take effect', () => {
  const { memory, bytes, recorder } = guestMemory();
  for (const size of [1, 48, 49, 4096]) {
    const expected = bytes.slice(DATA_BASE, DATA_BASE + size);
    memory.copy(POOL_BASE, DATA_BASE, size);
    assert.deepEqual(bytes.slice(POOL_BASE, POOL_BASE + size), expected, `${size} bytes`);
    assert.equal(bytes[POOL_BASE + size], 0);
    memory.fill(POOL_BASE, size, 0);
    assert.ok(bytes.subarray(POOL_BASE, POOL_BASE + size).every((byte) => byte === 0));
    assert.deepEqual(recorder.take(), [
      `copy 0x80000 0x100000 0x${size.toString(16)}`,
      `fill 0x80000 0x${size.toString(16)} 0x0`,
    ]);
  }
});

test('physical addresses have a high half, so that a truncated one shows', () => {
  const { memory } = guestMemory();
  assert.equal(memory.physicalAddress(DATA_BASE), PHYSICAL_BASE + DATA_BASE);
  assert.ok(PHYSICAL_BASE >= 2 ** 32);
});

test('the heap is where it is said to be, and the pattern has no short period', () => {
  assert.deepEqual([HEAP_BASE - 1, HEAP_BASE, HEAP_BASE + HEAP_SIZE - 1, HEAP_BASE + HEAP_SIZE].map(isHeap), [
    false,
    true,
    true,
    false,
  ]);
  const { bytes } = guestMemory();
  for (let period = 1; period <= 4096; period++) {
    let same = 0;
    for (let at = DATA_BASE; at < DATA_BASE + 4096; at++) if (bytes[at] === bytes[at + period]) same++;
    assert.ok(same < 400, `period ${period}: ${same} of 4096 bytes are equal`);
  }
  assert.equal(bytes[DATA_BASE - 1], 0);
});

test('copyBytes copies forward and nothing else', () => {
  const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  copyBytes(bytes, 4, 1, 3);
  assert.deepEqual([...bytes], [1, 2, 3, 4, 2, 3, 4, 8]);
});
