// The driver's heap: indirect tables and queue state.

import type { CaseFile } from './case-file.js';
import { DETACH, fail, type OracleInfo } from './oracle.js';

export const heap: OracleInfo = {
  id: 'heap',
  claim: 'no indirect table or state is leaked, freed twice or used after free',
  source: 'virtio-ring facts V09, V10, V16; e152d8af4220, f13f09a12cbd',
  severity: 'high',
  cwe: 416,
};

export function failBadFree(address: number): void {
  fail(heap, 'free of no live object', { expected: { live: true }, got: { live: false, address } });
}

export function failUseAfterFree(address: number, size: number, store: boolean): void {
  fail(heap, 'use after free', { expected: { live: true }, got: { address, size, access: store ? 'store' : 'load' } });
}

/** A buffer that came back must not leave its indirect table behind. `live` is the number of heap objects due. */
export function checkTableFreed(c: CaseFile, token: number): void {
  const due = c.heapLiveBefore - (c.buffers.table[token] === 0 ? 0 : 1);
  if (c.heapLive === due) return;
  // What else a driver keeps of a buffer, or keeps for the next one, shows at the end.
  if (!c.linuxRules && c.heapLive <= c.heapLiveBefore) return;
  fail(heap, c.heapLive > due ? 'table of a returned buffer not freed' : 'too much freed', {
    expected: { 'live heap objects': due },
    got: { 'live heap objects': c.heapLive, token, address: c.buffers.table[token]! },
    blame: DETACH,
  });
}
