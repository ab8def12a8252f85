// Which operations say less than another: what minimising tries in its place.

import {
  OPERATIONS,
  OPERATIONS_BY_BYTE,
  type Operation,
  type OperationTable,
  operationByte,
} from '../../scenario/operations.js';

/** Kinds of operations by their first one, in the order of OPERATIONS: within a kind, the earlier is the plainer. */
const KINDS: readonly Operation[] = ['add', 'client-map', 'complete', 'arm-load'];

/** `op` bytes of the plainer operations of the same kind that the table has, the plainest first. */
export function plainerOperations(table: OperationTable, op: number): readonly number[] {
  const code = codeOf(table, op);
  const kindStart = Math.max(...KINDS.map((kind) => OPERATIONS.indexOf(kind)).filter((start) => start <= code));
  if (OPERATIONS[kindStart] === 'arm-load') return [];
  return OPERATIONS.slice(kindStart, code)
    .filter(isIn(table))
    .map((name) => operationByte(table, name));
}

/** The smallest byte that means the same operation. */
export function plainestByte(table: OperationTable, op: number): number {
  return operationByte(table, OPERATIONS[codeOf(table, op)] ?? 'add');
}

function codeOf(table: OperationTable, op: number): number {
  return OPERATIONS_BY_BYTE[table][op] ?? 0;
}

function isIn(table: OperationTable): (name: Operation) => boolean {
  return (name) => OPERATIONS_BY_BYTE[table].includes(OPERATIONS.indexOf(name));
}
