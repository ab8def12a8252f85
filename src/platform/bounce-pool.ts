// Bounce buffers of a driver's own operating system. A module that has them brings them beside its driver; then they stand
// where vringfuzz's own swiotlb does, in the same memory and under the same oracles.

import type { DmaDirection } from './dma-api.js';

export interface PoolConfig {
  /** Slots of 2 KiB from the start of the pool on, 1 to 256. */
  readonly slots: number;
  /** dma_get_min_align_mask, a power of two minus one, or 0: bits that a bounce address keeps of its original. */
  readonly minAlignMask: number;
  /** alloc_align_mask, a power of two minus one, or 0: what the allocation of a mapping is rounded to, and aligned to. */
  readonly allocAlignMask: number;
}

/**
 * What moves the bytes. The module moves none of the pool by itself: each of these calls is judged before bytes move, and may
 * throw (a finding). Addresses are CPU addresses of the world.
 */
export interface BounceMemory {
  copy(target: number, source: number, size: number): void;
  fill(target: number, size: number, value: number): void;
}

export interface BouncePool {
  /** What findings in it name as their place, such as `kernel/dma/swiotlb.c`. */
  readonly file: string;
  /**
   * Where a caller asks to copy more than it mapped, the copy ends with the mapping or only with what was allocated for it,
   * which an allocation alignment makes longer. Callers that go beyond their mapping are left out of such a scenario.
   */
  readonly copiesEndWith: 'mapping' | 'allocation';
  /** How often a caller's size or address was cut down or refused, in unmaps and syncs since reset(). */
  readonly warnings: number;
  /** A new execution: nothing is mapped. The pool's bytes are the world's to clear. */
  reset(config: PoolConfig): void;
  /** A DMA address (physical, in the pool), or DMA_MAPPING_ERROR. */
  map(cpu: number, size: number, direction: DmaDirection, attributes: number): number;
  unmap(dma: number, size: number, direction: DmaDirection, attributes: number): void;
  syncForCpu(dma: number, size: number, direction: DmaDirection): void;
  syncForDevice(dma: number, size: number, direction: DmaDirection): void;
  maxMappingSize(): number;
}
