// What neither the life of a queue nor an attack on it comes by: sizes at the ends of the range, queues that have no
// callback or no DMA API when their ring is exchanged, tables of premapped buffers that cannot be mapped. Written for edges
// of Linux's ring that no other seed takes.

import { FAIL_COHERENT, FAIL_KMALLOC } from '../../platform/failures.js';
import { roundTrip } from './phrases.js';
import { type DefineSeed, type Seed, seedsOf } from './seed.js';

const split = seedsOf('split_ring_fuzzer');
const packed = seedsOf('packed_ring_fuzzer');

/** Of either ring. */
function onBoth(layout: 'split' | 'packed', seed: DefineSeed): readonly Seed[] {
  return [
    seed(
      `${layout}-resize-without-callback`,
      'a new ring for a queue that asks for no interrupt: that has to be said again',
      { num: 8, callback: false },
      (s) => [...roundTrip(s), s.resize(4), ...roundTrip(s), s.reset(), ...roundTrip(s)],
    ),
    seed(
      `${layout}-resize-without-dma-api`,
      'the old ring goes back to the page allocator, also where the new one cannot be had',
      { num: 8, backEnd: 'none', indirect: true },
      (s) => [
        ...roundTrip(s),
        s.resize(4),
        ...roundTrip(s),
        s.fail('kmalloc', 0),
        s.resize(8),
        ...roundTrip(s),
        s.fail('coherent', 0),
        s.resize(16),
        ...roundTrip(s),
      ],
    ),
    seed(
      `${layout}-resize-without-callback-fails`,
      'no memory for the new ring: the old one is set up again, and still asks for no interrupt',
      { num: 8, callback: false, eventIndex: true },
      (s) => [...roundTrip(s), s.fail('kmalloc', 1), s.resize(4), ...roundTrip(s)],
    ),
    seed(
      `${layout}-no-pages`,
      'without a DMA API the ring is pages, and there are none',
      { num: 8, backEnd: 'none', createFailure: FAIL_COHERENT },
      (s) => roundTrip(s),
    ),
    seed(
      `${layout}-no-state-without-dma-api`,
      'the pages of the ring are given back when there is no memory for the state',
      { num: 8, backEnd: 'none', createFailure: FAIL_KMALLOC, createFailureSkip: 1 },
      (s) => roundTrip(s),
    ),
    seed(
      `${layout}-premapped-table-cannot-be-mapped`,
      'the pieces come mapped and stay so; only the table is the driver’s to map, and that fails',
      { num: 8, indirect: true, backEnd: 'iommu' },
      (s) => [
        s.fail('map', 2),
        s.add({ out: 2, premapped: true }),
        s.add({ out: 2, premapped: true }),
        s.add({ in: 2, premapped: true }),
        s.fail('kmalloc', 0),
        s.add({ in: 3, premapped: true }),
        s.completeMany(2, 'all'),
        s.drain(),
        s.detachAll(),
      ],
    ),
    seed(
      `${layout}-one-entry-in-order`,
      'a ring of one entry, which is every batch and every wrap',
      { num: 1, inOrder: true, eventIndex: true },
      (s) => [...roundTripOfOne(s), s.enableCbDelayed(), ...roundTripOfOne(s), s.reset(), ...roundTripOfOne(s)],
    ),
    seed(
      `${layout}-in-order-fails-half-way`,
      'in order, a map that fails at each piece of a buffer, tables and none',
      { num: 8, inOrder: true, indirect: true },
      (s) =>
        [0, 1, 2, 3].flatMap((after) => [
          s.fail('map', after),
          s.add({ out: 2, in: 1 }),
          s.fail('kmalloc', 0),
          s.fail('map', after),
          s.add({ out: 2, in: 2 }),
          s.add({ out: 1, in: 1 }),
          s.completeMany(1, 'half'),
          s.drain(),
        ]),
    ),
    seed(
      `${layout}-in-order-callbacks`,
      'in order, every call that switches callbacks, in the middle of a batch',
      { num: 8, inOrder: true },
      (s) => [
        s.addMany(4, { in: 1 }),
        s.disableCb(),
        s.enableCbDelayed(),
        s.completeMany(3, 'all'),
        s.get(),
        s.enableCbDelayed(),
        s.disableCb(),
        s.enableCb(),
        s.prepareAndPoll(),
        s.drain(),
        s.kick(),
      ],
    ),
    seed(
      `${layout}-in-order-contexts-premapped`,
      'in order, each buffer with its context, and premapped ones between',
      { num: 8, inOrder: true, context: true, callback: false },
      (s) => [
        s.add({ in: 1, context: 1 }),
        s.add({ in: 2, context: 2, premapped: true }),
        s.add({ out: 1, premapped: true }),
        s.completeMany(3, 'all'),
        s.drain(),
        s.add({ in: 2, context: 3 }),
        s.detachAll(),
      ],
    ),
  ];
}

export const SELDOM_TAKEN: readonly Seed[] = [
  ...onBoth('split', split),
  ...onBoth('packed', packed),
  split(
    'split-delayed-after-callbacks-off',
    'delayed callbacks without event index: the flag that was set has to go',
    { num: 8 },
    (s) => [s.addMany(4, { in: 1 }), s.disableCb(), s.enableCbDelayed(), s.completeMany(4, 'all'), s.drain()],
  ),
  split('split-one-entry', 'a ring of one entry: its free list has no link', { num: 1 }, (s) => [
    ...roundTripOfOne(s),
    s.add({ out: 1, in: 1 }),
    s.resize(2),
    ...roundTripOfOne(s),
    s.resize(1),
    ...roundTripOfOne(s),
  ]),
  split('split-ring-larger-than-a-page', 'a ring of 256 entries, and one that cannot be had', { num: 256 }, (s) => [
    ...roundTrip(s),
    s.fail('coherent', 0, 0xff),
    s.resize(128),
    s.resize(8),
    s.fail('coherent', 0, 0xff),
    s.resize(256),
    ...roundTrip(s),
  ]),
  split(
    'split-no-pages-for-a-large-ring',
    'without a DMA API, a ring of several pages that cannot be had',
    { num: 256, backEnd: 'none', createFailure: FAIL_COHERENT },
    (s) => roundTrip(s),
  ),
];

/** A buffer of one piece there and back. */
function roundTripOfOne(s: Parameters<typeof roundTrip>[0]): ReturnType<typeof roundTrip> {
  return [s.add({ in: 1, first: 64, kick: true }), s.complete(0, 'all'), s.get()];
}
