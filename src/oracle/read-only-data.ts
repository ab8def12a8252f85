// Buffers that the device may only read: their bytes never change, and the device sees exactly these bytes.

import { PAGE_SIZE } from '../memory/layout.js';
import { DMA_TO_DEVICE } from '../platform/dma-api.js';
import type { CaseFile } from './case-file.js';
import { DMA_MAP, DMA_UNMAP, fail, type OracleInfo } from './oracle.js';

export const readOnlyData: OracleInfo = {
  id: 'read-only-data',
  claim: 'bytes of a device-readable buffer never change under the driver, and the device sees exactly them',
  source: 'virtio-ring facts 1a (WRITE set on an OUT buffer), V03, 4.2; 890d33561337',
  severity: 'critical',
  cwe: 787,
};

/** The device-readable pieces of a returned buffer. */
export function checkReadOnlyData(c: CaseFile, token: number): void {
  const { buffers } = c;
  const first = buffers.firstPiece[token]!;
  for (let k = 0; k < buffers.outPieces[token]!; k++) {
    const cpu = buffers.pieceCpu[first + k]!;
    const at = firstDifference(c, cpu, buffers.pieceSize[first + k]!);
    if (at < 0) continue;
    fail(readOnlyData, 'buffer changed', {
      expected: { byte: c.expected[at]!, offset: at - cpu, piece: k },
      got: { byte: c.bytes[at]!, token },
      blame: DMA_UNMAP,
    });
  }
}

/** What an honest device reads of a buffer, at CPU address `at`. */
export function checkDeviceRead(c: CaseFile, at: number, size: number): void {
  const different = firstDifference(c, at, size);
  if (different < 0) return;
  fail(readOnlyData, 'device sees other bytes', {
    expected: { byte: c.expected[different]!, offset: different - at },
    got: { byte: c.bytes[different]! },
    blame: DMA_MAP,
  });
}

/**
 * The device wrote where no mapping lets it write; true when the bytes belong to one that lets it read, or with an IOMMU to
 * the granules of one.
 */
export function checkReadableWritten(c: CaseFile, address: number): boolean {
  const { ledger } = c;
  const mask = c.iommu ? PAGE_SIZE - 1 : 0;
  for (let k = 0; k < ledger.liveCount; k++) {
    const entry = ledger.liveAt(k);
    if (ledger.direction[entry] !== DMA_TO_DEVICE) continue;
    const start = ledger.cpu[entry]! & ~mask;
    const end = (ledger.cpu[entry]! + ledger.size[entry]! + mask) & ~mask;
    if (address < start || address >= end) continue;
    fail(readOnlyData, 'writable by the device', {
      expected: { 'device may write': false },
      got: { 'device wrote': address },
      mapping: entry,
      blame: DMA_MAP,
    });
    return true;
  }
  return false;
}

/** Contents are compared this far: longer buffers exist only to exceed mapping limits, and are not filled further. */
export const CONTENT_LIMIT = 8192;

/** The first address in the range that differs from what it must be, or -1. */
export function firstDifference(c: CaseFile, address: number, size: number): number {
  const { bytes, expected } = c;
  const length = Math.min(size, CONTENT_LIMIT);
  if (c.dirty.isClean(address, length)) return -1;
  const end = address + length;
  // One native comparison beats a loop for all but the short ranges that dominate.
  if (length > 64 && c.sameBytes(address, end)) return -1;
  for (let at = address; at < end; at++) if (bytes[at] !== expected[at]) return at;
  return -1;
}
