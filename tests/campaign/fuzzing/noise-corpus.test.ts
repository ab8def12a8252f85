// What a campaign begins with that has nothing.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { noise, writeNoise } from '../../../src/campaign/fuzzing/noise-corpus.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

test('noise is the same for a seed, another one for the next, and of all lengths in whole records', () => {
  const inputs = noise(7, 260);
  assert.deepEqual(inputs, noise(7, 260));
  assert.notDeepEqual(inputs, noise(8, 260));
  const lengths = inputs.map(({ length }) => length);
  assert.ok(lengths.every((length) => length % 4 === 0 && length >= 4 && length <= 260));
  assert.ok(new Set(lengths).size > 40);
  assert.equal(new Set(inputs.map((bytes) => Buffer.from(bytes).toString('hex'))).size, inputs.length);
});

test('noise keeps to the longest input, also one shorter than a record', () => {
  assert.ok(noise(1, 10).every(({ length }) => length <= 8));
  assert.ok(noise(1, 3).every(({ length }) => length <= 3));
});

test('noise is written as files', (context) => {
  const folder = temporaryFolder(context);
  writeNoise(folder, 7, 64);
  const names = readdirSync(folder);
  assert.equal(names.length, 256);
  assert.deepEqual(readFileSync(join(folder, names[0] ?? '')), Buffer.from(noise(7, 64)[0] ?? []));
});
