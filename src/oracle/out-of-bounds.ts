// No index and no access leaves its object: private tables, the ring, the heap.

import { heap } from './heap.js';
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

/** The driver's own sanitizer saw a bad access. */
export function failBadAccess(
  kind: 'out-of-bounds' | 'use-after-free',
  access: 'load' | 'store',
  address: number,
  size: number,
): void {
  const info = kind === 'out-of-bounds' ? outOfBounds : heap;
  const shape = kind === 'out-of-bounds' ? `${access} outside every object` : 'use after free';
  fail(info, shape, { expected: { object: true }, got: { address, size, access } });
}
