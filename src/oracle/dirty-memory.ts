// Where the bounce pool and the buffers were written since the last execution: by the device, by a copy, by the client, or
// by the oracles in what they expect. Everything else still holds what it held at the beginning, in guest memory and in
// the expected memory alike, so it need be neither compared nor restored.

import { DATA_BASE, MEMORY_SIZE, POOL_BASE } from '../memory/layout.js';
import { restorePattern } from '../memory/pattern.js';

/** Unit in which writes are remembered: a slot of the pool, half a page. */
const UNIT_SHIFT = 11;
const UNIT_SIZE = 1 << UNIT_SHIFT;
const UNITS = (MEMORY_SIZE - POOL_BASE) / UNIT_SIZE;

export class DirtyMemory {
  /** What was written to each unit, as a range of offsets; empty where the end is 0. */
  private readonly from = new Int32Array(UNITS);
  private readonly to = new Int32Array(UNITS);
  private readonly units = new Uint16Array(UNITS);
  private count = 0;

  /** Remembers that a range of the bounce pool or of the buffers was written. */
  mark(address: number, size: number): void {
    const start = address - POOL_BASE;
    const last = (start + size - 1) >> UNIT_SHIFT;
    for (let unit = start >> UNIT_SHIFT; unit <= last && unit < UNITS; unit++) {
      const from = Math.max(0, start - (unit << UNIT_SHIFT));
      const to = Math.min(UNIT_SIZE, start + size - (unit << UNIT_SHIFT));
      if (this.to[unit] === 0) {
        this.units[this.count++] = unit;
        this.from[unit] = from;
        this.to[unit] = to;
        continue;
      }
      if (from < this.from[unit]!) this.from[unit] = from;
      if (to > this.to[unit]!) this.to[unit] = to;
    }
  }

  /** Whether nobody wrote any byte of the range; false for addresses below the pool, which are not followed. */
  isClean(address: number, size: number): boolean {
    const start = address - POOL_BASE;
    if (start < 0) return false;
    const last = (start + size - 1) >> UNIT_SHIFT;
    for (let unit = start >> UNIT_SHIFT; unit <= last && unit < UNITS; unit++) {
      const base = unit << UNIT_SHIFT;
      if (start < base + this.to[unit]! && start + size > base + this.from[unit]!) return false;
    }
    return true;
  }

  /** Puts back what stood there before anybody wrote, in both memories, and starts again. */
  restore(bytes: Uint8Array, expected: Uint8Array): void {
    for (let k = 0; k < this.count; k++) {
      const unit = this.units[k]!;
      const at = POOL_BASE + (unit << UNIT_SHIFT);
      putBack(bytes, at + this.from[unit]!, at + this.to[unit]!);
      putBack(expected, at + this.from[unit]!, at + this.to[unit]!);
      this.to[unit] = 0;
    }
    this.count = 0;
  }
}

/** Nothing in the bounce pool, the pattern in the buffers. */
function putBack(bytes: Uint8Array, from: number, to: number): void {
  if (from >= DATA_BASE) restorePattern(bytes, from, to);
  // A native call costs more than it clears where a slot held a few bytes.
  else if (to - from > 96) bytes.fill(0, from, to);
  else for (let at = from; at < to; at++) bytes[at] = 0;
}
