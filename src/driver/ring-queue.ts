// What split and packed queues share: life cycle, notification, reset and resize, and the checks on what is handed in.
// The device can influence none of this except through the transport's answers.

import type { Platform } from '../platform/platform.js';
import {
  type AddOptions,
  type Completion,
  type DriverRecords,
  IRQ_HANDLED,
  IRQ_NONE,
  LENGTH_FITS,
  type QueueConfig,
  type RingAddresses,
  type RingDriver,
} from '../platform/ring-driver.js';
import type { ScatterList } from '../platform/scatter-list.js';
import { E2BIG, EBUSY, EINVAL, EIO, ENOENT, ENOMEM } from '../spec/errno.js';
import { BufferMapper } from './buffer-mapper.js';
import { BufferStates } from './buffer-states.js';
import { DescriptorRecords, RECORD_BYTES } from './descriptor-records.js';
import { InOrderBuffers } from './in-order-buffers.js';
import { IndirectTables } from './indirect-tables.js';

export abstract class RingQueue implements RingDriver {
  protected num = 0;
  protected indirect = false;
  protected eventIndex = false;
  protected context = false;
  protected callback = false;
  protected inOrder = false;
  protected align = 4;
  protected broken = false;
  /** Buffers (split) or descriptors (packed) published since the last kick decision. */
  protected numAdded = 0;
  /** An interrupt came since callbacks were last switched on, so the device will not send another (8d622d21d248). */
  protected eventTriggered = false;

  protected readonly descriptorRecords: DescriptorRecords;
  protected readonly states: BufferStates;
  protected readonly tables: IndirectTables;
  protected readonly mapper: BufferMapper;
  protected readonly order = new InOrderBuffers();
  protected readonly completion: Completion = { token: 0, length: 0, lengthTrust: LENGTH_FITS, ctx: 0 };

  private numMax = 0;
  private warned = false;
  private stateMemory = 0;

  constructor(
    protected readonly platform: Platform,
    private readonly onInterrupt: () => void,
  ) {
    this.descriptorRecords = new DescriptorRecords(platform);
    this.states = new BufferStates(platform);
    this.tables = new IndirectTables(platform);
    this.mapper = new BufferMapper(platform, this.descriptorRecords, this.tables);
  }

  /** Sets the queue up. 0, -EINVAL for a size that the layout does not have, or -ENOMEM with nothing left behind. */
  create(config: QueueConfig): number {
    this.num = config.num;
    this.numMax = config.numMax;
    this.align = config.align;
    this.indirect = config.indirect;
    this.eventIndex = config.eventIndex;
    this.context = config.context;
    this.callback = config.callback;
    this.inOrder = config.inOrder;
    this.broken = false;
    this.warned = false;
    this.mapper.reset(config.useDmaApi);
    // The object may have had an earlier life on a platform that is gone.
    this.forgetRing();
    if (!this.acceptsSize(config.num)) return -EINVAL;
    if (!this.allocate(config.num)) return -ENOMEM;
    this.restart();
    return 0;
  }

  destroy(): void {
    this.freeRing();
    this.platform.allocator.kfree(this.stateMemory);
    this.stateMemory = 0;
  }

  abstract addSgs(out: ScatterList, input: ScatterList, token: number, options: AddOptions): number;
  abstract getBuf(): Completion | null;
  abstract kickPrepare(): boolean;
  abstract disableCb(): void;
  abstract enableCbPrepare(): number;
  abstract poll(opaque: number): boolean;
  abstract enableCbDelayed(): boolean;
  abstract ringAddresses(): RingAddresses;

  notify(): boolean {
    if (this.broken) return false;
    if (!this.platform.transport.notify()) {
      this.broken = true;
      return false;
    }
    return true;
  }

  kick(): boolean {
    return this.kickPrepare() ? this.notify() : true;
  }

  enableCb(): boolean {
    return !this.poll(this.enableCbPrepare());
  }

  interrupt(): number {
    if (!this.moreUsed()) return IRQ_NONE;
    if (this.broken) return IRQ_HANDLED;
    if (this.eventIndex) this.eventTriggered = true;
    if (this.callback) this.onInterrupt();
    return IRQ_HANDLED;
  }

  detachUnusedBuf(): number {
    // In order, the newest first: what is left then still lies in ring order.
    const id = this.inOrder ? this.order.newest() : this.states.lowestInFlight();
    if (id < 0) {
      if (this.descriptorRecords.numFree !== this.num) this.platform.panic('descriptors missing after the last detach');
      return 0;
    }
    const token = this.states.tokenOf(id);
    this.detach(id);
    if (this.inOrder) {
      this.order.pop();
      this.descriptorRecords.rewind(id);
    }
    this.retractPublished();
    return token;
  }

  reset(recycle: (token: number) => void): number {
    const error = this.stop(recycle);
    if (error !== 0) return error;
    this.clearRing();
    this.restart();
    return this.resume(0);
  }

  resize(num: number, recycle: (token: number) => void): number {
    if (num > this.numMax) return -E2BIG;
    if (num === 0) return -EINVAL;
    if (num === this.num) return 0;
    const error = this.stop(recycle);
    if (error !== 0) return error;
    let result = 0;
    const oldState = this.stateMemory;
    if (this.acceptsSize(num) && this.allocate(num)) {
      this.platform.allocator.kfree(oldState);
      this.num = num;
    } else {
      result = -ENOMEM;
      this.clearRing();
    }
    this.restart();
    return this.resume(result);
  }

  maxMappingSize(): number {
    return this.mapper.maxMappingSize();
  }

  isBroken(): boolean {
    return this.broken;
  }

  breakQueue(): void {
    this.broken = true;
  }

  records(): DriverRecords {
    return this.descriptorRecords;
  }

  /** Opens the batch that the device reported; false when there is none, or when it is no batch of buffers in flight. */
  protected abstract openBatch(): boolean;
  /** Moves past the used entry or slots of the buffer that was `id`. */
  protected abstract advanceUsed(id: number): void;
  /** Whether the layout has rings of this size. */
  protected abstract acceptsSize(num: number): boolean;
  /** Allocates a ring of `num` entries and frees the one before; false, with nothing changed, when there is no memory. */
  protected abstract allocateRing(num: number): boolean;
  protected abstract freeRing(): void;
  /** Drops the ring without freeing it. */
  protected abstract forgetRing(): void;
  protected abstract clearRing(): void;
  /** Back to the initial shadows. */
  protected abstract restartRing(): void;
  protected abstract moreUsed(): boolean;
  /** Ends the flight of the buffer under `id`: unmaps it and gives its descriptors back. */
  protected abstract detach(id: number): void;
  /** Takes the last published buffer out of what the device can see, where the layout can. */
  protected abstract retractPublished(): void;

  /** The error that an add must return before it looks at the ring, or 0. */
  protected checkAdd(total: number, token: number, options: AddOptions): number {
    if (token === 0) this.platform.panic('add without a token');
    if (options.ctx !== 0 && !this.context) this.platform.panic('context on a queue without contexts');
    if (this.broken) return -EIO;
    if (total === 0) this.platform.panic('add of an empty buffer');
    return 0;
  }

  /** Says once that a buffer can never fit, as Linux does; the caller gets -ENOSPC each time. */
  protected warnIfTooLong(total: number): void {
    if (total <= this.num || this.indirect || this.warned) return;
    this.warned = true;
    this.platform.warn('buffer has more pieces than the ring has descriptors');
  }

  protected wantsIndirect(total: number): boolean {
    return this.indirect && !this.context && total > 1 && this.descriptorRecords.numFree > 0;
  }

  /** virtio-v1.4 2.7.9, 2.8.9: a buffer before the last of its batch counts as used completely. */
  protected getInOrder(): Completion | null {
    const { order } = this;
    if (this.broken) return null;
    if (order.batchLeft === 0 && !this.openBatch()) return null;
    const id = order.shift();
    const length = order.batchLeft === 0 ? order.batchLength : this.states.writableOf(id);
    const completion = this.fillCompletion(id, length);
    this.detach(id);
    this.advanceUsed(id);
    return completion;
  }

  /** Gives the descriptors of the chain `first` .. `last` back to the free list. */
  protected giveBack(first: number, last: number, count: number): void {
    if (this.inOrder) this.descriptorRecords.giveOldest(count);
    else this.descriptorRecords.give(first, last, count);
  }

  protected fillCompletion(id: number, deviceLen: number): Completion {
    const { completion } = this;
    completion.token = this.states.tokenOf(id);
    completion.length = deviceLen;
    completion.lengthTrust = this.states.gradeLength(id, deviceLen);
    completion.ctx = this.states.contextOf(id);
    return completion;
  }

  /** The device named a buffer that it does not have: the queue is unusable until it is reset. */
  protected badRing(): null {
    this.broken = true;
    return null;
  }

  /** Unmaps and frees the indirect table of `id`, if it has one. */
  protected releaseTable(id: number): void {
    const table = this.states.tableOf(id);
    if (table === 0) return;
    const entries = this.states.tableEntriesOf(id);
    this.mapper.unmapTableEntries(table, entries, entries);
    this.tables.free(table);
    this.states.setTable(id, 0, 0);
  }

  private allocate(num: number): boolean {
    const state = this.platform.allocator.kmalloc(num * RECORD_BYTES);
    if (state === 0) return false;
    if (!this.allocateRing(num)) {
      this.platform.allocator.kfree(state);
      return false;
    }
    this.stateMemory = state;
    return true;
  }

  private restart(): void {
    this.numAdded = 0;
    this.eventTriggered = false;
    this.descriptorRecords.reset(this.num);
    this.states.reset(this.num);
    this.order.reset();
    this.restartRing();
  }

  /** Takes the queue from the device and gives back every buffer. 0 or -errno with nothing changed. */
  private stop(recycle: (token: number) => void): number {
    const { transport } = this.platform;
    if (!transport.resettable) return -ENOENT;
    const error = transport.disableQueue();
    if (error !== 0) return error;
    this.broken = true;
    for (let token = this.detachUnusedBuf(); token !== 0; token = this.detachUnusedBuf()) recycle(token);
    return 0;
  }

  /** A queue that cannot be handed back stays broken, unlike Linux's (V34): its device side is dead. */
  private resume(result: number): number {
    if (this.platform.transport.enableQueue() !== 0) return -EBUSY;
    this.broken = false;
    return result;
  }
}

/** virtio-v1.4 2.7.10: whether the other side asked to be told about a move from `oldPosition` to `newPosition`. */
export function needEvent(event: number, newPosition: number, oldPosition: number): boolean {
  return ((newPosition - event - 1) & 0xffff) < ((newPosition - oldPosition) & 0xffff);
}

/** Bytes of the pieces of a list. */
export function totalSize(list: ScatterList): number {
  let size = 0;
  for (let index = 0; index < list.count; index++) size += list.size[index]!;
  return size;
}
