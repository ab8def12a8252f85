// A queue on the fake platform, and the device's hands and eyes: ring fields by offsets worked out here, not by the code
// under test.

import { PackedQueue } from '../../src/driver/packed-queue.js';
import { SplitQueue } from '../../src/driver/split-queue.js';
import type { RingQueue } from '../../src/driver/ring-queue.js';
import type { AddOptions, QueueConfig } from '../../src/platform/ring-driver.js';
import { ScatterList } from '../../src/platform/scatter-list.js';
import { COHERENT_OFFSET, FakePlatform } from './fake-platform.js';

export interface Descriptor {
  readonly addr: number;
  readonly len: number;
  readonly flags: number;
  /** Split: next. Packed: id. */
  readonly link: number;
}

const CONFIG: QueueConfig = {
  num: 8,
  numMax: 256,
  align: 4,
  indirect: false,
  eventIndex: false,
  context: false,
  callback: true,
  inOrder: false,
  useDmaApi: true,
};

export interface Pieces {
  readonly out?: readonly number[];
  readonly in?: readonly number[];
}

/** CPU address of piece k of any buffer. */
export const PIECE_BASE = 0x9_0000;
export const pieceAt = (k: number): number => PIECE_BASE + k * 0x1000;

abstract class Bench {
  readonly platform = new FakePlatform();
  abstract readonly queue: RingQueue;
  private token = 0;
  private readonly out = new ScatterList();
  private readonly input = new ScatterList();

  constructor(protected readonly config: QueueConfig) {}

  get num(): number {
    return this.queue.ringAddresses().num;
  }

  get view(): DataView {
    return this.platform.memory.view;
  }

  /** Adds a buffer of pieces of these sizes under the next token (1, 2, ...); the result of addSgs. */
  add(pieces: Pieces, options: Partial<AddOptions> = {}): number {
    return this.addToken(++this.token, pieces, options);
  }

  addToken(token: number, pieces: Pieces, options: Partial<AddOptions> = {}): number {
    const { out, input } = this;
    out.clear();
    input.clear();
    let k = 0;
    for (const size of pieces.out ?? []) out.push(pieceAt(k), size, 0x7_0000_0000 + k++);
    for (const size of pieces.in ?? []) input.push(pieceAt(k), size, 0x7_0000_0000 + k++);
    return this.queue.addSgs(out, input, token, { ctx: 0, premapped: false, ...options });
  }

  /** The completed token and its length, or null. */
  get(): readonly [token: number, length: number] | null {
    const completion = this.queue.getBuf();
    return completion === null ? null : [completion.token, completion.length];
  }

  descriptor(index: number): Descriptor {
    const at = this.base + 16 * index;
    const { view } = this;
    const flags = view.getUint16(at + this.flagsOffset, true);
    const link = view.getUint16(at + 26 - this.flagsOffset, true);
    return { addr: this.platform.memory.u64(at), len: view.getUint32(at + 8, true), flags, link };
  }

  get numFree(): number {
    return this.queue.records().numFree;
  }

  /** The free list in order. */
  get freeList(): number[] {
    const { numFree, freeHead, next } = this.queue.records();
    const list: number[] = [];
    for (let index = freeHead; list.length < numFree; index = next[index] ?? -1) list.push(index);
    return list;
  }

  /** CPU address of the descriptors. */
  get base(): number {
    return this.queue.ringAddresses().descriptorArea - COHERENT_OFFSET;
  }

  get driverArea(): number {
    return this.queue.ringAddresses().driverArea - COHERENT_OFFSET;
  }

  get deviceArea(): number {
    return this.queue.ringAddresses().deviceArea - COHERENT_OFFSET;
  }

  protected abstract readonly flagsOffset: number;
}

export class SplitBench extends Bench {
  readonly queue: SplitQueue;
  readonly created: number;
  protected readonly flagsOffset = 12;
  private usedIdx = 0;

  constructor(config: Partial<QueueConfig> = {}, prepare: (platform: FakePlatform) => void = () => undefined) {
    super({ ...CONFIG, ...config });
    prepare(this.platform);
    this.queue = new SplitQueue(this.platform, () => {
      this.platform.callbacks++;
    });
    this.created = this.queue.create(this.config);
  }

  get availFlags(): number {
    return this.view.getUint16(this.driverArea, true);
  }

  get availIdx(): number {
    return this.view.getUint16(this.driverArea + 2, true);
  }

  availEntry(position: number): number {
    return this.view.getUint16(this.driverArea + 4 + 2 * position, true);
  }

  get usedEvent(): number {
    return this.view.getUint16(this.driverArea + 4 + 2 * this.num, true);
  }

  setUsedFlags(flags: number): void {
    this.view.setUint16(this.deviceArea, flags, true);
  }

  setUsedIdx(idx: number): void {
    this.usedIdx = idx & 0xffff;
    this.view.setUint16(this.deviceArea + 2, this.usedIdx, true);
  }

  setAvailEvent(event: number): void {
    this.view.setUint16(this.deviceArea + 4 + 8 * this.num, event, true);
  }

  /** The device writes a used element and moves used.idx. */
  complete(id: number, len: number): void {
    const at = this.deviceArea + 4 + 8 * (this.usedIdx & (this.num - 1));
    this.view.setUint32(at, id, true);
    this.view.setUint32(at + 4, len, true);
    this.setUsedIdx(this.usedIdx + 1);
  }

  /** After a reset the device starts from 0. */
  restartDevice(): void {
    this.usedIdx = 0;
  }
}

export class PackedBench extends Bench {
  readonly queue: PackedQueue;
  readonly created: number;
  protected readonly flagsOffset = 14;
  private slot = 0;
  private wrap = true;

  constructor(config: Partial<QueueConfig> = {}, prepare: (platform: FakePlatform) => void = () => undefined) {
    super({ ...CONFIG, ...config });
    prepare(this.platform);
    this.queue = new PackedQueue(this.platform, () => {
      this.platform.callbacks++;
    });
    this.created = this.queue.create(this.config);
  }

  get flags(): number[] {
    return Array.from({ length: this.num }, (_, slot) => this.descriptor(slot).flags);
  }

  get driverOffWrap(): number {
    return this.view.getUint16(this.driverArea, true);
  }

  get driverFlags(): number {
    return this.view.getUint16(this.driverArea + 2, true);
  }

  setDeviceEvent(offWrap: number, flags: number): void {
    this.view.setUint16(this.deviceArea, offWrap, true);
    this.view.setUint16(this.deviceArea + 2, flags, true);
  }

  /** The device writes a used descriptor that stands for `slots` slots. */
  complete(id: number, len: number, slots: number): void {
    const at = this.base + 16 * this.slot;
    this.view.setUint32(at + 8, len, true);
    this.view.setUint16(at + 12, id, true);
    this.view.setUint16(at + 14, this.wrap ? 0x8080 : 0, true);
    this.slot += slots;
    if (this.slot >= this.num) {
      this.slot -= this.num;
      this.wrap = !this.wrap;
    }
  }

  restartDevice(): void {
    this.slot = 0;
    this.wrap = true;
  }
}
