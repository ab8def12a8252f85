// An unmap must name exactly what was mapped. Wrong size or direction is how a device-written descriptor turns into a
// bounce copy of the device's choosing (facts 1a).

import { COHERENT_BASE } from '../memory/layout.js';
import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';

export const unmapMismatch: OracleInfo = {
  id: 'unmap-mismatch',
  claim: "every unmap has the address, size, direction, kind and attributes of its map, and of the driver's own record",
  source: 'virtio-ring facts 1a, 4.3 (dma-debug 3, 4, 7, 9); 72b5e8958738, 44593865b7c5, 890d33561337',
  severity: 'critical',
  cwe: 823,
};

const DIRECTIONS = ['BIDIRECTIONAL', 'TO_DEVICE', 'FROM_DEVICE'] as const;
const KINDS = ['none', 'page', 'single'] as const;

export function directionName(direction: number): string {
  return DIRECTIONS[direction] ?? `direction ${direction}`;
}

export function kindName(kind: number): string {
  return KINDS[kind] ?? `kind ${kind}`;
}

export function checkUnmapArguments(
  c: CaseFile,
  entry: number,
  size: number,
  direction: number,
  kind: number,
  attributes: number,
): void {
  const { ledger } = c;
  const same =
    ledger.size[entry] === size &&
    ledger.direction[entry] === direction &&
    ledger.kind[entry] === kind &&
    ledger.attributes[entry] === attributes;
  if (same) return;
  let shape = 'attributes';
  // A wrong kind first: whoever takes a page for a table has its direction wrong as well, or not, by chance.
  if (ledger.kind[entry] !== kind) shape = `${kindName(ledger.kind[entry]!)} unmapped as ${kindName(kind)}`;
  else if (ledger.direction[entry] !== direction) shape = 'direction';
  else if (ledger.size[entry] !== size) shape = 'size';
  fail(unmapMismatch, shape, {
    expected: {
      size: ledger.size[entry]!,
      direction: directionName(ledger.direction[entry]!),
      kind: kindName(ledger.kind[entry]!),
      attributes: ledger.attributes[entry]!,
    },
    got: { size, direction: directionName(direction), kind: kindName(kind), attributes },
    mapping: entry,
  });
}

/** Coherent memory is freed with the size that it was allocated with (dma-debug 3). */
export function checkCoherentFree(c: CaseFile, cpu: number, size: number): void {
  const allocated = c.isCoherentLive(cpu) ? c.coherentSize[(cpu - COHERENT_BASE) >> 12]! : 0;
  if (allocated === size) return;
  fail(unmapMismatch, 'coherent size', { expected: { size: allocated }, got: { size, address: cpu } });
}

/** The record that the driver keeps must still describe the mapping when it ends. */
export function checkUnmapRecord(c: CaseFile, entry: number): void {
  const { ledger, records } = c;
  const descriptor = ledger.descriptor[entry]!;
  if (records === null || descriptor < 0) return;
  if (records.addr[descriptor] === ledger.dma[entry] && records.len[descriptor] === ledger.size[entry]) return;
  fail(unmapMismatch, 'record', {
    expected: { address: ledger.dma[entry]!, len: ledger.size[entry]! },
    got: { address: records.addr[descriptor] ?? -1, len: records.len[descriptor] ?? -1 },
    mapping: entry,
    field: `records[${descriptor}]`,
  });
}
