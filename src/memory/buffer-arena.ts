// Where the harness's client keeps the buffers that it hands to the driver: whole pages per buffer, as a driver must
// behind an IOMMU, where a mapping exposes whole granules. Loops instead of fill(): ranges are a few pages, and a native
// call costs more than it clears.

import { DATA_BASE, DATA_SIZE, PAGE_SIZE } from './layout.js';

const PAGES = DATA_SIZE / PAGE_SIZE;

export class BufferArena {
  private readonly used = new Uint8Array(PAGES);
  private lowestFree = 0;
  private touchedPages = 0;

  reset(): void {
    for (let k = 0; k < this.touchedPages; k++) this.used[k] = 0;
    this.touchedPages = 0;
    this.lowestFree = 0;
  }

  /** The first of `count` free pages in a row, as a CPU address; 0 when there is none. */
  allocPages(count: number): number {
    let first = this.lowestFree;
    let run = 0;
    for (let page = first; page < PAGES; page++) {
      if (this.used[page] === 1) {
        run = 0;
        continue;
      }
      if (run === 0) first = page;
      run++;
      if (run === count) {
        for (let k = first; k < first + count; k++) this.used[k] = 1;
        if (first === this.lowestFree) this.lowestFree = first + count;
        if (first + count > this.touchedPages) this.touchedPages = first + count;
        return DATA_BASE + first * PAGE_SIZE;
      }
    }
    return 0;
  }

  freePages(address: number, count: number): void {
    const first = ((address - DATA_BASE) / PAGE_SIZE) | 0;
    for (let k = first; k < first + count; k++) this.used[k] = 0;
    if (first < this.lowestFree) this.lowestFree = first;
  }
}
