// The DMA API as a driver sees it (modelled on Linux's): streaming mappings, syncs and coherent memory. Addresses on the
// CPU side are offsets into guest memory; DMA addresses are 64-bit values below 2^53, held in a number.

/** Direction of a streaming mapping, seen from memory. */
export const DMA_BIDIRECTIONAL = 0;
/** The device reads. */
export const DMA_TO_DEVICE = 1;
/** The device writes. */
export const DMA_FROM_DEVICE = 2;
export type DmaDirection = 0 | 1 | 2;

/** The DMA_ATTR_SKIP_CPU_SYNC attribute: the caller does the copying itself with the sync calls. */
export const DMA_ATTR_SKIP_CPU_SYNC = 1;

/** What every map call returns when it fails (DMA_MAPPING_ERROR, all ones in C). Never a valid address. */
export const DMA_MAPPING_ERROR = -1;

/** What a client needs of the DMA API that maps buffers before it adds them. */
export type ClientDma = Pick<DmaApi, 'mapPage' | 'unmapPage' | 'syncForCpu' | 'syncForDevice'>;

export interface DmaApi {
  /** Maps `size` bytes at CPU address `cpu`; returns the DMA address or DMA_MAPPING_ERROR. Ended by unmapPage. */
  mapPage(cpu: number, size: number, direction: DmaDirection, attributes: number): number;
  unmapPage(dma: number, size: number, direction: DmaDirection, attributes: number): void;
  /** The same for driver-owned memory (dma_map_single). Ended by unmapSingle. */
  mapSingle(cpu: number, size: number, direction: DmaDirection, attributes: number): number;
  unmapSingle(dma: number, size: number, direction: DmaDirection, attributes: number): void;
  /** Makes the device's writes visible to the CPU; `dma` may lie inside a mapping. */
  syncForCpu(dma: number, size: number, direction: DmaDirection): void;
  /** Makes the CPU's writes visible to the device; `dma` may lie inside a mapping. */
  syncForDevice(dma: number, size: number, direction: DmaDirection): void;
  /** Zeroed memory shared with the device, whole pages; returns its CPU address, or 0 when there is none. */
  allocCoherent(size: number): number;
  /** The DMA address of memory that allocCoherent returned. */
  coherentDmaAddress(cpu: number): number;
  freeCoherent(cpu: number, size: number): void;
  /** Largest size in bytes that one streaming mapping can have. */
  maxMappingSize(): number;
}
