// What the speed benchmark runs: rows for targets and drivers, and when a native program can be compared with.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { benchSubjects, nativeSubjects } from '../../src/campaign/bench-subjects.js';
import { UsageError } from '../../src/campaign/errors.js';
import { projectRoot } from '../../src/campaign/paths.js';
import { buildOf, missing } from '../linux/kernel-bench.js';
import { temporaryFolder } from './bugs/planted-bugs.js';

const NAIVE = join(projectRoot(), 'examples', 'naive-driver', 'naive-driver.js');

function usage(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof UsageError && message.test(error.message);
}

const labels = (targets: readonly string[], drivers: readonly string[]): readonly string[] =>
  benchSubjects({ targets, drivers }).map(({ label }) => label);

describe('subjects of the speed benchmark', () => {
  test('a row for each target on each driver', () => {
    assert.deepEqual(labels(['split_ring_fuzzer'], []), ['split_ring_fuzzer']);
    assert.deepEqual(labels(['split_ring_fuzzer'], [NAIVE]), ['split_ring_fuzzer, naive 1']);
    assert.throws(() => labels(['packed_ring_fuzzer'], [NAIVE]), usage(/driver naive does not run packed_ring_fuzzer/));
    assert.throws(() => labels(['split_fuzzer'], []), usage(/unknown target split_fuzzer/));
    assert.ok(labels([], []).includes('bounce_fuzzer'));
    assert.ok(!labels([], []).includes('canary'));
  });

  test('a target of Linux says with which build', { skip: missing('6.12') }, () => {
    const [coverage, kasan] = [buildOf('6.12', 'coverage'), buildOf('6.12', 'kasan')];
    const names = [coverage, kasan].map(({ record }) => `linux:${record.key}`);
    assert.deepEqual(
      labels(['linux_split_fuzzer'], names),
      ['coverage', 'kasan'].map((variant) => `linux_split_fuzzer, ${coverage.record.kernelVersion} ${variant}`),
    );
  });

  test('a native program is of one ring of Linux, split', { skip: missing('6.12') }, (context) => {
    const folder = temporaryFolder(context);
    const driver = `linux:${buildOf('6.12', 'coverage').record.key}`;
    const choice = { tree: null, patch: null };
    const of = (targets: readonly string[], drivers: readonly string[]): unknown =>
      nativeSubjects(benchSubjects({ targets, drivers }), choice, folder);
    assert.throws(() => of(['split_ring_fuzzer'], []), usage(/compares with one ring of Linux/));
    assert.throws(() => of(['split_ring_fuzzer'], [driver, NAIVE]), usage(/compares with one ring of Linux/));
    assert.throws(() => of(['linux_packed_fuzzer'], [driver]), usage(/has a split ring/));
  });
});
