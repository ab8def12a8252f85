// A finding as its reader sees it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { coloursFor } from '../../src/report/colours.js';
import { findingText, verdictText } from '../../src/report/finding-text.js';
import { formatNumber, numbersTable } from '../../src/report/numbers-table.js';
import { sampleFinding } from '../campaign/crashes/sample-finding.js';

describe('finding text', () => {
  test('reads from the configuration to the numbers', () => {
    const steps = [
      { number: 0, title: 'create queue', events: [] },
      { number: 12, title: 'getBuf', events: [{ kind: 'violation', text: 'unmap with another size' }] },
    ];
    const trace = { configuration: 'split num=4', steps, hash: '0'.repeat(16) };
    const text = findingText({ ...sampleFinding(), target: 'split_ring_fuzzer', seed: 7, bug: 'V01', trace });
    assert.equal(
      text,
      `target         split_ring_fuzzer, build with bug V01, seed 7
configuration  split num=4
   0  create queue
  12  getBuf
        violation unmap with another size

FINDING unmap-mismatch
  claim       every unmap has the size of its map
  severity    high
  shape       size
  driver      src/driver/split-queue.ts:detach (line 7)
  call        getBuf, step 2
  ring field  desc[2].len
  mapping     dma=0x1000 cpu=0x2000 size=8 direction=to device kind=single token=3
  bucket      unmap-mismatch@split-queue.ts-detach@size

                expected   got
    dma         0x1000     0x1000
    size        8          4096    <
    direction   to device  -       <
    attributes  -          1       <
`,
    );
  });

  test('leaves out what a finding does not have', () => {
    const { mapping: _mapping, field: _field, ...rest } = sampleFinding({ expected: {}, got: {} });
    assert.doesNotMatch(verdictText(rest), /mapping {2}|ring field|expected/);
  });

  test('has colours on a terminal only', () => {
    assert.doesNotMatch(verdictText(sampleFinding(), coloursFor({ isTTY: false })), /\u001b/);
    assert.doesNotMatch(verdictText(sampleFinding(), coloursFor({})), /\u001b/);
  });
});

describe('numbers', () => {
  test('addresses are in hex, by the last word of their name', () => {
    const cases: readonly (readonly [string, number, string])[] = [
      ['dma', 255, '0xff'],
      ['slotAddress', 2 ** 52, '0x10000000000000'],
      ['original addr', 16, '0x10'],
      ['dma', -1, '-0x1'],
      ['size', 255, '255'],
      ['dmaSize', 255, '255'],
    ];
    for (const [key, value, text] of cases) assert.equal(formatNumber(key, value), text);
  });

  test('rows come in the order in which the fields appear', () => {
    const rows = numbersTable({ b: 1, a: 2 }, { a: 2, c: 3 });
    assert.deepEqual(
      rows.map((row) => [row.key, row.expected, row.got, row.differs]),
      [
        ['b', '1', '-', true],
        ['a', '2', '2', false],
        ['c', '-', '3', true],
      ],
    );
  });
});
