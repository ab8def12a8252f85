// With VIRTIO_F_IN_ORDER: which buffers are in flight, oldest first, and the batch that the device reported last. One used
// entry ends a whole batch: it names the last buffer, and all before it count as used (virtio-v1.4 2.7.9, 2.8.9). All of
// this is private. An id from the device is only ever compared with the ids here, never used as an index, so that one
// comparison checks its range, that the buffer is in flight, and that it is a head (facts V30).

import { MAX_QUEUE_SIZE } from './descriptor-records.js';

export class InOrderBuffers {
  /** Buffers in flight. */
  count = 0;
  /** Buffers of the open batch that have not gone up yet; 0 when no batch is open. No id stands for "none" (facts V30). */
  batchLeft = 0;
  /** The device's length for the last buffer of the open batch. */
  batchLength = 0;
  private readonly ids = new Uint16Array(MAX_QUEUE_SIZE);
  private start = 0;

  /** Of every reset and resize: a batch of the life before would complete buffers of the next (facts V31). */
  reset(): void {
    this.count = 0;
    this.batchLeft = 0;
    this.batchLength = 0;
    this.start = 0;
  }

  push(id: number): void {
    this.ids[(this.start + this.count) % MAX_QUEUE_SIZE] = id;
    this.count++;
  }

  /** How many buffers are used when the device names `deviceId` as the last one; 0 when that is no buffer in flight. */
  batchUpTo(deviceId: number): number {
    for (let k = 0; k < this.count; k++) {
      if (this.ids[(this.start + k) % MAX_QUEUE_SIZE] === deviceId) return k + 1;
    }
    return 0;
  }

  /** Begins a batch of `size` buffers, at least 1 and at most `count`. */
  open(size: number, deviceLen: number): void {
    this.batchLeft = size;
    this.batchLength = deviceLen;
  }

  /** Takes the oldest buffer out of the open batch; its id. */
  shift(): number {
    const id = this.ids[this.start]!;
    this.start = (this.start + 1) % MAX_QUEUE_SIZE;
    this.count--;
    this.batchLeft--;
    return id;
  }

  /** The id of the newest buffer, or -1. */
  newest(): number {
    return this.count === 0 ? -1 : this.ids[(this.start + this.count - 1) % MAX_QUEUE_SIZE]!;
  }

  /** Forgets the newest buffer: it was taken back, completed or not. */
  pop(): void {
    this.count--;
    this.batchLeft = Math.min(this.batchLeft, this.count);
  }
}
