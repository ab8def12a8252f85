// The floor of the mutation score: what was measured meets the aims, what changed since is measured again, and nothing is
// excused that is no longer in the source.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { projectRoot } from '../../src/campaign/paths.js';
import { readEquivalents } from './equivalents.js';
import { AIMS, MUTATED_FOLDERS, changedFiles, mutatedFiles, percentOf, readFloor, scoresBelow } from './floor.js';
import { EQUIVALENT, FLOOR, PAGE, judge, mutate } from './main.js';
import { mutationPage } from './page.js';

const ROOT = projectRoot();

describe('the floor', () => {
  const floor = readFloor(FLOOR);

  test('is about files that there are', () => {
    const files = mutatedFiles(ROOT);
    for (const file of Object.keys(floor.files)) assert.ok(files.includes(file), `${file} is gone`);
  });

  for (const folder of MUTATED_FOLDERS) {
    test(`meets the aim of ${folder}`, () => {
      const percent = percentOf(scoresBelow(floor, folder), ({ killed }) => killed);
      assert.ok(percent >= AIMS[folder], `${percent.toFixed(1)} % of ${AIMS[folder]} %`);
    });
  }

  test('holds for every file that is not as it was measured', () => {
    const changed = changedFiles(ROOT, floor);
    if (changed.length === 0) return;
    assert.ok(mutate(changed, true), 'Stryker failed: npm run mutation -- --changed');
    const { below, sorted } = judge(changed);
    assert.deepEqual(below, [], 'npm run mutation -- --changed');
    assert.deepEqual(sorted.stale, [], 'entries of equivalent.json that no longer survive');
  });
});

describe('the list of equivalent mutants', () => {
  const { groups } = readEquivalents(EQUIVALENT);

  test('has a reason for each group', () => {
    for (const { reason, mutants } of groups) {
      assert.match(reason, /^\S[^\n|]{19,}$/);
      assert.ok(mutants.length > 0, reason);
    }
  });

  test('is about lines that are in the source', () => {
    for (const { file, line } of groups.flatMap(({ mutants }) => mutants)) {
      const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
      assert.ok(
        lines.some((text) => text.trim() === line),
        `${file} has no line "${line}"`,
      );
    }
  });
});

test('the page has the figures of the floor', () => {
  const page = mutationPage(PAGE, readFloor(FLOOR), readEquivalents(EQUIVALENT));
  assert.equal(readFileSync(PAGE, 'utf8'), page, 'npm run mutation -- --from --write');
});
