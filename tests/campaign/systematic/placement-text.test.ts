// A placement as text: what is printed is what is read, and what is none is refused.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { failureChoice, placementOf, textOf, writeChoice } from '../../../src/campaign/systematic/choice.js';
import { placementOfText } from '../../../src/campaign/systematic/placement-text.js';
import { FAILURE_NAMES, type FailureKind } from '../../../src/platform/failures.js';
import type { RacePlace, RacePoint } from '../../../src/world/placement.js';

const WHERE = { step: 1, call: 'addSgs' } as const;
const QUEUE = { packed: false, num: 8, usedPosition: 0, availablePosition: 0, inFlight: [], midChain: [] };

function race(at: RacePlace, number: number): RacePoint {
  return { at, number, ...WHERE, sites: [], queue: QUEUE };
}

describe('the text of a placement', () => {
  test('of every kind of failure and race, alone and together, is read as what was printed', () => {
    const failures = FAILURE_NAMES.map((_, kind) =>
      failureChoice({ kind: kind as FailureKind, attempt: kind + 1, ...WHERE, failed: false }),
    );
    const site = (field: string): { field: string; size: number; value: number; before: null } => {
      return { field, size: 8, value: 0, before: null };
    };
    const races = [
      writeChoice(race('load', 17), site('used.idx'), 9),
      writeChoice(race('map', 2), site('desc[0].flags'), 0x8000),
      writeChoice(race('unmap', 4), site('desc[2].addr'), 2 ** 53 - 1),
    ];
    for (const choices of [[], ...failures.map((each) => [each]), failures, races, [...failures, ...races]]) {
      assert.deepEqual(placementOfText(textOf(choices)), placementOf(choices), textOf(choices));
    }
  });

  test('is refused where it says nothing', () => {
    for (const text of [
      '',
      'map',
      'mop:1',
      'map:1,',
      'none,map:1',
      '17=',
      '17',
      'map:3=1',
      '17:used.idx=1',
      '1=0x20000000000000',
    ]) {
      assert.equal(placementOfText(text), null, text);
    }
  });
});
