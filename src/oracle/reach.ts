// What the device must be able to reach: without it, a device can neither read its requests nor answer them, and everything
// that it then does is still by the rules. Judged where the device looks for a buffer in vain, and for a part of the
// mappings when they are made, whether the device uses them or not. What it must not reach is the business of disclosure.

import { PAGE_SIZE, PHYSICAL_BASE } from '../memory/layout.js';
import { IN_FLIGHT } from './buffer-table.js';
import { bounceOf, type CaseFile, deviceReads, deviceWrites } from './case-file.js';
import { DMA_MAP, fail, type OracleInfo } from './oracle.js';

export const reach: OracleInfo = {
  id: 'reach',
  claim: 'the device reaches every byte of the buffers and rings handed over, in the direction of the mapping',
  source: 'virtio-v1.4 2.6, 2.7.4.1, 2.8.6; virtio-ring facts 4.1, 4.2; docs/dma.md',
  severity: 'medium',
  cwe: 684,
};

/** The device could not reach these bytes: then they are in no live mapping, or in one of the other direction. */
export function checkMissed(c: CaseFile, dma: number, size: number, write: boolean): void {
  // That an original is mapped which should have been bounced is the business of bounce-mismatch.
  const entry = c.bounced && bounceOf(dma) < 0 ? -1 : c.ledger.findContaining(dma, size);
  // A descriptor that the device itself forged can name any other place.
  if (entry < 0 && !(!c.model.useDmaApi && isLent(c, dma - PHYSICAL_BASE, size, write))) return;
  if (entry >= 0) {
    const direction = c.ledger.direction[entry]!;
    if (!(write ? deviceWrites(direction) : deviceReads(direction))) return;
  }
  fail(reach, write ? 'mapping not writable' : 'mapping not readable', {
    expected: { reachable: true },
    got: { reachable: false, address: dma, size },
    ...(entry < 0 ? {} : { mapping: entry }),
    blame: DMA_MAP,
  });
}

/** A map call is about to give out `dma`, one in some. `at`: the CPU address of the bytes that the device is to see there. */
export function checkMappingReached(c: CaseFile, dma: number, at: number): void {
  if (c.reach === null) return;
  const { pendingSize: size, pendingDirection: direction } = c;
  if (!c.iommu && !c.bounced && dma !== PHYSICAL_BASE + at) failUnreached(c, dma, at, deviceWrites(direction));
  if (deviceReads(direction) && c.reach.translate(dma, size, false) !== at) failUnreached(c, dma, at, false);
  if (deviceWrites(direction) && c.reach.translate(dma, size, true) !== at) failUnreached(c, dma, at, true);
}

/** What the back end says of a page that became reachable: the device finds it there, and may do with it what was said. */
export function checkExposure(
  c: CaseFile,
  said: { readonly iova: number; readonly cpu: number; readonly readable: boolean; readonly writable: boolean },
): void {
  if (c.reach === null) return;
  const read = c.reach.translate(said.iova, PAGE_SIZE, false);
  const write = c.reach.translate(said.iova, PAGE_SIZE, true);
  if (read === (said.readable ? said.cpu : -1) && write === (said.writable ? said.cpu : -1)) return;
  fail(reach, 'page exposed otherwise than said', {
    expected: { address: said.iova, cpu: said.cpu, readable: said.readable, writable: said.writable },
    got: { 'cpu for reading': read, 'cpu for writing': write },
    blame: DMA_MAP,
  });
}

/** Coherent memory was allocated, all of which the device may write. That it reads the ring as well shows by itself. */
export function checkCoherentReached(c: CaseFile, cpu: number, dma: number, size: number): void {
  if (c.reach === null) return;
  if (c.reach.translate(dma, size, true) === cpu) return;
  fail(reach, 'coherent memory out of reach', {
    expected: { cpu, size },
    got: { reachable: false, dma },
    blame: DMA_MAP,
  });
}

/** Without a DMA API: a piece of a buffer that is in flight now, or its table. */
export function checkPieceReached(c: CaseFile, dma: number, cpu: number, size: number, write: boolean): void {
  if (c.reach === null || c.reach.translate(dma, size, write) === cpu) return;
  fail(reach, write ? 'buffer not writable' : 'buffer not readable', {
    expected: { cpu, size },
    got: { reachable: false, dma },
    blame: DMA_MAP,
  });
}

/** Whether a piece of a buffer in flight holds the range, as one that the device may write or read. */
function isLent(c: CaseFile, cpu: number, size: number, write: boolean): boolean {
  const { buffers } = c;
  for (let token = 1; token <= buffers.count; token++) {
    if (buffers.state[token] !== IN_FLIGHT) continue;
    const first = buffers.firstPiece[token]! + (write ? buffers.outPieces[token]! : 0);
    const end = first + (write ? buffers.inPieces[token]! : buffers.outPieces[token]!);
    for (let k = first; k < end; k++) {
      const start = buffers.pieceCpu[k]!;
      if (cpu >= start && cpu + size <= start + buffers.pieceSize[k]!) return true;
    }
  }
  return false;
}

function failUnreached(c: CaseFile, dma: number, at: number, write: boolean): void {
  fail(reach, write ? 'mapping not writable' : 'mapping not readable', {
    expected: { cpu: at, size: c.pendingSize },
    got: { cpu: c.reach?.translate(dma, c.pendingSize, write) ?? -1, address: dma },
    blame: DMA_MAP,
  });
}
