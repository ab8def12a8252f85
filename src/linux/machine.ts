// The machine that the kernel's code runs on: one WebAssembly memory of fixed size, with the module's stack and data below
// and the guest's memory above, and the platform as its imports (linux-host.ts). A kernel address is GUEST_BASE plus the
// world's address. An exception that the platform throws passes through the module's frames, which leaves its stack pointer
// and data in the middle of a call: reset() puts both back, so that no execution sees the one before.

import type { LinuxBuild } from './linux-build.js';
import type { LinuxCalls, SwiotlbCalls } from './linux-calls.js';
import { GUEST_BASE, LinuxHost } from './linux-host.js';

const MEMORY_SIZE = 0x40_0000;
const WASM_PAGE = 0x1_0000;

const MAX_PIECES = 64;
/** Offsets in `struct exchange` of the shim. */
const ADDRESSES_AT = 8;
const SIZES_AT = ADDRESSES_AT + 4 * MAX_PIECES;
const DMA_AT = SIZES_AT + 4 * MAX_PIECES;
/** Entries of the log of comparisons: place, left and right, after the count. */
const COMPARISON_WORDS = 3;
const COMPARISONS_FLUSHED = 16;

/** A part of the module's data that is put back before each execution. */
interface Restored {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export class LinuxMachine {
  readonly calls: LinuxCalls;
  /** Guest memory: byte k is the world's address k. */
  readonly guest: Uint8Array;
  /** Edges of the kernel's code. */
  readonly edges: number;
  /** One byte an edge, and zeroes up to a whole block, as whoever reads them in words wants it. */
  readonly counters: Uint8Array;
  readonly host: LinuxHost;

  private readonly bytes: Uint8Array;
  private readonly words: Uint32Array;
  private readonly doubles: Float64Array;
  private readonly exchangeWord: number;
  private readonly comparisonsWord: number;
  private readonly stackTop: number;
  private readonly restored: readonly Restored[];

  constructor(build: LinuxBuild, guestSize: number) {
    const pages = MEMORY_SIZE / WASM_PAGE;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.host = new LinuxHost(memory);
    const instance = new WebAssembly.Instance(build.module, { env: { memory }, host: this.host.imports() });
    // The shim's exports: checked against it by every test that makes a queue.
    this.calls = instance.exports as unknown as LinuxCalls;
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.doubles = new Float64Array(memory.buffer);
    this.guest = new Uint8Array(memory.buffer, GUEST_BASE, guestSize);
    const { calls } = this;
    const top = Number(calls.__heap_base.value);
    if (top > GUEST_BASE) throw new RangeError(`the module's data ends at ${top}, behind the guest's start`);
    calls.__wasm_call_ctors?.();
    calls.init_runtime();
    const start = calls.counters_start();
    this.edges = calls.counters_end() - start;
    this.counters = new Uint8Array(memory.buffer, start, this.edges);
    this.exchangeWord = calls.exchange_at() / 4;
    this.comparisonsWord = calls.comparisons_at() / 4;
    this.stackTop = Number(calls.__stack_pointer.value);
    this.restored = this.dataToRestore(top);
  }

  /** An execution is over, wherever it was: calls can be made again. What is in the data is left as it is. */
  unwind(): void {
    this.calls.__stack_pointer.value = this.stackTop;
    this.calls.reset_runtime();
  }

  reset(): void {
    // First, since how much of the shadow is in use is part of the data.
    this.unwind();
    for (const { at, bytes } of this.restored) this.bytes.set(bytes, at);
    this.host.reset();
  }

  /** The kernel's bounce buffers, null in a build without them. */
  get swiotlb(): SwiotlbCalls | null {
    return 'bounce_reset' in this.calls ? (this.calls as LinuxCalls & SwiotlbCalls) : null;
  }

  /** Piece `k` of the buffer to add, at the world's address. */
  setPiece(k: number, address: number, size: number): void {
    this.words[this.exchangeWord + ADDRESSES_AT / 4 + k] = GUEST_BASE + address;
    this.words[this.exchangeWord + SIZES_AT / 4 + k] = size;
  }

  /** Where piece `k` is mapped, of a buffer that comes mapped. */
  setDma(k: number, dma: number): void {
    this.doubles[this.exchangeWord / 2 + DMA_AT / 8 + k] = dma;
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
    const { swiotlb } = this;
    const kept = [
      ...(swiotlb === null
        ? []
        : [
            { start: swiotlb.bounce_at(), end: swiotlb.bounce_at() + swiotlb.bounce_size() },
            { start: swiotlb.records_at(), end: swiotlb.records_at() + swiotlb.records_size() },
          ]),
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
}
