// No buffer comes back before the device has completed one.

import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';

export const premature: OracleInfo = {
  id: 'premature',
  claim: 'each token comes back only after the device completed it',
  source: 'virtio-ring facts 2.4, V30, V31; virtio-v1.4 2.7.14, 2.8.1',
  severity: 'critical',
  cwe: 826,
};

/**
 * getBuf handed up a token although nothing that it read says that the device completed a buffer. What it took for one has
 * an id that it read, and need not be the id of a buffer.
 */
export function checkPremature(c: CaseFile, got: number, readId: boolean): void {
  if (got === 0 && !readId) return;
  fail(premature, 'nothing used', {
    expected: { token: 0, 'id read': false, used: c.model.usedPosition },
    got: { token: got, 'id read': readId, used: c.seenUsed },
  });
}
