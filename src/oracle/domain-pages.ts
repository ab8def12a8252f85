// What the ledger's events say about the pages of a VDUSE domain, kept independently of the back end: which bounce pages
// the device reaches, how many live mappings each one has, and where mappings put bytes into it. Indices are pages of the
// pool, hence the `!`.

import { MEMORY_SIZE, PAGE_SIZE, POOL_BASE, POOL_SIZE } from '../memory/layout.js';

const PAGES = POOL_SIZE / PAGE_SIZE;
const SHIFT = 12;

export class DomainPages {
  /** Pages that the back end said it exposed. */
  exposed = 0;
  /** Pages that a mapping brought into the domain; they stay. */
  enteredCount = 0;
  private readonly entered = new Uint8Array(PAGES);
  /** 1 where somebody zeroed the whole page: before that it holds whatever the kernel had there. */
  private readonly zeroed = new Uint8Array(PAGES);
  /** Live mappings. */
  private readonly users = new Uint16Array(PAGES);
  /** Which page of memory the page stands for as long as it has users. */
  private readonly original = new Uint16Array(PAGES);
  /** Bounce pages that each page of memory has now. */
  private readonly bounced = new Uint8Array(MEMORY_SIZE / PAGE_SIZE);
  /** First offset and end of what mappings put into the page since it last had none. */
  private readonly from = new Uint16Array(PAGES);
  private readonly to = new Uint16Array(PAGES);
  /** Pages from here on were not heard of since the last reset. */
  private touched = 0;

  reset(): void {
    this.entered.fill(0, 0, this.touched);
    this.zeroed.fill(0, 0, this.touched);
    for (let page = 0; page < this.touched; page++) this.bounced[this.original[page]!] = 0;
    this.users.fill(0, 0, this.touched);
    this.touched = 0;
    this.exposed = 0;
    this.enteredCount = 0;
  }

  /** Zeroes were written to that range of the pool. */
  zero(address: number, size: number): void {
    const end = pageOf(address + size);
    for (let page = pageOf(address + PAGE_SIZE - 1); page < end; page++) {
      this.zeroed[page] = 1;
      this.touch(page);
    }
  }

  /** Whether everything in the page is known: it is in the domain, or was zeroed. */
  isKnown(page: number): boolean {
    return this.entered[page] === 1 || this.zeroed[page] === 1;
  }

  isEntered(page: number): boolean {
    return this.entered[page] === 1;
  }

  /** A mapping of these bytes of the pool begins, for those at the CPU address `cpu`. */
  open(address: number, size: number, cpu: number): void {
    const first = pageOf(address);
    const last = pageOf(address + size - 1);
    let original = cpu >> SHIFT;
    for (let page = first; page <= last; page++, original++) {
      const start = POOL_BASE + page * PAGE_SIZE;
      const from = Math.max(address, start) - start;
      const to = Math.min(address + size, start + PAGE_SIZE) - start;
      const used = this.users[page]! > 0;
      if (!used || from < this.from[page]!) this.from[page] = from;
      if (!used || to > this.to[page]!) this.to[page] = to;
      if (!used) {
        this.original[page] = original;
        this.bounced[original]!++;
      }
      this.users[page]!++;
      this.touch(page);
      if (this.entered[page] === 1) continue;
      this.entered[page] = 1;
      this.enteredCount++;
    }
  }

  /** One mapping of the page less; whether it was the last one. */
  close(page: number): boolean {
    if (--this.users[page]! > 0) return false;
    this.bounced[this.original[page]!]!--;
    return true;
  }

  /** Live mappings that have bytes in the page. */
  usersOf(page: number): number {
    return this.users[page]!;
  }

  /** Page of memory, counted from address 0, that the page stands for; of a page with users. */
  originalOf(page: number): number {
    return this.original[page]!;
  }

  /** Whether some bounce page stands for that page of memory. */
  hasPage(original: number): boolean {
    return this.bounced[original]! > 0;
  }

  /** First CPU address and end of what mappings put into the page. */
  filledFrom(page: number): number {
    return POOL_BASE + page * PAGE_SIZE + this.from[page]!;
  }

  filledTo(page: number): number {
    return POOL_BASE + page * PAGE_SIZE + this.to[page]!;
  }

  private touch(page: number): void {
    if (page >= this.touched) this.touched = page + 1;
  }
}

/** The bounce page that a CPU address in the pool lies in. */
export function pageOf(address: number): number {
  return (address - POOL_BASE) >> SHIFT;
}
