// The search itself: how many runs it makes, what it finds from benign inputs in builds with planted bugs, and that what is
// found is there again when it is asked for by name.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { placementOf, textOf } from '../../../src/campaign/systematic/choice.js';
import type { Exploration } from '../../../src/campaign/systematic/explore.js';
import { findFailure, findWrite, onlyChoices } from '../../../src/campaign/systematic/parse-choices.js';
import { attemptsOf, racesOf } from '../../../src/campaign/systematic/strategy.js';
import { Trials } from '../../../src/campaign/systematic/trials.js';
import { FAILURES, RACES, builds, foundIn, search, searchPlanted, seed } from './planted.js';

const SIMPLE = seed('split_ring_fuzzer/split-out-of-order');
const INDIRECT = seed('split_ring_fuzzer/split-indirect-direct');
const PACKED = seed('packed_ring_fuzzer/packed-chain-across-the-end');

function runsOf({ groups }: Exploration): number {
  return [...groups.values()].reduce((sum, count) => sum + count, 0);
}

describe('failures', () => {
  test('one run for each attempt, and one without', () => {
    const result = search(INDIRECT, FAILURES);
    const attempts = [...attemptsOf(result.log).values()].reduce((sum, count) => sum + count, 0);
    assert.ok(attempts > 20, String(attempts));
    assert.deepEqual(result.singles, { tried: attempts, of: attempts });
    assert.equal(runsOf(result), attempts);
    assert.equal(result.runs, attempts + 1);
    assert.deepEqual(foundIn(result), []);
  });

  test('pairs: every later attempt after every first one, asked of the run in which the first failed', () => {
    const result = search(INDIRECT, { ...FAILURES, pairs: true });
    const { singles, pairs, runs } = result;
    assert.ok(pairs !== null && pairs.of > singles.of);
    assert.equal(pairs.tried, pairs.of);
    assert.equal(runs, 1 + singles.of + pairs.of);
    assert.deepEqual(foundIn(result), []);
  });

  test('a limit holds, spreads what is tried, and is told', () => {
    const all = search(INDIRECT, { ...FAILURES, pairs: true });
    const limit = all.singles.of + 50;
    const some = search(INDIRECT, { ...FAILURES, pairs: true, limit });
    assert.deepEqual([some.pairs?.tried, some.pairs?.of, some.runs], [50, all.pairs?.of, limit + 1]);
    const few = search(INDIRECT, { ...FAILURES, limit: 6 });
    assert.deepEqual([few.singles, few.runs], [{ tried: 6, of: all.singles.of }, 7]);
    assert.ok(few.groups.size > 1, 'six attempts of the same kind');
  });

  for (const [bug, input, oracle] of [
    ['V06', INDIRECT, 'mapping-leak'],
    ['V28', PACKED, 'ring-publish'],
    ['failed-add-counter', SIMPLE, 'failed-add-state'],
    ['create-leaks-state', SIMPLE, 'teardown'],
    ['V34', seed('split_ring_fuzzer/split-reset'), 'errno'],
  ] as const) {
    test(`${bug} is found from a benign input`, () => {
      const found = foundIn(search(input, FAILURES, bug));
      assert.ok(!found.some((text) => text.endsWith('no place')), `fails as it is: ${found.join('; ')}`);
      assert.ok(
        found.some((text) => text.startsWith(`${oracle} `)),
        found.join('; '),
      );
    });
  }
});

describe('the queue must be usable', () => {
  test('a mapping that the device does not reach to its end is seen when an honest one fills it', (context) => {
    const path = 'src/dma/direct.ts';
    const edit = (text: string): string =>
      text.replaceAll('size, permissionFor(direction)', 'Math.max(1, size - 1), permissionFor(direction)');
    const result = searchPlanted(context, SIMPLE, { ...FAILURES, silenced: ['reach'] }, { path, edit });
    const [bucket] = result.found;
    assert.equal(bucket?.finding?.oracle, 'length');
    assert.equal(bucket.finding.shape, 'buffer that the device cannot fill');
  });
});

describe('races', () => {
  test('one run for each load and value, and silence', () => {
    const result = search(SIMPLE, RACES);
    const loads = (result.log.races ?? []).filter(({ at }) => at === 'load').length;
    assert.ok(result.singles.of > 10 * loads && loads > 10);
    assert.equal(result.runs, result.singles.of + 1);
    assert.deepEqual([...result.groups.keys()].sort(), ['used.flags', 'used.idx', 'used.ring[].id', 'used.ring[].len']);
    assert.deepEqual(foundIn(result), []);
  });

  test('maps and unmaps are places too', () => {
    const at = ['map', 'unmap'] as const;
    const result = search(INDIRECT, { ...RACES, strategy: racesOf({ at, values: [0, 0xffff] }) });
    assert.ok(result.groups.has('map: desc[].addr') && result.groups.has('unmap: desc[].next'));
    assert.deepEqual(foundIn(result), []);
  });

  test('of depth two, within a limit', () => {
    const result = search(SIMPLE, { ...RACES, pairs: true, limit: 1500 });
    assert.equal(result.runs, 1501);
    assert.ok(result.pairs !== null && result.pairs.of > 10_000);
    assert.deepEqual(foundIn(result), []);
  });

  test('a second fetch of the id is found as it is, and by what it leads to where that oracle is silent', () => {
    assert.deepEqual(foundIn(search(SIMPLE, RACES, 'double-fetch-used-id')), ['double-fetch at no place']);
    const silenced = search(SIMPLE, { ...RACES, silenced: ['double-fetch'] }, 'double-fetch-used-id');
    const found = foundIn(silenced);
    assert.ok(
      found.some((text) => /^early-unmap at \d+=0x/.test(text)),
      found.join('; '),
    );
    assert.ok(!found.some((text) => text.endsWith('no place')));
  });

  test('the NEXT flag of V04, with the oracle silent that forbids its read', () => {
    const silenced = ['untrusted-read', 'double-fetch'];
    const { found } = search(SIMPLE, { ...RACES, silenced }, 'V04');
    const oracles = found.map(({ finding }) => finding?.oracle);
    assert.ok(oracles.includes('mapping-leak') && oracles.includes('double-unmap'), oracles.join());
    assert.ok(found.every(({ first }) => /desc\[\d\]\.flags/.test(first[0]?.where ?? '')));
  });
});

describe('what is found', () => {
  test('is there again when it is asked for by name', () => {
    for (const [input, options, bug, find] of [
      [INDIRECT, FAILURES, 'V06', findFailure],
      [SIMPLE, { ...RACES, silenced: ['double-fetch'] }, 'double-fetch-used-id', findWrite],
    ] as const) {
      const { found } = search(input, options, bug);
      assert.ok(found.length > 1);
      const trials = new Trials(builds(bug), null, options);
      const trialInput = trials.inputOf(input);
      for (const { first, bucket } of found) {
        const choices = onlyChoices(trials, trialInput, textOf(first), find);
        assert.deepEqual(choices, first);
        const outcome = trials.traced(trialInput, placementOf(choices));
        assert.ok(outcome !== 'hang' && outcome.verdict.kind === 'finding');
        assert.equal(outcome.verdict.finding.bucket, bucket);
      }
    }
  });

  test('is the same in a second search', () => {
    const summary = (): unknown => {
      const { found, runs, groups } = search(SIMPLE, { ...RACES, silenced: ['double-fetch'] }, 'double-fetch-used-id');
      return [runs, [...groups], found.map(({ bucket, count, first }) => [bucket, count, textOf(first)])];
    };
    assert.deepEqual(summary(), summary());
  });
});
