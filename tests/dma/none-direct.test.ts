import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectBackEnd } from '../../src/dma/direct.js';
import { EXPOSED_RANGES_CAPACITY } from '../../src/dma/exposed-ranges.js';
import { NoneBackEnd } from '../../src/dma/none.js';
import { DEVICE_READS, DEVICE_READS_AND_WRITES, DEVICE_WRITES } from '../../src/dma/permission.js';
import { COHERENT_BASE, DATA_BASE, PAGE_SIZE, PHYSICAL_BASE } from '../../src/memory/layout.js';
import { DMA_BIDIRECTIONAL, DMA_FROM_DEVICE, DMA_MAPPING_ERROR, DMA_TO_DEVICE } from '../../src/platform/dma-api.js';
import { config } from './fakes.js';

const BUFFER = DATA_BASE + 0x123;
const BUFFER_DMA = PHYSICAL_BASE + BUFFER;

function none(): NoneBackEnd {
  const backEnd = new NoneBackEnd();
  backEnd.reset(config('none'));
  return backEnd;
}

function direct(): DirectBackEnd {
  const backEnd = new DirectBackEnd();
  backEnd.reset(config('direct'));
  return backEnd;
}

test('none: map returns the physical address and gives the device no reach', () => {
  const backEnd = none();
  assert.equal(backEnd.map(BUFFER), BUFFER_DMA);
  assert.equal(backEnd.translate(BUFFER_DMA, 1, false), -1);
  assert.equal(backEnd.maxMappingSize(), Number.MAX_SAFE_INTEGER);
});

test('none: an exposed range is reachable with its permission, to the byte', () => {
  const backEnd = none();
  assert.equal(backEnd.expose(BUFFER, 100, DEVICE_WRITES), true);
  assert.equal(backEnd.translate(BUFFER_DMA, 100, true), BUFFER);
  assert.equal(backEnd.translate(BUFFER_DMA + 99, 1, true), BUFFER + 99);
  assert.equal(backEnd.translate(BUFFER_DMA, 100, false), -1);
  assert.equal(backEnd.translate(BUFFER_DMA, 101, true), -1);
  assert.equal(backEnd.translate(BUFFER_DMA - 1, 2, true), -1);
  assert.equal(backEnd.translate(BUFFER_DMA + 100, 1, true), -1);
  backEnd.withdraw(BUFFER, 99, DEVICE_WRITES);
  backEnd.withdraw(BUFFER, 100, DEVICE_READS);
  assert.equal(backEnd.translate(BUFFER_DMA, 100, true), BUFFER);
  backEnd.withdraw(BUFFER, 100, DEVICE_WRITES);
  assert.equal(backEnd.translate(BUFFER_DMA, 1, true), -1);
});

test('none: the same range exposed twice stays until it is withdrawn twice', () => {
  const backEnd = none();
  backEnd.expose(BUFFER, 64, DEVICE_READS);
  backEnd.expose(BUFFER, 64, DEVICE_WRITES);
  backEnd.expose(BUFFER, 64, DEVICE_READS);
  backEnd.expose(BUFFER + 4096, 64, DEVICE_READS_AND_WRITES);
  backEnd.withdraw(BUFFER, 64, DEVICE_READS);
  assert.equal(backEnd.translate(BUFFER_DMA, 64, false), BUFFER, 'exposed twice for reading');
  backEnd.withdraw(BUFFER, 64, DEVICE_READS);
  assert.equal(backEnd.translate(BUFFER_DMA, 64, false), -1);
  assert.equal(backEnd.translate(BUFFER_DMA, 64, true), BUFFER);
  assert.equal(backEnd.translate(BUFFER_DMA + 4096, 64, true), BUFFER + 4096);
  backEnd.withdraw(BUFFER, 64, DEVICE_READS);
  backEnd.withdraw(BUFFER, 64, DEVICE_WRITES);
});

test('none and direct: shared coherent pages are reachable both ways, others are not', () => {
  for (const backEnd of [none(), direct()]) {
    const start = PHYSICAL_BASE + COHERENT_BASE;
    assert.equal(backEnd.translate(start, 1, false), -1);
    assert.equal(backEnd.mapCoherent(COHERENT_BASE, 2 * PAGE_SIZE), start);
    assert.equal(backEnd.translate(start, 2 * PAGE_SIZE, true), COHERENT_BASE);
    assert.equal(backEnd.translate(start + 2 * PAGE_SIZE - 1, 1, false), COHERENT_BASE + 2 * PAGE_SIZE - 1);
    assert.equal(backEnd.translate(start + 2 * PAGE_SIZE - 1, 2, false), -1);
    assert.equal(backEnd.translate(start - 1, 2, false), -1);
    backEnd.unmapCoherent(COHERENT_BASE, PAGE_SIZE);
    assert.equal(backEnd.translate(start, 1, true), -1);
    assert.equal(backEnd.translate(start + PAGE_SIZE, PAGE_SIZE, true), COHERENT_BASE + PAGE_SIZE);
  }
});

test('direct: the DMA address is the physical one and the direction is the permission', () => {
  const cases = [
    { direction: DMA_TO_DEVICE, read: BUFFER, write: -1 },
    { direction: DMA_FROM_DEVICE, read: -1, write: BUFFER },
    { direction: DMA_BIDIRECTIONAL, read: BUFFER, write: BUFFER },
  ] as const;
  for (const { direction, read, write } of cases) {
    const backEnd = direct();
    assert.equal(backEnd.map(BUFFER, 16, direction), BUFFER_DMA);
    assert.equal(backEnd.translate(BUFFER_DMA, 16, false), read);
    assert.equal(backEnd.translate(BUFFER_DMA, 16, true), write);
    assert.equal(backEnd.translate(BUFFER_DMA, 17, false), -1);
    assert.equal(backEnd.translate(BUFFER_DMA, 17, true), -1);
    backEnd.unmap(BUFFER_DMA, 16, direction);
    assert.equal(backEnd.translate(BUFFER_DMA, 16, false), -1);
    assert.equal(backEnd.translate(BUFFER_DMA, 16, true), -1);
  }
});

test('direct: an unmap that matches no mapping ends none', () => {
  const backEnd = direct();
  backEnd.map(BUFFER, 16, DMA_TO_DEVICE);
  backEnd.unmap(BUFFER_DMA, 15, DMA_TO_DEVICE);
  backEnd.unmap(BUFFER_DMA, 16, DMA_FROM_DEVICE);
  backEnd.unmap(BUFFER_DMA + 1, 16, DMA_TO_DEVICE);
  backEnd.unmap(DMA_MAPPING_ERROR, 16, DMA_TO_DEVICE);
  assert.equal(backEnd.translate(BUFFER_DMA, 16, false), BUFFER);
});

test('direct: two directions of one buffer end one by one', () => {
  const backEnd = direct();
  backEnd.map(BUFFER, 16, DMA_TO_DEVICE);
  backEnd.map(BUFFER, 16, DMA_FROM_DEVICE);
  backEnd.unmap(BUFFER_DMA, 16, DMA_TO_DEVICE);
  assert.equal(backEnd.translate(BUFFER_DMA, 16, true), BUFFER);
  assert.equal(backEnd.translate(BUFFER_DMA, 16, false), -1);
});

test('direct: a full table fails the map, and a freed place serves the next', () => {
  const backEnd = direct();
  for (let i = 0; i < EXPOSED_RANGES_CAPACITY; i++) {
    assert.equal(backEnd.map(DATA_BASE + i * 16, 16, DMA_TO_DEVICE), PHYSICAL_BASE + DATA_BASE + i * 16);
  }
  assert.equal(backEnd.map(BUFFER, 16, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
  backEnd.unmap(PHYSICAL_BASE + DATA_BASE + 160, 16, DMA_TO_DEVICE);
  assert.equal(backEnd.translate(PHYSICAL_BASE + DATA_BASE + 160, 1, false), -1);
  assert.equal(backEnd.map(BUFFER, 16, DMA_TO_DEVICE), BUFFER_DMA);
});

test('none and direct: reset forgets mappings and coherent memory', () => {
  const first = none();
  first.expose(BUFFER, 16, DEVICE_READS);
  first.mapCoherent(COHERENT_BASE, PAGE_SIZE);
  first.reset(config('none'));
  assert.equal(first.translate(BUFFER_DMA, 16, false), -1);
  assert.equal(first.translate(PHYSICAL_BASE + COHERENT_BASE, 1, false), -1);
  const second = direct();
  second.map(BUFFER, 16, DMA_TO_DEVICE);
  second.mapCoherent(COHERENT_BASE, PAGE_SIZE);
  second.reset(config('direct'));
  assert.equal(second.translate(BUFFER_DMA, 16, false), -1);
  assert.equal(second.translate(PHYSICAL_BASE + COHERENT_BASE, 1, false), -1);
});
