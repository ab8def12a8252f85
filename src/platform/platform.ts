// What a ring driver is given: its only way to memory, DMA, heap, transport and diagnostics. Implementations live in
// src/memory, src/dma and src/world; a driver knows only these interfaces.

import type { DmaApi } from './dma-api.js';

/** The CPU's view of guest memory; little-endian. An access outside a live object is reported and reads as 0. */
export interface MemoryView {
  load16(address: number): number;
  load32(address: number): number;
  /** Reads a 64-bit value below 2^53. */
  load64(address: number): number;
  store16(address: number, value: number): void;
  store32(address: number, value: number): void;
  store64(address: number, value: number): void;
  /** The address a device without a DMA API uses for this CPU address. */
  physicalAddress(address: number): number;
}

/** kmalloc and kfree over private memory. */
export interface Allocator {
  /** Uninitialised private memory of `size` bytes, 16-byte aligned; 0 when there is none. */
  kmalloc(size: number): number;
  kfree(address: number): void;
}

/** The transport under one queue (virtio-v1.4 2.6, virtqueue reset). */
export interface Transport {
  /** Tells the device that buffers are available; false when the transport is gone. */
  notify(): boolean;
  /** Whether VIRTIO_F_RING_RESET was negotiated. */
  readonly resettable: boolean;
  /** Stops the device's use of the queue; 0, or -errno with nothing changed. */
  disableQueue(): number;
  /** Hands the queue back to the device; 0 or -errno. */
  enableQueue(): number;
}

export interface Platform {
  readonly memory: MemoryView;
  readonly dma: DmaApi;
  readonly allocator: Allocator;
  readonly transport: Transport;
  /** BUG(): a broken invariant. Does not return. */
  panic(reason: string): never;
  /** WARN(): something wrong that the driver survives. */
  warn(reason: string): void;
  /** An index left its private table: what KASAN is to a driver in C. */
  outOfBounds(table: string, index: number, length: number): never;
}
