// The kernel's virtio_ring.c as a driver under test: a build of it, behind the seam that every driver has.

import {
  DRIVER_API_VERSION,
  type DriverCoverage,
  type DriverModule,
  type DriverPlatform,
  type DriverQueues,
  type ToleratedRead,
} from '../platform/driver-module.js';
import { HAS_RESET, HAS_RESIZE, type LinuxBuild } from './linux-build.js';
import { LinuxMachine } from './machine.js';
import { LinuxQueue } from './linux-queue.js';
import { framesOf } from './symbol-table.js';

/** Reads of the descriptor table that every version so far makes. */
const KNOWN_READS: readonly ToleratedRead[] = [
  {
    layout: 'split',
    field: 'desc[].flags',
    calls: ['addSgs'],
    reason: 'up to 6.12 the NEXT flag of the last descriptor is cleared in place; the value goes nowhere else',
  },
  {
    layout: 'split',
    field: 'desc[].flags',
    calls: ['getBuf', 'detachUnusedBuf', 'reset', 'resize'],
    reason: 'the length of a chain is taken from the shared NEXT flags (V04): found by what it brings about',
  },
];

/** A driver module around this build. Its machine is made when the world asks for guest memory. */
export function linuxModule(build: LinuxBuild): DriverModule {
  let machine: LinuxMachine | null = null;
  const running = (): LinuxMachine => {
    if (machine === null) throw new Error('the kernel code has no memory yet');
    return machine;
  };
  const series = build.kernelVersion.split('.').slice(0, 2).join('.');
  return {
    apiVersion: DRIVER_API_VERSION,
    name: `linux-${series}`,
    version: `${build.kernelVersion} ${build.sourceHash.slice(0, 12)} ${build.variant}`,
    features: {
      layouts: ['split', 'packed'],
      indirect: true,
      eventIndex: true,
      inOrder: [],
      // The exported calls take one for buffers that the device only writes.
      context: false,
      premapped: false,
      reset: build.api.includes(HAS_RESET),
      resize: build.api.includes(HAS_RESIZE),
      withoutDmaApi: true,
      withoutCallback: true,
    },
    semantics: 'linux',
    toleratedReads: KNOWN_READS,
    guestMemory(size: number): Uint8Array {
      machine = new LinuxMachine(build, size);
      return machine.guest;
    },
    createQueues(platform: DriverPlatform, onInterrupt: () => void): DriverQueues {
      const running_ = running();
      running_.attach(platform, onInterrupt);
      const resettable = (): boolean => platform.transport.resettable;
      return { split: new LinuxQueue(running_, false, resettable), packed: new LinuxQueue(running_, true, resettable) };
    },
    reset(): void {
      running().reset();
    },
    frames: (stack) => framesOf(stack, build.symbols),
    coverage(): DriverCoverage {
      const { counters } = running();
      return {
        counters,
        flushComparisons: (report) => {
          running().flushComparisons(report);
        },
      };
    },
  };
}
