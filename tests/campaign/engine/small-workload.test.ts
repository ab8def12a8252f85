// The small workload: whatever the bytes, the same queue and as many records.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  SMALL_LENGTH,
  SMALL_OPERATIONS,
  SMALL_RECORDS,
  smallInput,
} from '../../../src/campaign/engine/small-workload.js';
import { pseudoRandomInputs } from '../../../src/campaign/replay/replay-loop.js';
import { blankConfiguration, decodeConfiguration } from '../../../src/scenario/configuration.js';
import { OPERATIONS, OPERATIONS_BY_BYTE } from '../../../src/scenario/operations.js';
import { recordCount } from '../../../src/scenario/scenario.js';
import { targetByName } from '../../../src/target/targets.js';

const TARGET = targetByName('linux_split_fuzzer') ?? assert.fail();

function small(data: Uint8Array): Uint8Array {
  const into = new Uint8Array(SMALL_LENGTH).fill(0xee);
  smallInput(data, into);
  return into;
}

describe('the small workload', () => {
  test('is a ring of 8 over direct mapping that can be created, with every choice of the driver left', () => {
    const seen = {
      indirect: new Set(),
      eventIndex: new Set(),
      callback: new Set(),
      resettable: new Set(),
      kicksOff: new Set(),
    };
    for (const bytes of pseudoRandomInputs(500, SMALL_LENGTH)) {
      const config = blankConfiguration();
      decodeConfiguration(TARGET, small(bytes), config);
      assert.deepEqual([config.num, config.backEnd, config.createFailure, config.context], [8, 'direct', -1, false]);
      for (const [name, values] of Object.entries(seen)) values.add(config[name as keyof typeof seen]);
    }
    for (const values of Object.values(seen)) assert.equal(values.size, 2);
  });

  test('always has 16 records: those of the input, again from the first', () => {
    const three = Uint8Array.of(6, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99);
    for (const byte of [1, 5, 9]) assert.equal(SMALL_OPERATIONS[byte], OPERATIONS_BY_BYTE.ring[byte]);
    const input = small(three);
    assert.equal(recordCount(input.length), SMALL_RECORDS);
    assert.equal(input[0], 6 | (small(new Uint8Array(0))[0] ?? 0));
    const records = [...input.subarray(4)];
    assert.deepEqual(records.slice(0, 16), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4]);
    assert.deepEqual(records.slice(-4), [1, 2, 3, 4]);
    assert.ok(
      small(Uint8Array.of(6, 0, 0, 0, 1))
        .subarray(4)
        .every((byte) => byte === 0),
    );
  });

  test('no record adds more than once or resizes the queue; every other operation is left', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const meant = new Set([...all].map((byte) => small(Uint8Array.of(0, 0, 0, 0, byte, 1, 2, 3))[4] ?? 0));
    const names = (codes: Iterable<number>): Set<string> => new Set([...codes].map((code) => OPERATIONS[code] ?? ''));
    const left = names([...meant].map((byte) => OPERATIONS_BY_BYTE.ring[byte] ?? -1));
    assert.deepEqual(left, names(SMALL_OPERATIONS));
    const without = names(OPERATIONS_BY_BYTE.ring);
    for (const name of ['add-many', 'resize']) assert.ok(without.delete(name));
    assert.deepEqual([...left].sort(), [...without].sort());
  });
});
