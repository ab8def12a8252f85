// Scripts for an honest device that every configuration must answer alike: what a client of a queue does all day, and the
// corners in which layouts, features and back ends work least alike.

import type { Further } from '../differential-encoding.js';
import type { Step } from '../scenario.js';
import { everyCall, roundTrip } from './phrases.js';
import { differentialSeed as seed, type Seed } from './seed.js';
import type { Steps } from './steps.js';

const PACKED: Further = { packed: true };
const INDIRECT: Further = { indirect: true };
const SWIOTLB = { backEnd: 'swiotlb' } as const;
const IOMMU = { backEnd: 'iommu' } as const;
const NONE = { backEnd: 'none' } as const;
const VDUSE = { backEnd: 'vduse' } as const;

/** Buffers of every kind, completed in another order than they came in, with every length that a device can report. */
function traffic(s: Steps): Step[] {
  return [
    s.add({ out: 1, in: 1, first: 64, second: 100, kick: true }),
    s.add({ out: 2 }),
    s.add({ in: 3 }),
    s.complete(1, 'count-read'),
    s.complete(1, 'half'),
    s.complete(0, 'all'),
    s.get(2),
    s.add({ out: 1, in: 2, kick: true }),
    s.completeMany(2, 'one'),
    s.drain(),
  ];
}

export const DIFFERENTIAL: readonly Seed[] = [
  seed(
    'same-split-and-packed',
    'three laps of requests and answers on both layouts',
    { num: 8, further: [PACKED] },
    (s) => Array.from({ length: 3 }, () => traffic(s)).flat(),
  ),
  seed(
    'same-direct-and-indirect',
    'chains in the ring and in tables of their own, on both layouts',
    { num: 8, further: [INDIRECT, { packed: true, indirect: true }] },
    (s) => [...traffic(s), ...traffic(s)],
  ),
  seed(
    'same-over-every-back-end',
    'the same bytes arrive by address, by granule, through slots and without a DMA API',
    { num: 8, further: [{ platform: SWIOTLB }, { packed: true, platform: IOMMU }], more: 2 },
    (s) => [...traffic(s), s.add({ in: 1, first: 4096, offset: 0x7f0 }), s.complete(0, 'all'), s.get()],
  ),
  seed(
    'same-without-a-dma-api',
    'physical addresses, and premapped buffers that are then ordinary ones',
    {
      num: 8,
      further: [
        { packed: true, platform: NONE },
        { indirect: true, platform: NONE },
      ],
    },
    (s) => [
      s.add({ out: 1, in: 1, premapped: true, kick: true }),
      s.add({ in: 2, premapped: true }),
      s.completeMany(2, 'half'),
      s.drain(),
      ...traffic(s),
    ],
  ),
  seed(
    'same-in-a-vduse-domain',
    'bounce pages that several pieces share',
    { num: 8, further: [{ platform: VDUSE }, { packed: true, indirect: true, platform: VDUSE }] },
    (s) => [...traffic(s), s.add({ out: 1, in: 1, first: 6144, offset: 0xf00 }), s.complete(0, 'all'), s.get()],
  ),
  seed(
    'same-with-aligned-slots',
    'slots that keep the low bits of the original address, with padding in front',
    {
      num: 8,
      further: [
        { platform: { backEnd: 'swiotlb', minAlignMask: 0xfff } },
        { packed: true, platform: { backEnd: 'swiotlb', minAlignMask: 0xfff, allocAlignMask: 0xfff } },
      ],
    },
    (s) => [...traffic(s), s.add({ in: 1, first: 2049, offset: 0xf00 }), s.complete(0, 'half'), s.get()],
  ),
  seed(
    'same-with-event-index',
    'callbacks on, off and delayed: what is pending is pending everywhere',
    { num: 4, kicksOff: true, further: [{ eventIndex: true }, { packed: true, eventIndex: true }], more: 2 },
    (s) => [
      s.wantKicks(true),
      s.addMany(4, { in: 1 }),
      s.kickPrepare(),
      s.disableCb(),
      s.complete(0, 'all'),
      s.enableCb(),
      s.get(),
      s.prepareAndPoll(),
      s.completeMany(2, 'all'),
      s.enableCbDelayed(),
      s.interrupt(),
      s.drain(),
      s.enableCb(),
      s.interrupt(),
      s.notify(),
      ...roundTrip(s),
    ],
  ),
  seed(
    'same-after-reset',
    'what is in flight or used and not taken comes back with a reset, and with it the data',
    {
      num: 8,
      further: [
        { packed: true, platform: SWIOTLB },
        { indirect: true, platform: IOMMU },
      ],
    },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.add({ in: 2, kick: true }),
      s.add({ out: 1 }),
      s.complete(1, 'half'),
      s.reset(),
      ...traffic(s),
      s.addMany(3, { in: 1 }),
      s.complete(0, 'all'),
      s.detachAll(),
      ...roundTrip(s),
    ],
  ),
  seed(
    'same-after-resize',
    'sizes that both layouts have, the same size, none and too large a one',
    { num: 4, further: [PACKED, { packed: true, indirect: true, platform: SWIOTLB }] },
    (s) => [
      s.addMany(3, { in: 1 }),
      s.complete(0, 'all'),
      s.resize(16),
      s.addMany(12, { out: 1 }),
      s.completeMany(8, 'count-read'),
      s.drain(),
      s.resize('too-large'),
      s.resize(0),
      s.resize(16),
      s.resize(2),
      ...roundTrip(s),
    ],
  ),
  seed(
    'same-without-reset',
    'a queue that cannot be reset refuses it everywhere',
    { num: 4, resettable: false, callback: false, further: [PACKED, INDIRECT] },
    (s) => [s.add({ out: 1 }), s.reset(), s.resize(8), s.detachAll(), s.complete(0, 'all'), s.interrupt(), s.get()],
  ),
  seed(
    'same-contexts',
    'each buffer brings back its own context, in whatever order',
    { num: 8, context: true, further: [PACKED, { packed: true, eventIndex: true, platform: VDUSE }] },
    (s) => [
      s.add({ out: 1, in: 1, context: 1 }),
      s.add({ in: 1, context: 2 }),
      s.add({ out: 1 }),
      s.complete(2, 'all'),
      s.complete(0, 'half'),
      s.get(2),
      s.add({ in: 2, context: 4 }),
      s.completeMany(2, 'all'),
      s.drain(),
    ],
  ),
  seed(
    'same-full-ring',
    'without indirect tables every ring is full at the same moment',
    { num: 4, overfill: true, further: [PACKED, { packed: true, platform: SWIOTLB }] },
    (s) => [
      s.addMany(5, { out: 1 }),
      s.add({ in: 1 }),
      s.complete(2, 'all'),
      s.get(),
      s.add({ out: 1, in: 1 }),
      s.add({ in: 1 }),
      s.add({ out: 5, in: 4 }),
      s.completeMany(8, 'all'),
      s.drain(),
    ],
  ),
  seed(
    'same-broken-queue',
    'what a queue answers that its own client broke, until it is reset',
    { num: 4, further: [PACKED, { packed: true, eventIndex: true }] },
    (s) => [
      s.addMany(2, { in: 1 }),
      s.complete(0, 'all'),
      s.break(),
      ...everyCall(s),
      s.query(),
      s.reset(),
      s.query(),
      ...roundTrip(s),
    ],
  ),
  seed(
    'same-in-order',
    'the device uses buffers in order, also where nobody asked for it, and tells of several at once',
    { num: 8, inOrder: true, further: [PACKED, { packed: true, inOrder: true }], more: 2 },
    (s) => [
      s.addMany(5, { in: 1 }),
      s.add({ out: 1, in: 1, kick: true }),
      s.completeMany(3, 'half'),
      s.get(),
      s.prepareAndPoll(),
      s.complete(0, 'one'),
      s.drain(),
      s.completeMany(2, 'count-read'),
      s.get(),
      s.reset(),
      ...roundTrip(s),
      ...traffic(s),
    ],
  ),
  seed(
    'same-large-ring',
    'a ring of 256 with a used ring on a page of its own',
    { num: 256, further: [{ pageAligned: true }, { packed: true, indirect: true, eventIndex: true }] },
    (s) => [
      s.addMany(16, { in: 1 }),
      s.addMany(12, { out: 1 }),
      s.kick(),
      s.completeMany(8, 'all'),
      s.drain(),
      s.complete(7, 'half'),
      s.completeMany(8, 'one'),
      s.drain(),
    ],
  ),
];
