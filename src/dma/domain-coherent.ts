// The coherent region of a VDUSE domain: I/O virtual addresses behind the streaming region, handed out in pages. The device
// reads and writes all of it, as long as it is allocated. Addresses are reused as late as possible, so that a stale one is
// caught. Per-page tables in a hot path: indices are bounded by REGION_PAGES, hence the `!`.

import { DOMAIN_BASE, PAGE_SIZE, POOL_SIZE } from '../memory/layout.js';
import { COHERENT_PAGES, coherentPageIndex } from './coherent-allocator.js';
import type { DmaObserver } from './dma-observer.js';

/** First I/O virtual address of the region. */
export const DOMAIN_COHERENT_BASE = DOMAIN_BASE + POOL_SIZE;
/** Several times what can be allocated at once. */
export const REGION_PAGES = 64;

const PAGE_SHIFT = 12;
const REGION_SIZE = REGION_PAGES * PAGE_SIZE;
const UNMAPPED = -1;

export class DomainCoherent {
  /** CPU page behind each page of the region, or UNMAPPED. */
  private readonly page = new Int32Array(REGION_PAGES).fill(UNMAPPED);
  /** First page of each allocation, by the coherent page that it starts at; meaningless where none starts. */
  private readonly firstPage = new Uint8Array(COHERENT_PAGES);
  private next = 0;
  /** Pages from here on were never mapped since the last reset. */
  private touched = 0;

  constructor(private readonly observer: DmaObserver) {}

  reset(): void {
    this.page.fill(UNMAPPED, 0, this.touched);
    this.next = 0;
    this.touched = 0;
  }

  /** The address at which whole pages of coherent memory from `cpu` on are now reachable, or -1 when there is no room. */
  map(cpu: number, size: number): number {
    const count = size >>> PAGE_SHIFT;
    const first = this.findRun(count);
    if (first < 0) return -1;
    // Before the observer hears of them: it may end the execution, and the reset must find what was mapped so far.
    if (first + count > this.touched) this.touched = first + count;
    for (let k = 0; k < count; k++) {
      this.page[first + k] = (cpu >>> PAGE_SHIFT) + k;
      this.observer.exposed(addressOf(first + k), cpu + k * PAGE_SIZE, true, true);
    }
    this.firstPage[coherentPageIndex(cpu)] = first;
    this.next = first + count;
    return addressOf(first);
  }

  /** Ends an allocation of `size` bytes that map() made reachable. */
  unmap(cpu: number, size: number): void {
    const first = this.firstPage[coherentPageIndex(cpu)]!;
    for (let page = first; page < first + (size >>> PAGE_SHIFT); page++) {
      this.page[page] = UNMAPPED;
      this.observer.withdrawn(addressOf(page));
    }
  }

  /** The CPU address behind `size` bytes at `dma`, or -1. Pages that follow each other must do so in memory too. */
  translate(dma: number, size: number): number {
    const offset = dma - DOMAIN_COHERENT_BASE;
    if (offset < 0 || offset + size > REGION_SIZE) return -1;
    const first = offset >>> PAGE_SHIFT;
    const last = (offset + size - 1) >>> PAGE_SHIFT;
    const cpuPage = this.page[first]!;
    if (cpuPage === UNMAPPED) return -1;
    for (let page = first + 1; page <= last; page++) if (this.page[page] !== cpuPage + page - first) return -1;
    return cpuPage * PAGE_SIZE + (offset & (PAGE_SIZE - 1));
  }

  /** Next fit, at most once around; a run never crosses the end of the region. */
  private findRun(count: number): number {
    let page = this.next;
    let run = 0;
    for (let checked = 0; checked < REGION_PAGES + count; checked++) {
      if (page === REGION_PAGES) {
        page = 0;
        run = 0;
      }
      run = this.page[page] === UNMAPPED ? run + 1 : 0;
      page++;
      if (run === count) return page - count;
    }
    return -1;
  }
}

function addressOf(page: number): number {
  return DOMAIN_COHERENT_BASE + page * PAGE_SIZE;
}
