// A mapping may end only when its buffer comes back: the device named it, or the queue was taken from the device. An
// unmap that is correct in every argument can still be too early (facts V04; dma-debug is blind to it).

import { IN_FLIGHT } from './buffer-table.js';
import { CALL_NAMES } from './calls.js';
import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';

export const earlyUnmap: OracleInfo = {
  id: 'early-unmap',
  claim: 'no mapping ends while the device still owns its buffer',
  source: 'virtio-ring facts V04, E1, 4.4; virtio-v1.4 2.7.14',
  severity: 'critical',
  cwe: 826,
};

export function checkEarlyUnmap(c: CaseFile, entry: number): void {
  const token = c.ledger.token[entry]!;
  if (token === 0 || c.stopped || token === c.releasing) return;
  if (c.buffers.state[token] !== IN_FLIGHT) return;
  fail(earlyUnmap, 'buffer in flight', {
    // The token of the buffer; 0 where no buffer may be released.
    expected: { 'buffer of the mapping': c.releasing },
    got: { 'buffer of the mapping': token, during: CALL_NAMES[c.call] ?? '' },
    mapping: entry,
  });
}
