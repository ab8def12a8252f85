// After destroy nothing of the queue is left.

import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';

export const teardown: OracleInfo = {
  id: 'teardown',
  claim: 'after destroy, and after a failed creation: no mapping, no coherent memory, no heap object',
  source: 'virtio-ring facts V09, V10, 4.3 (dma-debug 25); f13f09a12cbd',
  severity: 'low',
  cwe: 401,
};

/** `when` is `destroy` or `failed create`. */
export function checkNothingLeft(c: CaseFile, when: string): void {
  const { liveCount } = c.ledger;
  if (liveCount === 0 && c.heapLive === 0 && c.coherentLive === 0) return;
  let what = 'coherent memory';
  if (liveCount > 0) what = 'mapping';
  else if (c.heapLive > 0) what = 'heap object';
  fail(teardown, `${what} left by ${when}`, {
    expected: { mappings: 0, 'heap objects': 0, 'coherent allocations': 0 },
    got: { mappings: liveCount, 'heap objects': c.heapLive, 'coherent allocations': c.coherentLive },
  });
}
