import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { type Operation, OPERATIONS, OPERATION_TABLES, operationCode } from '../../src/scenario/operations.js';
import { MAX_RECORDS, decodeScenario, encodeScenario, recordCount } from '../../src/scenario/scenario.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { TARGETS } from '../../src/target/targets.js';
import { randomBytes } from './random-bytes.js';

const RING = TARGETS[0] as TargetSpec;

describe('decoding', () => {
  test('takes byte strings of any length, for every target', () => {
    const random = randomBytes(1);
    for (const target of TARGETS) {
      for (let length = 0; length < 300; length++) {
        const bytes = random(length);
        const { header, steps } = decodeScenario(target, bytes);
        assert.equal(header.length, 4);
        assert.equal(steps.length, recordCount(length));
        for (const { operation } of steps) {
          assert.ok(OPERATION_TABLES[target.operations].includes(operationCode(operation)), operation);
        }
      }
    }
  });

  test('ignores a trailing partial record and records beyond the last allowed one', () => {
    assert.deepEqual(
      [0, 3, 4, 7, 8, 11, 12].map((length) => recordCount(length)),
      [0, 0, 0, 0, 1, 1, 2],
    );
    assert.equal(recordCount(4 + 4 * MAX_RECORDS + 400), MAX_RECORDS);
  });

  test('takes every value of the operation byte', () => {
    for (let byte = 0; byte < 256; byte++) {
      const { steps } = decodeScenario(RING, Uint8Array.of(0, 0, 0, 0, byte, 1, 2, 3));
      assert.equal(steps.length, 1);
      assert.ok(OPERATIONS.includes(steps[0]?.operation as Operation));
    }
  });

  test('undoes encoding', () => {
    const random = randomBytes(2);
    for (const target of TARGETS) {
      for (let round = 0; round < 50; round++) {
        const scenario = decodeScenario(target, random(4 + 4 * (round + 10)));
        const bytes = encodeScenario(target.operations, scenario);
        assert.deepEqual(decodeScenario(target, bytes), scenario);
      }
    }
  });
});

describe('encoding', () => {
  const header = new Uint8Array(4);
  const step = (operation: Operation, a = 0): { operation: Operation; a: number; b: number; c: number } => ({
    operation,
    a,
    b: 0,
    c: 0,
  });

  test('refuses an operation that the table lacks', () => {
    assert.throws(() => encodeScenario('bounce', { header, steps: [step('interrupt')] }), RangeError);
  });

  test('refuses an operand that is no byte, and names the record', () => {
    for (const a of [256, -1, 1.5, Number.NaN]) {
      assert.throws(() => encodeScenario('ring', { header, steps: [step('get'), step('add', a)] }), /record 2 \(add\)/);
    }
  });

  test('refuses more records than are ever run', () => {
    const steps = Array.from({ length: MAX_RECORDS + 1 }, () => step('get'));
    assert.throws(() => encodeScenario('ring', { header, steps }), RangeError);
    assert.equal(encodeScenario('ring', { header, steps: steps.slice(1) }).length, 4 + 4 * MAX_RECORDS);
  });
});
