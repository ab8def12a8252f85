// An IOMMU: the device uses I/O virtual addresses (IOVA) and reaches only what is mapped, but always whole granules of
// 4 KiB. A 16-byte buffer therefore opens its whole page to the device, neighbours included; each granule is reported.
//
//   cpu       |....[== buffer ==]....|       granule = page of memory; the offset in the page stays the same
//   iova      |....[============]....|       the device reaches everything between the bars
//
// Per-granule tables in a hot path: indices are bounded by GRANULES, hence the `!`.

import { DMA_MAPPING_ERROR, type DmaDirection } from '../platform/dma-api.js';
import { PAGE_SIZE } from '../memory/layout.js';
import type { BackEndConfig, DmaBackEnd } from './back-end.js';
import { COHERENT_PAGES, coherentPageIndex } from './coherent-allocator.js';
import type { DmaObserver } from './dma-observer.js';
import { DEVICE_READS, DEVICE_READS_AND_WRITES, DEVICE_WRITES, type Permission, permissionFor } from './permission.js';

/** First IOVA. Far from every physical address, so that one can never pass for the other. */
export const IOVA_BASE = 0x8_0000_0000;
export const GRANULES = 4096;

const GRANULE_SIZE = PAGE_SIZE;
const GRANULE_SHIFT = 12;
const OFFSET_MASK = GRANULE_SIZE - 1;
const RANGE_SIZE = GRANULES * GRANULE_SIZE;
const UNMAPPED = -1;

export class IommuBackEnd implements DmaBackEnd {
  /** CPU page behind each granule, or UNMAPPED. */
  private readonly page = new Int32Array(GRANULES).fill(UNMAPPED);
  /** What the device may do with it; meaningless where nothing is mapped. */
  private readonly permission = new Uint8Array(GRANULES);
  /** First granule of each coherent allocation, by the page it starts at. */
  private readonly coherentGranule = new Int16Array(COHERENT_PAGES);
  /** Where the next search starts: addresses are reused as late as possible, so that a stale one is caught. */
  private next = 0;
  /** Granules from here on were never mapped since the last reset. */
  private touched = 0;

  constructor(private readonly observer: DmaObserver) {}

  reset(_config: BackEndConfig): void {
    this.page.fill(UNMAPPED, 0, this.touched);
    this.next = 0;
    this.touched = 0;
  }

  map(cpu: number, size: number, direction: DmaDirection): number {
    const first = this.mapGranules(cpu, size, permissionFor(direction));
    return first === UNMAPPED ? DMA_MAPPING_ERROR : iovaOf(first) + (cpu & OFFSET_MASK);
  }

  /** Withdraws the granules under [dma, dma + size) as far as they are mapped; the oracles judge the rest. */
  unmap(dma: number, size: number): void {
    const offset = dma - IOVA_BASE;
    this.unmapGranules(Math.floor(offset / GRANULE_SIZE), granulesUnder(offset, size));
  }

  // Device and CPU see the same memory: there is nothing to synchronise.
  syncForCpu(): void {}

  syncForDevice(): void {}

  mapCoherent(cpu: number, size: number): number {
    const first = this.mapGranules(cpu, size, DEVICE_READS_AND_WRITES);
    if (first === UNMAPPED) return DMA_MAPPING_ERROR;
    this.coherentGranule[coherentPageIndex(cpu)] = first;
    return iovaOf(first);
  }

  unmapCoherent(cpu: number, size: number): void {
    this.unmapGranules(this.coherentGranule[coherentPageIndex(cpu)]!, size >>> GRANULE_SHIFT);
  }

  maxMappingSize(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  /** Every granule must be mapped with the permission, and their CPU pages must follow each other. */
  translate(dma: number, size: number, write: boolean): number {
    const offset = dma - IOVA_BASE;
    if (offset < 0 || offset + size > RANGE_SIZE) return -1;
    const first = offset >>> GRANULE_SHIFT;
    const count = granulesUnder(offset, size);
    const firstPage = this.page[first]!;
    if (firstPage === UNMAPPED) return -1;
    const needed = write ? DEVICE_WRITES : DEVICE_READS;
    for (let i = 0; i < count; i++) {
      if (this.page[first + i] !== firstPage + i) return -1;
      if ((this.permission[first + i]! & needed) === 0) return -1;
    }
    return firstPage * GRANULE_SIZE + (offset & OFFSET_MASK);
  }

  /** The first granule of a contiguous run that now maps the pages under [cpu, cpu + size), or UNMAPPED. */
  private mapGranules(cpu: number, size: number, permission: Permission): number {
    const count = granulesUnder(cpu, size);
    const first = this.findRun(count);
    if (first === UNMAPPED) return UNMAPPED;
    const firstPage = cpu >>> GRANULE_SHIFT;
    // Before the observer hears of them: it may end the execution, and the reset must find what was mapped so far.
    if (first + count > this.touched) this.touched = first + count;
    for (let i = 0; i < count; i++) {
      this.page[first + i] = firstPage + i;
      this.permission[first + i] = permission;
      const readable = (permission & DEVICE_READS) !== 0;
      const writable = (permission & DEVICE_WRITES) !== 0;
      this.observer.exposed(iovaOf(first + i), (firstPage + i) * GRANULE_SIZE, readable, writable);
    }
    this.next = first + count;
    return first;
  }

  /** Next fit over the granules, at most once around; a run never crosses the end of the range. */
  private findRun(count: number): number {
    let granule = this.next;
    let run = 0;
    for (let checked = 0; checked < 2 * GRANULES; checked++) {
      if (granule === GRANULES) {
        granule = 0;
        run = 0;
      }
      run = this.page[granule] === UNMAPPED ? run + 1 : 0;
      granule++;
      if (run === count) return granule - count;
    }
    return UNMAPPED;
  }

  private unmapGranules(first: number, count: number): void {
    const end = Math.min(first + count, GRANULES);
    for (let granule = Math.max(first, 0); granule < end; granule++) {
      if (this.page[granule] === UNMAPPED) continue;
      this.page[granule] = UNMAPPED;
      this.observer.withdrawn(iovaOf(granule));
    }
  }
}

function iovaOf(granule: number): number {
  return IOVA_BASE + granule * GRANULE_SIZE;
}

/**
 * How many granules [address, address + size) touches, for an address below 2^31. A driver that trusts the device can
 * pass any 32-bit size, so the size never enters 32-bit arithmetic.
 */
function granulesUnder(address: number, size: number): number {
  return Math.ceil(((address & OFFSET_MASK) + size) / GRANULE_SIZE);
}
