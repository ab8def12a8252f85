// Our own driver, brought from outside: what the seam adds must change no verdict. In one variant it goes through the
// platform, as a driver in JavaScript does; in the other it reaches memory by itself and tells of it, as compiled code does.

import { PackedQueue } from '../../src/driver/packed-queue.js';
import { SplitQueue } from '../../src/driver/split-queue.js';
import type {
  DriverFeatures,
  DriverModule,
  DriverPlatform,
  ForeignDriver,
  Semantics,
} from '../../src/platform/driver-module.js';
import type { MemoryView, Platform } from '../../src/platform/platform.js';

export const ALL_FEATURES: DriverFeatures = {
  layouts: ['split', 'packed'],
  indirect: true,
  eventIndex: true,
  inOrder: ['split', 'packed'],
  context: true,
  premapped: true,
  reset: true,
  resize: true,
  withoutDmaApi: true,
  withoutCallback: true,
};

export interface OwnDriverOptions {
  readonly semantics?: Semantics;
  readonly features?: Partial<DriverFeatures>;
  /** Reaches memory by itself. */
  readonly byItself?: boolean;
}

export function ownDriver(options: OwnDriverOptions = {}): ForeignDriver {
  let bytes: Uint8Array = new Uint8Array(0);
  const byItself = options.byItself === true;
  const module: DriverModule = {
    apiVersion: 1,
    name: 'own',
    version: 'of this tree',
    features: { ...ALL_FEATURES, ...options.features },
    semantics: options.semantics ?? 'linux',
    ...(byItself ? { guestMemory: (size: number): Uint8Array => (bytes = memoryInside(size)) } : {}),
    createQueues(platform: DriverPlatform, onInterrupt: () => void) {
      const own: Platform = byItself ? { ...platform, memory: ownMemory(bytes, platform) } : platform;
      return { split: new SplitQueue(own, onInterrupt), packed: new PackedQueue(own, onInterrupt) };
    },
  };
  const identity = { name: 'own', version: module.version, source: 'own', sha256: '0'.repeat(64) };
  return { module, identity, frames: framesOf };
}

/** Part of a larger memory, and not zero, as a module's may be. */
function memoryInside(size: number): Uint8Array {
  return new Uint8Array(size + 8192).fill(0x77).subarray(4096, 4096 + size);
}

function ownMemory(bytes: Uint8Array, { access, memory }: DriverPlatform): MemoryView {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const load = (address: number, size: number): number => {
    access.load(address, size);
    return size === 2 ? view.getUint16(address, true) : view.getUint32(address, true);
  };
  return {
    load16: (address) => load(address, 2),
    load32: (address) => load(address, 4),
    load64(address) {
      access.load(address, 8);
      return view.getUint32(address, true) + view.getUint32(address + 4, true) * 0x1_0000_0000;
    },
    store16(address, value) {
      access.store(address, 2);
      view.setUint16(address, value, true);
    },
    store32(address, value) {
      access.store(address, 4);
      view.setUint32(address, value, true);
    },
    store64(address, value) {
      access.store(address, 8);
      view.setUint32(address, value >>> 0, true);
      view.setUint32(address + 4, (value / 0x1_0000_0000) >>> 0, true);
    },
    physicalAddress: (address) => memory.physicalAddress(address),
  };
}

function framesOf(stack: string): ReturnType<ForeignDriver['frames']> {
  return stack.split('\n').flatMap((line) => {
    const match = /^\s+at (?:new )?([^ (]+) .*?[/\\]src[/\\]driver[/\\]([\w-]+)\.[tj]s:(\d+)/.exec(line);
    if (match === null) return [];
    return [{ file: `${match[2] ?? ''}.ts`, function: (match[1] ?? '').replace(/^.*\./, ''), line: Number(match[3]) }];
  });
}
