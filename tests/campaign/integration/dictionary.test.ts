// Dictionaries must be what libFuzzer reads, and every record in them what it is named after.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { dictionaryOf } from '../../../src/campaign/integration/dictionary.js';
import { OPERATIONS, OPERATION_TABLES, OPERATIONS_BY_BYTE } from '../../../src/scenario/operations.js';
import { TARGETS } from '../../../src/target/targets.js';

/** libFuzzer's grammar: `name="text"`, where text is printable or `\xAB`; here only the latter is used. */
function parse(text: string): { name: string; bytes: number[] }[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', body = ''] = /^(\w+)="((?:\\x[0-9a-f]{2})+)"$/.exec(line) ?? assert.fail(line);
      return {
        name,
        bytes: body
          .split('\\x')
          .slice(1)
          .map((hex) => parseInt(hex, 16)),
      };
    });
}

describe('dictionaryOf', () => {
  for (const target of TARGETS.filter(({ form }) => form !== 'raw')) {
    test(`has every operation of ${target.name}, each as a record that decodes to it`, () => {
      const entries = parse(dictionaryOf(target));
      const named = new Set<string>();
      for (const { name, bytes } of entries) {
        assert.equal(bytes.length, 4);
        const operation = OPERATIONS[OPERATIONS_BY_BYTE[target.operations][bytes[0] ?? 0] ?? -1] ?? '';
        assert.equal(name.replace(/_[0-9a-f]{2}$/, ''), operation.replaceAll('-', '_'));
        named.add(operation);
      }
      assert.equal(named.size, new Set(OPERATION_TABLES[target.operations]).size);
      assert.equal(new Set(entries.map(({ name }) => name)).size, entries.length);
    });
  }

  test('has the words of ring memory, low byte first, for a target without records', () => {
    const raw = TARGETS.find(({ form }) => form === 'raw') ?? assert.fail();
    const words = new Map(parse(dictionaryOf(raw)).map(({ name, bytes }) => [name, bytes]));
    assert.deepEqual(words.get('indirect'), [4, 0]);
    assert.deepEqual(words.get('packed_used_both_write'), [0x82, 0x80]);
    assert.deepEqual(words.get('id_beyond_16_bits'), [0, 0, 1, 0]);
    assert.deepEqual(words.get('id_max'), [255, 255, 255, 255]);
  });
});
