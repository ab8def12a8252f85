// What a systematic search prints, from values alone.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { PLAIN } from '../../src/report/colours.js';
import { type ShownSearch, folderSearchText, searchText, totalText } from '../../src/report/search-text.js';

const PASSED: ShownSearch = {
  file: 'corpus/one',
  runs: 1235,
  places: new Map(),
  groups: new Map([
    ['map', 1000],
    ['notify', 234],
  ]),
  singles: { tried: 1234, of: 1234 },
  pairs: null,
  found: [],
};

const FAILED: ShownSearch = {
  ...PASSED,
  file: 'corpus/two',
  places: new Map([['load', 12]]),
  singles: { tried: 1234, of: 5000 },
  found: [
    {
      kind: 'finding',
      bucket: 'token.split-queue-getbuf.foreign-token',
      claim: 'each token comes back once',
      where: ['load 3 (used.ring[0].id) := 0x1, in getBuf of step 2'],
      count: 7,
      issue: '',
      accepted: false,
      commands: ['npx vringfuzz races corpus/two --only 3=0x1 --trace', 'npx vringfuzz replay crashes/x'],
    },
  ],
};

describe('a search as text', () => {
  test('what passed is one line', () => {
    assert.equal(searchText(PASSED, PLAIN), 'ok  corpus/one  1,235 runs: map 1,000, notify 234\n');
  });

  test('what failed names place, effect and command', () => {
    assert.equal(
      searchText(FAILED, PLAIN),
      [
        'failed  corpus/two  12 loads, 1,235 runs: map 1,000, notify 234; 1,234 of 5,000 places tried',
        '  finding  token.split-queue-getbuf.foreign-token  7 of 1,235 runs',
        '    each token comes back once',
        '    load 3 (used.ring[0].id) := 0x1, in getBuf of step 2',
        '    npx vringfuzz races corpus/two --only 3=0x1 --trace',
        '    npx vringfuzz replay crashes/x',
        '',
      ].join('\n'),
    );
  });

  test('an input that fails as it is says so', () => {
    const found = FAILED.found.map((bucket) => ({ ...bucket, where: [] }));
    assert.match(searchText({ ...FAILED, found }, PLAIN), /\n {4}the input as it is\n/);
  });

  test('pairs are counted, all or some', () => {
    const all = { ...PASSED, pairs: { tried: 20_000, of: 20_000 } };
    const some = { ...PASSED, pairs: { tried: 500, of: 20_000 } };
    assert.match(searchText(all, PLAIN), /; all 20,000 pairs\n$/);
    assert.match(searchText(some, PLAIN), /; 500 of 20,000 pairs tried\n$/);
    assert.match(folderSearchText('corpus', [all, some], PLAIN), /; 20,500 of 40,000 pairs tried\n$/);
  });

  test('the sum of several', () => {
    assert.equal(totalText([PASSED, PASSED]), '2 inputs, 2,470 runs: map 2,000, notify 468; nothing found\n');
    assert.match(totalText([PASSED, FAILED]), /; 2,468 of 6,234 places tried; 1 input failed, in 1 bucket\n$/);
  });
});
