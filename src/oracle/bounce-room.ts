// Whether there is room for what was refused, by the ledger alone. In the bounce pool every live mapping takes the whole
// alignment units that it lies in, and no others; in a VDUSE domain it takes or shares bounce pages; of the addresses of an
// IOMMU it is enough to know that one gap between what is mapped must be large enough. Asked only where a mapping or an allocation failed.

import { REGION_PAGES } from '../dma/domain-coherent.js';
import { DOMAIN_MAPPINGS_CAPACITY } from '../dma/domain-mappings.js';
import { GRANULES } from '../dma/iommu.js';
import { COHERENT_SIZE, PAGE_SIZE, POOL_BASE, POOL_SIZE } from '../memory/layout.js';
import { bounceOf, type CaseFile } from './case-file.js';
import { granulesOf } from './disclosure.js';

const SLOT_SHIFT = 11;
const SLOT_MASK = (1 << SLOT_SHIFT) - 1;
/** No mapping crosses one (facts 4.1). */
const SEGMENT_SLOTS = 128;
const SEGMENT_SIZE = SEGMENT_SLOTS << SLOT_SHIFT;

const taken = new Uint8Array(POOL_SIZE >> SLOT_SHIFT);
const original = new Int32Array(POOL_SIZE / PAGE_SIZE);

/** Bytes that belong to one mapping alone, as a mask: a slot, or what alloc_align_mask asks for. */
export function unitMask(c: CaseFile): number {
  return c.allocAlignMask | SLOT_MASK;
}

/** Whether the map in progress is of a size that the DMA layer advertises and finds a run of free slots for it. */
export function hasRoom(c: CaseFile): boolean {
  const { pendingCpu: cpu, pendingSize: size, minAlignMask, allocAlignMask } = c;
  if (size > SEGMENT_SIZE - ((minAlignMask + SLOT_MASK) & ~SLOT_MASK)) return false;
  const unit = unitMask(c);
  const total = (size + (cpu & minAlignMask & unit) + allocAlignMask) & ~allocAlignMask;
  const count = (total + SLOT_MASK) >> SLOT_SHIFT;
  const pageAligned = minAlignMask === 0 && allocAlignMask === 0 && size >= PAGE_SIZE;
  const zero = pageAligned ? PAGE_SIZE - 1 : unit;
  const match = minAlignMask & ~unit;
  const slots = markTaken(c, unit);
  // Linux counts a step that goes beyond the pool's end in full, and then ends its search one place before the first.
  let due = c.poolFile === null ? 1 : 2;
  for (let start = 0; start + count <= slots; start++) {
    const address = POOL_BASE + (start << SLOT_SHIFT);
    if ((address & zero) !== 0 || ((address ^ cpu) & match) !== 0) continue;
    if (isFree(start, count) && --due === 0) return true;
  }
  return false;
}

/** Whether the map in progress has to work. */
export function hasMapRoom(c: CaseFile): boolean {
  if (c.vduse) return hasPages(c);
  if (c.bounced) return hasRoom(c);
  return !c.iommu || hasGranules(c, granulesOf(c.pendingCpu, c.pendingSize));
}

/** Whether coherent memory of `size` bytes has to be had. */
export function hasCoherentRoom(c: CaseFile, size: number): boolean {
  const pages = Math.ceil(size / PAGE_SIZE);
  if (c.iommu && !hasGranules(c, pages)) return false;
  if (c.vduse && REGION_PAGES - c.granulesExpected < (c.coherentLive + 1) * pages) return false;
  const mask = (1 << pages) - 1;
  for (let first = 0; first + pages <= COHERENT_SIZE / PAGE_SIZE; first++) {
    if ((c.coherentPages & (mask << first)) === 0) return true;
  }
  return false;
}

/** Whether `count` granules in a row must be free: what is free lies in one gap more than there are mappings. */
function hasGranules(c: CaseFile, count: number): boolean {
  const gaps = c.ledger.liveCount + c.coherentLive + 1;
  return GRANULES - c.granulesExpected >= gaps * count;
}

/** Whether there are consecutive bounce pages for the map in progress: free ones, or such as stand for its pages already. */
function hasPages(c: CaseFile): boolean {
  if (c.ledger.liveCount >= DOMAIN_MAPPINGS_CAPACITY) return false;
  const pages = (c.poolEnd - POOL_BASE) / PAGE_SIZE;
  const first = Math.trunc(c.pendingCpu / PAGE_SIZE);
  const count = granulesOf(c.pendingCpu, c.pendingSize);
  markOriginals(c, pages);
  for (let start = 0; start + count <= pages; start++) {
    let fit = 0;
    while (fit < count && (original[start + fit] === 0 || original[start + fit] === first + fit)) fit++;
    if (fit === count) return true;
  }
  return false;
}

/** Whether the map in progress fits into a run of bounce pages of which one stands for memory of it already. */
export function hasSharedRun(c: CaseFile): boolean {
  const pages = (c.poolEnd - POOL_BASE) / PAGE_SIZE;
  const first = Math.trunc(c.pendingCpu / PAGE_SIZE);
  const count = granulesOf(c.pendingCpu, c.pendingSize);
  markOriginals(c, pages);
  for (let start = 0; start + count <= pages; start++) {
    let shared = 0;
    let fit = 0;
    for (; fit < count; fit++) {
      const at = original[start + fit]!;
      if (at === first + fit) shared++;
      else if (at !== 0) break;
    }
    if (fit === count && shared > 0) return true;
  }
  return false;
}

/** Notes for each bounce page which page of memory live mappings made it stand for; 0 for none. */
function markOriginals(c: CaseFile, pages: number): void {
  const { ledger } = c;
  original.fill(0, 0, pages);
  for (let k = 0; k < ledger.liveCount; k++) {
    const entry = ledger.liveAt(k);
    const bounce = bounceOf(ledger.dma[entry]!);
    if (bounce < 0) continue;
    const page = Math.trunc((bounce - POOL_BASE) / PAGE_SIZE);
    const cpuPage = Math.trunc(ledger.cpu[entry]! / PAGE_SIZE);
    const count = granulesOf(ledger.cpu[entry]!, ledger.size[entry]!);
    for (let i = 0; i < count; i++) original[page + i] = cpuPage + i;
  }
}

/** Marks the slots that live mappings take; the number of slots of the pool. */
function markTaken(c: CaseFile, unit: number): number {
  const { ledger } = c;
  const slots = (c.poolEnd - POOL_BASE) >> SLOT_SHIFT;
  taken.fill(0, 0, slots);
  for (let k = 0; k < ledger.liveCount; k++) {
    const entry = ledger.liveAt(k);
    const bounce = bounceOf(ledger.dma[entry]!);
    if (bounce < 0) continue;
    const first = ((bounce & ~unit) - POOL_BASE) >> SLOT_SHIFT;
    const last = (((bounce + ledger.size[entry]! - 1) | unit) - POOL_BASE) >> SLOT_SHIFT;
    taken.fill(1, first, last + 1);
  }
  return slots;
}

function isFree(start: number, count: number): boolean {
  if (Math.trunc(start / SEGMENT_SLOTS) !== Math.trunc((start + count - 1) / SEGMENT_SLOTS)) return false;
  for (let slot = start; slot < start + count; slot++) if (taken[slot] === 1) return false;
  return true;
}
