// Placed races: what the device does in the middle of a driver call. A value armed for a shared load changes that very
// field before the driver reads it; a deferred device operation happens at the k-th load, map or unmap from its record.

import type { GuestMemory, LoadRace } from '../memory/guest-memory.js';
import type { DmaMoments } from '../dma/dma-observer.js';
import type { DeviceWriteObserver } from '../memory/device-view.js';

const CAPACITY = 8;

const AT_LOAD = 0;
const AT_MAP = 1;
const AT_UNMAP = 2;

const MODE_XOR = 0;
const MODE_SET = 1;
const MODE_CLEAR = 2;

/** Performs the record at that index as a device operation. */
export type PerformDeferred = (record: number) => void;

/** Somebody who tries out every place (src/world/placement-run.ts): acts after what the scenario placed there. */
export interface RacePlan {
  /** Number of the next shared load after load `now` that it wants to be told of; 0 for none. */
  nextLoad(now: number): number;
  atLoad(load: number, address: number, size: number): void;
  afterMap(): void;
  beforeUnmap(): void;
}

export class Races implements LoadRace, DmaMoments {
  private plan: RacePlan | null = null;
  /** Whether races before shared loads happen: two drivers do not make the same loads. */
  atLoads = true;
  private armed = 0;
  private readonly loadNumber = new Int32Array(CAPACITY);
  private readonly mode = new Uint8Array(CAPACITY);
  private readonly operand = new Uint16Array(CAPACITY);
  private deferred = 0;
  private readonly moment = new Uint8Array(CAPACITY);
  /** Load number for AT_LOAD, else how many of that moment are still to come. */
  private readonly due = new Int32Array(CAPACITY);
  private readonly record = new Int32Array(CAPACITY);
  private performing = false;

  memory!: GuestMemory;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly observer: DeviceWriteObserver,
    private readonly perform: PerformDeferred,
  ) {}

  reset(): void {
    this.plan = null;
    this.armed = 0;
    this.deferred = 0;
    this.performing = false;
  }

  follow(plan: RacePlan): void {
    this.plan = plan;
    this.aim();
  }

  /** From now on the device acts between driver calls only. */
  release(): void {
    this.reset();
    this.aim();
  }

  /** Arms the k-th next shared load, k from 1. Beyond 8 pending ones nothing is armed. */
  armLoad(k: number, mode: number, operand: number): void {
    if (this.armed >= CAPACITY || !this.atLoads) return;
    this.loadNumber[this.armed] = this.memory.sharedLoads + k;
    this.mode[this.armed] = mode;
    this.operand[this.armed] = operand;
    this.armed++;
    this.aim();
  }

  /** Defers a device operation to the k-th next load, map or unmap. Beyond 8 pending ones it is dropped. */
  defer(moment: number, k: number, record: number): void {
    if (this.deferred >= CAPACITY || (moment === AT_LOAD && !this.atLoads)) return;
    this.moment[this.deferred] = moment;
    this.due[this.deferred] = moment === AT_LOAD ? this.memory.sharedLoads + k : k;
    this.record[this.deferred] = record;
    this.deferred++;
    if (moment === AT_LOAD) this.aim();
  }

  beforeSharedLoad(address: number, size: number): void {
    const now = this.memory.sharedLoads;
    for (let k = 0; k < this.armed; k++) {
      if (this.loadNumber[k] !== now) continue;
      this.rewrite(address, size, this.mode[k]!, this.operand[k]!);
      this.armed--;
      for (let i = k; i < this.armed; i++) {
        this.loadNumber[i] = this.loadNumber[i + 1]!;
        this.mode[i] = this.mode[i + 1]!;
        this.operand[i] = this.operand[i + 1]!;
      }
      k--;
    }
    for (let k = 0; k < this.deferred; k++) {
      if (this.moment[k] === AT_LOAD && this.due[k] === now) {
        this.fire(k);
        k--;
      }
    }
    if (this.plan !== null) this.plan.atLoad(now, address, size);
    this.aim();
  }

  afterMap(): void {
    if (this.deferred > 0) this.passMoment(AT_MAP);
    if (this.plan !== null) this.plan.afterMap();
  }

  beforeUnmap(): void {
    if (this.deferred > 0) this.passMoment(AT_UNMAP);
    if (this.plan !== null) this.plan.beforeUnmap();
  }

  private passMoment(moment: number): void {
    if (this.performing) return;
    for (let k = 0; k < this.deferred; k++) {
      if (this.moment[k] !== moment) continue;
      this.due[k]!--;
      if (this.due[k]! > 0) continue;
      this.fire(k);
      k--;
    }
  }

  private fire(k: number): void {
    const record = this.record[k]!;
    this.deferred--;
    // What was deferred first happens first.
    for (let i = k; i < this.deferred; i++) {
      this.moment[i] = this.moment[i + 1]!;
      this.due[i] = this.due[i + 1]!;
      this.record[i] = this.record[i + 1]!;
    }
    this.performing = true;
    this.perform(record);
    this.performing = false;
  }

  /** Points the memory at the nearest armed load. */
  private aim(): void {
    const now = this.memory.sharedLoads;
    let next = 0;
    for (let k = 0; k < this.armed; k++) {
      const at = this.loadNumber[k]!;
      if (at > now && (next === 0 || at < next)) next = at;
    }
    for (let k = 0; k < this.deferred; k++) {
      const at = this.due[k]!;
      if (this.moment[k] === AT_LOAD && at > now && (next === 0 || at < next)) next = at;
    }
    if (this.plan !== null) {
      const at = this.plan.nextLoad(now);
      if (at > now && (next === 0 || at < next)) next = at;
    }
    this.memory.nextRace = next;
  }

  private rewrite(address: number, size: number, mode: number, operand: number): void {
    const { bytes } = this;
    let value = bytes[address]! | (bytes[address + 1]! << 8);
    if (mode === MODE_XOR) value ^= operand;
    else if (mode === MODE_SET) value = operand;
    else if (mode === MODE_CLEAR) value = 0;
    else value += operand;
    bytes[address] = value & 0xff;
    bytes[address + 1] = (value >> 8) & 0xff;
    // The high bits of a wide field follow the top operand bit, so that forged 32-bit values are in reach.
    if (size === 4 && mode !== MODE_XOR && (operand & 0x8000) !== 0) bytes[address + 2] = 1;
    this.observer.deviceWrote(address, size === 4 ? 4 : 2);
  }
}
