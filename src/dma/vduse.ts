// VDUSE: the device is a process of the same machine, and what it reaches is an I/O virtual address domain that the kernel
// keeps for it. Streaming mappings go through bounce pages, coherent memory lies in the same domain; no address is a
// physical one. Designed after Linux's IOVA domain for VDUSE and hardened where that takes its caller's word; docs/dma.md
// says where the two differ.
//
//   domain    |  streaming region: page k is bounce page k  |  coherent region  |
//
// The process may read and write every byte of every page in the domain at any time, also the pages of TO_DEVICE mappings
// and those whose last mapping has ended. What is copied, and where to, follows from private records alone.

import {
  DMA_ATTR_SKIP_CPU_SYNC,
  DMA_FROM_DEVICE,
  DMA_MAPPING_ERROR,
  DMA_TO_DEVICE,
  type DmaDirection,
} from '../platform/dma-api.js';
import { DOMAIN_BASE, PAGE_SIZE, POOL_BASE } from '../memory/layout.js';
import type { BackEndConfig, BulkMemory, DmaBackEnd } from './back-end.js';
import { BouncePages, PAGE_MASK, PAGE_SHIFT } from './bounce-pages.js';
import type { DmaObserver } from './dma-observer.js';
import { DomainCoherent } from './domain-coherent.js';
import { DomainMappings } from './domain-mappings.js';
import { SLOT_SIZE } from './slot-table.js';

export class VduseBackEnd implements DmaBackEnd {
  private readonly pages: BouncePages;
  private readonly coherent: DomainCoherent;
  private readonly mappings = new DomainMappings();
  private warningCount = 0;

  constructor(
    private readonly memory: BulkMemory,
    observer: DmaObserver,
  ) {
    this.pages = new BouncePages(memory, observer);
    this.coherent = new DomainCoherent(observer);
  }

  /** How often a caller's address, size or direction was not that of a mapping, since the last reset. */
  get warnings(): number {
    return this.warningCount;
  }

  /** The pool has the size that the configuration gives in swiotlb's slots. */
  reset(config: BackEndConfig): void {
    this.pages.reset((config.poolSlots * SLOT_SIZE) >> PAGE_SHIFT);
    this.coherent.reset();
    this.mappings.clear();
    this.warningCount = 0;
  }

  map(cpu: number, size: number, direction: DmaDirection): number {
    if (this.mappings.isFull) return DMA_MAPPING_ERROR;
    const offset = this.pages.take(cpu, size);
    if (offset < 0) return DMA_MAPPING_ERROR;
    this.mappings.add(offset, size, direction);
    // In every direction and with every attribute: what the device leaves unwritten must read back as the original and
    // not as what an earlier mapping left in the page.
    this.copy(offset, size, true);
    return DOMAIN_BASE + offset;
  }

  /** Ends the mapping that starts at `dma`; how long it is and where its bytes go the records know, not the caller. */
  unmap(dma: number, size: number, direction: DmaDirection, attributes: number): void {
    const offset = dma - DOMAIN_BASE;
    const mapping = this.mappings.startingAt(offset, size, direction);
    if (mapping < 0) {
      this.warningCount++;
      return;
    }
    if ((attributes & DMA_ATTR_SKIP_CPU_SYNC) === 0) this.copyBack(mapping, offset, size, direction);
    this.pages.release(offset, this.mappings.sizeOf(mapping));
    this.mappings.remove(mapping);
  }

  syncForCpu(dma: number, size: number, direction: DmaDirection): void {
    const mapping = this.mappingOf(dma);
    if (mapping >= 0) this.copyBack(mapping, dma - DOMAIN_BASE, size, direction);
  }

  /** FROM_DEVICE copies nothing: the copy would overwrite what the device already wrote. */
  syncForDevice(dma: number, size: number, direction: DmaDirection): void {
    const mapping = this.mappingOf(dma);
    if (mapping < 0 || direction === DMA_FROM_DEVICE) return;
    if (this.mappings.directionOf(mapping) === DMA_FROM_DEVICE) this.warningCount++;
    else this.copy(dma - DOMAIN_BASE, this.within(mapping, dma - DOMAIN_BASE, size), true);
  }

  mapCoherent(cpu: number, size: number): number {
    const dma = this.coherent.map(cpu, size);
    return dma < 0 ? DMA_MAPPING_ERROR : dma;
  }

  unmapCoherent(cpu: number, size: number): void {
    this.coherent.unmap(cpu, size);
  }

  /** One page less than there are: a buffer that starts in the middle of a page needs one page more than its size says. */
  maxMappingSize(): number {
    return this.pages.size - PAGE_SIZE;
  }

  /** The process reads and writes all of the domain. */
  translate(dma: number, size: number): number {
    const offset = dma - DOMAIN_BASE;
    if (offset >= 0 && this.pages.covers(offset, size)) return POOL_BASE + offset;
    return this.coherent.translate(dma, size);
  }

  private mappingOf(dma: number): number {
    const mapping = this.mappings.containing(dma - DOMAIN_BASE);
    if (mapping < 0) this.warningCount++;
    return mapping;
  }

  /** What the device wrote becomes visible to the CPU; it may not write a mapping that was made TO_DEVICE. */
  private copyBack(mapping: number, offset: number, size: number, direction: DmaDirection): void {
    if (direction === DMA_TO_DEVICE) return;
    if (this.mappings.directionOf(mapping) === DMA_TO_DEVICE) this.warningCount++;
    else this.copy(offset, this.within(mapping, offset, size), false);
  }

  /** As many of `size` bytes from `offset` on as are the mapping's. */
  private within(mapping: number, offset: number, size: number): number {
    const left = this.mappings.endOf(mapping) - offset;
    if (size <= left) return size;
    this.warningCount++;
    return left;
  }

  /** Copies a mapping's bytes page by page: each goes to the page that its bounce page stands for, at the same offset. */
  private copy(offset: number, size: number, forDevice: boolean): void {
    const end = offset + size;
    let at = offset;
    while (at < end) {
      const count = Math.min(end - at, PAGE_SIZE - (at & PAGE_MASK));
      const original = this.pages.originalOf(at >> PAGE_SHIFT) + (at & PAGE_MASK);
      if (forDevice) this.memory.copy(POOL_BASE + at, original, count);
      else this.memory.copy(original, POOL_BASE + at, count);
      at += count;
    }
  }
}
