// What the ledger's events say about the pages of a VDUSE domain, kept independently of the back end: which bounce pages
// the device reaches, how many live mappings each one has, and where mappings put bytes into it. Indices are pages of the
// pool, hence the `!`.

import { PAGE_SIZE, POOL_BASE, POOL_SIZE } from '../memory/layout.js';

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
  /** First offset and end of what mappings put into the page since it last had none. */
  private readonly from = new Uint16Array(PAGES);
  private readonly to = new Uint16Array(PAGES);
  /** Pages from here on were not heard of since the last reset. */
  private touched = 0;

  reset(): void {
    this.entered.fill(0, 0, this.touched);
    this.zeroed.fill(0, 0, this.touched);
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

  /** A mapping of these bytes of the pool begins. */
  open(address: number, size: number): void {
    const first = pageOf(address);
    const last = pageOf(address + size - 1);
    for (let page = first; page <= last; page++) {
      const start = POOL_BASE + page * PAGE_SIZE;
      const from = Math.max(address, start) - start;
      const to = Math.min(address + size, start + PAGE_SIZE) - start;
      const used = this.users[page]! > 0;
      if (!used || from < this.from[page]!) this.from[page] = from;
      if (!used || to > this.to[page]!) this.to[page] = to;
      this.users[page]!++;
      this.touch(page);
      if (this.entered[page] === 1) continue;
      this.entered[page] = 1;
      this.enteredCount++;
    }
  }

  /** One mapping of the page less; whether it was the last one. */
  close(page: number): boolean {
    return --this.users[page]! === 0;
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
