// The DMA ledger: every streaming mapping of an execution, kept from the calls alone, independent of driver and back
// end. Entries are numbered in the order of mapping and never reused, so that an ended mapping is still known.

import type { DmaDirection } from '../platform/dma-api.js';

/** Most mappings of one execution: bounds the work of an input, whatever it asks for. */
const CAPACITY = 1024;

export const LEDGER_CAPACITY = CAPACITY;

/** Buckets of the index by DMA address; a power of two. */
const BUCKETS = 256;
const NONE = -1;

/** Who asked for a mapping: the driver, or its client (premapped buffers). */
export const BY_DRIVER = 0;
export const BY_CLIENT = 1;

export class DmaLedger {
  /** Entries so far, live or ended. */
  count = 0;
  /** Live entries of the driver and of its client. */
  liveCount = 0;
  readonly dma = new Float64Array(CAPACITY);
  readonly cpu = new Int32Array(CAPACITY);
  readonly size = new Int32Array(CAPACITY);
  readonly direction = new Uint8Array(CAPACITY);
  readonly kind = new Uint8Array(CAPACITY);
  readonly attributes = new Uint8Array(CAPACITY);
  readonly owner = new Uint8Array(CAPACITY);
  /** The buffer that it was mapped for; 0 for none. */
  readonly token = new Int32Array(CAPACITY);
  /** Ring descriptor that carries it, -1 while unknown or inside an indirect table. */
  readonly descriptor = new Int16Array(CAPACITY);
  readonly live = new Uint8Array(CAPACITY);
  private readonly bucket = new Int16Array(BUCKETS).fill(NONE);
  private readonly inBucket = new Int16Array(CAPACITY);
  private readonly liveEntries = new Int32Array(CAPACITY);
  private readonly livePosition = new Int32Array(CAPACITY);

  reset(): void {
    for (let k = 0; k < this.liveCount; k++) this.bucket[bucketOf(this.dma[this.liveEntries[k]!]!)] = NONE;
    this.count = 0;
    this.liveCount = 0;
  }

  /** Whether another `pieces` mappings still fit. */
  hasRoom(pieces: number): boolean {
    return this.count + pieces < CAPACITY;
  }

  /** Opens an entry; its other columns are filled by the caller. */
  open(dma: number, cpu: number, size: number, direction: DmaDirection): number {
    const entry = this.count++;
    this.dma[entry] = dma;
    this.cpu[entry] = cpu;
    this.size[entry] = size;
    this.direction[entry] = direction;
    this.descriptor[entry] = -1;
    this.live[entry] = 1;
    const bucket = bucketOf(dma);
    this.inBucket[entry] = this.bucket[bucket]!;
    this.bucket[bucket] = entry;
    this.liveEntries[this.liveCount] = entry;
    this.livePosition[entry] = this.liveCount++;
    return entry;
  }

  close(entry: number): void {
    this.live[entry] = 0;
    this.unlink(entry);
    const hole = this.livePosition[entry]!;
    const moved = this.liveEntries[--this.liveCount]!;
    this.liveEntries[hole] = moved;
    this.livePosition[moved] = hole;
  }

  /** The k-th live entry, in no particular order. */
  liveAt(k: number): number {
    return this.liveEntries[k]!;
  }

  /** The live entry that starts at this DMA address, or -1. */
  findLive(dma: number): number {
    let entry = this.bucket[bucketOf(dma)]!;
    while (entry !== NONE && this.dma[entry] !== dma) entry = this.inBucket[entry]!;
    return entry;
  }

  /** The live entry that holds all of the range, or -1. */
  findContaining(dma: number, size: number): number {
    const start = this.findLive(dma);
    if (start >= 0 && size <= this.size[start]!) return start;
    for (let k = this.liveCount - 1; k >= 0; k--) {
      const entry = this.liveEntries[k]!;
      const start = this.dma[entry]!;
      if (dma >= start && dma + size <= start + this.size[entry]!) return entry;
    }
    return -1;
  }

  /** The latest ended entry that started at this DMA address, or -1. */
  findEnded(dma: number): number {
    for (let entry = this.count - 1; entry >= 0; entry--) {
      if (this.live[entry] === 0 && this.dma[entry] === dma) return entry;
    }
    return -1;
  }

  private unlink(entry: number): void {
    const bucket = bucketOf(this.dma[entry]!);
    let at = this.bucket[bucket]!;
    if (at === entry) {
      this.bucket[bucket] = this.inBucket[entry]!;
      return;
    }
    while (this.inBucket[at] !== entry) at = this.inBucket[at]!;
    this.inBucket[at] = this.inBucket[entry]!;
  }
}

/** Mixes page and offset: buffers often start at the same offset of different pages. */
function bucketOf(dma: number): number {
  const low = dma | 0;
  return ((low >> 3) ^ (low >> 12)) & (BUCKETS - 1);
}
