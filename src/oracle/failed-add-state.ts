// A failed add is as if it had never been tried (facts 1b): the next add must find the queue as it was.

import { errnoName } from '../spec/errno.js';
import { AVAIL_IDX } from '../spec/split-layout.js';
import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';

export const failedAddState: OracleInfo = {
  id: 'failed-add-state',
  claim: 'a failed add leaves free list, counters, published index and heap exactly as before',
  source: 'virtio-ring facts 1b, E8; 44593865b7c5',
  severity: 'high',
  cwe: 460,
};

export function checkFailedAdd(c: CaseFile, result: number): void {
  const { records } = c;
  if (records !== null && records.numFree !== c.numFreeBefore) {
    failState('numFree', c.numFreeBefore, records.numFree, result);
  }
  if (records !== null && records.freeHead !== c.freeHeadBefore) {
    failState('freeHead', c.freeHeadBefore, records.freeHead, result);
  }
  if (c.heapLive !== c.heapLiveBefore) failState('live heap objects', c.heapLiveBefore, c.heapLive, result);
  if (!c.model.packed) {
    const idx = c.written16(c.ring.driverArea + AVAIL_IDX);
    if (idx !== c.model.availableIndex) failState('avail.idx', c.model.availableIndex, idx, result);
  }
}

function failState(what: string, before: number, after: number, result: number): void {
  fail(failedAddState, what, { expected: { [what]: before }, got: { [what]: after, result: errnoName(result) } });
}
