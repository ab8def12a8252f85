// The driver under test, as the harness sees it: Linux's virtqueue API, one to one. Every implementation (the hardened
// TypeScript queues, a foreign driver) stands behind it, so that all are judged by the same oracles.

import type { ScatterList } from './scatter-list.js';

export interface QueueConfig {
  /** Ring entries: 1 to 256, a power of two for a split ring. */
  readonly num: number;
  /** Largest size that resize() accepts. */
  readonly numMax: number;
  /** Alignment of the used ring in bytes, a power of two (split only). */
  readonly align: number;
  readonly indirect: boolean;
  readonly eventIndex: boolean;
  /** Per-buffer contexts; switches indirect descriptors off. */
  readonly context: boolean;
  /** Whether the queue has a callback; without one it starts with interrupts off. */
  readonly callback: boolean;
  /** VIRTIO_F_IN_ORDER: buffers are used in the order in which they were made available. */
  readonly inOrder: boolean;
  /** Whether buffers go through the DMA API (VIRTIO_F_ACCESS_PLATFORM); otherwise addresses are physical. */
  readonly useDmaApi: boolean;
  /** What is behind the DMA API. A domain that its transport maps (`vduse`) is reached in another way by some drivers. */
  readonly backEnd?: string;
}

export interface AddOptions {
  /** Handed back by getBuf; 0 for none. Only with QueueConfig.context. */
  ctx: number;
  /** The scatter lists carry DMA addresses; the driver neither maps nor unmaps them. */
  premapped: boolean;
}

/** How a completion's length relates to what the device could write (facts: an absolute check gives false alarms). */
export const LENGTH_FITS = 0;
/** A length for a buffer without writable bytes: honest devices do this. */
export const LENGTH_OUT_ONLY = 1;
/** More bytes than the buffer can hold: the caller must not trust it. */
export const LENGTH_EXCEEDS = 2;

/** A completed buffer; owned by the driver and valid until its next call. */
export interface Completion {
  token: number;
  /** The device's length, unchecked: see lengthTrust. */
  length: number;
  /** LENGTH_FITS, LENGTH_OUT_ONLY or LENGTH_EXCEEDS; absent in a driver that does not grade lengths. */
  lengthTrust?: number;
  ctx: number;
}

/** A read-only array of numbers: what a typed array looks like to the oracles. */
export interface NumberTable {
  readonly length: number;
  readonly [index: number]: number;
}

/** What the driver itself recorded about its descriptors. Private memory: the device cannot write any of it. */
export interface DriverRecords {
  readonly num: number;
  readonly numFree: number;
  readonly freeHead: number;
  /** DMA address per descriptor; DMA_MAPPING_ERROR where the driver must not unmap. */
  readonly addr: NumberTable;
  readonly len: NumberTable;
  readonly flags: NumberTable;
  /** Next descriptor in the chain or in the free list. */
  readonly next: NumberTable;
}

/** DMA addresses of the queue's areas, as they are told to the device. */
export interface RingAddresses {
  readonly num: number;
  readonly descriptorArea: number;
  readonly driverArea: number;
  readonly deviceArea: number;
}

export const IRQ_NONE = 0;
export const IRQ_HANDLED = 1;

export interface RingDriver {
  /** Publishes a buffer. 0, or -EIO, -ENOSPC, -ENOMEM. `token` is a non-zero number. */
  addSgs(out: ScatterList, input: ScatterList, token: number, options: AddOptions): number;
  /** The next completed buffer, or null. */
  getBuf(): Completion | null;
  kickPrepare(): boolean;
  notify(): boolean;
  kick(): boolean;
  disableCb(): void;
  /** True when nothing is pending after callbacks were switched on. */
  enableCb(): boolean;
  /** Switches callbacks on; the value is for poll(). */
  enableCbPrepare(): number;
  poll(opaque: number): boolean;
  enableCbDelayed(): boolean;
  /** IRQ_NONE or IRQ_HANDLED; calls the queue's callback. */
  interrupt(): number;
  /** Takes back one buffer that the device no longer owns; its token, or 0 when none is left. */
  detachUnusedBuf(): number;
  /** Resets the queue, giving every buffer in flight to `recycle`. 0 or -errno. */
  reset(recycle: (token: number) => void): number;
  /** Resets the queue to another size. 0 or -errno; the buffers are gone even when it fails with -ENOMEM or -EBUSY. */
  resize(num: number, recycle: (token: number) => void): number;
  maxMappingSize(): number;
  isBroken(): boolean;
  /** Marks the queue unusable (virtqueue break). */
  breakQueue(): void;
  ringAddresses(): RingAddresses;
  destroy(): void;
  records?(): DriverRecords;
}
