// The hostile half of the device. Sanitises nothing: any field of the ring, any id and length, any byte of the bounce pool
// and of granules it can write. Three operand bytes say what; relative operands keep their meaning when records move.

import type { DeviceView } from '../memory/device-view.js';
import type { RingDevice } from './ring-device.js';

/** All ones in a field of 16, 32 and 64 bits; the last as far as a number goes. */
const ALL_ONES = [0xffff, 0xffffffff, Number.MAX_SAFE_INTEGER] as const;

/** Most bytes of one piece that are scribbled over; longer pieces exist only to exceed mapping limits. */
const SCRIBBLE_LIMIT = 8192;

/** Granule of an IOMMU, whose neighbours a mapping exposes. */
const GRANULE = 4096;

export class HostileWrites {
  constructor(private readonly view: DeviceView) {}

  /** Rewrites one ring field: `a` names it, `b` the entry, `c` how. */
  poke(device: RingDevice, a: number, b: number, c: number): void {
    const field = a % device.fieldCount;
    this.rewrite(device, device.fieldAddress(field, entryOf(device, b)), device.fieldWidth(field), c);
  }

  /** The same in every entry of the ring. */
  pokeAll(device: RingDevice, a: number, c: number): void {
    const field = a % device.fieldCount;
    const width = device.fieldWidth(field);
    const first = device.fieldAddress(field, 0);
    // 0 for a field that the ring has once: it is then rewritten as often as there are entries.
    const stride = device.num > 1 ? device.fieldAddress(field, 1) - first : 0;
    for (let index = 0; index < device.num; index++) this.rewrite(device, first + index * stride, width, c);
  }

  /** Copies a field of entry `c` over the same field of entry `b`. */
  copyField(device: RingDevice, a: number, b: number, c: number): void {
    const field = a % device.fieldCount;
    const width = device.fieldWidth(field);
    const value = this.read(device.fieldAddress(field, entryOf(device, c)), width);
    this.write(device.fieldAddress(field, entryOf(device, b)), width, value);
  }

  /** Answers with any id and length; data is written only as far as `c` says. */
  forgeUsed(device: RingDevice, a: number, b: number, c: number): void {
    const id = forgedId(device, a);
    const len = forgedLength(device, a, b);
    const slots = 1 + (c & 3);
    device.putUsed(id, len, slots, (c & 4) === 0);
    device.lastId = id & 0xffff;
  }

  /** Moves the used position by a signed 16-bit delta, with no entry behind it. */
  jumpUsed(device: RingDevice, low: number, high: number): void {
    const delta = ((low | (high << 8)) << 16) >> 16;
    device.skipUsed(delta);
  }

  /** Scribbles over buffers: `a` says which kind of place, `b` which one, `c` where in it. */
  scribble(device: RingDevice, a: number, b: number, c: number): void {
    const place = a & 3;
    if (place === 0) {
      this.view.writeSequence(this.view.poolSlot(b) + c * 8, 64, a ^ 0x5a);
      return;
    }
    const { chains } = device;
    if (chains.pending === 0) return;
    const chain = chains.chainAt(b % chains.pending);
    const first = chains.firstElement[chain]!;
    for (let e = first; e < first + chains.elements[chain]!; e++) {
      const addr = chains.addr[e]!;
      const len = Math.min(chains.len[e]!, SCRIBBLE_LIMIT);
      const writes = chains.write[e] === 1;
      if (place === 1 && !writes) this.view.writeSequence(addr, len, c ^ 0xa5);
      else if (place === 2 && writes) this.view.writeSequence(addr, len, c ^ 0xa5);
      else if (place === 3) this.scribbleGranule(addr, c);
    }
  }

  /** Writes one byte anywhere in the ring: `offset` counts through the three areas. */
  rawByte(device: RingDevice, offset: number, value: number): void {
    let rest = offset % (device.areaSize(0) + device.areaSize(1) + device.areaSize(2));
    for (let area = 0; area < 3; area++) {
      if (rest < device.areaSize(area)) {
        this.view.write8(areaAddress(device, area) + rest, value);
        return;
      }
      rest -= device.areaSize(area);
    }
  }

  /** Lays `bytes[start ..]` over descriptor, driver and device area in turn. */
  overlay(device: RingDevice, bytes: Uint8Array, start: number): void {
    let from = start;
    for (let area = 0; area < 3 && from < bytes.length; area++) {
      const size = device.areaSize(area);
      this.view.overlay(areaAddress(device, area), size, bytes, from);
      from += size;
    }
  }

  /** Every byte around a buffer that its granule exposes. */
  private scribbleGranule(addr: number, seed: number): void {
    const granule = addr - (addr % GRANULE);
    this.view.writeSequence(granule, GRANULE, seed ^ 0x3c);
  }

  private rewrite(device: RingDevice, at: number, width: number, how: number): void {
    const operand = how & 31;
    const old = this.read(at, width);
    const bits = width * 8;
    let value: number;
    switch (how >> 5) {
      case 0:
        value = toggleBit(old, operand % bits);
        break;
      case 1:
        value = operand;
        break;
      case 2:
        value = ALL_ONES[bits >> 5]!;
        break;
      case 3:
        value = old + operand - 16;
        break;
      case 4:
        value = device.num + operand;
        break;
      case 5:
        value = old * 2 + operand;
        break;
      case 6:
        value = 0x10000 + operand;
        break;
      default:
        value = operand << 11;
        break;
    }
    this.write(at, width, value);
  }

  private read(at: number, width: number): number {
    if (width === 8) return this.view.read64(at);
    return width === 4 ? this.view.read32(at) : this.view.read16(at);
  }

  private write(at: number, width: number, value: number): void {
    if (width === 8) this.view.write64(at, value);
    else if (width === 4) this.view.write32(at, value);
    else this.view.write16(at, value);
  }
}

function areaAddress(device: RingDevice, area: number): number {
  if (area === 0) return device.descriptorArea;
  return area === 1 ? device.driverArea : device.deviceArea;
}

/** Flips one bit of a value of up to 64 bits. */
function toggleBit(value: number, bit: number): number {
  if (bit < 31 && value <= 0x7fffffff) return value ^ (1 << bit);
  const weight = 2 ** bit;
  return Math.trunc(value / weight) % 2 === 0 ? value + weight : value - weight;
}

/** A ring entry: below 128 relative to a pending buffer (low three bits which, the rest how far on), else absolute. */
function entryOf(device: RingDevice, operand: number): number {
  const { chains } = device;
  if (operand >= 128 || chains.pending === 0) return operand & 127;
  const chain = chains.chainAt((operand & 7) % chains.pending);
  return device.entryOfChain(chain) + (operand >> 3);
}

/** Below 64 a pending buffer's id, then one near it, then absolute, then the classics. */
function forgedId(device: RingDevice, operand: number): number {
  const { chains } = device;
  const k = operand & 63;
  const live = chains.pending === 0 ? 0 : chains.id[chains.chainAt(k % chains.pending)]!;
  if (operand < 64) return live;
  if (operand < 128) return live + (k & 7) - 3;
  if (operand < 192) return k;
  switch (k & 7) {
    case 0:
      return device.num;
    case 1:
      return device.num - 1;
    case 2:
      return 0x10000 + live;
    case 3:
      return 0xffffffff;
    case 4:
      return 0x80000000 + live;
    case 5:
      return device.lastId;
    case 6:
      return 0x100 + live;
    default:
      return 0xffff;
  }
}

/** Lengths around what the buffer can hold, and the extremes. */
function forgedLength(device: RingDevice, a: number, operand: number): number {
  const { chains } = device;
  const chain = chains.pending === 0 ? -1 : chains.chainAt((a & 63) % chains.pending);
  const writable = chain < 0 ? 0 : device.writableBytes(chain);
  if (operand < 64) return operand;
  if (operand < 128) return (writable + operand - 96) >>> 0;
  if (operand < 192) return (operand - 128) * 256;
  return operand < 224 ? 0xffffffff - (operand - 192) : 0x80000000 + operand;
}
