// Which buckets are taken for one cause: on planted bugs that show in several, and on pairs that must stay apart.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { buildBug, findBug } from '../../../src/campaign/bugs/bug-bank.js';
import { findTarget, loadHarness } from '../../../src/campaign/harness.js';
import { groupsOf } from '../../../src/campaign/triage/cause-groups.js';
import { type BuiltBug, tryPair } from '../../bugs/bug-pairs.js';
import { failingInputs } from '../../../src/campaign/bench/failing-inputs.js';
import { groupsOfSymptoms, symptomsOf } from '../../bugs/symptoms.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

function built(id: string): BuiltBug {
  const bug = findBug(id);
  const harness = loadHarness(buildBug(bug));
  return { bug, harness, target: findTarget(harness.targets, bug.target) };
}

describe('buckets of one bug', () => {
  // By a silenced oracle, by another configuration, by another question.
  for (const [id, inputs] of [
    ['chain-walked-too-far', 30],
    ['used-id-truncated', 40],
    ['used-flag-only', 30],
  ] as const) {
    test(`${id} is one cause`, () => {
      const { bug, harness, target } = built(id);
      const symptoms = symptomsOf(failingInputs(bug, harness, { inputs, attempts: 100_000 }), harness, target);
      assert.ok(symptoms.size > 1, `only ${[...symptoms.keys()].join()}`);
      assert.equal(new Set(groupsOfSymptoms(symptoms, harness, target)).size, 1, [...symptoms.keys()].join());
    });
  }
});

describe('two bugs in one driver', () => {
  for (const [first, second] of [
    ['V12', 'used-len-read-short'],
    ['V08', 'V16'],
  ] as const) {
    test(`${first} and ${second} stay apart`, (context) => {
      assert.equal(tryPair(built(first), built(second), temporaryFolder(context)), 'apart');
    });
  }
});

describe('groupsOf', () => {
  test('joins what is linked either way and over several links', () => {
    const links: Readonly<Record<string, readonly string[]>> = { c: ['a', 'elsewhere'], d: ['c'] };
    const names = ['a', 'b', 'c', 'd'];
    assert.deepEqual(
      groupsOf(names, (index) => new Set(links[names[index] ?? ''] ?? [])),
      [0, 1, 0, 0],
    );
    assert.deepEqual(
      groupsOf([], () => new Set()),
      [],
    );
  });
});
