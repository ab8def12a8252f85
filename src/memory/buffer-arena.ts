// Where the harness's client keeps the buffers that it hands to the driver: whole pages per buffer, as a driver must
// behind an IOMMU, where a mapping exposes whole granules.

import { DATA_BASE, DATA_SIZE, PAGE_SIZE } from './layout.js';

const PAGES = DATA_SIZE / PAGE_SIZE;

export class BufferArena {
  private readonly used = new Uint8Array(PAGES);
  private lowestFree = 0;
  private touchedPages = 0;

  reset(): void {
    this.used.fill(0, 0, this.touchedPages);
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
        this.used.fill(1, first, first + count);
        if (first === this.lowestFree) this.lowestFree = first + count;
        if (first + count > this.touchedPages) this.touchedPages = first + count;
        return DATA_BASE + first * PAGE_SIZE;
      }
    }
    return 0;
  }

  freePages(address: number, count: number): void {
    const first = (address - DATA_BASE) / PAGE_SIZE;
    this.used.fill(0, first, first + count);
    if (first < this.lowestFree) this.lowestFree = first;
  }
}
