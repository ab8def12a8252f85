// A device on ring memory that the test writes by hand: everything below 1 MiB is in its reach, at DMA = CPU address.

import { DeviceView } from '../../src/memory/device-view.js';
import { PackedDevice } from '../../src/device/packed-device.js';
import { HostileWrites } from '../../src/device/hostile-writes.js';
import type { RingDevice } from '../../src/device/ring-device.js';
import { SplitDevice } from '../../src/device/split-device.js';

const REACH = 0x100000;

/** Areas of every ring. */
export const DESC = 0x1000;
export const DRIVER = 0x4000;
export const DEVICE = 0x6000;

export type Piece = readonly [addr: number, len: number, write: boolean];

export abstract class RingBench<Device extends RingDevice> {
  readonly bytes = new Uint8Array(REACH);
  readonly dv = new DataView(this.bytes.buffer);
  /** Addresses and sizes of the device's reads of buffers. */
  readonly reads: string[] = [];
  readonly view = new DeviceView(
    this.bytes,
    { translate: (dma, size) => (dma >= 0 && dma + size <= REACH ? dma : -1) },
    {
      deviceWrote: () => undefined,
      deviceRead: (dma, _at, size) => this.reads.push(`${dma.toString(16)}+${size}`),
      deviceMissed: () => undefined,
    },
  );
  readonly hostile = new HostileWrites(this.view);
  abstract readonly device: Device;

  constructor(
    readonly num: number,
    readonly eventIndex: boolean,
    readonly inOrder = false,
  ) {}

  start(): void {
    const areas = { num: this.num, descriptorArea: DESC, driverArea: DRIVER, deviceArea: DEVICE };
    this.device.start(areas, this.eventIndex, this.inOrder);
  }

  /** Writes a 16-byte descriptor; `low` and `high` are its last two fields. */
  descriptor(at: number, addr: number, len: number, low: number, high: number): void {
    this.dv.setBigUint64(at, BigInt(addr), true);
    this.dv.setUint32(at + 8, len, true);
    this.dv.setUint16(at + 12, low, true);
    this.dv.setUint16(at + 14, high, true);
  }

  u16(address: number): number {
    return this.dv.getUint16(address, true);
  }

  u32(address: number): number {
    return this.dv.getUint32(address, true);
  }

  /** The pending chains as ids with their pieces. */
  get pending(): readonly { readonly id: number; readonly pieces: Piece[] }[] {
    const { chains } = this.device;
    return Array.from({ length: chains.pending }, (_, k) => {
      const chain = chains.chainAt(k);
      const first = chains.firstElement[chain] ?? 0;
      const pieces = Array.from({ length: chains.elements[chain] ?? 0 }, (_unused, e): Piece => {
        const at = first + e;
        return [chains.addr[at] ?? -1, chains.len[at] ?? -1, chains.write[at] === 1];
      });
      return { id: chains.id[chain] ?? -1, pieces };
    });
  }
}

export class SplitRingBench extends RingBench<SplitDevice> {
  readonly device = new SplitDevice(this.view);
  private idx = 0;

  constructor(num = 4, eventIndex = false, inOrder = false) {
    super(num, eventIndex, inOrder);
    this.start();
  }

  desc(index: number, addr: number, len: number, flags: number, next = 0): void {
    this.descriptor(DESC + 16 * index, addr, len, flags, next);
  }

  publish(...heads: number[]): void {
    for (const head of heads) this.dv.setUint16(DRIVER + 4 + 2 * (this.idx++ & (this.num - 1)), head, true);
    this.dv.setUint16(DRIVER + 2, this.idx, true);
  }

  used(position: number): readonly [id: number, len: number] {
    const at = DEVICE + 4 + 8 * position;
    return [this.u32(at), this.u32(at + 4)];
  }

  get usedIdx(): number {
    return this.u16(DEVICE + 2);
  }
}

export class PackedRingBench extends RingBench<PackedDevice> {
  readonly device = new PackedDevice(this.view);

  constructor(num = 4, eventIndex = false, inOrder = false) {
    super(num, eventIndex, inOrder);
    this.start();
  }

  slot(index: number, addr: number, len: number, id: number, flags: number): void {
    this.descriptor(DESC + 16 * index, addr, len, id, flags);
  }

  /** id, len and flags of a slot. */
  at(index: number): readonly [id: number, len: number, flags: number] {
    const at = DESC + 16 * index;
    return [this.u16(at + 12), this.u32(at + 8), this.u16(at + 14)];
  }
}
