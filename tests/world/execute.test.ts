// What execute promises: every byte string runs, the feedback map is marked, and a planted defect is found and told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORACLES } from '../../src/oracle/registry.js';
import { encodeConfiguration } from '../../src/scenario/configuration.js';
import { operationByte, OPERATIONS } from '../../src/scenario/operations.js';
import { encodeScenario, type Step } from '../../src/scenario/scenario.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { TARGETS, targetByName } from '../../src/target/targets.js';
import { execute, executeTraced, STATE_FEEDBACK_SIZE } from '../../src/world/execute.js';
import { seededInputs } from './seeded-inputs.js';

const canary = ((): TargetSpec => targetByName('canary') ?? assert.fail('no canary'))();
const honest = TARGETS.filter((target) => !target.canary);

/** Four single buffers come and go: the canary's fourth unmap names the wrong direction. */
function canaryScenario(): Uint8Array {
  const steps: Step[] = [];
  for (let k = 0; k < 4; k++) {
    steps.push({ operation: 'add', a: 0, b: 0, c: 0 }, { operation: 'complete', a: 0, b: 0, c: 0 });
    steps.push({ operation: 'get', a: 0, b: 0, c: 0 });
  }
  const header = encodeConfiguration({ backEnd: 'direct', num: 8 });
  return encodeScenario('ring', { header, steps });
}

test('every length from 0 to 200 bytes runs, and beyond the last record', () => {
  const random = seededInputs(1, 3)[0] ?? new Uint8Array();
  for (const target of honest) {
    for (let length = 0; length <= 200; length++) {
      for (const fill of [0, 0xff, -1]) {
        const bytes = Uint8Array.from({ length }, (_, k) => (fill < 0 ? (random[k % random.length] ?? 0) : fill));
        const verdict = execute(target, bytes);
        assert.equal(verdict.kind, 'ok', `${target.name}, ${length} bytes of ${fill}`);
      }
    }
    assert.equal(execute(target, new Uint8Array(100_000)).kind, 'ok');
  }
});

test('a trailing partial record is ignored', () => {
  const bytes = canaryScenario();
  const whole = executeTraced(canary, bytes).trace.hash;
  for (const tail of [1, 2, 3]) {
    const longer = new Uint8Array(bytes.length + tail).fill(0xee);
    longer.set(bytes);
    assert.equal(executeTraced(canary, longer).trace.hash, whole);
  }
});

test('pseudo-random inputs find nothing in the driver as it is', () => {
  for (const target of honest) {
    for (const bytes of seededInputs(1500, 99)) {
      const verdict = execute(target, bytes);
      assert.equal(verdict.kind, 'ok', `${target.name}: ${Buffer.from(bytes).toString('hex')}`);
    }
  }
});

test('the canary is found by a short random search', () => {
  const inputs = seededInputs(400, 5);
  const found = inputs.findIndex((bytes) => execute(canary, bytes).kind === 'finding');
  assert.ok(found >= 0 && found < 400, `found at ${found}`);
  for (const bytes of inputs) {
    const verdict = execute(canary, bytes);
    if (verdict.kind === 'finding') assert.equal(verdict.finding.oracle, 'unmap-mismatch');
    else assert.equal(verdict.kind, 'ok');
  }
});

test('a finding says what, where, when and the numbers', () => {
  const verdict = execute(canary, canaryScenario());
  assert.ok(verdict.kind === 'finding');
  const { site, mapping, ...finding } = verdict.finding;
  const oracle = ORACLES.find((known) => known.id === 'unmap-mismatch');
  assert.deepEqual(finding, {
    oracle: 'unmap-mismatch',
    claim: oracle?.claim,
    severity: 'critical',
    shape: 'direction',
    bucket: 'unmap-mismatch.split-queue-detach.direction',
    call: 'getBuf',
    step: 12,
    expected: { size: 8, direction: 'FROM_DEVICE', kind: 'page', attributes: 0 },
    got: { size: 8, direction: 'BIDIRECTIONAL', kind: 'page', attributes: 0 },
  });
  assert.deepEqual([site.file, site.function], ['src/driver/split-queue.ts', 'detach']);
  assert.deepEqual([mapping?.token, mapping?.size, mapping?.direction], [4, 8, 'FROM_DEVICE']);
});

test('the trace of a finding ends with it', () => {
  const { trace, verdict } = executeTraced(canary, canaryScenario());
  assert.equal(verdict.kind, 'finding');
  const last = trace.steps.at(-1) ?? assert.fail('no steps');
  assert.deepEqual(last.events.at(-1), {
    kind: 'violation',
    text: 'unmap-mismatch: direction',
    data: { type: 'violation', oracle: 'unmap-mismatch', shape: 'direction', mapping: 3, live: [3] },
  });
  assert.equal(last.number, 12);
  assert.match(trace.hash, /^[0-9a-f]{16}$/);
});

test('a silenced oracle lets the scenario go on, and only in that execution', () => {
  const bytes = canaryScenario();
  const { kind } = execute(canary, bytes, { disabledOracles: ['unmap-mismatch'] });
  assert.equal(kind, 'ok');
  assert.equal(execute(canary, bytes).kind, 'finding');
});

test('the feedback map is marked, its marks never go away, and different states differ', () => {
  for (const target of honest) {
    const map = new Uint8Array(STATE_FEEDBACK_SIZE);
    for (const bytes of seededInputs(300, 13)) {
      const before = map.slice();
      execute(target, bytes, { feedback: map });
      for (let k = 0; k < map.length; k++) if (before[k] !== 0) assert.notEqual(map[k], 0, `${target.name}, ${k}`);
    }
    const marked = map.filter((value) => value !== 0).length;
    assert.ok(marked >= (target.form === 'raw' ? 8 : 200), `${target.name}: ${marked} places marked`);
  }
});

test('adds that nobody was told of have places of their own, and no operation has one there', () => {
  const operations: readonly string[] = OPERATIONS;
  assert.ok(operations.length <= 48);
  const target = honest.find(({ name }) => name === 'packed_ring_fuzzer');
  assert.ok(target !== undefined);
  const marksOf = (adds: number): readonly number[] => {
    const map = new Uint8Array(STATE_FEEDBACK_SIZE);
    // A ring of 256, direct descriptors; long chains of four writable pieces.
    const add = [operationByte('ring', 'add'), 0x01, 0, 0xff];
    const records = Array.from({ length: adds }, () => add).flat();
    execute(target, Uint8Array.of(0x20, 0x0e, 0, 0, ...records), { feedback: map });
    return [...map.keys()].filter((place) => map[place] !== 0 && place >= 48 << 6);
  };
  assert.deepEqual([marksOf(0), marksOf(1)], [[], []]);
  assert.ok(marksOf(8).length >= 2);
  assert.ok(marksOf(40).length > marksOf(8).length);
});

test('the feedback map of an input is the same each time, and empty for an input without records', () => {
  const [target] = honest;
  assert.ok(target !== undefined);
  const maps = [0, 1].map(() => {
    const map = new Uint8Array(STATE_FEEDBACK_SIZE);
    for (const bytes of seededInputs(20, 17)) execute(target, bytes, { feedback: map });
    return map;
  });
  assert.deepEqual(maps[0], maps[1]);
  const empty = new Uint8Array(STATE_FEEDBACK_SIZE);
  execute(target, new Uint8Array(4), { feedback: empty });
  assert.ok(empty.every((value) => value === 0));
});
