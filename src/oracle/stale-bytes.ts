// Buffers that the device may write hold what the device wrote, and otherwise what they held before. Bytes of an earlier
// transfer must not appear in them (CVE-2022-0854), and nothing may be written into them once the mapping has ended.

import type { CaseFile } from './case-file.js';
import { DMA_SYNC, DMA_UNMAP, fail, type OracleInfo } from './oracle.js';
import { firstDifference } from './read-only-data.js';

export const staleBytes: OracleInfo = {
  id: 'stale-bytes',
  claim:
    'bytes of a device-writable buffer that the device did not write keep their old value, and those it wrote arrive',
  source: 'virtio-ring facts S04, 4.1; ddbd89deb7d3, 901c7280ca0d',
  severity: 'high',
  cwe: 908,
};

/** The device-writable pieces of a returned buffer. */
export function checkStaleBytes(c: CaseFile, token: number): void {
  const { buffers } = c;
  const first = buffers.firstPiece[token]! + buffers.outPieces[token]!;
  for (let k = 0; k < buffers.inPieces[token]!; k++) {
    checkWritable(c, buffers.pieceCpu[first + k]!, buffers.pieceSize[first + k]!, token);
  }
}

/** A device-writable range that is the CPU's again. */
export function checkWritable(c: CaseFile, cpu: number, size: number, token: number): void {
  const at = firstDifference(c, cpu, size);
  if (at < 0) return;
  fail(staleBytes, 'buffer content', {
    expected: { byte: c.expected[at]!, offset: at - cpu, size },
    got: { byte: c.bytes[at]!, token },
    blame: DMA_UNMAP,
  });
}

/** A client's sync is over: the DMA layer must have heard of it, or the bytes may be those of either side. */
export function checkSynced(c: CaseFile): void {
  if (c.syncs === 1) return;
  fail(staleBytes, 'sync without effect', { expected: { syncs: 1 }, got: { syncs: c.syncs }, blame: DMA_SYNC });
}

export function failWrittenAfterEnd(address: number, size: number): void {
  fail(staleBytes, 'written without a mapping', {
    expected: { 'device may write': false },
    got: { 'device wrote': address, size },
    blame: DMA_UNMAP,
  });
}
