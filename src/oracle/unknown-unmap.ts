// Nothing is unmapped that the driver did not map: an address from the device is the seed's attack itself.

import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';

export const unknownUnmap: OracleInfo = {
  id: 'unknown-unmap',
  claim: 'nothing is unmapped that was not mapped by the same caller',
  source: 'virtio-ring facts 1a, 4.3 (dma-debug 1, 2)',
  severity: 'critical',
  cwe: 763,
};

export function failUnknownUnmap(dma: number, size: number): void {
  fail(unknownUnmap, 'unknown address', {
    expected: { 'mapped at address': true },
    got: { 'mapped at address': false, address: dma, size },
  });
}

/** The driver ended a mapping that its caller made (premapped), or the other way round. */
export function checkOwner(c: CaseFile, entry: number, owner: number): void {
  if (c.ledger.owner[entry] === owner) return;
  fail(unknownUnmap, 'mapping of another owner', {
    expected: { owner: ownerName(c.ledger.owner[entry]!) },
    got: { owner: ownerName(owner) },
    mapping: entry,
  });
}

function ownerName(owner: number): string {
  return owner === 0 ? 'driver' : 'client';
}
