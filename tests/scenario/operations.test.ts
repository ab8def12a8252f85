import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  OPERATIONS,
  OPERATION_TABLES,
  type OperationTable,
  isDeviceOperation,
  operationByte,
  operationCode,
} from '../../src/scenario/operations.js';

const TABLES = Object.keys(OPERATION_TABLES) as OperationTable[];

describe('operation tables', () => {
  test('hold operation numbers only, and so few that a byte reaches all of them', () => {
    for (const table of TABLES) {
      const codes = OPERATION_TABLES[table];
      assert.ok(codes.length > 0 && codes.length <= 256, table);
      for (const code of codes) assert.ok(code < OPERATIONS.length, table);
    }
  });

  test('leave no operation out of all of them', () => {
    const held = new Set(TABLES.flatMap((table) => [...OPERATION_TABLES[table]]));
    for (const name of OPERATIONS) assert.ok(held.has(operationCode(name)), name);
  });

  test('give the byte that decodes to the operation', () => {
    for (const table of TABLES) {
      for (const code of OPERATION_TABLES[table]) {
        const name = OPERATIONS[code];
        assert.ok(name !== undefined);
        assert.equal(OPERATION_TABLES[table][operationByte(table, name)], code);
      }
    }
  });

  test('refuse an operation that they lack', () => {
    assert.throws(() => operationByte('bounce', 'interrupt'), RangeError);
    assert.throws(() => operationByte('ring', 'client-map'), RangeError);
  });

  test('let benign operations outweigh hostile ones', () => {
    const hostile = new Set(
      (['poke', 'poke-all', 'copy-field', 'forge-used', 'jump-used', 'scribble', 'raw-byte'] as const).map(
        operationCode,
      ),
    );
    for (const table of TABLES) {
      const codes = [...OPERATION_TABLES[table]];
      assert.ok(codes.filter((code) => hostile.has(code)).length * 3 < codes.length, table);
    }
  });
});

describe('isDeviceOperation', () => {
  test('tells what a race can place in the middle of a call', () => {
    for (const name of [
      'complete',
      'complete-many',
      'device-fill',
      'want-kicks',
      'poke',
      'scribble',
      'raw-byte',
    ] as const) {
      assert.ok(isDeviceOperation(operationCode(name)), name);
    }
    for (const name of ['add', 'get', 'interrupt', 'client-misuse', 'arm-load', 'defer', 'fail'] as const) {
      assert.ok(!isDeviceOperation(operationCode(name)), name);
    }
  });
});
