// What the device may do with a piece of memory. One rule for every back end that has permissions at all.

import { DMA_FROM_DEVICE, DMA_TO_DEVICE, type DmaDirection } from '../platform/dma-api.js';

export const DEVICE_READS = 1;
export const DEVICE_WRITES = 2;
export const DEVICE_READS_AND_WRITES = 3;
export type Permission = 1 | 2 | 3;

/** The least permission that serves a mapping of that direction (Linux's IOMMU_READ and IOMMU_WRITE). */
export function permissionFor(direction: DmaDirection): Permission {
  if (direction === DMA_TO_DEVICE) return DEVICE_READS;
  if (direction === DMA_FROM_DEVICE) return DEVICE_WRITES;
  return DEVICE_READS_AND_WRITES;
}
