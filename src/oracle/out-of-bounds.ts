// No index and no access leaves its object: private tables, the ring, the heap.

import { fail, type OracleInfo } from './oracle.js';

export const outOfBounds: OracleInfo = {
  id: 'out-of-bounds',
  claim: 'no index or copy leaves its object',
  source: 'virtio-ring facts 1a, V01c, V05, S01',
  severity: 'critical',
  cwe: 787,
};

export function failIndex(table: string, index: number, length: number): void {
  fail(outOfBounds, `index into ${table}`, { expected: { 'index below': length }, got: { index } });
}

export function failAccess(address: number, size: number, store: boolean): void {
  fail(outOfBounds, store ? 'store outside every object' : 'load outside every object', {
    expected: { object: true },
    got: { address, size },
  });
}

/** A store into coherent memory that is no field of the ring. */
export function failRingStore(address: number, size: number): void {
  fail(outOfBounds, 'store beside the ring', { expected: { 'ring field': true }, got: { address, size } });
}
