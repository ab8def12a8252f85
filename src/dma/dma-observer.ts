// What the DMA layer reports as it happens. Implemented by the oracles; the DMA layer itself judges nothing.

import type { DmaDirection } from '../platform/dma-api.js';

/** Which pair of calls a streaming mapping belongs to. */
export const MAP_PAGE = 1;
export const MAP_SINGLE = 2;
export type MapKind = 1 | 2;

export interface DmaObserver {
  /** A map call begins. Followed by the copies it causes and then by mapped(). */
  mapping(cpu: number, size: number, direction: DmaDirection, kind: MapKind, attributes: number): void;
  /** The map call's result: a DMA address, or DMA_MAPPING_ERROR. */
  mapped(dma: number): void;
  /** An unmap call begins; nothing has been copied or released yet. */
  unmapping(dma: number, size: number, direction: DmaDirection, kind: MapKind, attributes: number): void;
  /** The unmap call is over. */
  unmapped(): void;
  /** A sync call begins; its copies follow. */
  syncing(dma: number, size: number, direction: DmaDirection, forDevice: boolean): void;
  synced(): void;
  /** Coherent memory of `size` bytes; `cpu` is 0 when there was none. */
  coherentAllocated(cpu: number, dma: number, size: number): void;
  /** A call that frees coherent memory begins; the device still reaches it. */
  coherentFreeing(cpu: number, size: number): void;
  /** That call is over. */
  coherentFreed(): void;
  /** One IOMMU granule, or one page of a VDUSE domain, became reachable for the device at `iova`. */
  exposed(iova: number, cpu: number, readable: boolean, writable: boolean): void;
  /** It is no longer reachable. */
  withdrawn(iova: number): void;
}

/** The device's chances to act in the middle of a DMA call. */
export interface DmaMoments {
  /** A map call is about to return, with an address or without: the driver does not know yet. */
  afterMap(): void;
  /** An unmap was asked for; the device can still write the buffer, and its bytes are not copied back yet. */
  beforeUnmap(): void;
}
