// Dictionaries for libFuzzer: one 4-byte record an operation, so that a mutation can place any operation whole. Made from
// the operation tables, hence never out of step with them. A target without records gets the words of ring memory.
// Measured, a dictionary finds bugs no faster (docs/input-format.md); a scheduler that runs without one says so.

import { OPERATIONS, OPERATION_TABLES, operationByte, operationCode } from '../../scenario/operations.js';
import {
  EVENT_F_DESC,
  EVENT_F_DISABLE,
  EVENT_WRAP_BIT,
  PACKED_F_AVAIL,
  PACKED_F_USED,
} from '../../spec/packed-layout.js';
import { DESC_F_INDIRECT, DESC_F_NEXT, DESC_F_WRITE } from '../../spec/split-layout.js';
import type { TargetSpec } from '../../target/target-spec.js';

interface Entry {
  readonly name: string;
  readonly bytes: readonly number[];
}

/** Operands of the records: each a value that operands of most operations read differently. */
const OPERANDS = [0x00, 0x41, 0xff] as const;

/** The dictionary of a target, in the format that libFuzzer and AFL++ read. */
export function dictionaryOf(target: TargetSpec): string {
  const entries = target.form === 'raw' ? ringWords() : records(target);
  const lines = entries.map(({ name, bytes }) => `${name}="${bytes.map(escaped).join('')}"`);
  return `# ${target.name}: generated from vringfuzz, see docs/input-format.md\n${lines.join('\n')}\n`;
}

/** Every operation of the target's table, with each set of operands. */
function records({ operations }: TargetSpec): readonly Entry[] {
  const table = OPERATION_TABLES[operations];
  return OPERATIONS.filter((name) => table.includes(operationCode(name))).flatMap((name) =>
    OPERANDS.map((operand) => ({
      // AFL++ takes letters, digits and underscores.
      name: `${name.replaceAll('-', '_')}_${operand.toString(16).padStart(2, '0')}`,
      bytes: [operationByte(operations, name), operand, operand, operand],
    })),
  );
}

/** What stands in ring memory: flags, and indices at their borders. */
function ringWords(): readonly Entry[] {
  const wrapped = PACKED_F_AVAIL | PACKED_F_USED;
  const words: readonly (readonly [name: string, value: number])[] = [
    ['next', DESC_F_NEXT],
    ['write', DESC_F_WRITE],
    ['next_write', DESC_F_NEXT | DESC_F_WRITE],
    ['indirect', DESC_F_INDIRECT],
    ['packed_avail', PACKED_F_AVAIL],
    ['packed_used', PACKED_F_USED],
    ['packed_used_both', wrapped],
    ['packed_used_both_write', wrapped | DESC_F_WRITE],
    ['event_disable', EVENT_F_DISABLE],
    ['event_desc', EVENT_F_DESC],
    ['event_wrap', 1 << EVENT_WRAP_BIT],
    ['index_max', 0xffff],
    ['index_half', 0x7fff],
  ];
  const ids: readonly (readonly [name: string, value: number])[] = [
    ['id_beyond_16_bits', 0x10000],
    ['id_max', 0xffffffff],
    ['length_negative', 0x80000000],
  ];
  return [
    ...words.map(([name, value]) => ({ name, bytes: littleEndian(value, 2) })),
    ...ids.map(([name, value]) => ({ name, bytes: littleEndian(value, 4) })),
  ];
}

function littleEndian(value: number, size: number): readonly number[] {
  return Array.from({ length: size }, (_, index) => (value >>> (8 * index)) & 0xff);
}

function escaped(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
