// The ranges of private memory that the device may reach byte by byte, with their permission: what `none` and `direct`
// consult. The device asks for the pieces of a buffer in the order in which they were mapped, so the range after the last
// hit is tried first and a scan is the exception. Struct of typed arrays, preallocated; indices stay below `count`, hence
// the `!`.

import type { Permission } from './permission.js';

export const EXPOSED_RANGES_CAPACITY = 2048;

export class ExposedRanges {
  private readonly start = new Int32Array(EXPOSED_RANGES_CAPACITY);
  private readonly size = new Int32Array(EXPOSED_RANGES_CAPACITY);
  private readonly permission = new Uint8Array(EXPOSED_RANGES_CAPACITY);
  private count = 0;
  /** Where the last look-up hit. */
  private hint = 0;
  /** The place of the range that was removed last. */
  private lastRemoved = -1;

  clear(): void {
    this.count = 0;
    this.hint = 0;
    this.lastRemoved = -1;
  }

  /** False when the table is full; the range is then not reachable. */
  add(cpu: number, size: number, permission: Permission): boolean {
    const index = this.count;
    if (index >= EXPOSED_RANGES_CAPACITY) return false;
    this.start[index] = cpu;
    this.size[index] = size;
    this.permission[index] = permission;
    this.count = index + 1;
    return true;
  }

  /** Ends exactly one range with that start, size and permission, if there is one. */
  remove(cpu: number, size: number, permission: Permission): void {
    // Buffers mostly end in the order in which they began.
    const next = this.lastRemoved + 1;
    if (this.is(next, cpu, size, permission)) {
      this.moveLastTo(next);
      return;
    }
    for (let index = this.count - 1; index >= 0; index--) {
      if (!this.is(index, cpu, size, permission)) continue;
      this.moveLastTo(index);
      return;
    }
  }

  private is(index: number, cpu: number, size: number, permission: Permission): boolean {
    if (index >= this.count || this.start[index] !== cpu || this.size[index] !== size) return false;
    return this.permission[index] === permission;
  }

  /** Whether one range holds all of [cpu, cpu + size) with all of `permission`. */
  covers(cpu: number, size: number, permission: Permission): boolean {
    if (this.holds(this.hint, cpu, size, permission)) return true;
    if (this.holds(this.hint + 1, cpu, size, permission)) {
      this.hint++;
      return true;
    }
    for (let index = this.count - 1; index >= 0; index--) {
      if (!this.holds(index, cpu, size, permission)) continue;
      this.hint = index;
      return true;
    }
    return false;
  }

  private holds(index: number, cpu: number, size: number, permission: Permission): boolean {
    if (index >= this.count) return false;
    const start = this.start[index]!;
    if (cpu < start || cpu + size > start + this.size[index]!) return false;
    return (this.permission[index]! & permission) === permission;
  }

  private moveLastTo(index: number): void {
    this.lastRemoved = index;
    const last = --this.count;
    this.start[index] = this.start[last]!;
    this.size[index] = this.size[last]!;
    this.permission[index] = this.permission[last]!;
  }
}
