// The bounce pages of a VDUSE domain: which page of memory each of them stands for, how many mappings use it, and what of
// it has to go when the last of them ends. Private memory: the device cannot write any of it, and only the page recorded
// here decides where a copy goes.
//
//   page of memory   |..[= A =]....[= B =]..|      two mappings, wherever they come from
//   bounce page      |00[= A =]0000[= B =]00|      the same offsets; 0 where no mapping is
//
// A page that was taken once stays in the domain, as in Linux: the device keeps it in its address space and may read and
// write it after its last mapping too. So it is zeroed before it enters, and what mappings put there is wiped when the
// last one ends. Tables in a hot path: indices are below MAX_PAGES, hence the `!`.

import { DOMAIN_BASE, PAGE_SIZE, POOL_BASE, POOL_SIZE } from '../memory/layout.js';
import type { BulkMemory } from './back-end.js';
import type { DmaObserver } from './dma-observer.js';

export const PAGE_SHIFT = 12;
export const PAGE_MASK = PAGE_SIZE - 1;

const MAX_PAGES = POOL_SIZE >> PAGE_SHIFT;
const NOBODY = -1;

export class BouncePages {
  /** CPU address of the page that the bounce page stands for; NOBODY while no mapping uses it. */
  private readonly original = new Int32Array(MAX_PAGES).fill(NOBODY);
  /** Live mappings that use the page. */
  private readonly users = new Uint16Array(MAX_PAGES);
  /** 1 for a page that the device reaches. */
  private readonly entered = new Uint8Array(MAX_PAGES);
  /** What mappings put into the page since it was last nobody's: first offset and end. */
  private readonly from = new Uint16Array(MAX_PAGES);
  private readonly to = new Uint16Array(MAX_PAGES);

  private pageCount = 0;
  /** Pages from here on were never taken since the last reset. */
  private touched = 0;

  constructor(
    private readonly memory: BulkMemory,
    private readonly observer: DmaObserver,
  ) {}

  reset(pageCount: number): void {
    this.original.fill(NOBODY, 0, this.touched);
    this.users.fill(0, 0, this.touched);
    this.entered.fill(0, 0, this.touched);
    this.pageCount = pageCount;
    this.touched = 0;
  }

  /** Bytes of the streaming region. */
  get size(): number {
    return this.pageCount << PAGE_SHIFT;
  }

  /**
   * Takes consecutive bounce pages for the pages of memory under [cpu, cpu + size): those that stand for them already, or
   * free ones. Returns the offset of the first byte in the region, or -1 when there is no room.
   */
  take(cpu: number, size: number): number {
    const inPage = cpu & PAGE_MASK;
    const count = Math.ceil((inPage + size) / PAGE_SIZE);
    const first = this.find(cpu - inPage, count);
    if (first < 0) return -1;
    // Before the observer hears of them: it may end the execution, and the reset must find what was taken so far.
    if (first + count > this.touched) this.touched = first + count;
    for (let k = 0; k < count; k++) {
      const page = first + k;
      this.original[page] = cpu - inPage + k * PAGE_SIZE;
      if (this.entered[page] === 0) this.enter(page);
      const from = k === 0 ? inPage : 0;
      const to = Math.min(PAGE_SIZE, inPage + size - k * PAGE_SIZE);
      const used = this.users[page]! > 0;
      if (!used || from < this.from[page]!) this.from[page] = from;
      if (!used || to > this.to[page]!) this.to[page] = to;
      this.users[page]!++;
    }
    return (first << PAGE_SHIFT) + inPage;
  }

  /** One mapping less on each page under [offset, offset + size) of the region; the last one wipes the page. */
  release(offset: number, size: number): void {
    const last = (offset + size - 1) >> PAGE_SHIFT;
    for (let page = offset >> PAGE_SHIFT; page <= last; page++) {
      if (--this.users[page]! > 0) continue;
      this.original[page] = NOBODY;
      const from = this.from[page]!;
      this.memory.fill(POOL_BASE + (page << PAGE_SHIFT) + from, this.to[page]! - from, 0);
    }
  }

  /** CPU address of the page that bounce page `page`, which a mapping uses, stands for. */
  originalOf(page: number): number {
    return this.original[page]!;
  }

  /** Whether the device reaches all of [offset, offset + size) of the region. */
  covers(offset: number, size: number): boolean {
    if (offset + size > this.size) return false;
    const last = (offset + size - 1) >> PAGE_SHIFT;
    for (let page = offset >> PAGE_SHIFT; page <= last; page++) if (this.entered[page] === 0) return false;
    return true;
  }

  /** The page comes from the kernel's allocator, with whatever it held there. */
  private enter(page: number): void {
    const at = page << PAGE_SHIFT;
    this.memory.fill(POOL_BASE + at, PAGE_SIZE, 0);
    this.entered[page] = 1;
    this.observer.exposed(DOMAIN_BASE + at, POOL_BASE + at, true, true);
  }

  /** First bounce page of a run for `count` pages of memory from `address` on: a shared run, else the lowest free one. */
  private find(address: number, count: number): number {
    const end = address + count * PAGE_SIZE;
    for (let page = 0; page < this.touched; page++) {
      const original = this.original[page]!;
      if (original < address || original >= end) continue;
      const first = page - ((original - address) >> PAGE_SHIFT);
      if (first >= 0 && this.fits(first, count, address)) return first;
    }
    for (let first = 0; first + count <= this.pageCount; first++) {
      if (this.original[first] === NOBODY && this.fits(first, count, NOBODY)) return first;
    }
    return -1;
  }

  /** Whether each page of the run is free or stands for its page of memory already; with NOBODY: is free. */
  private fits(first: number, count: number, address: number): boolean {
    if (first + count > this.pageCount) return false;
    for (let k = 0; k < count; k++) {
      const original = this.original[first + k]!;
      if (original === NOBODY) continue;
      if (address === NOBODY || original !== address + k * PAGE_SIZE) return false;
    }
    return true;
  }
}
