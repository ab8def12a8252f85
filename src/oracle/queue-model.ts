// What the queue's state must be, rebuilt from the calls, the published bytes and the values that the driver really read;
// never from the driver's own variables. Facts section 2 is the specification. Holds state; the oracles compare.

import type { QueueConfig } from '../platform/ring-driver.js';
import { EVENT_F_DESC, EVENT_F_DISABLE, EVENT_F_ENABLE, PACKED_F_AVAIL, PACKED_F_USED } from '../spec/packed-layout.js';
import type { BufferTable } from './buffer-table.js';

const MAX_NUM = 256;

export class QueueModel {
  packed = false;
  num = 0;
  numMax = 0;
  indirect = false;
  eventIndex = false;
  context = false;
  callback = false;
  inOrder = false;
  useDmaApi = true;

  numFree = 0;
  inFlight = 0;
  broken = false;
  numAdded = 0;
  eventTriggered = false;
  callbacksOn = false;
  /** Split: avail.idx. Packed: slot of the next buffer. */
  availableIndex = 0;
  availableWrap = true;
  /** Split: position of the next used element. Packed: slot of the next completion. */
  usedIndex = 0;
  usedWrap = true;
  /** Packed: what the driver event structure's flags must say. */
  eventFlags = 0;
  /** What used_event (split) or driver_event.off_wrap (packed) must hold; -1 where nothing was promised yet. */
  eventPosition = -1;
  /** Split: what avail.flags must hold. */
  availFlags = 0;

  /** Split: the token whose chain holds a descriptor; 0 for free. */
  readonly owner = new Int32Array(MAX_NUM);
  /** Split: descriptors of a chain in order, by head. */
  readonly follower = new Int16Array(MAX_NUM);
  /** In order: the descriptor that the next buffer must begin with. */
  nextDescriptor = 0;
  /** In order: buffers of the batch that the device reported last which have not come back. */
  batchLeft = 0;
  /** In order: the length that the batch was reported with. */
  batchLength = 0;
  /** In order: tokens in flight, oldest first, from `oldestAt` on and around. */
  private readonly queue = new Int32Array(MAX_NUM);
  private oldestAt = 0;

  /** The token in flight under an id. */
  readonly tokenOf = new Int32Array(MAX_NUM);

  /** Takes over a fresh queue. */
  start(packed: boolean, config: QueueConfig): void {
    this.packed = packed;
    this.numMax = config.numMax;
    this.indirect = config.indirect;
    this.eventIndex = config.eventIndex;
    this.context = config.context;
    this.callback = config.callback;
    this.inOrder = config.inOrder;
    this.useDmaApi = config.useDmaApi;
    this.broken = false;
    this.restart(config.num);
  }

  /** Initial and reset values (facts 2.2). Leaves `broken` alone. */
  restart(num: number): void {
    const cleared = Math.max(this.num, num);
    // A native call costs more than it clears where the ring is small, and most are.
    if (cleared > 32) {
      this.owner.fill(0, 0, cleared);
      this.follower.fill(0, 0, cleared);
      this.tokenOf.fill(0, 0, cleared);
    } else {
      for (let k = 0; k < cleared; k++) {
        this.owner[k] = 0;
        this.follower[k] = 0;
        this.tokenOf[k] = 0;
      }
    }
    this.num = num;
    this.numFree = num;
    this.inFlight = 0;
    this.nextDescriptor = 0;
    this.batchLeft = 0;
    this.oldestAt = 0;
    this.numAdded = 0;
    this.eventTriggered = false;
    this.callbacksOn = this.callback;
    this.availableIndex = 0;
    this.availableWrap = true;
    this.usedIndex = 0;
    this.usedWrap = true;
    this.eventFlags = this.callback ? EVENT_F_ENABLE : EVENT_F_DISABLE;
    this.eventPosition = -1;
    this.availFlags = !this.callback && !this.eventIndex ? 1 : 0;
  }

  wantsIndirect(total: number): boolean {
    return this.indirect && !this.context && total > 1 && this.numFree > 0;
  }

  /** A buffer is in the device's hands, named by `id`. */
  begin(buffers: BufferTable, token: number, id: number, descriptors: number): void {
    buffers.id[token] = id;
    buffers.descriptors[token] = descriptors;
    this.tokenOf[id] = token;
    this.numFree -= descriptors;
    if (this.inOrder) {
      this.queue[(this.oldestAt + this.inFlight) % MAX_NUM] = token;
      this.nextDescriptor = (id + descriptors) % this.num;
    }
    this.inFlight++;
    if (this.packed) {
      this.advanceAvailable(descriptors);
      this.numAdded += descriptors;
    } else {
      this.availableIndex = (this.availableIndex + 1) & 0xffff;
      this.numAdded++;
    }
  }

  /** The buffer under `id` is the client's again. */
  end(buffers: BufferTable, id: number): void {
    const token = this.tokenOf[id]!;
    const descriptors = buffers.descriptors[token]!;
    if (!this.packed) {
      let index = id;
      for (let k = 0; k < descriptors; k++) {
        this.owner[index] = 0;
        index = this.follower[index]!;
      }
    }
    this.tokenOf[id] = 0;
    this.numFree += descriptors;
    if (this.inOrder) this.leaveQueue(token);
    this.inFlight--;
    if (this.batchLeft > this.inFlight) this.batchLeft = this.inFlight;
  }

  /** In order: the token that must come back next, 0 when nothing is in flight. */
  get oldest(): number {
    return this.inFlight === 0 ? 0 : this.queue[this.oldestAt]!;
  }

  /** In order: the token that was added last, 0 when nothing is in flight. */
  get newest(): number {
    return this.inFlight === 0 ? 0 : this.queue[(this.oldestAt + this.inFlight - 1) % MAX_NUM]!;
  }

  /**
   * In order: how many buffers are used when the device names `id` as the last of a batch; 0 where that is no batch of
   * buffers in flight. `used` is the used index as the driver read it (split), which counts buffers.
   */
  batchUpTo(id: number, used: number): number {
    const token = id < this.num ? this.tokenOf[id]! : 0;
    if (token === 0) return 0;
    let size = 1;
    while (size <= this.inFlight && this.queue[(this.oldestAt + size - 1) % MAX_NUM] !== token) size++;
    return !this.packed && size > ((used - this.usedIndex) & 0xffff) ? 0 : size;
  }

  /** Moves past the completion of a buffer of `descriptors` descriptors. */
  advanceUsed(descriptors: number): void {
    if (!this.packed) {
      this.usedIndex = (this.usedIndex + 1) & 0xffff;
      return;
    }
    this.usedIndex += descriptors;
    if (this.usedIndex >= this.num) {
      this.usedIndex -= this.num;
      this.usedWrap = !this.usedWrap;
    }
  }

  /** The position in the form of event fields and of poll(): the wrap counter in bit 15 where packed. */
  get usedPosition(): number {
    return this.packed && this.usedWrap ? this.usedIndex | 0x8000 : this.usedIndex;
  }

  /** The lowest id in flight, or -1. */
  lowestInFlight(): number {
    if (this.inFlight === 0) return -1;
    for (let id = 0; id < this.num; id++) if (this.tokenOf[id] !== 0) return id;
    return -1;
  }

  /** Whether slot flags look available on the lap with that wrap counter (virtio-v1.4 2.8.1). */
  looksAvailable(flags: number, wrap: boolean): boolean {
    return ((flags & PACKED_F_AVAIL) !== 0) === wrap && ((flags & PACKED_F_USED) !== 0) !== wrap;
  }

  looksUsed(flags: number, wrap: boolean): boolean {
    return ((flags & PACKED_F_AVAIL) !== 0) === wrap && ((flags & PACKED_F_USED) !== 0) === wrap;
  }

  /** Callbacks were asked for at `position`. */
  callbacksEnabled(position: number): void {
    this.eventTriggered = false;
    if (this.packed) {
      if (this.eventIndex) this.eventPosition = position;
      if (!this.callbacksOn) this.eventFlags = this.eventIndex ? EVENT_F_DESC : EVENT_F_ENABLE;
    } else {
      this.eventPosition = position;
      if (!this.callbacksOn && !this.eventIndex) this.availFlags = 0;
    }
    this.callbacksOn = true;
  }

  callbacksDisabled(): void {
    if (!this.callbacksOn) return;
    this.callbacksOn = false;
    if (this.packed) {
      if (!this.eventTriggered) this.eventFlags = EVENT_F_DISABLE;
      return;
    }
    if (this.eventTriggered) return;
    if (this.eventIndex) this.eventPosition = 0;
    else this.availFlags = 1;
  }

  private leaveQueue(token: number): void {
    const { queue, oldestAt, inFlight } = this;
    if (queue[oldestAt] === token) {
      this.oldestAt = (oldestAt + 1) % MAX_NUM;
      return;
    }
    // Taken back from the device: the newest, or whichever a driver begins with.
    let at = 0;
    while (at < inFlight && queue[(oldestAt + at) % MAX_NUM] !== token) at++;
    for (; at + 1 < inFlight; at++) queue[(oldestAt + at) % MAX_NUM] = queue[(oldestAt + at + 1) % MAX_NUM]!;
  }

  private advanceAvailable(descriptors: number): void {
    this.availableIndex += descriptors;
    if (this.availableIndex >= this.num) {
      this.availableIndex -= this.num;
      this.availableWrap = !this.availableWrap;
    }
  }
}
