import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceView } from '../../src/memory/device-view.js';
import { MEMORY_SIZE, PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import { Recorder } from './recorder.js';

const DMA = 0x8_0000_0000;
const CPU = 0x10_0000;

/** The device may read 32 bytes at DMA, and write the first 16 of them. */
function deviceView(): { view: DeviceView; bytes: Uint8Array; recorder: Recorder } {
  const bytes = new Uint8Array(MEMORY_SIZE);
  const recorder = new Recorder();
  const translate = (dma: number, size: number, write: boolean): number =>
    dma >= DMA && dma + size <= DMA + (write ? 16 : 32) ? dma - DMA + CPU : -1;
  return { view: new DeviceView(bytes, { translate }, recorder), bytes, recorder };
}

test('reads and writes within reach are little-endian, writes are reported after the bytes moved', () => {
  const { view, bytes, recorder } = deviceView();
  view.write8(DMA, 0x11);
  view.write16(DMA + 2, 0x2233);
  view.write32(DMA + 4, 0x44556677);
  view.write64(DMA + 8, 0x1_2345_6789);
  assert.deepEqual(
    [...bytes.subarray(CPU, CPU + 16)],
    [0x11, 0, 0x33, 0x22, 0x77, 0x66, 0x55, 0x44, 0x89, 0x67, 0x45, 0x23, 1, 0, 0, 0],
  );
  assert.deepEqual(
    [view.read16(DMA + 2), view.read32(DMA + 4), view.read64(DMA + 8)],
    [0x2233, 0x44556677, 0x1_2345_6789],
  );
  assert.deepEqual(recorder.take(), [
    'device wrote 0x100000 0x1',
    'device wrote 0x100002 0x2',
    'device wrote 0x100004 0x4',
    'device wrote 0x100008 0x8',
  ]);
});

test('out of reach everything reads as 0, and writes vanish', () => {
  const { view, bytes, recorder } = deviceView();
  bytes.fill(0xff);
  for (const dma of [DMA - 1, DMA + 31, DMA + 32, CPU, 0, -1, 2 ** 53]) {
    assert.deepEqual([view.read16(dma), view.read32(dma), view.read64(dma)], [0, 0, 0]);
  }
  for (const dma of [DMA - 1, DMA + 15, DMA + 16, CPU, 0]) {
    view.write16(dma, 0);
    view.write32(dma, 0);
    view.write64(dma, 0);
    assert.equal(view.writeSequence(dma, 2, 1), false);
    assert.equal(view.overlay(dma, 2, Uint8Array.of(1, 2), 0), false);
  }
  view.write8(DMA + 16, 0);
  assert.equal(view.readBuffer(DMA + 31, 2), false);
  assert.ok(bytes.every((byte) => byte === 0xff));
  // Of buffers it is told what was not to be had; rings are read and written all the same.
  const missed = recorder.take();
  assert.ok(missed.length >= 2);
  for (const line of missed) assert.match(line, /^device cannot (write|read) 0x[0-9a-f]+ 0x2$/);
  assert.equal(missed.at(-1), 'device cannot read 0x80000001f 0x2');
});

test('a window is within reach without asking, to the byte, until the next one', () => {
  const { view, bytes } = deviceView();
  view.setWindow(0x9_0000_0000, 0x11000, 64);
  view.write16(0x9_0000_0000 + 62, 0xabcd);
  assert.deepEqual([...bytes.subarray(0x11000 + 62, 0x11000 + 66)], [0xcd, 0xab, 0, 0]);
  view.write32(0x9_0000_0000 + 62, 0xffffffff);
  assert.equal(bytes[0x11000 + 63], 0xab, 'across the end is out of reach');
  view.setWindow(0, 0, 0);
  assert.equal(view.read16(0x9_0000_0000 + 62), 0);
});

test('a sequence, an overlay and a read of a buffer', () => {
  const { view, bytes, recorder } = deviceView();
  assert.equal(view.writeSequence(DMA, 4, 0xfe), true);
  assert.deepEqual([...bytes.subarray(CPU, CPU + 5)], [0xfe, 0x01, 0x04, 0x07, 0]);
  assert.equal(view.overlay(DMA + 4, 4, Uint8Array.of(9, 8, 7), 1), true);
  assert.deepEqual([...bytes.subarray(CPU + 4, CPU + 8)], [8, 7, 0, 0], 'as far as the source goes');
  assert.equal(view.readBuffer(DMA + 16, 16), true);
  assert.deepEqual(recorder.take(), [
    'device wrote 0x100000 0x4',
    'device wrote 0x100004 0x4',
    'device read 0x800000010 0x100010 0x10',
  ]);
});

test('a slot of the bounce pool is 2048 bytes', () => {
  const { view } = deviceView();
  assert.deepEqual([view.poolSlot(0), view.poolSlot(3)], [PHYSICAL_BASE + POOL_BASE, PHYSICAL_BASE + POOL_BASE + 6144]);
});
