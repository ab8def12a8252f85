// The device's side of one queue, whichever layout: taking buffers, filling them, answering. Conforms to virtio 1.4 as
// long as only its honest half is used; the forging half lets the device say anything. Sees memory through the device's
// view alone and must survive whatever it finds there, because its own hostile half may have put it there.

import type { DeviceView } from '../memory/device-view.js';
import { ChainStore } from './chain-store.js';

/** How much of a buffer's writable part an honest device fills, and what it reports. */
export const FILL_ALL = 0;
export const FILL_NOTHING = 1;
export const FILL_HALF = 2;
export const FILL_ONE = 3;
/** Reports the readable bytes of an OUT-only buffer as its length, as honest devices have done (facts V18). */
export const FILL_COUNT_READ = 4;
export const FILL_MODES = 5;

/** Most bytes that one completion writes: enough for every bounce path, and little for the huge buffers that test limits. */
const FILL_LIMIT = 8192;

/** Most table entries or chain links that the device follows. */
export const WALK_LIMIT = 256;

export interface DeviceAreas {
  readonly num: number;
  readonly descriptorArea: number;
  readonly driverArea: number;
  readonly deviceArea: number;
}

export abstract class RingDevice {
  readonly chains = new ChainStore();
  running = false;
  num = 0;
  descriptorArea = 0;
  driverArea = 0;
  deviceArea = 0;
  protected eventIndex = false;
  protected inOrder = false;
  /** The id completed last: what a replay names. */
  lastId = 0;
  private fillSeed = 0;

  constructor(protected readonly view: DeviceView) {}

  /** The driver handed the queue over. */
  start(areas: DeviceAreas, eventIndex: boolean, inOrder: boolean): void {
    this.num = areas.num;
    this.descriptorArea = areas.descriptorArea;
    this.driverArea = areas.driverArea;
    this.deviceArea = areas.deviceArea;
    this.eventIndex = eventIndex;
    this.inOrder = inOrder;
    this.running = true;
    this.lastId = 0;
    this.fillSeed = 0x40;
    this.chains.reset();
    this.restart();
  }

  stop(): void {
    this.running = false;
    this.chains.reset();
  }

  /** Takes every buffer that looks available. */
  abstract fetch(): void;
  /**
   * Writes a used entry with this id and length where the next one belongs, `slots` ring slots wide. A split ring's
   * positions count buffers: one an entry, but with VIRTIO_F_IN_ORDER as many as `slots` says.
   */
  abstract putUsed(id: number, len: number, slots: number, hasLength: boolean): void;
  /** Whether the driver asked for an interrupt for the completions since the last call. */
  abstract interruptDue(): boolean;
  /** Asks the driver for kicks (true) or for silence. */
  abstract wantKicks(wanted: boolean): void;
  /** DMA address and width in bytes of a ring field; address -1 where there is none. */
  abstract fieldAddress(field: number, index: number): number;
  abstract fieldWidth(field: number): number;
  abstract readonly fieldCount: number;
  /** The ring entry in which a pending chain starts. */
  abstract entryOfChain(chain: number): number;
  /** Moves the used position without writing an entry. */
  abstract skipUsed(delta: number): void;
  /** Bytes of the descriptor area, of the driver area and of the device area. */
  abstract areaSize(area: number): number;
  protected abstract restart(): void;

  /**
   * Completes the oldest buffers, `count` at most: one entry each, or one for the whole batch with VIRTIO_F_IN_ORDER.
   * There the buffers before the last count as used completely, so one that cannot be filled ends a batch of its own.
   */
  completeOldest(count: number, mode: number): void {
    const { chains } = this;
    let batch = 0;
    for (let k = Math.min(count, chains.pending); k > 0; k--) {
      if (!this.inOrder) {
        this.complete(0, mode);
        continue;
      }
      const chain = chains.chainAt(0);
      const length = this.fill(chain, k > 1 ? FILL_ALL : mode);
      const writable = this.writableBytes(chain);
      chains.remove(0);
      batch += chains.slots[chain]!;
      if (k > 1 && length === writable) continue;
      this.lastId = chains.id[chain]!;
      this.putUsed(this.lastId, length, batch, writable > 0 || length > 0);
      batch = 0;
    }
  }

  /** Completes the k-th pending buffer: reads what is readable, fills as `mode` says, answers. */
  complete(k: number, mode: number): void {
    const { chains } = this;
    const chain = chains.chainAt(k);
    const id = chains.id[chain]!;
    const slots = chains.slots[chain]!;
    const length = this.fill(chain, mode);
    const writable = this.writableBytes(chain);
    chains.remove(k);
    this.lastId = id;
    this.putUsed(id, length, slots, writable > 0 || length > 0);
  }

  /** Fills the writable pieces of a chain and reads the others; returns the length to report. */
  fill(chain: number, mode: number): number {
    const { chains } = this;
    const writable = this.writableBytes(chain);
    let budget = Math.min(writable, FILL_LIMIT);
    if (mode === FILL_NOTHING) budget = 0;
    else if (mode === FILL_HALF) budget = writable >> 1;
    else if (mode === FILL_ONE) budget = Math.min(1, writable);
    let written = 0;
    let read = 0;
    const first = chains.firstElement[chain]!;
    for (let e = first; e < first + chains.elements[chain]!; e++) {
      const len = chains.len[e]!;
      if (chains.write[e] === 0) {
        if (this.view.readBuffer(chains.addr[e]!, len)) read += len;
        continue;
      }
      const part = Math.min(len, budget - written);
      if (part <= 0) continue;
      this.fillSeed = (this.fillSeed + 37) & 0xff;
      if (this.view.writeSequence(chains.addr[e]!, part, this.fillSeed)) written += part;
    }
    return mode === FILL_COUNT_READ && writable === 0 ? read : written;
  }

  writableBytes(chain: number): number {
    const { chains } = this;
    let bytes = 0;
    const first = chains.firstElement[chain]!;
    for (let e = first; e < first + chains.elements[chain]!; e++) if (chains.write[e] === 1) bytes += chains.len[e]!;
    return bytes;
  }
}

/** virtio-v1.4 2.7.10. */
export function eventPassed(event: number, newPosition: number, oldPosition: number): boolean {
  return ((newPosition - event - 1) & 0xffff) < ((newPosition - oldPosition) & 0xffff);
}
