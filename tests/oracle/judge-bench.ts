// The oracles without driver, device and world: a case file that the test feeds by hand, and a tiny split driver in the
// test's own words whose every step can be left out or bent.

import assert from 'node:assert/strict';
import { CALL_ADD, CALL_GET } from '../../src/oracle/calls.js';
import { CallJudge } from '../../src/oracle/call-judge.js';
import { NotificationJudge } from '../../src/oracle/notification-judge.js';
import { CaseFile } from '../../src/oracle/case-file.js';
import { DmaJudge } from '../../src/oracle/dma-judge.js';
import { MemoryJudge } from '../../src/oracle/memory-judge.js';
import { Violation } from '../../src/oracle/oracle.js';
import { COHERENT_BASE, DATA_BASE, MEMORY_SIZE, POOL_BASE, POOL_SIZE } from '../../src/memory/layout.js';
import { DMA_FROM_DEVICE, DMA_TO_DEVICE, type DmaDirection } from '../../src/platform/dma-api.js';
import type { DriverRecords, QueueConfig } from '../../src/platform/ring-driver.js';
import { ScatterList } from '../../src/platform/scatter-list.js';

export const NUM = 4;
export const DESC = COHERENT_BASE;
export const AVAIL = COHERENT_BASE + 16 * NUM;
export const USED = COHERENT_BASE + 80;
/** Packed: event structures on pages of their own. */
export const DRIVER_EVENT = COHERENT_BASE + 0x1000;
export const DEVICE_EVENT = COHERENT_BASE + 0x2000;
/** DMA address of a piece: nothing that any back end would give out, so nothing is taken for a bounce slot. */
export const dmaOf = (cpu: number): number => 0x10_0000_0000 + cpu;

/** The driver's records, writable. */
export interface Records extends DriverRecords {
  numFree: number;
  freeHead: number;
  addr: number[];
  len: number[];
  flags: number[];
  next: number[];
}

const CONFIG: QueueConfig = {
  num: NUM,
  numMax: 256,
  align: 4,
  indirect: false,
  eventIndex: false,
  context: false,
  callback: true,
  inOrder: false,
  useDmaApi: true,
};

export class JudgeBench {
  readonly c = new CaseFile(new Uint8Array(MEMORY_SIZE));
  readonly call = new CallJudge(this.c);
  readonly notification = new NotificationJudge(this.c);
  readonly memory = new MemoryJudge(this.c);
  readonly dma = new DmaJudge(this.c);
  readonly records: Records;
  private pieceTop = DATA_BASE;
  private availableIdx = 0;
  private usedIdx = 0;

  constructor(
    readonly packed = false,
    config: Partial<QueueConfig> = {},
  ) {
    this.records = {
      num: NUM,
      numFree: NUM,
      freeHead: 0,
      addr: [0, 0, 0, 0],
      len: [0, 0, 0, 0],
      flags: [0, 0, 0, 0],
      next: [1, 2, 3, 0],
    };
    this.c.reset();
    // All of coherent memory and of the bounce pool exists; what is in them is each test's business.
    this.c.coherentPages = 0xffff;
    this.c.poolEnd = POOL_BASE + POOL_SIZE;
    this.call.created(packed, { ...CONFIG, ...config }, 0, this.records);
    if (packed) this.c.ring.attach(true, NUM, DESC, DRIVER_EVENT, DEVICE_EVENT);
    else this.c.ring.attach(false, NUM, DESC, AVAIL, USED);
  }

  /** Offers a buffer of pieces of these sizes; its token. Sizes: device-readable, device-writable. */
  offer(out: readonly number[], input: readonly number[], ctx = 0): number {
    const lists = [out, input].map((sizes) => {
      const list = new ScatterList();
      for (const size of sizes) {
        list.push(this.pieceTop, size, 0);
        this.pieceTop += 0x1000;
      }
      return list;
    });
    const [outList = new ScatterList(), inList = new ScatterList()] = lists;
    return this.c.buffers.offer(outList, inList, ctx, false);
  }

  begin(call: number, token = 0): void {
    this.c.beginCall(call);
    this.c.token = token;
  }

  map(cpu: number, size: number, direction: DmaDirection, dma = dmaOf(cpu)): void {
    this.dma.mapping(cpu, size, direction, 1, 0);
    this.dma.mapped(dma);
  }

  unmap(dma: number, size: number, direction: DmaDirection): void {
    this.dma.unmapping(dma, size, direction, 1, 0);
    this.dma.unmapped();
  }

  /** Somebody writes a byte of the pool or of a buffer, and nothing says that it was the device. */
  poke(address: number, value: number): void {
    this.c.bytes[address] = value;
    this.c.dirty.mark(address, 1);
  }

  /** CPU address of piece `k` of a buffer. */
  piece(token: number, k: number): number {
    return this.c.buffers.pieceCpu[(this.c.buffers.firstPiece[token] ?? 0) + k] ?? 0;
  }

  /** The driver's part of a correct direct add on a split ring; `judge` is the caller's. */
  driveAdd(token: number): void {
    const { records, memory } = this;
    this.begin(CALL_ADD, token);
    const total = this.c.buffers.total(token);
    const head = records.freeHead;
    let index = head;
    for (let k = 0; k < total; k++) {
      const cpu = this.piece(token, k);
      const size = this.size(token, k);
      this.map(cpu, size, this.direction(token, k));
      const flags = (k + 1 < total ? 1 : 0) | (this.direction(token, k) === DMA_FROM_DEVICE ? 2 : 0);
      memory.sharedStore(DESC + 16 * index, 8, dmaOf(cpu));
      memory.sharedStore(DESC + 16 * index + 8, 4, size);
      memory.sharedStore(DESC + 16 * index + 12, 2, flags);
      memory.sharedStore(DESC + 16 * index + 14, 2, records.next[index] ?? 0);
      records.addr[index] = dmaOf(cpu);
      records.len[index] = size;
      index = records.next[index] ?? 0;
    }
    records.numFree -= total;
    records.freeHead = index;
    memory.sharedStore(AVAIL + 4 + 2 * (this.availableIdx % NUM), 2, head);
    this.availableIdx++;
    memory.sharedStore(AVAIL + 2, 2, this.availableIdx);
  }

  /** A buffer in flight; its token. */
  add(out: readonly number[], input: readonly number[], ctx = 0): number {
    const token = this.offer(out, input, ctx);
    this.driveAdd(token);
    this.call.added(token, 0, false);
    return token;
  }

  /** The driver's loads of a completion: used.idx one on, then id and len. */
  load(id: number, len: number): void {
    const element = USED + 4 + 8 * (this.usedIdx % NUM);
    this.usedIdx++;
    this.memory.sharedLoad(USED + 2, 2, this.usedIdx);
    this.memory.sharedLoad(element, 4, id);
    this.memory.sharedLoad(element + 4, 4, len);
  }

  /** The driver's part of a correct completion of `token` whose chain starts at `head`. */
  driveGet(token: number, head: number, len: number): void {
    this.begin(CALL_GET);
    this.load(head, len);
    this.giveBack(token, head);
    this.memory.sharedStore(AVAIL + 4 + 2 * NUM, 2, this.usedIdx);
  }

  /** Unmaps a chain and returns it to the free list. */
  giveBack(token: number, head: number): void {
    const { records } = this;
    const total = this.c.buffers.total(token);
    let last = head;
    for (let k = 0; k < total; k++) {
      this.unmap(dmaOf(this.piece(token, k)), this.size(token, k), this.direction(token, k));
      if (k + 1 < total) last = records.next[last] ?? 0;
    }
    records.next[last] = records.freeHead;
    records.freeHead = head;
    records.numFree += total;
  }

  /** A correct completion, judged. */
  get(token: number, head: number, len = 0): void {
    this.driveGet(token, head, len);
    this.call.got({ token, length: len, ctx: this.c.buffers.ctx[token] ?? 0 }, false);
  }

  private size(token: number, k: number): number {
    return this.c.buffers.pieceSize[(this.c.buffers.firstPiece[token] ?? 0) + k] ?? 0;
  }

  private direction(token: number, k: number): DmaDirection {
    return k < (this.c.buffers.outPieces[token] ?? 0) ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
  }
}

/** Runs `step` and expects that oracle to fire with that shape; returns the violation. */
export function fires(oracle: string, shape: string, step: () => void): Violation {
  try {
    step();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    assert.equal(`${error.oracle.id}: ${error.shape}`, `${oracle}: ${shape}`);
    return error;
  }
  return assert.fail(`${oracle} stays silent: ${shape}`);
}
