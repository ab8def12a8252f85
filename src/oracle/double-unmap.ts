// A mapping ends once. The second unmap of an address frees what may belong to another buffer by then (facts E1).

import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';

export const doubleUnmap: OracleInfo = {
  id: 'double-unmap',
  claim: 'a mapping ends once',
  source: 'virtio-ring facts 1a, E1, 4.3 (dma-debug 2)',
  severity: 'critical',
  cwe: 415,
};

/** `entry` is the ended mapping whose address was unmapped again. */
export function failDoubleUnmap(c: CaseFile, entry: number, size: number): void {
  fail(doubleUnmap, 'ended mapping', {
    expected: { 'live mappings at address': 1 },
    got: { 'live mappings at address': 0, address: c.ledger.dma[entry]!, size },
    mapping: entry,
  });
}
