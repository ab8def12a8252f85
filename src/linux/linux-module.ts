// The kernel's virtio_ring.c as a driver under test: a build of it, behind the seam that every driver has.

import {
  DRIVER_API_VERSION,
  type DriverCoverage,
  type DriverModule,
  type DriverPlatform,
  type DriverQueues,
  type KnownDifference,
  type ToleratedRead,
} from '../platform/driver-module.js';
import { MEMORY_SIZE } from '../memory/layout.js';
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

/** Holes that the hardened driver has closed. */
const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'V04',
    layout: 'split',
    from: 'device-writes-descriptor-flags',
    reason: 'how many descriptors a completed chain has is taken from the NEXT flags that the device can write',
  },
];

/** Those that 6.12 has closed; no tree tells by its text alone which of them was backported. */
const OLD_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'V28',
    layout: 'packed',
    from: 'add-fails',
    reason: 'the descriptors of a failed add stay available (closed by 75d276e5bb68)',
  },
  ...(['split', 'packed'] as const).map((layout): KnownDifference => ({
    id: 'V29',
    layout,
    from: 'delayed-callbacks-on-a-broken-queue',
    reason: 'enableCbDelayed does not look whether the queue is broken (closed by 0d0eff39ceb3)',
  })),
];

function differencesOf({ kernelVersion }: LinuxBuild): readonly KnownDifference[] {
  const [major = 0, minor = 0] = kernelVersion.split('.').map(Number);
  const isOld = major < 6 || (major === 6 && minor < 12);
  return isOld ? [...KNOWN_DIFFERENCES, ...OLD_DIFFERENCES] : KNOWN_DIFFERENCES;
}

/** A driver module around this build. */
export function linuxModule(build: LinuxBuild): DriverModule {
  // The engine may ask for the counters before there is a world. It reads those of the first machine for good, so that is
  // the one for the first world; another world gets one of its own.
  const first = new LinuxMachine(build, MEMORY_SIZE);
  let latest = first;
  let worlds = 0;
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
    knownDifferences: differencesOf(build),
    guestMemory(size: number): Uint8Array {
      latest = worlds++ === 0 && size === MEMORY_SIZE ? first : new LinuxMachine(build, size);
      return latest.guest;
    },
    createQueues(platform: DriverPlatform, onInterrupt: () => void): DriverQueues {
      const on = latest;
      on.host.attach(platform, onInterrupt);
      const resettable = (): boolean => platform.transport.resettable;
      return { split: new LinuxQueue(on, false, resettable), packed: new LinuxQueue(on, true, resettable) };
    },
    frames: (stack) => framesOf(stack, build.symbols),
    coverage: (): DriverCoverage => ({
      counters: first.counters,
      flushComparisons: (report) => {
        first.flushComparisons(report);
      },
    }),
  };
}
