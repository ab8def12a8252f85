// The claim of disclosure from the device's side: what was taken back, and what was never handed over, is out of reach.
// Asked of the DMA layer as the device would, so that a back end that reports one thing and does another is seen.

import { REGION_PAGES } from '../dma/domain-coherent.js';
import type { Reach } from '../memory/device-view.js';
import {
  COHERENT_BASE,
  COHERENT_SIZE,
  DATA_BASE,
  DOMAIN_BASE,
  HEAP_BASE,
  PAGE_SIZE,
  PHYSICAL_BASE,
  POOL_BASE,
  POOL_SIZE,
} from '../memory/layout.js';
import { type CaseFile, deviceWrites } from './case-file.js';
import { disclosure } from './disclosure.js';
import { DMA_MAP, DMA_UNMAP, fail } from './oracle.js';

const PAGE_MASK = PAGE_SIZE - 1;
/** A VDUSE domain: its streaming region and its coherent one. */
const DOMAIN_SIZE = POOL_SIZE + REGION_PAGES * PAGE_SIZE;

/** Private memory as a device that knows physical addresses would ask for it: addresses below `PHYSICAL_BASE` added. */
const PRIVATE = [
  { address: COHERENT_BASE - 1, size: 2 },
  { address: COHERENT_BASE, size: 1 },
  { address: COHERENT_BASE + COHERENT_SIZE - 1, size: 2 },
  { address: HEAP_BASE, size: 16 },
  { address: DATA_BASE, size: 1 },
  // Long enough for every bit of a mask of pages to come round again.
  { address: 0, size: COHERENT_BASE + COHERENT_SIZE },
  { address: COHERENT_BASE, size: 32 * PAGE_SIZE },
  { address: DATA_BASE, size: 32 * PAGE_SIZE },
] as const;

/** A mapping has ended, one in some, in a back end that copies nothing: its last byte is gone, where no other one has it. */
export function checkMappingGone(c: CaseFile, entry: number): void {
  const { ledger, reach } = c;
  if (reach === null) return;
  const last = ledger.dma[entry]! + ledger.size[entry]! - 1;
  if (reach.translate(last, 1, deviceWrites(ledger.direction[entry]!)) < 0 || ledger.findContaining(last, 1) >= 0)
    return;
  fail(disclosure, 'reachable after its mapping ended', {
    expected: { reachable: false },
    got: { reachable: true, address: last },
    mapping: entry,
    blame: DMA_UNMAP,
  });
}

/** A mapping was made where every byte counts: the one behind it is no part of it. */
export function checkMappingEnd(c: CaseFile, dma: number): void {
  if (c.reach === null || c.reach.translate(dma, c.pendingSize + 1, deviceWrites(c.pendingDirection)) < 0) return;
  fail(disclosure, 'reachable beyond the mapping', {
    expected: { size: c.pendingSize },
    got: { size: c.pendingSize + 1, address: dma },
    blame: DMA_MAP,
  });
}

/** Coherent memory at `cpu`, which was `size` bytes long, was freed. */
export function checkCoherentGone(c: CaseFile, cpu: number, size: number): void {
  if (c.reach === null) return;
  const dma = c.coherentDma[(cpu - COHERENT_BASE) >> 12]!;
  if (c.reach.translate(dma + wholePages(size) - 1, 1, true) < 0) return;
  fail(disclosure, 'coherent memory reachable after it was freed', {
    expected: { reachable: false },
    got: { reachable: true, address: dma, size },
    blame: DMA_UNMAP,
  });
}

/**
 * While there is a ring, in the first pages of coherent memory: what lies beside it, and where a wrong address would find it,
 * is out of reach. One place an execution, for what it costs.
 */
export function checkBesideRing(c: CaseFile): void {
  if (c.reach === null || !c.isCoherentLive(COHERENT_BASE)) return;
  const dma = c.coherentDma[0]!;
  const pages = wholePages(c.coherentSize[0]!);
  switch (c.ledger.count & 3) {
    case 0:
      checkEdge(c, c.reach, dma - 1, COHERENT_BASE - 1);
      break;
    case 1:
      checkEdge(c, c.reach, dma + pages - 1, COHERENT_BASE + pages);
      break;
    case 2:
      // The first page of all memory, whatever lies at the first address of an IOMMU or a domain.
      checkEdge(c, c.reach, PHYSICAL_BASE, 0);
      break;
    default:
      // 32 bits further on, where an address that was cut off would find the ring.
      checkEdge(c, c.reach, dma + 0x1_0000_0000, 0);
      break;
  }
}

/** Without a DMA API: a piece of a buffer that came back, or its table. */
export function checkPieceGone(c: CaseFile, dma: number, size: number, write: boolean): void {
  if (c.reach === null) return;
  if (c.reach.translate(dma + size - 1, 1, write) < 0) return;
  fail(disclosure, 'reachable after the buffer came back', {
    expected: { reachable: false },
    got: { reachable: true, address: dma, size },
    blame: DMA_UNMAP,
  });
}

/** The queue is gone and so is every mapping: private memory is out of reach. One place an execution, for what it costs. */
export function checkPrivate(c: CaseFile): void {
  if (c.reach === null || c.unmappedWrongly) return;
  const k = c.ledger.count % (PRIVATE.length + 3);
  // Of the bounce pool what lies before it, behind as much of it as there is, and behind the whole of a VDUSE domain.
  const pool = k === PRIVATE.length ? POOL_BASE : k === PRIVATE.length + 1 ? c.poolEnd : POOL_BASE + DOMAIN_SIZE + 1;
  const { address, size } = k < PRIVATE.length ? PRIVATE[k]! : { address: pool - 1, size: 2 };
  const dma = (c.vduse && k >= PRIVATE.length ? DOMAIN_BASE - POOL_BASE : PHYSICAL_BASE) + address;
  if (c.reach.translate(dma, size, false) < 0 && c.reach.translate(dma, size, true) < 0) return;
  fail(disclosure, 'private memory reachable', {
    expected: { reachable: false },
    got: { reachable: true, address, size },
    blame: DMA_UNMAP,
  });
}

/** Two bytes from `dma` on, one of which lies at `other`: out of reach unless that is coherent memory as well. */
function checkEdge(c: CaseFile, reach: Reach, dma: number, other: number): void {
  if (reach.translate(dma, 2, true) < 0) return;
  if (other >= COHERENT_BASE && other < COHERENT_BASE + COHERENT_SIZE && c.isCoherentLive(other)) return;
  fail(disclosure, 'reachable beside coherent memory', {
    expected: { reachable: false },
    got: { reachable: true, cpu: other },
    blame: DMA_UNMAP,
  });
}

function wholePages(size: number): number {
  return (size + PAGE_MASK) & ~PAGE_MASK;
}
