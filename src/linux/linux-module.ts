// The kernel's virtio_ring.c as a driver under test: a build of it, behind the seam that every driver has.

import type { BounceMemory, BouncePool } from '../platform/bounce-pool.js';
import {
  DRIVER_API_VERSION,
  type DriverCoverage,
  type DriverFeatures,
  type DriverModule,
  type DriverPlatform,
  type DriverQueues,
  type KnownDifference,
  type ToleratedRead,
} from '../platform/driver-module.js';
import { MEMORY_SIZE } from '../memory/layout.js';
import {
  CLOSES_V28,
  CLOSES_V29,
  HAS_IN_ORDER,
  HAS_PREMAPPED_BUFFERS,
  HAS_PREMAPPED_QUEUES,
  HAS_PRIVATE_METADATA,
  HAS_RESET,
  HAS_RESIZE,
  type LinuxBuild,
} from './linux-build.js';
import { LinuxMachine } from './machine.js';
import { LinuxQueue } from './linux-queue.js';
import { LinuxSwiotlb } from './linux-swiotlb.js';
import { framesOf } from './symbol-table.js';

/** Reads of the descriptor table that every version so far makes: the last one of them up to 6.12. */
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

const TABLE_FIELDS = ['desc[].addr', 'desc[].len', 'desc[].flags', 'desc[].next'] as const;

/** Before 5.14 the table that the device can write is the driver's own record: found by what it brings about as well. */
const UNHARDENED_READS: readonly ToleratedRead[] = [
  ...TABLE_FIELDS.map((field): ToleratedRead => ({
    layout: 'split',
    field,
    calls: ['addSgs', 'getBuf', 'detachUnusedBuf'],
    reason: 'what is unmapped and what is free is read from the shared table (V01, closed by 72b5e8958738)',
  })),
  ...['desc[].addr', 'desc[].len', 'desc[].flags'].map((field): ToleratedRead => ({
    layout: 'packed',
    field,
    calls: ['addSgs'],
    reason: 'after a failed map the shared ring says what to unmap (V02, closed by 44593865b7c5)',
  })),
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

const V28: readonly KnownDifference[] = [
  {
    id: 'V28',
    layout: 'packed',
    from: 'add-fails',
    reason: 'the descriptors of a failed add stay available (closed by 75d276e5bb68)',
  },
];

const V29 = (['split', 'packed'] as const).map((layout): KnownDifference => ({
  id: 'V29',
  layout,
  from: 'delayed-callbacks-on-a-broken-queue',
  reason: 'enableCbDelayed does not look whether the queue is broken (closed by 0d0eff39ceb3)',
}));

const V30 = (['split', 'packed'] as const).map((layout): KnownDifference => ({
  id: 'V30',
  layout,
  from: 'in-order-id-of-no-buffer',
  reason: 'with in-order use an id that the device reports is not checked',
}));

const V31 = (['split', 'packed'] as const).map((layout): KnownDifference => ({
  id: 'V31',
  layout,
  from: 'in-order-buffers-taken-back',
  reason: 'unused in-order buffers come back in the order of their ids, and a reset keeps the state of a batch',
}));

/** Before 5.14. */
const UNHARDENED: readonly KnownDifference[] = [
  {
    id: 'V01',
    layout: 'split',
    from: 'creation',
    reason:
      'the free list lies in the descriptor table: other stores, and other buffers unmapped (closed by 72b5e8958738)',
  },
  {
    id: 'V02',
    layout: 'packed',
    from: 'a-map-fails',
    reason: 'what is unmapped again is read from the shared ring (closed by 44593865b7c5)',
  },
  {
    id: 'V13',
    layout: 'packed',
    from: 'callbacks-switched-off',
    reason: 'callbacks are switched off in memory after an event as well (since 8d622d21d248 they are not)',
  },
];

function differencesOf({ api }: LinuxBuild): readonly KnownDifference[] {
  return [
    ...(api.includes(HAS_PRIVATE_METADATA) ? [] : UNHARDENED),
    ...(api.includes(HAS_IN_ORDER) ? [...V30, ...V31] : []),
    ...KNOWN_DIFFERENCES,
    ...(api.includes(CLOSES_V28) ? [] : V28),
    ...(api.includes(CLOSES_V29) ? [] : V29),
  ];
}

function featuresOf({ api }: LinuxBuild): DriverFeatures {
  return {
    layouts: ['split', 'packed'],
    indirect: true,
    eventIndex: true,
    inOrder: api.includes(HAS_IN_ORDER) ? ['split', 'packed'] : [],
    context: 'device-writable',
    premapped: premappedOf(api),
    reset: api.includes(HAS_RESET),
    resize: api.includes(HAS_RESIZE),
    withoutDmaApi: true,
    withoutCallback: true,
  };
}

function premappedOf(api: readonly string[]): DriverFeatures['premapped'] {
  if (api.includes(HAS_PREMAPPED_BUFFERS)) return 'one-direction';
  return api.includes(HAS_PREMAPPED_QUEUES) ? 'whole-queue' : false;
}

function poolOf(machine: LinuxMachine, memory: BounceMemory): BouncePool | null {
  const { host, swiotlb } = machine;
  host.bounceMemory = memory;
  return swiotlb === null ? null : new LinuxSwiotlb(swiotlb, machine);
}

/** A driver module around this build. */
export function linuxModule(build: LinuxBuild): DriverModule {
  // The engine may ask for the counters before there is a world. It reads those of the first machine for good, so that is
  // the one for the first world; another world gets one of its own.
  const first = new LinuxMachine(build, MEMORY_SIZE);
  let latest = first;
  let worlds = 0;
  const features = featuresOf(build);
  const series = build.kernelVersion.split('.').slice(0, 2).join('.');
  return {
    apiVersion: DRIVER_API_VERSION,
    name: `linux-${series}`,
    version: `${build.kernelVersion} ${build.sourceHash.slice(0, 12)} ${build.variant}`,
    features,
    semantics: 'linux',
    toleratedReads: build.api.includes(HAS_PRIVATE_METADATA) ? KNOWN_READS : UNHARDENED_READS,
    knownDifferences: differencesOf(build),
    guestMemory(size: number): Uint8Array {
      latest = worlds++ === 0 && size === MEMORY_SIZE ? first : new LinuxMachine(build, size);
      return latest.guest;
    },
    ...(first.swiotlb === null ? {} : { bouncePool: (memory: BounceMemory) => poolOf(latest, memory) }),
    createQueues(platform: DriverPlatform, onInterrupt: () => void): DriverQueues {
      const on = latest;
      on.host.attach(platform, onInterrupt);
      const resettable = (): boolean => platform.transport.resettable;
      const wholeQueues = features.premapped === 'whole-queue';
      const queue = (packed: boolean): LinuxQueue => new LinuxQueue(on, { packed, resettable, wholeQueues });
      return { split: queue(false), packed: queue(true) };
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
