// The hardened packed virtqueue. Descriptors are reused by the device for its answers, so nothing about a buffer is taken
// from the ring: addresses, lengths, directions and chain length are private (44593865b7c5 for the error path).

import { DMA_MAPPING_ERROR } from '../platform/dma-api.js';
import type { Platform } from '../platform/platform.js';
import type { AddOptions, Completion, RingAddresses } from '../platform/ring-driver.js';
import type { ScatterList } from '../platform/scatter-list.js';
import { EIO, ENOMEM, ENOSPC } from '../spec/errno.js';
import {
  EVENT_F_DESC,
  EVENT_F_DISABLE,
  EVENT_F_ENABLE,
  EVENT_SIZE,
  PACKED_F_AVAIL,
  PACKED_F_USED,
  packedRingSize,
} from '../spec/packed-layout.js';
import { DESC_F_INDIRECT, DESC_F_NEXT, DESC_F_WRITE } from '../spec/split-layout.js';
import { PackedRing, RingPosition, availableFlags, isUsed } from './packed-ring.js';
import { RingQueue, needEvent, totalSize } from './ring-queue.js';

export class PackedQueue extends RingQueue {
  private readonly ring: PackedRing;
  /** Where the next buffer will be published. */
  private readonly nextAvailable = new RingPosition();
  /** The slot in which the next completion will appear. */
  private readonly nextUsed = new RingPosition();
  /** What the driver event structure's flags say. */
  private eventFlags = EVENT_F_ENABLE;
  private readonly cursor = new RingPosition();

  constructor(platform: Platform, onInterrupt: () => void) {
    super(platform, onInterrupt);
    this.ring = new PackedRing(platform.memory);
  }

  addSgs(out: ScatterList, input: ScatterList, token: number, options: AddOptions): number {
    const total = out.count + input.count;
    const error = this.checkAdd(total, token, options);
    if (error !== 0) return error;
    if (this.wantsIndirect(total)) {
      // Out of memory or of mappings: the pieces may still fit into the ring itself (fc6d70f40b3d).
      if (this.addIndirect(out, input, token, options) === 0) return 0;
    }
    this.warnIfTooLong(total);
    if (this.descriptorRecords.numFree < total) return -ENOSPC;
    return this.addDirect(out, input, token, options);
  }

  getBuf(): Completion | null {
    if (this.inOrder) return this.getInOrder();
    if (this.broken || !this.moreUsed()) return null;
    const deviceId = this.ring.deviceId(this.nextUsed.index);
    const deviceLen = this.ring.deviceLen(this.nextUsed.index);
    // A forged id: out of range, or not the id of a buffer in flight.
    if (deviceId >= this.num || this.states.tokenOf(deviceId) === 0) return this.badRing();
    const id = deviceId;
    const completion = this.fillCompletion(id, deviceLen);
    this.detach(id);
    this.advanceUsed(id);
    return completion;
  }

  kickPrepare(): boolean {
    const newIndex = this.nextAvailable.index;
    const oldIndex = (newIndex - this.numAdded) & 0xffff;
    this.numAdded = 0;
    const deviceEvent = this.ring.deviceEventSnapshot();
    const deviceFlags = deviceEvent >>> 16;
    if (deviceFlags !== EVENT_F_DESC) return deviceFlags !== EVENT_F_DISABLE;
    const deviceWrap = (deviceEvent & 0x8000) !== 0;
    let event = deviceEvent & 0x7fff;
    if (deviceWrap !== this.nextAvailable.wrap) event -= this.num;
    return needEvent(event, newIndex, oldIndex);
  }

  disableCb(): void {
    if (this.eventFlags === EVENT_F_DISABLE) return;
    this.eventFlags = EVENT_F_DISABLE;
    if (this.eventTriggered) return;
    this.ring.writeEventFlags(EVENT_F_DISABLE);
  }

  enableCbPrepare(): number {
    this.eventTriggered = false;
    this.switchInterruptsOn(this.nextUsed);
    return this.nextUsed.encoded;
  }

  poll(opaque: number): boolean {
    // A broken queue has nothing to wait for; "pending" here would loop for ever (481a0d7422db).
    if (this.broken) return false;
    return this.order.batchLeft > 0 || isUsed(this.ring.deviceFlags(opaque & 0x7fff), (opaque & 0x8000) !== 0);
  }

  enableCbDelayed(): boolean {
    // True, "nothing pending", ends the caller's reap loop (0d0eff39ceb3).
    if (this.broken) return true;
    this.eventTriggered = false;
    const inFlight = this.num - this.descriptorRecords.numFree;
    this.cursor.copyFrom(this.nextUsed);
    this.cursor.advance(Math.trunc((inFlight * 3) / 4), this.num);
    this.switchInterruptsOn(this.cursor);
    return !this.moreUsed();
  }

  ringAddresses(): RingAddresses {
    const { dma } = this.platform;
    return {
      num: this.num,
      descriptorArea: dma.coherentDmaAddress(this.ring.base),
      driverArea: dma.coherentDmaAddress(this.ring.driverEvent),
      deviceArea: dma.coherentDmaAddress(this.ring.deviceEvent),
    };
  }

  protected acceptsSize(num: number): boolean {
    return num > 0;
  }

  protected allocateRing(num: number): boolean {
    const { dma } = this.platform;
    const size = packedRingSize(num);
    const base = dma.allocCoherent(size);
    const driverEvent = base === 0 ? 0 : dma.allocCoherent(EVENT_SIZE);
    const deviceEvent = driverEvent === 0 ? 0 : dma.allocCoherent(EVENT_SIZE);
    if (deviceEvent === 0) {
      if (driverEvent !== 0) dma.freeCoherent(driverEvent, EVENT_SIZE);
      if (base !== 0) dma.freeCoherent(base, size);
      return false;
    }
    this.freeRing();
    this.ring.attach(base, driverEvent, deviceEvent, num);
    return true;
  }

  protected freeRing(): void {
    if (this.ring.base === 0) return;
    const { dma } = this.platform;
    dma.freeCoherent(this.ring.base, this.ring.size);
    dma.freeCoherent(this.ring.driverEvent, EVENT_SIZE);
    dma.freeCoherent(this.ring.deviceEvent, EVENT_SIZE);
    this.forgetRing();
  }

  protected forgetRing(): void {
    this.ring.base = 0;
  }

  protected clearRing(): void {
    this.ring.clear();
  }

  protected restartRing(): void {
    this.nextAvailable.reset();
    this.nextUsed.reset();
    this.eventFlags = this.callback ? EVENT_F_ENABLE : EVENT_F_DISABLE;
    if (!this.callback) this.ring.writeEventFlags(EVENT_F_DISABLE);
  }

  protected moreUsed(): boolean {
    return this.order.batchLeft > 0 || isUsed(this.ring.deviceFlags(this.nextUsed.index), this.nextUsed.wrap);
  }

  protected openBatch(): boolean {
    if (!isUsed(this.ring.deviceFlags(this.nextUsed.index), this.nextUsed.wrap)) return false;
    const deviceId = this.ring.deviceId(this.nextUsed.index);
    const deviceLen = this.ring.deviceLen(this.nextUsed.index);
    const size = this.order.batchUpTo(deviceId);
    if (size === 0) {
      this.badRing();
      return false;
    }
    this.order.open(size, deviceLen);
    return true;
  }

  protected advanceUsed(id: number): void {
    this.nextUsed.advance(this.states.countOf(id), this.num);
    if (this.eventFlags === EVENT_F_DESC) this.ring.writeEventOffWrap(this.nextUsed.encoded);
  }

  protected detach(id: number): void {
    this.states.end(id);
    const count = this.states.countOf(id);
    let index = id;
    for (let k = 0; k < count; k++) {
      this.mapper.unmapDescriptor(index);
      index = this.descriptorRecords.nextOf(index);
    }
    this.giveBack(id, this.states.lastOf(id), count);
    this.releaseTable(id);
  }

  /** The ring has no index to take back; a packed queue must be reset before its slots are used again (facts V33). */
  protected retractPublished(): void {}

  private addDirect(out: ScatterList, input: ScatterList, token: number, options: AddOptions): number {
    const total = out.count + input.count;
    const id = this.descriptorRecords.freeHead;
    const { cursor, nextAvailable } = this;
    cursor.copyFrom(nextAvailable);
    let headFlags = 0;
    let record = id;
    let last = id;
    for (let k = 0; k < total; k++) {
      const write = k >= out.count;
      const list = write ? input : out;
      const piece = write ? k - out.count : k;
      const dma = this.mapper.mapPiece(list, piece, write, options.premapped);
      if (dma === DMA_MAPPING_ERROR) {
        this.unwindDirect(id, k);
        return -EIO;
      }
      const len = list.size[piece]!;
      const flags = (k + 1 < total ? DESC_F_NEXT : 0) | (write ? DESC_F_WRITE : 0);
      this.ring.writeBody(cursor.index, dma, len, id);
      // The head's flags are held back: writing them is what makes the chain visible.
      if (k === 0) headFlags = flags | availableFlags(cursor.wrap);
      else this.ring.writeFlags(cursor.index, flags | availableFlags(cursor.wrap));
      this.descriptorRecords.set(record, this.mapper.recordedAddress(dma, options.premapped), len, flags);
      last = record;
      record = this.descriptorRecords.nextOf(record);
      cursor.advance(1, this.num);
    }
    const slot = nextAvailable.index;
    nextAvailable.copyFrom(cursor);
    this.descriptorRecords.take(total, record);
    this.states.begin(id, token, total, last);
    if (this.inOrder) this.order.push(id);
    this.states.describe(id, options.ctx, totalSize(input));
    this.ring.writeFlags(slot, headFlags);
    this.numAdded += total;
    return 0;
  }

  /**
   * The error path of addDirect after `count` pieces: unmaps them by the private records and stamps the slots behind
   * the head with flags of the lap before, so that no leftover looks available once the head is (75d276e5bb68).
   */
  private unwindDirect(id: number, count: number): void {
    const { cursor } = this;
    let record = id;
    cursor.copyFrom(this.nextAvailable);
    for (let k = 0; k < count; k++) {
      this.mapper.unmapDescriptor(record);
      record = this.descriptorRecords.nextOf(record);
      const stale = availableFlags(cursor.wrap) ^ (PACKED_F_AVAIL | PACKED_F_USED);
      if (k > 0) this.ring.writeFlags(cursor.index, stale);
      cursor.advance(1, this.num);
    }
  }

  private addIndirect(out: ScatterList, input: ScatterList, token: number, options: AddOptions): number {
    const total = out.count + input.count;
    const table = this.tables.allocate(total);
    if (table === 0) return -ENOMEM;
    const filled = this.fillTable(out, input, table, options.premapped);
    const dma = filled === total ? this.mapper.mapTable(table, total) : DMA_MAPPING_ERROR;
    if (dma === DMA_MAPPING_ERROR) {
      this.mapper.unmapTableEntries(table, total, filled);
      this.tables.free(table);
      return -ENOMEM;
    }
    const id = this.descriptorRecords.freeHead;
    const len = this.tables.mappedSize(total);
    const { nextAvailable } = this;
    const slot = nextAvailable.index;
    this.ring.writeBody(slot, dma, len, id);
    this.descriptorRecords.set(id, this.mapper.recordedAddress(dma, false), len, DESC_F_INDIRECT);
    this.descriptorRecords.take(1, this.descriptorRecords.nextOf(id));
    this.states.begin(id, token, 1, id);
    if (this.inOrder) this.order.push(id);
    this.states.describe(id, options.ctx, totalSize(input));
    this.states.setTable(id, table, total);
    this.ring.writeFlags(slot, DESC_F_INDIRECT | availableFlags(nextAvailable.wrap));
    nextAvailable.advance(1, this.num);
    this.numAdded += 1;
    return 0;
  }

  /** Maps every piece into the table; the number of entries filled, less than all where a mapping failed. */
  private fillTable(out: ScatterList, input: ScatterList, table: number, premapped: boolean): number {
    const total = out.count + input.count;
    for (let k = 0; k < total; k++) {
      const write = k >= out.count;
      const list = write ? input : out;
      const piece = write ? k - out.count : k;
      const dma = this.mapper.mapPiece(list, piece, write, premapped);
      if (dma === DMA_MAPPING_ERROR) return k;
      const len = list.size[piece]!;
      this.tables.writePackedEntry(table, k, dma, len, write ? DESC_F_WRITE : 0);
      const record = this.tables.recordAt(table, total, k);
      this.tables.record(record, this.mapper.recordedAddress(dma, premapped), len, write);
    }
    return total;
  }

  private switchInterruptsOn(at: RingPosition): void {
    // The position first, then the flags that make the device look at it (virtio-v1.4 2.8.14).
    if (this.eventIndex) this.ring.writeEventOffWrap(at.encoded);
    if (this.eventFlags !== EVENT_F_DISABLE) return;
    this.eventFlags = this.eventIndex ? EVENT_F_DESC : EVENT_F_ENABLE;
    this.ring.writeEventFlags(this.eventFlags);
  }
}
