// The length that goes up is the device's own, and it is graded against what the device could write. The grade does not
// fail by itself: honest devices report lengths for buffers without writable bytes (facts V18).

import { LENGTH_EXCEEDS, LENGTH_FITS, LENGTH_OUT_ONLY } from '../platform/ring-driver.js';
import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';

export const length: OracleInfo = {
  id: 'length',
  claim: "the length handed up is the device's, and it is flagged where it exceeds the writable size",
  source: 'virtio-ring facts 2.4, V18, E16; 939779f5152d, f124034faa91',
  severity: 'medium',
  cwe: 1284,
};

export function checkLength(c: CaseFile, token: number, got: number, trust: number | undefined): void {
  // A driver that does not grade may cut what is too long instead.
  const cut = trust === undefined && got === Math.min(c.seenLen, c.buffers.writable[token]!);
  if (got !== c.seenLen && !cut) {
    fail(length, 'value', { expected: { length: c.seenLen }, got: { length: got, token } });
  }
  if (trust === undefined) return;
  const writable = c.buffers.writable[token]!;
  const due = got <= writable ? LENGTH_FITS : writable === 0 ? LENGTH_OUT_ONLY : LENGTH_EXCEEDS;
  if (trust === due) return;
  fail(length, 'grade', { expected: { grade: due, writable }, got: { grade: trust, length: got, token } });
}
