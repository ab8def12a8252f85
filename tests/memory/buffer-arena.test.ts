import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferArena } from '../../src/memory/buffer-arena.js';
import { DATA_BASE, DATA_SIZE, PAGE_SIZE } from '../../src/memory/layout.js';

const page = (index: number): number => DATA_BASE + index * PAGE_SIZE;

test('the first pages in a row that are free', () => {
  const arena = new BufferArena();
  assert.equal(arena.allocPages(2), page(0));
  assert.equal(arena.allocPages(1), page(2));
  assert.equal(arena.allocPages(3), page(3));
  arena.freePages(page(0), 2);
  assert.equal(arena.allocPages(3), page(6), 'a hole of two is too small');
  assert.equal(arena.allocPages(1), page(0));
  assert.equal(arena.allocPages(1), page(1));
  assert.equal(arena.allocPages(1), page(9));
});

test('pages across a freed middle come together', () => {
  const arena = new BufferArena();
  for (let k = 0; k < 4; k++) arena.allocPages(1);
  arena.freePages(page(2), 1);
  arena.freePages(page(1), 1);
  assert.equal(arena.allocPages(2), page(1));
});

test('a full arena answers 0, and works again when something is freed', () => {
  const arena = new BufferArena();
  const pages = DATA_SIZE / PAGE_SIZE;
  assert.equal(arena.allocPages(pages + 1), 0);
  assert.equal(arena.allocPages(pages), page(0));
  assert.equal(arena.allocPages(1), 0);
  arena.freePages(page(pages - 1), 1);
  assert.equal(arena.allocPages(1), page(pages - 1));
});

test('reset gives everything back', () => {
  const arena = new BufferArena();
  arena.allocPages(5);
  arena.freePages(page(1), 1);
  arena.reset();
  assert.equal(arena.allocPages(DATA_SIZE / PAGE_SIZE), page(0));
});
