// The silence gate itself: silent on the driver as it is, loud on a planted defect, the same for a seed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasHonestInputs, HonestInputs, xorshift } from '../../src/campaign/honest-inputs.js';
import { runHonest } from '../../src/campaign/honest-run.js';
import { describeConfiguration, blankConfiguration, decodeConfiguration } from '../../src/scenario/configuration.js';
import { decodeScenario, MAX_RECORDS } from '../../src/scenario/scenario.js';
import { TARGETS, targetByName } from '../../src/target/targets.js';
import { execute } from '../../src/world/execute.js';

const gated = TARGETS.filter((target) => hasHonestInputs(target) && !target.canary);
const canary = targetByName('canary') ?? assert.fail('no canary');

/** What no honest scenario may contain. */
const HOSTILE = new Set<string>(['poke', 'poke-all', 'copy-field', 'forge-used', 'jump-used', 'scribble', 'raw-byte']);
HOSTILE.add('arm-load').add('client-misuse');

test('20,000 honest runs over all targets are silent, and not empty', () => {
  const result = runHonest({ targets: gated, runs: 20_000, seed: 1 });
  assert.equal(result.failure, null, JSON.stringify(result.failure));
  assert.deepEqual([result.runs, result.configurations], [20_000, 20_000]);
  assert.ok(result.configurationsInAll > 400_000, `${result.configurationsInAll} configurations`);
  assert.ok(result.buffers > 200_000, `${result.buffers} buffers`);
});

test('the gate is loud on a planted defect, with an input that execute fails on as well', () => {
  const { failure } = runHonest({ targets: [canary], runs: 20_000, seed: 1 });
  assert.ok(failure?.kind === 'finding');
  assert.equal(failure.finding.oracle, 'unmap-mismatch');
  const verdict = execute(canary, failure.bytes);
  assert.ok(verdict.kind === 'finding');
  assert.equal(verdict.finding.bucket, failure.finding.bucket);
});

test('the same seed gives the same inputs, another seed others', () => {
  const inputs = (seed: number): string[] => {
    const source = new HonestInputs(canary, xorshift(seed));
    return Array.from({ length: 50 }, () => Buffer.from(source.next()).toString('hex'));
  };
  assert.deepEqual(inputs(3), inputs(3));
  assert.notDeepEqual(inputs(3), inputs(4));
});

test('inputs are of full length and of honest operations only', () => {
  for (const target of gated) {
    const source = new HonestInputs(target, xorshift(9));
    const seen = new Set<string>();
    for (let k = 0; k < 300; k++) {
      const { steps } = decodeScenario(target, source.next());
      assert.equal(steps.length, MAX_RECORDS);
      for (const { operation } of steps) {
        assert.ok(!HOSTILE.has(operation), operation);
        assert.ok(k % 2 === 1 || (operation !== 'fail' && operation !== 'break'), `${operation} in a calm input`);
        seen.add(operation);
      }
    }
    for (const operation of ['add', 'get', 'complete', 'defer', 'fail', 'reset'])
      assert.ok(seen.has(operation), operation);
  }
});

test('each configuration of a target occurs once before one occurs twice', () => {
  const target = targetByName('packed_ring_fuzzer') ?? assert.fail('no target');
  const source = new HonestInputs(target, xorshift(1));
  const seen = new Set<string>();
  const config = blankConfiguration();
  for (let k = 0; k < source.configurationsInAll; k++) {
    decodeConfiguration(target, source.next(), config);
    const { createFailure: _failure, createFailureSkip: _skip, ...rest } = config;
    seen.add(JSON.stringify(rest));
  }
  assert.equal(seen.size, source.configurationsInAll);
  // 14 sizes, 128 combinations of options, and 5 back ends, one of them with 48 pools and one with 4.
  assert.equal(source.configurationsInAll, 14 * 128 * (3 + 48 + 4));
  assert.match(describeConfiguration(config), /^packed ring of /);
});
