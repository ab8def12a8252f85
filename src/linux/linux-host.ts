// What the kernel's code calls: the platform, as the imports of the module. Addresses arrive as kernel addresses; DMA
// addresses as numbers, since a 64-bit integer would arrive as a BigInt. Whatever the platform throws passes through the
// module's frames.

import { HEAP_BASE, HEAP_SIZE } from '../memory/layout.js';
import type { BounceMemory } from '../platform/bounce-pool.js';
import { DMA_MAPPING_ERROR, type DmaDirection } from '../platform/dma-api.js';
import type { DriverAccess, DriverPlatform } from '../platform/driver-module.js';

/** Kernel address of the world's address 0. The shim has the same number (memory.h). */
export const GUEST_BASE = 0x10_0000;

/** Indirect tables that can be mapped at a time: no ring has more entries. */
const MAX_TABLES = 512;
/** What the kernel takes for "no limit": SIZE_MAX. */
export const SIZE_MAX = 0xffff_ffff;

function unattached(): never {
  throw new Error('the kernel code has no platform yet');
}

const NO_ACCESS: DriverAccess = {
  ...{ sharedStart: 0, sharedEnd: 0 },
  ...{ load: unattached, store: unattached, stored: unattached, badAccess: unattached },
};

export class LinuxHost {
  /** Who gets the buffers that a reset or resize gives back. */
  recycle: ((token: number) => void) | null = null;
  /** Moves the bytes of the bounce pool, where the module has one. */
  bounceMemory: BounceMemory | null = null;
  /** The pool is being made: it is cleared, which the world has done already, and what others have of it is nobody's. */
  settingUpPool = false;
  private attached: DriverPlatform | null = null;
  /** Of the platform. Each load and store of the ring comes here. */
  private access: DriverAccess = NO_ACCESS;
  private onInterrupt: () => void = () => undefined;
  /** DMA addresses of the indirect tables that are mapped. */
  private readonly tables = new Float64Array(MAX_TABLES);
  private tableCount = 0;
  private readonly texts = new Map<number, string>();

  constructor(private readonly memory: WebAssembly.Memory) {}

  attach(platform: DriverPlatform, onInterrupt: () => void): void {
    this.attached = platform;
    this.access = platform.access;
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
    return this.attached ?? unattached();
  }

  /** From the instrumentation. */
  private accessImports(): object {
    return {
      load: (address: number, size: number): void => {
        this.access.load(address - GUEST_BASE, size);
      },
      store: (address: number, size: number): void => {
        this.access.store(address - GUEST_BASE, size);
      },
      stored: (address: number, size: number): void => {
        this.access.stored(address - GUEST_BASE, size);
      },
      bad_access: (address: number, size: number, store: number, freed: number): void => {
        const kind = freed === 1 ? 'use-after-free' : 'out-of-bounds';
        // Pointers are signed on their way here.
        const world = (address >>> 0) - GUEST_BASE;
        const inGuest = world >= 0 && world < this.memory.buffer.byteLength - GUEST_BASE;
        this.access.badAccess(kind, store === 1 ? 'store' : 'load', inGuest ? world : -1, size);
      },
      // Only of the bounce pool, whose bytes the platform moves. Pointers are signed on their way here.
      copy: (target: number, source: number, size: number): void => {
        if (this.settingUpPool) return;
        this.bounceMemory?.copy((target >>> 0) - GUEST_BASE, (source >>> 0) - GUEST_BASE, size >>> 0);
      },
      fill: (target: number, size: number, value: number): void => {
        if (!this.settingUpPool) this.bounceMemory?.fill((target >>> 0) - GUEST_BASE, size >>> 0, value);
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

  /** Constants of the module: each is read once. */
  private text(at: number): string {
    let text = this.texts.get(at);
    if (text === undefined) {
      const bytes = new Uint8Array(this.memory.buffer);
      text = String.fromCharCode(...bytes.subarray(at, bytes.indexOf(0, at)));
      this.texts.set(at, text);
    }
    return text;
  }
}

function kernelAddress(address: number): number {
  return address === 0 ? 0 : GUEST_BASE + address;
}
