// Whether the bounce pool has room for a mapping, by the ledger alone: every live mapping takes the whole alignment units
// that it lies in, and no others. Asked only where a mapping failed.

import { PAGE_SIZE, POOL_BASE, POOL_SIZE } from '../memory/layout.js';
import { bounceOf, type CaseFile } from './case-file.js';

const SLOT_SHIFT = 11;
const SLOT_MASK = (1 << SLOT_SHIFT) - 1;
/** No mapping crosses one (facts 4.1). */
const SEGMENT_SLOTS = 128;
const SEGMENT_SIZE = SEGMENT_SLOTS << SLOT_SHIFT;

const taken = new Uint8Array(POOL_SIZE >> SLOT_SHIFT);

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
  for (let start = 0; start + count <= slots; start++) {
    const address = POOL_BASE + (start << SLOT_SHIFT);
    if ((address & zero) !== 0 || ((address ^ cpu) & match) !== 0) continue;
    if (isFree(start, count)) return true;
  }
  return false;
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
