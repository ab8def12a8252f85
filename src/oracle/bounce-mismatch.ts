// Every bounce copy moves the bytes of one mapping between its own slot and its own original, in the direction that the
// mapping allows (facts 4.1). Each copy is seen before it happens, whoever asked for it.

import { PAGE_SIZE } from '../memory/layout.js';
import { unitMask } from './bounce-room.js';
import { bounceOf, type CaseFile, deviceReads, deviceWrites, isPool } from './case-file.js';
import { DMA_MAP, DMA_SYNC, fail, type OracleInfo } from './oracle.js';
import { directionName } from './unmap-mismatch.js';

export const bounceMismatch: OracleInfo = {
  id: 'bounce-mismatch',
  claim: 'every bounce copy stays inside the recorded slot and original, with the recorded length and direction',
  source: 'virtio-ring facts 4.1; daf9514fd5eb, 868c9ddc182b, 901c7280ca0d',
  severity: 'critical',
  cwe: 787,
};

/** The copy-in of the map in progress. */
export function checkCopyIn(c: CaseFile, target: number, source: number, size: number): void {
  if (source === c.pendingCpu && size === c.pendingSize && isPool(target)) return;
  fail(bounceMismatch, source === c.pendingCpu ? 'copy-in length' : 'copy-in source', {
    expected: { cpu: c.pendingCpu, size: c.pendingSize },
    got: { cpu: source, size, target },
    blame: DMA_MAP,
  });
}

/** The slot that the map handed out: the one that was filled, inside the pool and aligned as asked (facts 4.1). */
export function checkSlot(c: CaseFile, dma: number, size: number): void {
  const bounce = bounceOf(dma);
  if (c.pendingTarget >= 0 && bounce !== c.pendingTarget) {
    fail(bounceMismatch, 'slot', {
      expected: { address: dma },
      got: { address: c.pendingTarget },
      blame: DMA_MAP,
    });
  }
  if (bounce + size > c.poolEnd) {
    fail(bounceMismatch, 'slot beyond the pool', {
      expected: { 'pool end': c.poolEnd },
      got: { address: bounce, size },
      blame: DMA_MAP,
    });
  }
  const { minAlignMask, allocAlignMask } = c;
  const offset = c.pendingCpu & minAlignMask & (allocAlignMask | 2047);
  let kept = '';
  if (((bounce ^ c.pendingCpu) & minAlignMask) !== 0) kept = 'minimum alignment';
  else if (((bounce - offset) & allocAlignMask) !== 0) kept = 'allocation alignment';
  else if (size >= PAGE_SIZE && minAlignMask === 0 && allocAlignMask === 0 && (bounce & (PAGE_SIZE - 1)) !== 0) {
    kept = 'page alignment';
  }
  if (kept === '') return;
  fail(bounceMismatch, `slot without the ${kept}`, {
    expected: {
      cpu: c.pendingCpu,
      'minimum alignment mask': minAlignMask,
      'allocation alignment mask': allocAlignMask,
    },
    got: { address: bounce, size },
    blame: DMA_MAP,
  });
}

/** Where everything is bounced, an address outside the pool is the original's own: the device was not to reach it. */
export function failNotBounced(c: CaseFile, dma: number): void {
  fail(bounceMismatch, 'not bounced', {
    expected: { 'pool end': c.poolEnd },
    got: { address: dma, size: c.pendingSize },
    blame: DMA_MAP,
  });
}

/** No two live mappings may share a slot, or the larger unit that was asked for (af133562d5af). */
export function checkSlotsDisjoint(c: CaseFile, dma: number, size: number): void {
  const { ledger } = c;
  const unit = unitMask(c);
  // Both are PHYSICAL_BASE plus an address in the pool, and only the low 32 bits count.
  const first = (dma | 0) & ~unit;
  const last = (dma + size - 1) | 0 | unit;
  for (let k = 0; k < ledger.liveCount; k++) {
    const entry = ledger.liveAt(k);
    const start = ledger.dma[entry]! | 0;
    if (last < start || start + ledger.size[entry]! <= first) continue;
    fail(bounceMismatch, 'slot shared by two mappings', {
      expected: { overlap: 0 },
      got: { address: dma, size },
      mapping: entry,
      blame: DMA_MAP,
    });
  }
}

/** A copy during the unmap or sync of a live mapping. */
export function checkCopy(c: CaseFile, target: number, source: number, size: number): void {
  const { ledger, current } = c;
  const toOriginal = !isPool(target);
  const slot = toOriginal ? source : target;
  const original = toOriginal ? target : source;
  const offset = slot - bounceOf(ledger.dma[current]!);
  const direction = ledger.direction[current]!;
  let shape = '';
  if (toOriginal ? !deviceWrites(direction) : !deviceReads(direction)) shape = 'direction';
  else if (!c.currentCopies) shape = 'copy where none is due';
  else if (offset < 0 || offset + size > ledger.size[current]!) shape = 'outside the mapping';
  else if (original !== ledger.cpu[current]! + offset) shape = 'original';
  else if (!c.probing && !isDue(c, offset, size)) shape = 'length';
  if (shape === '') return;
  fail(bounceMismatch, shape, {
    expected: {
      cpu: ledger.cpu[current]! + c.currentStart,
      offset: c.currentStart,
      size: c.currentSize,
      direction: directionName(direction),
    },
    got: { cpu: original, offset, size, direction: toOriginal ? 'bounce to original' : 'original to bounce' },
    mapping: current,
    blame: DMA_SYNC,
  });
}

/** The whole of what is due; page by page through a VDUSE domain, where one that is missing shows in the contents. */
function isDue(c: CaseFile, offset: number, size: number): boolean {
  if (!c.vduse) return offset === c.currentStart && size === c.currentSize;
  return offset >= c.currentStart && offset + size <= c.currentStart + c.currentSize;
}

/**
 * How often the back end cut a caller's size down or refused its address, since the execution began: as often as a client
 * went beyond what it had mapped (daf9514fd5eb warns, and copies no more than it recorded).
 */
export function checkWarnings(warnings: number, due: number): void {
  if (warnings === due) return;
  fail(bounceMismatch, warnings > due ? 'warning without a reason' : 'no warning', {
    expected: { warnings: due },
    got: { warnings },
    blame: DMA_SYNC,
  });
}

/** A copy that belongs to no map, unmap or sync of a live mapping. */
export function failStrayCopy(target: number, source: number, size: number): void {
  fail(bounceMismatch, 'no mapping', { expected: { size: 0 }, got: { target, source, size }, blame: DMA_SYNC });
}
