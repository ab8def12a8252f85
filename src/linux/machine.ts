// The machine that the kernel's code runs on: one WebAssembly memory of fixed size, with the module's stack and data below
// and the guest's memory above, and the platform as its imports. A kernel address is GUEST_BASE plus the world's address. An
// exception that the platform throws passes through the module's frames, which leaves its stack pointer and data in the
// middle of a call: reset() puts both back, so that no execution sees the one before.

import { HEAP_BASE, HEAP_SIZE } from '../memory/layout.js';
import { DMA_MAPPING_ERROR, type DmaDirection } from '../platform/dma-api.js';
import type { DriverPlatform } from '../platform/driver-module.js';
import type { LinuxBuild } from './linux-build.js';

/** Kernel address of the world's address 0. The shim has the same number (memory.h). */
export const GUEST_BASE = 0x10_0000;
const MEMORY_SIZE = 0x40_0000;
const WASM_PAGE = 0x1_0000;

/** Indirect tables that can be mapped at a time: no ring has more entries. */
const MAX_TABLES = 512;
const MAX_PIECES = 64;
/** Offsets in `struct exchange` of the shim. */
const ADDRESSES_AT = 8;
const SIZES_AT = ADDRESSES_AT + 4 * MAX_PIECES;
/** Entries of the log of comparisons: place, left and right, after the count. */
const COMPARISON_WORDS = 3;
const COMPARISONS_FLUSHED = 16;

/** What the shim exports. Booleans are 0 or 1; pointers are kernel addresses. */
export interface LinuxCalls {
  readonly __stack_pointer: WebAssembly.Global;
  readonly __heap_base: WebAssembly.Global;
  readonly __wasm_call_ctors?: () => void;
  init_runtime(): void;
  reset_runtime(): void;
  counters_start(): number;
  counters_end(): number;
  shadow_at(): number;
  shadow_size(): number;
  comparisons_at(): number;
  exchange_at(): number;
  create(
    num: number,
    max: number,
    align: number,
    low: number,
    high: number,
    callback: number,
    context: number,
    resettable: number,
  ): number;
  destroy(): void;
  add(out: number, input: number, token: number, context: number): number;
  get(): number;
  kick(): number;
  kick_prepare(): number;
  notify_queue(): number;
  disable_cb(): void;
  enable_cb(): number;
  enable_cb_prepare(): number;
  poll(opaque: number): number;
  enable_cb_delayed(): number;
  interrupt(): number;
  detach(): number;
  reset(): number;
  resize(num: number): number;
  max_mapping_size(): number;
  is_broken(): number;
  break_queue(): void;
  ring_size(): number;
  descriptor_area(): number;
  driver_area(): number;
  device_area(): number;
}

/** A part of the module's data that is put back before each execution. */
interface Restored {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export class LinuxMachine {
  readonly calls: LinuxCalls;
  /** Guest memory: byte k is the world's address k. */
  readonly guest: Uint8Array;
  /** One byte an edge of the kernel's code. */
  readonly counters: Uint8Array;
  /** Who gets the buffers that a reset or resize gives back. */
  recycle: ((token: number) => void) | null = null;

  private readonly bytes: Uint8Array;
  private readonly words: Uint32Array;
  private readonly exchangeWord: number;
  private readonly comparisonsWord: number;
  private readonly stackTop: number;
  private readonly restored: readonly Restored[];
  private platform: DriverPlatform | null = null;
  private onInterrupt: () => void = () => undefined;

  /** DMA addresses of the indirect tables that are mapped. */
  private readonly tables = new Float64Array(MAX_TABLES);
  private tableCount = 0;

  constructor(build: LinuxBuild, guestSize: number) {
    const pages = MEMORY_SIZE / WASM_PAGE;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const instance = new WebAssembly.Instance(build.module, { env: { memory }, host: this.imports() });
    // The shim's exports: checked against it by every test that makes a queue.
    this.calls = instance.exports as unknown as LinuxCalls;
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.guest = new Uint8Array(memory.buffer, GUEST_BASE, guestSize);
    const { calls } = this;
    const top = Number(calls.__heap_base.value);
    if (top > GUEST_BASE) throw new RangeError(`the module's data ends at ${top}, behind the guest's start`);
    calls.__wasm_call_ctors?.();
    calls.init_runtime();
    const start = calls.counters_start();
    this.counters = new Uint8Array(memory.buffer, start, calls.counters_end() - start);
    this.exchangeWord = calls.exchange_at() / 4;
    this.comparisonsWord = calls.comparisons_at() / 4;
    this.stackTop = Number(calls.__stack_pointer.value);
    this.restored = this.dataToRestore(top);
  }

  /** From now on the kernel's code runs on this platform. */
  attach(platform: DriverPlatform, onInterrupt: () => void): void {
    this.platform = platform;
    this.onInterrupt = onInterrupt;
  }

  reset(): void {
    this.calls.__stack_pointer.value = this.stackTop;
    // First, since how much of the shadow is in use is part of the data.
    this.calls.reset_runtime();
    for (const { at, bytes } of this.restored) this.bytes.set(bytes, at);
    this.tableCount = 0;
    this.recycle = null;
  }

  /** Piece `k` of the buffer to add, at the world's address. */
  setPiece(k: number, address: number, size: number): void {
    this.words[this.exchangeWord + ADDRESSES_AT / 4 + k] = GUEST_BASE + address;
    this.words[this.exchangeWord + SIZES_AT / 4 + k] = size;
  }

  /** Length of the last completion. */
  get completionLength(): number {
    return this.words[this.exchangeWord] ?? 0;
  }

  get completionContext(): number {
    return this.words[this.exchangeWord + 1] ?? 0;
  }

  flushComparisons(report: (place: number, left: number, right: number) => void): void {
    const { words, comparisonsWord } = this;
    const count = Math.min(words[comparisonsWord] ?? 0, COMPARISONS_FLUSHED);
    for (let k = 0; k < count; k++) {
      const at = comparisonsWord + 1 + k * COMPARISON_WORDS;
      report(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0);
    }
    words[comparisonsWord] = 0;
  }

  /** All of the module's data but what counts on, or is put back by the shim itself. */
  private dataToRestore(top: number): readonly Restored[] {
    const { calls } = this;
    const kept = [
      { start: this.counters.byteOffset, end: this.counters.byteOffset + this.counters.length },
      { start: calls.shadow_at(), end: calls.shadow_at() + calls.shadow_size() },
    ].sort((a, b) => a.start - b.start);
    const restored: Restored[] = [];
    let at = this.stackTop;
    for (const { start, end } of [...kept, { start: top, end: top }]) {
      if (start > at) restored.push({ at, bytes: this.bytes.slice(at, start) });
      at = end;
    }
    return restored;
  }

  private get host(): DriverPlatform {
    if (this.platform === null) throw new Error('the kernel code has no platform yet');
    return this.platform;
  }

  private imports(): Record<string, (...values: number[]) => number | void> {
    const text = (at: number): string => this.text(at);
    return {
      load: (address, size) => this.host.access.load(address! - GUEST_BASE, size!),
      store: (address, size) => this.host.access.store(address! - GUEST_BASE, size!),
      stored: (address, size) => this.host.access.stored(address! - GUEST_BASE, size!),
      bad_access: (address, size, store, freed) => {
        const world = address! - GUEST_BASE;
        const kind = freed === 1 ? 'use-after-free' : 'out-of-bounds';
        const inGuest = world >= 0 && world < this.guest.length;
        this.host.access.badAccess(kind, store === 1 ? 'store' : 'load', inGuest ? world : -1, size!);
      },
      out_of_steps: () => this.host.panic('a call that does not end'),
      bug: (what) => this.host.panic(text(what!)),
      warn: (what) => this.host.warn(text(what!)),
      map: (cpu, size, direction, attributes) => this.map(cpu!, size!, direction as DmaDirection, attributes!),
      unmap: (dma, size, direction, attributes) => this.unmap(dma!, size!, direction as DmaDirection, attributes!),
      sync: (dma, size, direction, forDevice) => {
        if (forDevice === 1) this.host.dma.syncForDevice(dma!, size!, direction as DmaDirection);
        else this.host.dma.syncForCpu(dma!, size!, direction as DmaDirection);
      },
      max_mapping_size: () => Math.min(this.host.dma.maxMappingSize(), 0xffff_ffff),
      alloc_coherent: (size) => kernelAddress(this.host.dma.allocCoherent(size!)),
      coherent_dma: (cpu) => this.host.dma.coherentDmaAddress(cpu! - GUEST_BASE),
      free_coherent: (cpu, size) => this.host.dma.freeCoherent(cpu! - GUEST_BASE, size!),
      kmalloc: (size) => kernelAddress(this.host.allocator.kmalloc(size!)),
      kfree: (address) => this.host.allocator.kfree(address! - GUEST_BASE),
      notify: () => (this.host.transport.notify() ? 1 : 0),
      callback: () => this.onInterrupt(),
      recycle: (token) => this.recycle?.(token!),
      disable_queue: () => this.host.transport.disableQueue(),
      enable_queue: () => this.host.transport.enableQueue(),
    };
  }

  /** The kernel's two pairs of calls are one below: a table lies on the heap, everything else is a page of its client. */
  private map(cpu: number, size: number, direction: DmaDirection, attributes: number): number {
    const address = cpu - GUEST_BASE;
    const { dma } = this.host;
    if (address < HEAP_BASE || address >= HEAP_BASE + HEAP_SIZE) return dma.mapPage(address, size, direction, attributes);
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
      this.host.dma.unmapSingle(address, size, direction, attributes);
      return;
    }
    this.host.dma.unmapPage(address, size, direction, attributes);
  }

  private text(at: number): string {
    return String.fromCharCode(...this.bytes.subarray(at, this.bytes.indexOf(0, at)));
  }
}

function kernelAddress(address: number): number {
  return address === 0 ? 0 : GUEST_BASE + address;
}
