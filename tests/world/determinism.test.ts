// The same bytes give the same verdict and the same trace, in any order and in any process.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { TARGETS } from '../../src/target/targets.js';
import { execute } from '../../src/world/execute.js';
import { inputsOf, INPUTS, outcomeOf, seededInputs, verdictLine } from './seeded-inputs.js';

/** Fails with the inputs that differ, not with all of them. */
function assertSame(outcomes: readonly string[], first: readonly string[]): void {
  const differing = first.flatMap((outcome, k) =>
    outcomes[k] === outcome ? [] : [`input ${k}: ${outcome}, then ${outcomes[k] ?? 'nothing'}`],
  );
  assert.deepEqual(differing, []);
}

for (const target of TARGETS) {
  describe(target.name, () => {
    const inputs = inputsOf(target);
    const first = inputs.map((bytes) => outcomeOf(target, bytes));

    test('at least 500 inputs, most of which differ in what happens', () => {
      assert.ok(inputs.length >= INPUTS);
      assert.ok(new Set(first).size > inputs.length * 0.9, `${new Set(first).size} different outcomes`);
    });

    test('again in the same order', () => {
      assertSame(
        inputs.map((bytes) => outcomeOf(target, bytes)),
        first,
      );
    });

    test('in reverse order', () => {
      const reversed = [...inputs].reverse().map((bytes) => outcomeOf(target, bytes));
      assertSame(reversed.reverse(), first);
    });

    test('in another process', () => {
      const output = execFileSync(process.execPath, [join(__dirname, 'outcomes-process.js'), target.name], {
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      assertSame(JSON.parse(output) as string[], first);
    });

    test('traced or not', () => {
      inputs.forEach((bytes, k) => {
        assert.ok(first[k]?.startsWith(verdictLine(execute(target, bytes))), `input ${k}`);
      });
    });
  });
}

test('an input of one target does not change what the next target sees', () => {
  const inputs = seededInputs(60, 7);
  const alone = TARGETS.map((target) => inputs.map((bytes) => outcomeOf(target, bytes)));
  inputs.forEach((bytes, k) => {
    TARGETS.forEach((target, t) => {
      assert.equal(outcomeOf(target, bytes), alone[t]?.[k], `input ${k}, ${target.name}`);
    });
  });
});

test("the caller's bytes are not written to, nor kept", () => {
  for (const target of TARGETS) {
    for (const bytes of seededInputs(50, 11)) {
      const copy = bytes.slice();
      const outcome = outcomeOf(target, bytes);
      assert.deepEqual(bytes, copy, target.name);
      bytes.fill(0xff);
      assert.equal(outcomeOf(target, copy), outcome);
    }
  }
});
