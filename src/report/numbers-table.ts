// Numbers as people read them: expected and got side by side, addresses in hex.

import type { Numbers } from '../verdict/verdict.js';

const ADDRESS_KEYS = new Set(['dma', 'cpu', 'addr', 'address', 'iova']);

export interface NumbersRow {
  readonly key: string;
  readonly expected: string;
  readonly got: string;
  readonly differs: boolean;
}

/** One row a field, in the order in which the fields first appear; `-` where one side has no such field. */
export function numbersTable(expected: Numbers, got: Numbers): readonly NumbersRow[] {
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(got)])];
  return keys.map((key) => ({
    key,
    expected: formatNumber(key, expected[key]),
    got: formatNumber(key, got[key]),
    differs: expected[key] !== got[key],
  }));
}

/** A field's value as text; in hex when the field's name says that it is an address. */
export function formatNumber(key: string, value: Numbers[string] | undefined): string {
  if (value === undefined) return '-';
  if (typeof value !== 'number' || !isAddress(key)) return String(value);
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** `dma`, `cpu`, `addr`, `address`, also as the last word: `slotAddress`, `original addr`. */
function isAddress(key: string): boolean {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return ADDRESS_KEYS.has(words.split(/[^a-z0-9]+/).at(-1) ?? '');
}
