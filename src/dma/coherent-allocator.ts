// Hands out coherent memory in whole pages, first fit from the lowest address, so that the same calls always get the
// same addresses. Pure bookkeeping: it neither zeroes nor shares anything. The 16 pages are the bits of one integer, so
// that a reset is one store. Page indices are checked, hence the `!`.

import { COHERENT_BASE, COHERENT_SIZE, PAGE_SIZE } from '../memory/layout.js';

const PAGE_SHIFT = 12;
export const COHERENT_PAGES = COHERENT_SIZE >> PAGE_SHIFT;

export class CoherentAllocator {
  /** Bit n: page n is in use. */
  private used = 0;
  /** Bit n: an allocation starts at page n. */
  private starts = 0;
  /** Its pages; meaningless where none starts. */
  private readonly length = new Uint8Array(COHERENT_PAGES);

  reset(): void {
    this.used = 0;
    this.starts = 0;
  }

  /** The CPU address of `bytes` bytes, a multiple of PAGE_SIZE and at least one page; 0 when there is no room. */
  allocate(bytes: number): number {
    const pages = bytes >>> PAGE_SHIFT;
    for (let first = 0; first + pages <= COHERENT_PAGES; first++) {
      const mask = pagesMask(first, pages);
      if ((this.used & mask) !== 0) continue;
      this.used |= mask;
      this.starts |= 1 << first;
      this.length[first] = pages;
      return COHERENT_BASE + (first << PAGE_SHIFT);
    }
    return 0;
  }

  /** Takes an allocation back; its size in bytes, or 0 when none starts at `cpu`. */
  release(cpu: number): number {
    if (!this.startsAt(cpu)) return 0;
    const first = coherentPageIndex(cpu);
    const pages = this.length[first]!;
    this.used &= ~pagesMask(first, pages);
    this.starts &= ~(1 << first);
    return pages << PAGE_SHIFT;
  }

  /** Whether a live allocation starts at `cpu`. */
  startsAt(cpu: number): boolean {
    const page = coherentPageIndex(cpu);
    return page >= 0 && ((this.starts >>> page) & 1) !== 0;
  }
}

/** Index of the coherent page that starts at `cpu`; -1 when none does. */
export function coherentPageIndex(cpu: number): number {
  const offset = cpu - COHERENT_BASE;
  if (offset < 0 || offset >= COHERENT_SIZE || (offset & (PAGE_SIZE - 1)) !== 0) return -1;
  return offset >>> PAGE_SHIFT;
}

/** One bit for each coherent page that [cpu, cpu + size) touches; the range lies in coherent memory. */
export function coherentPagesMask(cpu: number, size: number): number {
  const first = (cpu - COHERENT_BASE) >>> PAGE_SHIFT;
  const last = (cpu + size - 1 - COHERENT_BASE) >>> PAGE_SHIFT;
  return pagesMask(first, last - first + 1);
}

function pagesMask(first: number, pages: number): number {
  return ((1 << pages) - 1) << first;
}
