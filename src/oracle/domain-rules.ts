// The claims of bounce-mismatch and disclosure for a VDUSE domain, where several mappings share a bounce page and the
// device reaches whole pages (docs/dma.md). Judged by calls, copies and the bytes of memory, not by the back end's tables.

import { PAGE_SIZE } from '../memory/layout.js';
import { bounceMismatch } from './bounce-mismatch.js';
import { hasSharedRun } from './bounce-room.js';
import { bounceOf, type CaseFile } from './case-file.js';
import { disclosure } from './disclosure.js';
import { pageOf } from './domain-pages.js';
import { DMA_MAP, DMA_UNMAP, fail } from './oracle.js';

const PAGE_MASK = PAGE_SIZE - 1;
const PAGE_SHIFT = 12;
const ZEROES = Buffer.alloc(PAGE_SIZE);

/** One of the copies of the map in progress: a mapping of several pages may be filled page by page. */
export function checkPieceIn(c: CaseFile, target: number, source: number, size: number): void {
  const start = target - (source - c.pendingCpu);
  const inside = source >= c.pendingCpu && source + size <= c.pendingCpu + c.pendingSize;
  if (inside && (c.pendingTarget < 0 || start === c.pendingTarget)) {
    c.pendingTarget = start;
    return;
  }
  fail(bounceMismatch, inside ? 'copy-in target' : 'copy-in source', {
    expected: { cpu: c.pendingCpu, size: c.pendingSize, ...(inside ? { target: c.pendingTarget } : {}) },
    got: { cpu: source, size, ...(inside ? { target: start } : { target }) },
    blame: DMA_MAP,
  });
}

/**
 * The bounce pages that the map handed out: those that were filled, inside the pool, at the original's offset in the page,
 * shared with mappings of the same page of memory only, and without anything that no mapping put there.
 */
export function openPages(c: CaseFile, dma: number, size: number): void {
  const bounce = bounceOf(dma);
  const wrong = misplaced(c, bounce, size);
  if (wrong !== '') {
    fail(bounceMismatch, wrong, {
      expected: { cpu: c.pendingCpu, filled: c.pendingTarget, 'pool end': c.poolEnd },
      got: { address: bounce < 0 ? dma : bounce, size },
      blame: DMA_MAP,
    });
  }
  if (bounce < 0) return;
  checkSharing(c, dma, bounce, size);
  const last = pageOf(bounce + size - 1);
  for (let page = pageOf(bounce); page <= last; page++) {
    if (c.domain.isKnown(page)) continue;
    fail(disclosure, 'bounce page not zeroed before the device reaches it', {
      expected: { zeroed: true },
      got: { zeroed: false, page },
      blame: DMA_MAP,
    });
  }
  c.domain.open(bounce, size, c.pendingCpu);
}

function misplaced(c: CaseFile, bounce: number, size: number): string {
  if (bounce < 0) return 'no bounce page';
  if (c.pendingTarget >= 0 && bounce !== c.pendingTarget) return 'bounce page';
  if (bounce + size > c.poolEnd) return 'bounce page beyond the pool';
  return ((bounce ^ c.pendingCpu) & PAGE_MASK) === 0 ? '' : 'bounce page with another offset';
}

/** A bounce page stands for one page of memory as long as any mapping uses it, and a page that has one gets no second one. */
function checkSharing(c: CaseFile, dma: number, bounce: number, size: number): void {
  const { domain } = c;
  const last = pageOf(bounce + size - 1);
  let elsewhere = false;
  let shared = false;
  let original = c.pendingCpu >> PAGE_SHIFT;
  for (let page = pageOf(bounce); page <= last; page++, original++) {
    if (domain.usersOf(page) === 0) elsewhere ||= domain.hasPage(original);
    else if (domain.originalOf(page) === original) shared = true;
    else failTwoOriginals(c, dma, page, size);
  }
  if (shared || !elsewhere || !hasSharedRun(c)) return;
  fail(bounceMismatch, 'bounce page not shared', {
    expected: { shared: true },
    got: { shared: false, cpu: c.pendingCpu, address: dma, size },
    blame: DMA_MAP,
  });
}

function failTwoOriginals(c: CaseFile, dma: number, page: number, size: number): void {
  const { ledger } = c;
  let entry = -1;
  for (let k = 0; k < ledger.liveCount && !usesPage(c, entry, page); k++) entry = ledger.liveAt(k);
  fail(bounceMismatch, 'bounce page of two originals', {
    expected: { 'page of memory': c.domain.originalOf(page) << PAGE_SHIFT },
    got: { cpu: c.pendingCpu, address: dma, size },
    mapping: entry,
    blame: DMA_MAP,
  });
}

/**
 * Somebody fills a range of the pool: with zeroes only, in a map or unmap, over no bytes of another live mapping, and at the
 * end of a mapping no further than mappings had filled the page.
 */
export function checkWipe(c: CaseFile, target: number, size: number, value: number): void {
  const { ledger } = c;
  if (value !== 0 || (!c.pendingMap && c.current < 0)) {
    fail(bounceMismatch, 'bounce page filled', { expected: { value: 0 }, got: { value, target, size } });
  }
  const page = pageOf(target);
  const from = c.domain.filledFrom(page);
  const to = c.domain.filledTo(page);
  if (!c.pendingMap && (target < from || target + size > to)) {
    fail(bounceMismatch, 'wiped beyond what mappings filled', {
      expected: { from, to },
      got: { from: target, to: target + size },
      mapping: c.current,
      blame: DMA_UNMAP,
    });
  }
  // Most pages are wiped when nobody else uses them.
  if (pageOf(target + size - 1) === page && c.domain.usersOf(page) === (usesPage(c, c.current, page) ? 1 : 0)) return;
  for (let k = 0; k < ledger.liveCount; k++) {
    const entry = ledger.liveAt(k);
    const bounce = bounceOf(ledger.dma[entry]!);
    if (entry === c.current || target + size <= bounce || bounce + ledger.size[entry]! <= target) continue;
    fail(bounceMismatch, 'wiped under a live mapping', {
      expected: { overlap: 0 },
      got: { target, size },
      mapping: entry,
      blame: c.pendingMap ? DMA_MAP : DMA_UNMAP,
    });
  }
}

/** Whether that mapping, -1 for none, has bytes in the bounce page. */
function usesPage(c: CaseFile, entry: number, page: number): boolean {
  if (entry < 0) return false;
  const bounce = bounceOf(c.ledger.dma[entry]!);
  return bounce >= 0 && pageOf(bounce) <= page && page <= pageOf(bounce + c.ledger.size[entry]! - 1);
}

/** A mapping has ended: what mappings put into a page does not outlast the last of them. */
export function closePages(c: CaseFile, entry: number): void {
  const { domain, ledger } = c;
  const bounce = bounceOf(ledger.dma[entry]!);
  if (bounce < 0) return;
  const last = pageOf(bounce + ledger.size[entry]! - 1);
  for (let page = pageOf(bounce); page <= last; page++) {
    if (!domain.close(page)) continue;
    const from = domain.filledFrom(page);
    const size = domain.filledTo(page) - from;
    if (c.holdsBytes(from, ZEROES, size)) continue;
    fail(disclosure, 'bounce page not wiped after its last mapping', {
      expected: { byte: 0, size },
      got: { page, address: from },
      mapping: entry,
      blame: DMA_UNMAP,
    });
  }
}

/** What the back end says it exposes: bounce pages of mappings, and coherent memory that is allocated. */
export function checkDomain(c: CaseFile): void {
  const coherent = c.granules !== c.granulesExpected;
  if (!coherent && c.domain.exposed === c.domain.enteredCount) return;
  fail(
    disclosure,
    coherent ? 'coherent page reachable after it was freed' : 'bounce page reachable without a mapping',
    {
      expected: { 'coherent pages': c.granulesExpected, 'bounce pages': c.domain.enteredCount },
      got: { 'coherent pages': c.granules, 'bounce pages': c.domain.exposed },
      blame: DMA_UNMAP,
    },
  );
}

/** The device wrote bytes of the pool: their pages must be in the domain. */
export function checkReach(c: CaseFile, address: number, size: number): void {
  const last = pageOf(address + size - 1);
  for (let page = pageOf(address); page <= last; page++) {
    if (c.domain.isEntered(page)) continue;
    fail(disclosure, 'bounce page reachable without a mapping', {
      expected: { reachable: false },
      got: { 'device wrote': address, size },
      blame: DMA_MAP,
    });
  }
}
