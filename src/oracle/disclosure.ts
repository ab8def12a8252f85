// What becomes visible to the device: the bytes of live mappings and nothing else. With an IOMMU the unit is the granule
// (facts 4.2): whole granules of a live mapping are visible, and must stop being so when it ends.

import { MAP_SINGLE } from '../dma/dma-observer.js';
import { PAGE_SIZE } from '../memory/layout.js';
import { DMA_FROM_DEVICE, DMA_TO_DEVICE } from '../platform/dma-api.js';
import { SPLIT_DESCRIPTOR_SIZE } from '../spec/split-layout.js';
import { type CaseFile, deviceReads } from './case-file.js';
import { DMA_MAP, DMA_UNMAP, fail, type OracleInfo } from './oracle.js';
import { directionName } from './unmap-mismatch.js';

export const disclosure: OracleInfo = {
  id: 'disclosure',
  claim:
    'only the bytes of the buffers handed over are mapped, each in its direction, and no other byte becomes visible',
  source: 'virtio-ring facts 4.1, 4.2, S11, S13; 2650073f1b58, af133562d5af',
  severity: 'high',
  cwe: 200,
};

/** A map of an add: the next piece of the buffer, or its table, with exactly its size and direction. */
export function checkMapArguments(c: CaseFile, kind: number): void {
  const { buffers, token } = c;
  const total = buffers.total(token);
  if (!c.model.useDmaApi) {
    fail(disclosure, 'mapped without the DMA API', { expected: { 'DMA API': false }, got: { 'DMA API': true } });
  }
  if (kind === MAP_SINGLE) {
    checkMapped('table', c, { cpu: c.tableAddress, size: total * SPLIT_DESCRIPTOR_SIZE, direction: DMA_TO_DEVICE });
    return;
  }
  const first = buffers.firstPiece[token]!;
  // A packed queue that falls back from a table starts again with the first piece.
  if (c.nextPiece >= total || (c.nextPiece > 0 && c.pendingCpu === buffers.pieceCpu[first])) c.nextPiece = 0;
  const piece = first + c.nextPiece;
  const readable = c.nextPiece < buffers.outPieces[token]!;
  const direction = readable ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
  checkMapped(readable ? 'readable piece' : 'writable piece', c, {
    cpu: buffers.pieceCpu[piece]!,
    size: buffers.pieceSize[piece]!,
    direction,
  });
  c.nextPiece++;
}

function checkMapped(what: string, c: CaseFile, due: { cpu: number; size: number; direction: number }): void {
  const { pendingCpu: cpu, pendingSize: size, pendingDirection: direction } = c;
  if (cpu === due.cpu && size === due.size && direction === due.direction) return;
  let shape = 'address';
  if (direction !== due.direction) shape = 'direction';
  else if (size !== due.size) shape = 'size';
  fail(disclosure, `${what} mapped with another ${shape}`, {
    expected: { cpu: due.cpu, size: due.size, direction: directionName(due.direction) },
    got: { cpu, size, direction: directionName(direction) },
    // Only the direction is decided for each kind of piece on its own.
    ...(shape === 'direction' ? {} : { group: `${what.replace(/^.* /, '')} mapped with another ${shape}` }),
  });
}

/** A copy into the bounce pool: its source must be bytes of the mapping in progress. */
export function checkCopySource(c: CaseFile, source: number, size: number): void {
  const cpu = c.pendingMap ? c.pendingCpu : c.ledger.cpu[c.current]!;
  const length = c.pendingMap ? c.pendingSize : c.ledger.size[c.current]!;
  if (source >= cpu && source + size <= cpu + length) return;
  fail(disclosure, 'copied to the bounce pool', {
    expected: { cpu, size: length },
    got: { cpu: source, size },
    blame: DMA_MAP,
  });
}

/** A granule becomes reachable during a map. */
export function checkExposed(c: CaseFile, cpu: number, readable: boolean): void {
  const first = pageOf(c.pendingCpu);
  const last = pageOf(c.pendingCpu + c.pendingSize - 1);
  const page = pageOf(cpu);
  if (page >= first && page <= last && (!readable || deviceReads(c.pendingDirection))) return;
  fail(disclosure, page < first || page > last ? 'granule of another buffer' : 'granule readable', {
    expected: { cpu: c.pendingCpu, size: c.pendingSize },
    got: { cpu, readable },
    blame: DMA_MAP,
  });
}

/** After an unmap, only granules of live mappings may be reachable. */
export function checkWithdrawn(c: CaseFile): void {
  if (c.granules === c.granulesExpected) return;
  fail(disclosure, 'granule reachable after its mapping ended', {
    expected: { granules: c.granulesExpected },
    got: { granules: c.granules },
    mapping: c.current,
    blame: DMA_UNMAP,
  });
}

/** IOMMU granules that a range lies in. */
export function granulesOf(cpu: number, size: number): number {
  return pageOf(cpu + size - 1) - pageOf(cpu) + 1;
}

function pageOf(cpu: number): number {
  return Math.trunc(cpu / PAGE_SIZE);
}
