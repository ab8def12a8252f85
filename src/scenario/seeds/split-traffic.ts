// Split rings and a device that keeps to the specification: buffers of every shape over every back end.

import { BACK_END_NAMES } from '../../dma/back-end.js';
import { roundTrip } from './phrases.js';
import { type Seed, seedsOf } from './seed.js';

const seed = seedsOf('split_ring_fuzzer');

const BACK_ENDS: readonly Seed[] = BACK_END_NAMES.flatMap((backEnd) => [
  seed(`split-direct-${backEnd}`, `requests and answers over ${backEnd}, twice around the ring`, { backEnd }, (s) =>
    Array.from({ length: 5 }, () => roundTrip(s)),
  ),
  seed(
    `split-indirect-${backEnd}`,
    `the same through indirect tables, beside a single piece that goes without`,
    { backEnd, indirect: true },
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

const SIZES: readonly Seed[] = [1, 2, 16, 32, 64, 128, 256].map((num) =>
  seed(`split-size-${num}`, `a ring of ${num}: filled with singles, drained, filled again`, { num }, (s) => [
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
  seed('split-chain-as-long-as-the-ring', 'one chain of 32 takes all of a ring of 32, twice', { num: 32 }, (s) => [
    s.add({ out: 5, in: 3, long: true, kick: true }),
    s.add({ out: 1 }),
    s.complete(0, 'all'),
    s.get(),
    s.add({ out: 3, in: 3, long: true, kick: true }),
    s.add({ out: 5, in: 3 }),
    s.add({ in: 1 }),
    s.completeMany(2, 'half'),
    s.drain(),
    s.add({ out: 5, in: 3, long: true }),
  ]),
  seed('split-chains-fill-256', 'chains of 36 fill a ring of 256 and cross its end', { num: 256, align: 4096 }, (s) => [
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
  seed(
    'split-singles-fill-256',
    'every descriptor is the head of a buffer, and each is taken back',
    { num: 256 },
    (s) => Array.from({ length: 16 }, () => s.addMany(16, { in: 1 })),
  ),
  seed('split-chain-longer-than-the-ring', 'nine pieces in a ring of 8: -ENOSPC, direct or not', { num: 8 }, (s) => [
    s.add({ out: 5, in: 4 }),
    s.add({ in: 4, long: true }),
    ...roundTrip(s),
  ]),
  seed(
    'split-indirect-longer-than-the-ring',
    'an indirect table may hold more pieces than the ring has descriptors',
    { num: 4, indirect: true, backEnd: 'iommu' },
    (s) => [s.add({ out: 5, in: 4, long: true, kick: true }), s.complete(0, 'all'), s.get(), ...roundTrip(s)],
  ),
  seed('split-out-of-order', 'three in flight, completed last first and from the middle', { num: 8 }, (s) => [
    s.add({ out: 2, in: 1 }),
    s.add({ out: 1 }),
    s.add({ in: 3 }),
    s.complete(2, 'all'),
    s.get(),
    s.complete(1, 'nothing'),
    s.complete(0, 'all'),
    s.get(2),
    s.add({ out: 5, in: 3, kick: true }),
    s.complete(0, 'all'),
    s.get(),
  ]),
  seed('split-full-ring', '-ENOSPC notifies where the buffer has pieces to read, and only there', { num: 4 }, (s) => [
    s.wantKicks(false),
    s.addMany(4, { out: 1 }),
    s.add({ out: 1 }),
    s.add({ in: 1 }),
    s.kick(),
    s.complete(3, 'nothing'),
    s.get(),
    s.add({ in: 1 }),
  ]),
  seed('split-indirect-full-ring', 'no free descriptor: no table is tried', { num: 2, indirect: true }, (s) => [
    s.addMany(2, { out: 1, in: 1 }),
    s.add({ out: 1, in: 1 }),
    s.add({ in: 2 }),
    s.completeMany(2, 'all'),
    s.drain(),
  ]),
  seed('split-every-length', 'what a device can write and report of one buffer', { backEnd: 'swiotlb' }, (s) =>
    (['all', 'nothing', 'half', 'one', 'count-read'] as const).flatMap((fill) => [
      s.add({ out: 1, in: 1, first: 64, second: 100 }),
      s.add({ out: 2, first: 32 }),
      s.completeMany(2, fill),
      s.drain(),
    ]),
  ),
  seed('split-alignments', 'a used ring on a page of its own', { num: 16, align: 4096, backEnd: 'iommu' }, (s) => [
    ...roundTrip(s),
    s.resize(64),
    ...roundTrip(s),
    s.resize(2),
    ...roundTrip(s),
  ]),
  seed('split-align-64', 'a used ring on a cache line', { num: 1, align: 64 }, (s) => [
    s.add({ out: 1, kick: true }),
    s.complete(0, 'all'),
    s.get(),
    s.resize(8),
    ...roundTrip(s),
  ]),
  seed('split-align-16', 'a used ring on 16 bytes', { num: 2, align: 16, eventIndex: true }, (s) => roundTrip(s)),
];

export const SPLIT_TRAFFIC: readonly Seed[] = [...BACK_ENDS, ...SIZES, ...CHAINS];
