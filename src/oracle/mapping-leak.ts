// Mappings that outlive their reason: after a failed add, after the buffer came back, after the queue is gone.

import type { CaseFile } from './case-file.js';
import { BY_DRIVER } from './dma-ledger.js';
import { DETACH, fail, type OracleInfo } from './oracle.js';

export const mappingLeak: OracleInfo = {
  id: 'mapping-leak',
  claim: 'after a failed add, a completion, detach and reset no mapping is left that should be gone',
  source: 'virtio-ring facts 1b, V06, E2; cf8f1696709a',
  severity: 'medium',
  cwe: 772,
};

/** `when` says what should have ended the mappings: `failed add`, `completion`, `detach`, `reset`. */
export function checkTokenLeak(c: CaseFile, token: number, when: string): void {
  if (c.buffers.mappings[token] === 0) return;
  fail(mappingLeak, when, {
    expected: { 'live mappings of the buffer': 0 },
    got: { 'live mappings of the buffer': c.buffers.mappings[token]!, token },
    mapping: firstLive(c, token),
    ...(when === 'failed add' ? {} : { blame: DETACH, group: 'buffer given back' }),
  });
}

/** Before the queue is destroyed, every buffer came back and nothing of the driver's is mapped any more. */
export function checkQuiesced(c: CaseFile): void {
  for (let k = 0; k < c.ledger.liveCount; k++) {
    const entry = c.ledger.liveAt(k);
    if (c.ledger.owner[entry] !== BY_DRIVER) continue;
    fail(mappingLeak, 'quiesced queue', { expected: { live: 0 }, got: { live: c.ledger.liveCount }, mapping: entry });
  }
}

function firstLive(c: CaseFile, token: number): number {
  for (let k = 0; k < c.ledger.liveCount; k++) {
    const entry = c.ledger.liveAt(k);
    if (c.ledger.token[entry] === token) return entry;
  }
  return -1;
}
