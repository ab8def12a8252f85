// libFuzzer's lines as it prints them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { LineSplitter, NO_STATUS, readStatusLine } from '../../../src/campaign/engine/engine-output.js';

describe('readStatusLine', () => {
  test('reads a line about a new input', () => {
    const line =
      '#8192\tNEW    cov: 640 ft: 2272 corp: 607/71Kb lim: 132 exec/s: 4096 rss: 154Mb L: 12/132 MS: 1 ChangeBit-';
    assert.deepEqual(readStatusLine(line, NO_STATUS), {
      executions: 8192,
      executionsPerSecond: 4096,
      coverage: 640,
      features: 2272,
      corpus: 607,
      memory: 154,
    });
  });

  test('keeps what a line does not name', () => {
    const before = { ...NO_STATUS, coverage: 7, features: 9, corpus: 3 };
    assert.deepEqual(readStatusLine('#2\tINITED exec/s: 0 rss: 135Mb', before), {
      ...before,
      executions: 2,
      memory: 135,
    });
    assert.deepEqual(readStatusLine('#2097152\tpulse  corp: 1/1b lim: 132 exec/s: 699050 rss: 163Mb', before), {
      ...before,
      ...{ executions: 2097152, corpus: 1, executionsPerSecond: 699050, memory: 163 },
    });
  });

  test('reads the statistics at the end', () => {
    const status = readStatusLine('stat::number_of_executed_units: 479253', NO_STATUS);
    assert.equal(status?.executions, 479253);
    assert.equal(readStatusLine('stat::peak_rss_mb:              161', NO_STATUS)?.memory, 161);
    assert.equal(readStatusLine('stat::new_units_added:          11045', NO_STATUS), null);
  });

  test('says nothing about other lines', () => {
    for (const line of [
      '',
      'INFO: Seed: 1',
      'Done 1000 runs in 1 second(s)',
      '#',
      '###### Recommended dictionary. ######',
      '"\\377" # Uses: 9',
    ]) {
      assert.equal(readStatusLine(line, NO_STATUS), null, line);
    }
  });
});

describe('LineSplitter', () => {
  test('gives the same lines however the text is cut', () => {
    const text = 'one\ntwo\n\nthree';
    for (let cut = 0; cut <= text.length; cut++) {
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(line));
      splitter.push(text.slice(0, cut));
      splitter.push(text.slice(cut));
      splitter.end();
      assert.deepEqual(lines, ['one', 'two', '', 'three']);
    }
  });
});
