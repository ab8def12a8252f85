// Shortest lists and smallest bytes under properties whose answer is known.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { shortest, smallest } from '../../../src/campaign/minimise/delta-debugging.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('shortest', () => {
  test('keeps what the property needs, in order', () => {
    const found = shortest(numbers(64), (items) => [3, 40, 63].every((item) => items.includes(item)));
    assert.deepEqual(found, [3, 40, 63]);
  });

  test('takes everything where nothing is needed, and asks for nothing of an empty list', () => {
    assert.deepEqual(
      shortest(numbers(10), () => true),
      [],
    );
    assert.deepEqual(
      shortest([], () => assert.fail('nothing to ask')),
      [],
    );
  });

  test('leaves a list of which nothing can go', () => {
    assert.deepEqual(
      shortest(numbers(20), (items) => items.length === 20),
      numbers(20),
    );
  });

  test('takes two that can only go together, wherever they are', () => {
    const balanced = (items: readonly string[]): boolean =>
      items.includes('x') &&
      items.filter((item) => item === 'open').length === items.filter((item) => item === 'close').length;
    assert.deepEqual(shortest(['open', 'x', 'a', 'open', 'b', 'close', 'c', 'close'], balanced), ['x']);
  });

  test('takes neighbours that can only go together', () => {
    const lives = [1, 1, 1, 9, 1, 1, 1, 1, 1, 1];
    const whole = (items: readonly number[]): boolean =>
      items.includes(9) && items.indexOf(9) % 3 === 0 && items.length % 3 === 1;
    assert.deepEqual(shortest(lives, whole), [9]);
  });

  test('never asks about a longer list than it has', () => {
    let length = 40;
    shortest(numbers(40), (items) => {
      assert.ok(items.length <= length);
      const kept = items.includes(17);
      if (kept) length = items.length;
      return kept;
    });
  });
});

describe('smallest', () => {
  const cases: readonly (readonly [value: number, keeps: (value: number) => boolean, smallest: number])[] = [
    [255, () => true, 0],
    [200, (value) => (value & 0x48) === 0x48, 0x48],
    [200, (value) => value >= 37, 37],
    [7, (value) => value === 7, 7],
    [0, () => assert.fail('0 is as small as can be'), 0],
  ];
  for (const [value, keeps, result] of cases) {
    test(`${value} to ${result}`, () => {
      assert.equal(smallest(value, keeps), result);
    });
  }
});
