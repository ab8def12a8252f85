// The device's view of guest memory: DMA addresses only, and only as far as the DMA back end lets it reach. What it
// cannot reach reads as zero and swallows writes, as a bus would. Every write is reported.

import { DOMAIN_BASE, PHYSICAL_BASE, POOL_BASE } from './layout.js';

/** Resolves `size` bytes at a DMA address to a CPU address, or -1 where the device may not reach all of them that way. */
export interface Reach {
  translate(dma: number, size: number, write: boolean): number;
}

export interface DeviceWriteObserver {
  /** The device wrote `size` bytes at CPU address `address`. Reported after the bytes moved. */
  deviceWrote(address: number, size: number): void;
  /** The device read the bytes of a buffer, as an honest one does before it completes it. */
  deviceRead(dma: number, address: number, size: number): void;
  /** The device could not reach a buffer that it meant to read or fill. */
  deviceMissed(dma: number, size: number, write: boolean): void;
}

/** The bytes of writeSequence: each is STEP more than the one before; the sequence repeats after 256 bytes. */
const STEP = 3;
/** STEP times this is 1 modulo 256: where in SEQUENCE a given byte stands. */
const STEP_INVERSE = 171;
/** Longest range that is copied from SEQUENCE at once. */
const LONGEST = 8192;
const SEQUENCE = Uint8Array.from({ length: 256 + LONGEST }, (_, i) => (i * STEP) & 0xff);

export class DeviceView {
  private readonly view: DataView;
  /** A part of coherent memory that is known to be reachable: the ring, which most accesses go to. */
  private windowStart = 0;
  private windowEnd = 0;
  private windowOffset = 0;
  private poolStart = PHYSICAL_BASE + POOL_BASE;

  /** What readDescriptor found. */
  descriptorAddr = 0;
  descriptorLen = 0;
  descriptorWord12 = 0;
  descriptorWord14 = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly reach: Reach,
    private readonly observer: DeviceWriteObserver,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Declares `size` bytes at `dma` reachable at CPU address `cpu`, until the next call; size 0 for none. */
  setWindow(dma: number, cpu: number, size: number): void {
    this.windowStart = dma;
    this.windowEnd = dma + size;
    this.windowOffset = cpu - dma;
  }

  read16(dma: number): number {
    const at = this.resolve(dma, 2, false);
    return at < 0 ? 0 : this.view.getUint16(at, true);
  }

  read32(dma: number): number {
    const at = this.resolve(dma, 4, false);
    return at < 0 ? 0 : this.view.getUint32(at, true);
  }

  /** A 64-bit value as a number; above 2^53 it loses low bits, which only a forged address has. */
  read64(dma: number): number {
    const at = this.resolve(dma, 8, false);
    return at < 0 ? 0 : this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * 0x1_0000_0000;
  }

  /**
   * Reads the 16 bytes of a descriptor, le64 le32 le16 le16 in both layouts, into the fields above. One look-up where
   * the device reaches all of it; else field by field, as it reads the others.
   */
  readDescriptor(dma: number): void {
    const at = this.resolve(dma, 16, false);
    if (at < 0) {
      this.descriptorAddr = this.read64(dma);
      this.descriptorLen = this.read32(dma + 8);
      this.descriptorWord12 = this.read16(dma + 12);
      this.descriptorWord14 = this.read16(dma + 14);
      return;
    }
    this.descriptorAddr = this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * 0x1_0000_0000;
    this.descriptorLen = this.view.getUint32(at + 8, true);
    this.descriptorWord12 = this.view.getUint16(at + 12, true);
    this.descriptorWord14 = this.view.getUint16(at + 14, true);
  }

  write16(dma: number, value: number): void {
    const at = this.resolve(dma, 2, true);
    if (at < 0) return;
    this.view.setUint16(at, value, true);
    this.observer.deviceWrote(at, 2);
  }

  write32(dma: number, value: number): void {
    const at = this.resolve(dma, 4, true);
    if (at < 0) return;
    this.view.setUint32(at, value, true);
    this.observer.deviceWrote(at, 4);
  }

  write64(dma: number, value: number): void {
    const at = this.resolve(dma, 8, true);
    if (at < 0) return;
    this.view.setUint32(at, value >>> 0, true);
    this.view.setUint32(at + 4, (value / 0x1_0000_0000) >>> 0, true);
    this.observer.deviceWrote(at, 8);
  }

  /** Fills `size` bytes with a sequence that starts at `seed`; false where the device cannot reach them. */
  writeSequence(dma: number, size: number, seed: number): boolean {
    const at = this.resolve(dma, size, true);
    if (at < 0) return this.missed(dma, size, true);
    if (size > 96 && size <= LONGEST) {
      const start = (seed * STEP_INVERSE) & 0xff;
      this.bytes.set(SEQUENCE.subarray(start, start + size), at);
    } else {
      for (let i = 0; i < size; i++) this.bytes[at + i] = (seed + i * STEP) & 0xff;
    }
    this.observer.deviceWrote(at, size);
    return true;
  }

  /** Reads a buffer as an honest device does; false where the device cannot reach it. */
  readBuffer(dma: number, size: number): boolean {
    const at = this.resolve(dma, size, false);
    if (at < 0) return this.missed(dma, size, false);
    this.observer.deviceRead(dma, at, size);
    return true;
  }

  /** Lays `source[start ..]` over `size` bytes, as far as it goes; false where the device cannot reach them. */
  overlay(dma: number, size: number, source: Uint8Array, start: number): boolean {
    const at = this.resolve(dma, size, true);
    if (at < 0) return false;
    const length = Math.min(size, source.length - start);
    for (let i = 0; i < length; i++) this.bytes[at + i] = source[start + i]!;
    this.observer.deviceWrote(at, size);
    return true;
  }

  write8(dma: number, value: number): void {
    const at = this.resolve(dma, 1, true);
    if (at < 0) return;
    this.bytes[at] = value;
    this.observer.deviceWrote(at, 1);
  }

  private missed(dma: number, size: number, write: boolean): false {
    this.observer.deviceMissed(dma, size, write);
    return false;
  }

  private resolve(dma: number, size: number, write: boolean): number {
    // A CPU address is an integer for the machine as well, whatever it was computed from.
    if (dma >= this.windowStart && dma + size <= this.windowEnd) return (dma + this.windowOffset) | 0;
    return this.reach.translate(dma, size, write) | 0;
  }

  /** Where the device sees the bounce pool: at its physical address, or as the streaming region of a VDUSE domain. */
  seePool(asDomain: boolean): void {
    this.poolStart = asDomain ? DOMAIN_BASE : PHYSICAL_BASE + POOL_BASE;
  }

  /** DMA address of a slot of the bounce pool: 2 KiB, half a page. */
  poolSlot(slot: number): number {
    return this.poolStart + slot * 2048;
  }
}
