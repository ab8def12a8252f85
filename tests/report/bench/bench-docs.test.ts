// The pages and the table in the terminal say what the data says.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { summarise } from '../../../src/campaign/bench/bench-summary.js';
import { benchDocs } from '../../../src/report/bench/bench-docs.js';
import { benchText, matrixText } from '../../../src/report/bench/bench-text.js';
import { reliablyText } from '../../../src/report/bench/bench-words.js';
import { killMatrixDocs } from '../../../src/report/bench/kill-matrix-docs.js';
import { MATRIX, sampleData } from './sample-bench.js';

const data = sampleData();
const summary = summarise(data);

describe('benchDocs', () => {
  const page = benchDocs(data, summary);

  test('says where, with what and when', () => {
    assert.match(page, /2026-03-01: Test &lt;CPU&gt; \\\| 1, 4 cores, 16 GiB, Linux 6\.1; 1 trial at a time;/);
    assert.match(page, /jsfuzz 1\.0\.15; input format 1/);
  });

  test('tells apart what the committed seeds show already', () => {
    assert.match(page, /exposes 1 of the 2 bugs/);
    assert.match(page, /The others: `slow`\./);
    assert.match(page, /\| `fast` \(s\) \| vringfuzz \|/);
  });

  test('has each engine, comparison and bug', () => {
    assert.match(page, /\| `vringfuzz` \| 2 \| 2 \| 1 \| 5\/6 \| 3\.25 \| 1\.50 \| 1,000 \|/);
    assert.match(page, /\*\*jsfuzz\*\*, 2 bugs\. Over the 1 that have a median for both, .* is 10x that/);
    assert.match(page, /Only vringfuzz finds 1: `slow`\. Only jsfuzz finds 0\./);
    assert.match(page, /exposes 1 of 2 bugs in each of its 3 trials\. Not: `slow` \(2\/3\)\./);
    assert.match(page, /\| `slow` \| jsfuzz \| - \| - \| 0\/3 \| - \| - \| - \| - \|/);
  });
});

describe('reliablyText', () => {
  const [result] = summary.conditions[0]?.results ?? [];
  assert.ok(result !== undefined);
  const cases: readonly (readonly [readonly number[], string])[] = [
    [[20, 21], 'in at least 19 of 20 trials'],
    [[3, 20], 'in at least 19 of 20 trials, or in all where it had fewer'],
    [[3, 3], 'in each of its 3 trials'],
    [[2, 3], 'in each of its 2 to 3 trials'],
    [[1], 'in the one trial that each had'],
  ];
  for (const [trials, text] of cases) {
    test(`${trials.join(' and ')} trials`, () => {
      assert.equal(reliablyText(trials.map((each) => ({ ...result, trials: each }))), text);
    });
  }
});

describe('killMatrixDocs', () => {
  const page = killMatrixDocs(MATRIX);

  test('marks the intended oracle, counts the others, and says who is alone', () => {
    assert.match(page, /\| `fast` \| 10 \| \*\*heap\*\* \|  \| heap \|/);
    assert.match(page, /\| `slow` \| 8 \| \*\*token\*\* \| heap 3 \| \*on the seed\* \|/);
    assert.match(page, /\| `heap` \| 2 \| 1 \| 1 \| 1 \|/);
    assert.match(page, /Alone on no bug: `token`, `panic`\./);
  });
});

describe('benchText', () => {
  test('has the figures of each bug, and the comparison', () => {
    const text = benchText(summary);
    assert.match(text, /^fast +vringfuzz +3\/3 +3\/3 +2\.00 +\S+ +2,000 +heap$/m);
    assert.match(text, /^slow +jsfuzz +- +0\/3 +- +- +- +-$/m);
    assert.match(text, /vringfuzz against jsfuzz: 10x \(medians over 1 bugs? that both find\)/);
    assert.match(text, /only vringfuzz: slow/);
  });

  test('the matrix in short', () => {
    const text = matrixText(MATRIX);
    assert.match(text, /^fast +10 +heap +0 +heap$/m);
    assert.match(text, /^slow +8 +on the seed +1 +token$/m);
    assert.match(text, /alone on none of these bugs: token$/m);
  });
});
