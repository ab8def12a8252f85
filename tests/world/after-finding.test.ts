// A finding is thrown through the driver in the middle of its work. What it leaves behind must not reach the next input.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { targetByName, TARGETS } from '../../src/target/targets.js';
import { execute } from '../../src/world/execute.js';
import { inputsOf, outcomeOf, seededInputs } from './seeded-inputs.js';

/** An input on which the canary fails. */
function failingInputs(): readonly Uint8Array[] {
  const canary = targetByName('canary') ?? assert.fail('no canary');
  return seededInputs(400, 5).filter((bytes) => execute(canary, bytes).kind === 'finding');
}

test('every target behaves after a finding as in a process of its own', () => {
  const canary = targetByName('canary') ?? assert.fail('no canary');
  const failing = failingInputs();
  assert.ok(failing.length >= 10, `${failing.length} failing inputs`);
  for (const target of TARGETS) {
    const output = execFileSync(process.execPath, [join(__dirname, 'outcomes-process.js'), target.name], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    const fresh = JSON.parse(output) as string[];
    inputsOf(target).forEach((bytes, k) => {
      assert.equal(execute(canary, failing[k % failing.length] ?? new Uint8Array()).kind, 'finding');
      assert.equal(outcomeOf(target, bytes), fresh[k], `${target.name}, input ${k}`);
    });
  }
});
