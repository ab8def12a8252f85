// What the DMA tests stand on: guest memory as one plain array, and a log of everything the DMA layer reports.

import type { BackEndConfig, BackEndName, BulkMemory } from '../../src/dma/back-end.js';
import type { DmaMoments, DmaObserver } from '../../src/dma/dma-observer.js';
import { MEMORY_SIZE } from '../../src/memory/layout.js';
import type { FailureSource } from '../../src/platform/failures.js';

/** Every event in the order it happened, addresses in hexadecimal, sizes in decimal. */
export class Log {
  readonly lines: string[] = [];

  add(name: string, ...values: (number | boolean)[]): void {
    this.lines.push([name, ...values.map(text)].join(' '));
  }

  /** The lines since the last call. */
  take(): string[] {
    return this.lines.splice(0);
  }
}

export class FakeMemory implements BulkMemory {
  readonly bytes = new Uint8Array(MEMORY_SIZE);

  constructor(private readonly log?: Log) {}

  copy(target: number, source: number, size: number): void {
    this.log?.add('copy', target, source, size);
    if (target < 0 || source < 0 || target + size > MEMORY_SIZE || source + size > MEMORY_SIZE || size < 0) {
      throw new RangeError(`copy outside memory: ${target} ${source} ${size}`);
    }
    this.bytes.copyWithin(target, source, source + size);
  }

  fill(target: number, size: number, value: number): void {
    this.log?.add('fill', target, size, value);
    this.bytes.fill(value, target, target + size);
  }

  /** Writes bytes that differ from their neighbours and from 0. */
  pattern(address: number, size: number, seed: number): void {
    for (let i = 0; i < size; i++) this.bytes[address + i] = 1 + ((seed * 31 + i * 7 + (i >> 8)) % 255);
  }

  slice(address: number, size: number): Uint8Array {
    return this.bytes.slice(address, address + size);
  }
}

export function recordingObserver(log: Log): DmaObserver {
  return {
    mapping: (cpu, size, direction, kind, attributes) => log.add('mapping', cpu, size, direction, kind, attributes),
    mapped: (dma) => log.add('mapped', dma),
    unmapping: (dma, size, direction, kind, attributes) => log.add('unmapping', dma, size, direction, kind, attributes),
    unmapped: () => log.add('unmapped'),
    syncing: (dma, size, direction, forDevice) => log.add('syncing', dma, size, direction, forDevice),
    synced: () => log.add('synced'),
    coherentAllocated: (cpu, dma, size) => log.add('coherentAllocated', cpu, dma, size),
    coherentFreeing: (cpu, size) => log.add('coherentFreeing', cpu, size),
    coherentFreed: () => log.add('coherentFreed'),
    exposed: (iova, cpu, readable, writable) => log.add('exposed', iova, cpu, readable, writable),
    withdrawn: (iova) => log.add('withdrawn', iova),
  };
}

export function recordingMoments(log: Log): DmaMoments {
  return {
    afterMap: () => log.add('afterMap'),
    beforeUnmap: () => log.add('beforeUnmap'),
  };
}

export const NEVER_FAILS: FailureSource = { fails: () => false };

export function config(name: BackEndName, parts: Partial<BackEndConfig> = {}): BackEndConfig {
  return { name, poolSlots: 256, minAlignMask: 0, allocAlignMask: 0, ...parts };
}

/** A small deterministic generator (mulberry32): the next integer below `bound`. */
export function seededRandom(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) % bound;
  };
}

function text(value: number | boolean): string {
  if (typeof value === 'boolean') return String(value);
  return value >= 0x10000 ? `0x${value.toString(16)}` : String(value);
}
