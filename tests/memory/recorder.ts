// Everything that memory, heap and device view report, as lines.

import type { DeviceWriteObserver } from '../../src/memory/device-view.js';
import { GuestHeap } from '../../src/memory/guest-heap.js';
import { GuestMemory } from '../../src/memory/guest-memory.js';
import { MEMORY_SIZE } from '../../src/memory/layout.js';
import type { HeapObserver, MemoryObserver } from '../../src/memory/memory-observer.js';
import { FAIL_KMALLOC, type FailureSource } from '../../src/platform/failures.js';

export class Recorder implements MemoryObserver, HeapObserver, DeviceWriteObserver, FailureSource {
  private readonly lines: string[] = [];
  /** kmalloc fails as long as this is set. */
  noMemory = false;

  take(): string[] {
    return this.lines.splice(0);
  }

  fails(kind: number): boolean {
    return kind === FAIL_KMALLOC && this.noMemory;
  }

  sharedLoad(address: number, size: number, value: number): void {
    this.say('load', address, size, value);
  }

  sharedStore(address: number, size: number, value: number): void {
    this.say('store', address, size, value);
  }

  sharedRangeStored(address: number, size: number): void {
    this.say('range stored', address, size);
  }

  copying(target: number, source: number, size: number): void {
    this.say('copy', target, source, size);
  }

  filling(target: number, size: number, value: number): void {
    this.say('fill', target, size, value);
  }

  deviceWrote(address: number, size: number): void {
    this.say('device wrote', address, size);
  }

  deviceRead(dma: number, address: number, size: number): void {
    this.say('device read', dma, address, size);
  }

  deviceMissed(dma: number, size: number, write: boolean): void {
    this.say(write ? 'device cannot write' : 'device cannot read', dma, size);
  }

  fault(address: number, size: number, access: number): void {
    this.say(access === 0 ? 'bad load' : 'bad store', address, size);
  }

  allocated(address: number, size: number): void {
    this.say('allocated', address, size);
  }

  freeing(address: number, live: boolean): void {
    this.say(live ? 'free' : 'bad free', address);
  }

  private say(what: string, ...values: number[]): void {
    this.lines.push([what, ...values.map((value) => `0x${value.toString(16)}`)].join(' '));
  }
}

export interface GuestBench {
  readonly bytes: Uint8Array;
  readonly recorder: Recorder;
  readonly heap: GuestHeap;
  readonly memory: GuestMemory;
  /** Addresses before whose load the race acted. */
  readonly raced: number[];
}

/** Guest memory with its heap; the race hook writes `raceValue` into what is about to be read. */
export function guestMemory(raceValue = 0): GuestBench {
  const bytes = new Uint8Array(MEMORY_SIZE);
  const recorder = new Recorder();
  const heap = new GuestHeap(bytes, recorder, recorder);
  const raced: number[] = [];
  const memory = new GuestMemory(bytes, heap, recorder, {
    beforeSharedLoad(address): void {
      raced.push(address);
      bytes[address] = raceValue;
    },
  });
  return { bytes, recorder, heap, memory, raced };
}
