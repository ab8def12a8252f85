// From trials to figures: medians with censored trials, ratios over what both find, bugs that one alone finds.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { summarise } from '../../../src/campaign/bench/bench-summary.js';
import { bugLine, sampleData, trialLine } from '../../report/bench/sample-bench.js';

describe('summarise', () => {
  const { conditions, bugs } = summarise(sampleData());
  const [condition] = conditions;
  const result = (engine: string, bug: string): NonNullable<typeof condition>['results'][number] | undefined =>
    condition?.results.find((each) => each.engine === engine && each.bug === bug);

  test('one condition, both bugs', () => {
    assert.deepEqual(
      conditions.map(({ corpus, limitSeconds }) => [corpus, limitSeconds]),
      [['none', 60]],
    );
    assert.deepEqual(
      bugs.map(({ bug }) => bug),
      ['fast', 'slow'],
    );
  });

  test('medians count a trial that ran out of time as longer, not as missing', () => {
    assert.equal(result('vringfuzz', 'fast')?.seconds.median, 2);
    assert.equal(result('vringfuzz', 'slow')?.seconds.median, 4.5);
    assert.equal(result('vringfuzz', 'slow')?.triggered, 2);
    assert.equal(result('jsfuzz', 'slow')?.seconds.median, null);
    assert.equal(result('jsfuzz', 'fast')?.executions.median, 20_000);
  });

  test('reached, and null where nothing of the patch can be executed', () => {
    assert.equal(result('jsfuzz', 'fast')?.reached, 3);
    assert.equal(result('jsfuzz', 'slow')?.reached, null);
  });

  test('engines: bugs found at all, and in 19 of 20 trials', () => {
    assert.deepEqual(
      condition?.engines.map((each) => [each.engine, each.bugsFound, each.bugsReliable, each.triggered, each.trials]),
      [
        ['vringfuzz', 2, 1, 5, 6],
        ['jsfuzz', 1, 1, 3, 6],
      ],
    );
    assert.equal(condition.engines[0]?.medianOfMedians, 3.25);
    assert.equal(condition.engines[0].executionsPerSecond, 1000);
  });

  test('the comparison is over what both find; the rest is named', () => {
    assert.deepEqual(condition?.comparisons, [
      { engine: 'jsfuzz', bugs: 2, both: 1, ratioOfMedians: 10, medianRatio: 10, onlyOurs: ['slow'], onlyTheirs: [] },
    ]);
  });

  test('trials of other code do not count', () => {
    const data = sampleData();
    const newer = new Map(data.bugs).set('slow', bugLine('slow', { identity: 'beef' }));
    const summary = summarise({ ...data, bugs: newer });
    assert.deepEqual(
      summary.conditions[0]?.results.map(({ bug }) => bug),
      ['fast', 'fast'],
    );
  });

  test('an oracle that bug.json does not name is counted as such', () => {
    const data = sampleData();
    const other = trialLine({ engine: 'vringfuzz', bug: 'fast', trial: 4, seconds: 1, oracle: 'panic' });
    const [fast] = summarise({ ...data, trials: [...data.trials, other] }).conditions[0]?.results ?? [];
    assert.deepEqual(fast?.oracles, { heap: 3, panic: 1 });
    assert.deepEqual([fast.expected, fast.triggered], [3, 4]);
  });
});
