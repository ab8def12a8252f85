// The hardened split virtqueue. The descriptor table is write-only from here: chain length, addresses and directions come
// from private records alone, also where Linux still reads the shared NEXT flag (facts V04).

import { DMA_MAPPING_ERROR } from '../platform/dma-api.js';
import type { AddOptions, Completion, RingAddresses } from '../platform/ring-driver.js';
import type { Platform } from '../platform/platform.js';
import type { ScatterList } from '../platform/scatter-list.js';
import { ENOMEM, ENOSPC } from '../spec/errno.js';
import {
  AVAIL_F_NO_INTERRUPT,
  DESC_F_INDIRECT,
  DESC_F_NEXT,
  DESC_F_WRITE,
  USED_F_NO_NOTIFY,
  splitRingSize,
} from '../spec/split-layout.js';
import { RingQueue, needEvent, totalSize } from './ring-queue.js';
import { SplitRing } from './split-ring.js';

export class SplitQueue extends RingQueue {
  private readonly ring: SplitRing;
  /** Next free position in the available ring, and what avail.idx was last set to. */
  private availableIdx = 0;
  /** Position of the next used element to look at. */
  private lastUsedIdx = 0;
  /** What avail.flags says, or would say without event index. */
  private interruptsOff = false;

  constructor(platform: Platform, onInterrupt: () => void) {
    super(platform, onInterrupt);
    this.ring = new SplitRing(platform.memory);
  }

  addSgs(out: ScatterList, input: ScatterList, token: number, options: AddOptions): number {
    const total = out.count + input.count;
    const error = this.checkAdd(total, token, options);
    if (error !== 0) return error;
    const table = this.wantsIndirect(total) ? this.tables.allocate(total) : 0;
    if (table !== 0) return this.addIndirect(out, input, table, token, options);
    this.warnIfTooLong(total);
    if (this.descriptorRecords.numFree < total) {
      // The device may be waiting for this kick before it returns any buffer, so suppression is ignored.
      if (out.count > 0) this.notify();
      return -ENOSPC;
    }
    return this.addDirect(out, input, token, options);
  }

  getBuf(): Completion | null {
    if (this.inOrder) return this.getInOrder();
    if (this.broken || !this.moreUsed()) return null;
    const deviceId = this.ring.deviceUsedId(this.lastUsedIdx);
    const deviceLen = this.ring.deviceUsedLen(this.lastUsedIdx);
    // A forged id: out of range on all 32 bits, or not the head of a buffer in flight.
    if (deviceId >= this.num || this.states.tokenOf(deviceId) === 0) return this.badRing();
    const head = deviceId;
    const completion = this.fillCompletion(head, deviceLen);
    this.detach(head);
    this.advanceUsed();
    return completion;
  }

  kickPrepare(): boolean {
    const newIdx = this.availableIdx;
    const oldIdx = (newIdx - this.numAdded) & 0xffff;
    this.numAdded = 0;
    if (this.eventIndex) return needEvent(this.ring.deviceAvailEvent(), newIdx, oldIdx);
    return (this.ring.deviceUsedFlags() & USED_F_NO_NOTIFY) === 0;
  }

  disableCb(): void {
    if (this.interruptsOff) return;
    this.interruptsOff = true;
    if (this.eventTriggered) return;
    // With event index there is no off switch: a position just passed is as far away as can be.
    if (this.eventIndex) this.ring.writeUsedEvent(0);
    else this.ring.writeAvailableFlags(AVAIL_F_NO_INTERRUPT);
  }

  enableCbPrepare(): number {
    this.switchInterruptsOn();
    this.ring.writeUsedEvent(this.lastUsedIdx);
    return this.lastUsedIdx;
  }

  poll(opaque: number): boolean {
    // A broken queue has nothing to wait for; "pending" here would loop for ever (481a0d7422db).
    if (this.broken) return false;
    return this.order.batchLeft > 0 || this.ring.deviceUsedIdx() !== opaque;
  }

  enableCbDelayed(): boolean {
    // True, "nothing pending", ends the caller's reap loop (0d0eff39ceb3).
    if (this.broken) return true;
    this.switchInterruptsOn();
    const inFlight = (this.availableIdx - this.lastUsedIdx) & 0xffff;
    const delay = Math.trunc((inFlight * 3) / 4);
    this.ring.writeUsedEvent((this.lastUsedIdx + delay) & 0xffff);
    const deviceUsedIdx = this.ring.deviceUsedIdx();
    return ((deviceUsedIdx - this.lastUsedIdx) & 0xffff) <= delay;
  }

  ringAddresses(): RingAddresses {
    const dma = this.platform.dma.coherentDmaAddress(this.ring.base);
    return {
      num: this.num,
      descriptorArea: dma,
      driverArea: dma + (this.ring.availableArea - this.ring.base),
      deviceArea: dma + (this.ring.usedArea - this.ring.base),
    };
  }

  protected acceptsSize(num: number): boolean {
    return num > 0 && (num & (num - 1)) === 0;
  }

  protected allocateRing(num: number): boolean {
    const base = this.platform.dma.allocCoherent(splitRingSize(num, this.align));
    if (base === 0) return false;
    this.freeRing();
    this.ring.attach(base, num, this.align);
    return true;
  }

  protected freeRing(): void {
    if (this.ring.base === 0) return;
    this.platform.dma.freeCoherent(this.ring.base, this.ring.size);
    this.forgetRing();
  }

  protected forgetRing(): void {
    this.ring.base = 0;
  }

  protected clearRing(): void {
    this.ring.clear();
  }

  protected restartRing(): void {
    this.availableIdx = 0;
    this.lastUsedIdx = 0;
    this.interruptsOff = !this.callback;
    if (!this.callback && !this.eventIndex) this.ring.writeAvailableFlags(AVAIL_F_NO_INTERRUPT);
  }

  protected moreUsed(): boolean {
    return this.order.batchLeft > 0 || this.ring.deviceUsedIdx() !== this.lastUsedIdx;
  }

  protected openBatch(): boolean {
    const deviceUsed = (this.ring.deviceUsedIdx() - this.lastUsedIdx) & 0xffff;
    if (deviceUsed === 0) return false;
    const deviceId = this.ring.deviceUsedId(this.lastUsedIdx);
    const deviceLen = this.ring.deviceUsedLen(this.lastUsedIdx);
    const size = this.order.batchUpTo(deviceId);
    // The index counts buffers, so it must have moved by the batch at least.
    if (size === 0 || size > deviceUsed) {
      this.badRing();
      return false;
    }
    this.order.open(size, deviceLen);
    return true;
  }

  protected advanceUsed(): void {
    this.lastUsedIdx = (this.lastUsedIdx + 1) & 0xffff;
    if (!this.interruptsOff) this.ring.writeUsedEvent(this.lastUsedIdx);
  }

  protected detach(head: number): void {
    this.states.end(head);
    const count = this.states.countOf(head);
    let index = head;
    for (let k = 0; k < count; k++) {
      this.mapper.unmapDescriptor(index);
      if (k + 1 < count) index = this.descriptorRecords.nextOf(index);
    }
    this.giveBack(head, index, count);
    this.releaseTable(head);
  }

  protected retractPublished(): void {
    this.availableIdx = (this.availableIdx - 1) & 0xffff;
    this.ring.writeAvailableIdx(this.availableIdx);
  }

  private addDirect(out: ScatterList, input: ScatterList, token: number, options: AddOptions): number {
    const total = out.count + input.count;
    const head = this.descriptorRecords.freeHead;
    let index = head;
    let last = head;
    for (let k = 0; k < total; k++) {
      const write = k >= out.count;
      const list = write ? input : out;
      const piece = write ? k - out.count : k;
      const dma = this.mapper.mapPiece(list, piece, write, options.premapped);
      if (dma === DMA_MAPPING_ERROR) {
        this.unmapChain(head, k);
        return -ENOMEM;
      }
      const len = list.size[piece]!;
      const flags = (k + 1 < total ? DESC_F_NEXT : 0) | (write ? DESC_F_WRITE : 0);
      const next = this.descriptorRecords.nextOf(index);
      this.ring.writeDescriptor(index, dma, len, flags, next);
      this.descriptorRecords.set(index, this.mapper.recordedAddress(dma, options.premapped), len, flags);
      last = index;
      index = next;
    }
    this.descriptorRecords.take(total, index);
    this.states.begin(head, token, total, last);
    this.states.describe(head, options.ctx, totalSize(input));
    this.publish(head);
    return 0;
  }

  /** The error path of addDirect: unmaps the first `count` descriptors of an unpublished chain. */
  private unmapChain(head: number, count: number): void {
    let index = head;
    for (let k = 0; k < count; k++) {
      this.mapper.unmapDescriptor(index);
      index = this.descriptorRecords.nextOf(index);
    }
  }

  private addIndirect(out: ScatterList, input: ScatterList, table: number, token: number, options: AddOptions): number {
    const total = out.count + input.count;
    const filled = this.fillTable(out, input, table, options.premapped);
    const dma = filled === total ? this.mapper.mapTable(table, total) : DMA_MAPPING_ERROR;
    if (dma === DMA_MAPPING_ERROR) {
      this.mapper.unmapTableEntries(table, total, filled);
      this.tables.free(table);
      return -ENOMEM;
    }
    const head = this.descriptorRecords.freeHead;
    const next = this.descriptorRecords.nextOf(head);
    const len = this.tables.mappedSize(total);
    this.ring.writeDescriptor(head, dma, len, DESC_F_INDIRECT, next);
    this.descriptorRecords.set(head, this.mapper.recordedAddress(dma, false), len, DESC_F_INDIRECT);
    this.descriptorRecords.take(1, next);
    this.states.begin(head, token, 1, head);
    this.states.describe(head, options.ctx, totalSize(input));
    this.states.setTable(head, table, total);
    this.publish(head);
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
      const flags = (k + 1 < total ? DESC_F_NEXT : 0) | (write ? DESC_F_WRITE : 0);
      this.tables.writeSplitEntry(table, k, dma, len, flags);
      const record = this.tables.recordAt(table, total, k);
      this.tables.record(record, this.mapper.recordedAddress(dma, premapped), len, write);
    }
    return total;
  }

  /** Makes a chain visible: its head in the ring first, then the index that covers it (virtio-v1.4 2.7.13). */
  private publish(head: number): void {
    if (this.inOrder) this.order.push(head);
    this.ring.writeAvailableEntry(this.availableIdx, head);
    this.availableIdx = (this.availableIdx + 1) & 0xffff;
    this.ring.writeAvailableIdx(this.availableIdx);
    this.numAdded++;
    // One more and kickPrepare could no longer tell all from nothing.
    if (this.numAdded === 0xffff) this.kick();
  }

  private switchInterruptsOn(): void {
    this.eventTriggered = false;
    if (!this.interruptsOff) return;
    this.interruptsOff = false;
    if (!this.eventIndex) this.ring.writeAvailableFlags(0);
  }
}
