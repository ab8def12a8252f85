// What the kernel's code calls: the platform, as the imports of the module. Addresses arrive as kernel addresses; DMA
// addresses as numbers, since a 64-bit integer would arrive as a BigInt. Whatever the platform throws passes through the
// module's frames.

import { HEAP_BASE, HEAP_SIZE } from '../memory/layout.js';
import { DMA_MAPPING_ERROR, type DmaDirection } from '../platform/dma-api.js';
import type { DriverPlatform } from '../platform/driver-module.js';

/** Kernel address of the world's address 0. The shim has the same number (memory.h). */
export const GUEST_BASE = 0x10_0000;

/** Indirect tables that can be mapped at a time: no ring has more entries. */
const MAX_TABLES = 512;
/** What the kernel takes for "no limit": SIZE_MAX. */
export const SIZE_MAX = 0xffff_ffff;

export class LinuxHost {
  /** Who gets the buffers that a reset or resize gives back. */
  recycle: ((token: number) => void) | null = null;
  private attached: DriverPlatform | null = null;
  private onInterrupt: () => void = () => undefined;
  /** DMA addresses of the indirect tables that are mapped. */
  private readonly tables = new Float64Array(MAX_TABLES);
  private tableCount = 0;

  constructor(private readonly memory: WebAssembly.Memory) {}

  attach(platform: DriverPlatform, onInterrupt: () => void): void {
    this.attached = platform;
    this.onInterrupt = onInterrupt;
  }

  reset(): void {
    this.recycle = null;
    this.tableCount = 0;
  }

  imports(): Readonly<Record<string, unknown>> {
    return { ...this.accessImports(), ...this.dmaImports(), ...this.serviceImports() };
  }

  private get platform(): DriverPlatform {
    if (this.attached === null) throw new Error('the kernel code has no platform yet');
    return this.attached;
  }

  /** From the instrumentation. */
  private accessImports(): object {
    return {
      load: (address: number, size: number): void => {
        this.platform.access.load(address - GUEST_BASE, size);
      },
      store: (address: number, size: number): void => {
        this.platform.access.store(address - GUEST_BASE, size);
      },
      stored: (address: number, size: number): void => {
        this.platform.access.stored(address - GUEST_BASE, size);
      },
      bad_access: (address: number, size: number, store: number, freed: number): void => {
        const kind = freed === 1 ? 'use-after-free' : 'out-of-bounds';
        // Pointers are signed on their way here.
        const world = (address >>> 0) - GUEST_BASE;
        const inGuest = world >= 0 && world < this.memory.buffer.byteLength - GUEST_BASE;
        this.platform.access.badAccess(kind, store === 1 ? 'store' : 'load', inGuest ? world : -1, size);
      },
      out_of_steps: (): void => this.platform.panic('a call that does not end'),
    };
  }

  private dmaImports(): object {
    return {
      map: (cpu: number, size: number, direction: DmaDirection, attributes: number): number =>
        this.map(cpu - GUEST_BASE, size, direction, attributes),
      unmap: (dma: number, size: number, direction: DmaDirection, attributes: number): void => {
        this.unmap(dma, size, direction, attributes);
      },
      sync: (dma: number, size: number, direction: DmaDirection, forDevice: number): void => {
        if (forDevice === 1) this.platform.dma.syncForDevice(dma, size, direction);
        else this.platform.dma.syncForCpu(dma, size, direction);
      },
      max_mapping_size: (): number => Math.min(this.platform.dma.maxMappingSize(), SIZE_MAX),
      alloc_coherent: (size: number): number => kernelAddress(this.platform.dma.allocCoherent(size)),
      coherent_dma: (cpu: number): number => this.platform.dma.coherentDmaAddress(cpu - GUEST_BASE),
      free_coherent: (cpu: number, size: number): void => {
        this.platform.dma.freeCoherent(cpu - GUEST_BASE, size);
      },
    };
  }

  private serviceImports(): object {
    return {
      kmalloc: (size: number): number => kernelAddress(this.platform.allocator.kmalloc(size)),
      kfree: (address: number): void => {
        this.platform.allocator.kfree(address - GUEST_BASE);
      },
      bug: (what: number): void => this.platform.panic(this.text(what)),
      warn: (what: number): void => {
        this.platform.warn(this.text(what));
      },
      notify: (): number => (this.platform.transport.notify() ? 1 : 0),
      disable_queue: (): number => this.platform.transport.disableQueue(),
      enable_queue: (): number => this.platform.transport.enableQueue(),
      callback: (): void => {
        this.onInterrupt();
      },
      recycle: (token: number): void => this.recycle?.(token),
    };
  }

  /** The kernel's two pairs of map calls are one below: a table lies on the heap, everything else is a page of its client. */
  private map(address: number, size: number, direction: DmaDirection, attributes: number): number {
    const { dma } = this.platform;
    if (address < HEAP_BASE || address >= HEAP_BASE + HEAP_SIZE) {
      return dma.mapPage(address, size, direction, attributes);
    }
    const mapped = dma.mapSingle(address, size, direction, attributes);
    if (mapped !== DMA_MAPPING_ERROR && this.tableCount < MAX_TABLES) this.tables[this.tableCount++] = mapped;
    return mapped;
  }

  private unmap(address: number, size: number, direction: DmaDirection, attributes: number): void {
    const { tables } = this;
    for (let k = 0; k < this.tableCount; k++) {
      if (tables[k] !== address) continue;
      this.tableCount--;
      tables[k] = tables[this.tableCount] ?? 0;
      this.platform.dma.unmapSingle(address, size, direction, attributes);
      return;
    }
    this.platform.dma.unmapPage(address, size, direction, attributes);
  }

  private text(at: number): string {
    const bytes = new Uint8Array(this.memory.buffer);
    return String.fromCharCode(...bytes.subarray(at, bytes.indexOf(0, at)));
  }
}

function kernelAddress(address: number): number {
  return address === 0 ? 0 : GUEST_BASE + address;
}
