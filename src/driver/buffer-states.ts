// What the driver keeps per buffer in flight, under the id that the device will name: the caller's token, the chain's
// length and the indirect table. Private memory. A token of 0 means that the id is not in flight, which is how a forged,
// replayed or mid-chain id is told from a real one.

import type { Platform } from '../platform/platform.js';
import { LENGTH_EXCEEDS, LENGTH_FITS, LENGTH_OUT_ONLY } from '../platform/ring-driver.js';
import { MAX_QUEUE_SIZE } from './descriptor-records.js';

export class BufferStates {
  private num = 0;
  /** Ids from here on are as reset() leaves them. */
  private touched = 0;
  private readonly tokens = new Int32Array(MAX_QUEUE_SIZE);
  private readonly contexts = new Int32Array(MAX_QUEUE_SIZE);
  private readonly tables = new Int32Array(MAX_QUEUE_SIZE);
  private readonly tableEntries = new Uint16Array(MAX_QUEUE_SIZE);
  private readonly counts = new Uint16Array(MAX_QUEUE_SIZE);
  private readonly lasts = new Uint16Array(MAX_QUEUE_SIZE);
  private readonly writable = new Uint32Array(MAX_QUEUE_SIZE);

  constructor(private readonly platform: Platform) {}

  reset(num: number): void {
    this.num = num;
    // No loop: an earlier life must not show in the code that a later one runs (coverage is compared between runs).
    this.tokens.fill(0, 0, this.touched);
    this.contexts.fill(0, 0, this.touched);
    this.tables.fill(0, 0, this.touched);
    this.tableEntries.fill(0, 0, this.touched);
    this.counts.fill(0, 0, this.touched);
    this.lasts.fill(0, 0, this.touched);
    this.writable.fill(0, 0, this.touched);
    this.touched = 0;
  }

  /** Puts `token` in flight under `id`: a chain of `count` descriptors that ends with descriptor `last`. */
  begin(id: number, token: number, count: number, last: number): void {
    this.check(id);
    if (id >= this.touched) this.touched = id + 1;
    this.tokens[id] = token;
    this.counts[id] = count;
    this.lasts[id] = last;
    this.tables[id] = 0;
  }

  /** What comes with the buffer: the caller's context and how many bytes the device may write. */
  describe(id: number, ctx: number, writable: number): void {
    this.check(id);
    this.contexts[id] = ctx;
    this.writable[id] = writable;
  }

  setTable(id: number, table: number, entries: number): void {
    this.check(id);
    this.tables[id] = table;
    this.tableEntries[id] = entries;
  }

  /** Ends the flight of `id`; its chain stays readable until the next begin. */
  end(id: number): void {
    this.check(id);
    this.tokens[id] = 0;
  }

  /** The token of `id`, 0 when it is not in flight. */
  tokenOf(id: number): number {
    this.check(id);
    return this.tokens[id]!;
  }

  contextOf(id: number): number {
    this.check(id);
    return this.contexts[id]!;
  }

  tableOf(id: number): number {
    this.check(id);
    return this.tables[id]!;
  }

  tableEntriesOf(id: number): number {
    this.check(id);
    return this.tableEntries[id]!;
  }

  countOf(id: number): number {
    this.check(id);
    return this.counts[id]!;
  }

  lastOf(id: number): number {
    this.check(id);
    return this.lasts[id]!;
  }

  /** Bytes that the device may write into the buffer of `id`. */
  writableOf(id: number): number {
    this.check(id);
    return this.writable[id]!;
  }

  /** Compares a device's length with what it could write; the grade goes up with the completion. */
  gradeLength(id: number, deviceLen: number): number {
    this.check(id);
    const writable = this.writable[id]!;
    if (deviceLen <= writable) return LENGTH_FITS;
    return writable === 0 ? LENGTH_OUT_ONLY : LENGTH_EXCEEDS;
  }

  /** The lowest id in flight, or -1. */
  lowestInFlight(): number {
    for (let id = 0; id < this.touched; id++) if (this.tokens[id] !== 0) return id;
    return -1;
  }

  private check(id: number): void {
    if (id >>> 0 >= this.num) this.platform.outOfBounds('buffer states', id, this.num);
  }
}
