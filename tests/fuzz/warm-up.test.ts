// What an engine process does before the engine, where a campaign has no corpus.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { randomInput, warmUp } from '../../fuzz/warm-up.js';
import { seededRandom } from '../../src/campaign/seeded-random.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';

function inputs(seed: number, maxLength: number, count = 256): readonly Buffer[] {
  const below = seededRandom(seed);
  return Array.from({ length: count }, () => randomInput(below, maxLength));
}

test('random inputs are the same for a seed, others for the next, and of all lengths in whole records', () => {
  assert.deepEqual(inputs(7, 260), inputs(7, 260));
  assert.notDeepEqual(inputs(7, 260), inputs(8, 260));
  const lengths = inputs(7, 260).map(({ length }) => length);
  assert.ok(lengths.every((length) => length % 4 === 0 && length >= 4 && length <= 260));
  assert.ok(new Set(lengths).size > 40);
  assert.equal(new Set(inputs(7, 260).map((bytes) => bytes.toString('hex'))).size, 256);
});

test('random inputs keep to the longest input, also one shorter than a record', () => {
  assert.ok(inputs(1, 10).every(({ length }) => length <= 8));
  assert.ok(inputs(1, 3).every(({ length }) => length === 3));
});

test('a warm-up runs each input once, and keeps those that cover something new', (context) => {
  const folder = temporaryFolder(context);
  const ran: Buffer[] = [];
  const plan = { seed: 7, executions: 20, maxLength: 64, folder };
  warmUp(plan, { run: (data) => ran.push(data), isNews: () => ran.length % 5 === 0 });
  assert.deepEqual(ran, inputs(7, 64, 20));
  const names = readdirSync(folder).sort();
  assert.deepEqual(names, ['random-7-00004', 'random-7-00009', 'random-7-00014', 'random-7-00019']);
  assert.deepEqual(readFileSync(join(folder, 'random-7-00009')), ran[9]);
});
