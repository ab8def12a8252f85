// What a DMA back end is: the part below the DMA API that decides addresses, permissions and copies.

import type { DmaDirection } from '../platform/dma-api.js';

export const BACK_END_NAMES = ['none', 'direct', 'iommu', 'swiotlb', 'vduse'] as const;
export type BackEndName = (typeof BACK_END_NAMES)[number];

export interface BackEndConfig {
  readonly name: BackEndName;
  /** swiotlb: slots of 2 KiB in the pool, 1 to 256. vduse: half as many bounce pages, so an even number. */
  readonly poolSlots: number;
  /** swiotlb: dma_get_min_align_mask, a power of two minus one, or 0. */
  readonly minAlignMask: number;
  /** swiotlb: alloc_align_mask, a power of two minus one, or 0. */
  readonly allocAlignMask: number;
}

/** The DMA layer's access to guest memory: whole ranges, each use reported by the memory to its observer. */
export interface BulkMemory {
  copy(target: number, source: number, size: number): void;
  fill(target: number, size: number, value: number): void;
}

export interface DmaBackEnd {
  /** Forgets every mapping and takes over `config`. Cost grows with what was touched since the last reset. */
  reset(config: BackEndConfig): void;
  /** A DMA address or DMA_MAPPING_ERROR. */
  map(cpu: number, size: number, direction: DmaDirection, attributes: number): number;
  unmap(dma: number, size: number, direction: DmaDirection, attributes: number): void;
  syncForCpu(dma: number, size: number, direction: DmaDirection): void;
  syncForDevice(dma: number, size: number, direction: DmaDirection): void;
  /** Whole zeroed pages of coherent memory at CPU address `cpu` become reachable; returns their DMA address. */
  mapCoherent(cpu: number, size: number): number;
  unmapCoherent(cpu: number, size: number): void;
  maxMappingSize(): number;
  /** The CPU address behind `size` bytes at DMA address `dma`, or -1 where the device may not reach all of them that way. */
  translate(dma: number, size: number, write: boolean): number;
}

/** One that bounces. */
export interface BouncingBackEnd extends DmaBackEnd {
  /** How often it cut a size down or refused an address, since reset(). */
  readonly warnings: number;
}
