// Packed rings and a device that keeps to the specification: buffers of every shape over every back end.

import { BACK_END_NAMES } from '../../dma/back-end.js';
import { roundTrip } from './phrases.js';
import { type Seed, seedsOf } from './seed.js';

const seed = seedsOf('packed_ring_fuzzer');

const BACK_ENDS: readonly Seed[] = BACK_END_NAMES.flatMap((backEnd) => [
  seed(
    `packed-direct-${backEnd}`,
    `requests and answers over ${backEnd}, across the end of the ring`,
    {
      backEnd,
      num: 5,
    },
    (s) => Array.from({ length: 6 }, () => roundTrip(s)),
  ),
  seed(
    `packed-indirect-${backEnd}`,
    'the same through indirect tables, beside a single piece that goes without',
    {
      backEnd,
      indirect: true,
    },
    (s) => [
      ...roundTrip(s),
      s.add({ out: 3, in: 2 }),
      s.add({ out: 1 }),
      s.add({ in: 4, first: 2, offset: 0x7f0 }),
      s.kick(),
      s.complete(1, 'count-read'),
      s.complete(0, 'half'),
      s.complete(0, 'all'),
      s.drain(),
      ...roundTrip(s),
    ],
  ),
]);

const SIZES: readonly Seed[] = [1, 2, 3, 6, 7, 10, 16, 33, 64, 129, 256].map((num) =>
  seed(`packed-size-${num}`, `a ring of ${num}: filled with singles, drained, filled again`, { num }, (s) => [
    s.addMany(num > 4 ? 12 : 2, { out: 1 }),
    s.addMany(num > 4 ? 4 : 2, { in: 1 }),
    s.kick(),
    s.completeMany(8, 'all'),
    s.drain(),
    s.completeMany(8, 'nothing'),
    s.drain(),
    s.addMany(num > 4 ? 16 : 2, { in: 1 }),
    s.completeMany(8, 'half'),
    s.drain(),
  ]),
);

const CHAINS: readonly Seed[] = [
  seed(
    'packed-chain-as-long-as-the-ring',
    'the chain wraps onto its own head: both wrap counters turn',
    {
      num: 4,
    },
    (s) =>
      Array.from({ length: 3 }, () => [
        s.add({ out: 2, in: 2, kick: true }),
        s.add({ in: 1 }),
        s.complete(0, 'all'),
        s.get(),
      ]).flat(),
  ),
  seed(
    'packed-chain-across-the-end',
    'a chain of five that starts two slots before the end of eight',
    {
      num: 8,
    },
    (s) => [
      s.add({ out: 3, in: 3 }),
      s.complete(0, 'all'),
      s.get(),
      s.add({ out: 3, in: 2, kick: true }),
      s.add({ in: 3 }),
      s.complete(1, 'all'),
      s.complete(0, 'half'),
      s.drain(),
      ...roundTrip(s),
    ],
  ),
  seed('packed-chains-fill-256', 'chains of 36 fill a ring of 256 and cross its end', { num: 256 }, (s) => [
    Array.from({ length: 7 }, () => s.add({ out: 5, in: 4, long: true })),
    s.add({ out: 3, in: 1 }),
    s.kick(),
    s.completeMany(3, 'all'),
    s.drain(),
    s.add({ out: 5, in: 4, long: true }),
    s.add({ out: 5, in: 4, long: true, kick: true }),
    s.completeMany(8, 'one'),
    s.drain(),
  ]),
  seed('packed-chain-longer-than-the-ring', 'nine pieces in a ring of 7: -ENOSPC, no notification', { num: 7 }, (s) => [
    s.add({ out: 5, in: 4 }),
    s.add({ in: 4, long: true }),
    ...roundTrip(s),
  ]),
  seed(
    'packed-indirect-longer-than-the-ring',
    'an indirect table may hold more pieces than the ring has slots',
    {
      num: 3,
      indirect: true,
      backEnd: 'iommu',
    },
    (s) => [s.add({ out: 5, in: 4, long: true, kick: true }), s.complete(0, 'all'), s.get(), ...roundTrip(s)],
  ),
  seed(
    'packed-out-of-order',
    'chains of different lengths completed last first: ids part from slots',
    {
      num: 8,
    },
    (s) => [
      s.add({ out: 2, in: 1 }),
      s.add({ out: 1 }),
      s.add({ in: 3 }),
      s.complete(2, 'all'),
      s.get(),
      s.complete(1, 'nothing'),
      s.complete(0, 'all'),
      s.get(2),
      s.add({ out: 2, in: 2, kick: true }),
      s.add({ in: 3 }),
      s.complete(1, 'all'),
      s.complete(0, 'all'),
      s.drain(),
    ],
  ),
  seed('packed-full-ring', '-ENOSPC without a notification', { num: 4 }, (s) => [
    s.wantKicks(false),
    s.addMany(4, { out: 1 }),
    s.add({ out: 1 }),
    s.add({ in: 1 }),
    s.kick(),
    s.complete(3, 'nothing'),
    s.get(),
    s.add({ in: 1 }),
  ]),
  seed('packed-every-length', 'what a device can write and report of one buffer', { backEnd: 'swiotlb' }, (s) =>
    (['all', 'nothing', 'half', 'one', 'count-read'] as const).flatMap((fill) => [
      s.add({ out: 1, in: 1, first: 64, second: 100 }),
      s.add({ out: 2, first: 32 }),
      s.completeMany(2, fill),
      s.drain(),
    ]),
  ),
];

export const PACKED_TRAFFIC: readonly Seed[] = [...BACK_ENDS, ...SIZES, ...CHAINS];
