// Addresses that come round again: an IOMMU and a VDUSE domain hand theirs out as late as possible a second time, so that
// only long inputs see what happens at the end of the range.

import { HUGE_SIZE } from '../operands.js';
import type { Step } from '../scenario.js';
import { roundTrip } from './phrases.js';
import { type Seed, seedsOf } from './seed.js';
import type { Steps } from './steps.js';

/** Buffers of 66 granules each, until the 4,096 of the IOMMU have been used once. One is always left in flight. */
function onceRound(s: Steps): Step[] {
  const lap = (): Step[] => [s.addMany(4, { in: 1, first: HUGE_SIZE }), s.completeMany(4, 'one'), s.drain()];
  return [s.add({ out: 1, in: 1, first: 64 }), ...Array.from({ length: 16 }, lap).flat()];
}

/** Rings of several pages, one after the other, until the region for coherent memory has been gone through. */
function resizeOften(s: Steps): Step[] {
  const lap = (): Step[] => [s.resize(256), s.resize(4)];
  return [...Array.from({ length: 26 }, lap).flat(), ...roundTrip(s), s.resize(128), ...roundTrip(s)];
}

/** As many buffers as fill the pool, which the device reads, then as many that it fills. */
function toTheEnd(size: number, count: number): (s: Steps) => Step[] {
  return (s) => [
    ...Array.from({ length: count }, () => s.add({ out: 1, first: size })),
    s.completeMany(count, 'all'),
    s.drain(),
    ...Array.from({ length: count }, () => s.add({ in: 1, first: size })),
    s.completeMany(count, 'all'),
    s.drain(),
  ];
}

const bounce = seedsOf('bounce_fuzzer');
const split = seedsOf('split_ring_fuzzer');
const packed = seedsOf('packed_ring_fuzzer');

export const ADDRESS_SPACE: readonly Seed[] = [
  split('split-iommu-range-used-up', 'addresses of the IOMMU come round again', { num: 8, backEnd: 'iommu' }, (s) => [
    ...onceRound(s),
    s.add({ in: 1, first: 6144 }),
    ...roundTrip(s),
  ]),
  packed('packed-iommu-range-used-up', 'the same with tables', { num: 8, indirect: true, backEnd: 'iommu' }, (s) => [
    ...onceRound(s),
    s.add({ out: 2, in: 2 }),
    s.completeMany(3, 'all'),
    s.drain(),
    ...roundTrip(s),
  ]),
  split(
    'split-vduse-region-used-up',
    'each new ring moves on in the region for coherent memory, until it begins again',
    { num: 4, align: 4096, backEnd: 'vduse' },
    resizeOften,
  ),
  packed(
    'packed-vduse-region-used-up',
    'the same with three allocations a ring',
    { num: 4, backEnd: 'vduse' },
    resizeOften,
  ),
  bounce(
    'swiotlb-pool-to-its-end',
    'the last slot of the pool is used to its last byte, both ways',
    { num: 4, poolSlots: 4, backEnd: 'swiotlb' },
    toTheEnd(2048, 4),
  ),
  bounce(
    'vduse-pool-to-its-end',
    'the last bounce page is used to its last byte, both ways',
    { num: 4, poolSlots: 4, backEnd: 'vduse' },
    toTheEnd(4096, 2),
  ),
  bounce(
    'vduse-run-beyond-the-pool',
    'a piece that crosses a page would share the last bounce page and need one more: there is none',
    { num: 64, poolSlots: 4, backEnd: 'vduse' },
    (s) => [
      s.clientMap({ direction: 'to-device', size: 8 }),
      s.add({ out: 5, in: 4, first: 64, offset: 0xf00, long: true }),
      s.clientUnmap(0),
      s.add({ out: 2, in: 1, first: 64 }),
      s.complete(0, 'all'),
      s.drain(),
    ],
  ),
  split(
    'split-vduse-mappings-used-up',
    'more mappings than a domain keeps, undone piece by piece, and all the others as they were',
    { num: 256, indirect: true, backEnd: 'vduse' },
    (s) => [
      ...[1, 2, 3, 4, 5].map(() => s.addMany(16, { out: 5, in: 1 })),
      s.completeMany(8, 'all'),
      s.drain(),
      s.addMany(16, { out: 5, in: 1 }),
    ],
  ),
  bounce(
    'vduse-pages-found-again',
    'mappings of several pages share what smaller ones brought into the domain, side by side and page by page',
    { num: 8, poolSlots: 16, backEnd: 'vduse' },
    (s) => [
      s.clientMap({ direction: 'to-device', size: 8 }),
      s.add({ out: 2, in: 2, first: 6144, offset: 0xf00 }),
      s.add({ out: 3, in: 2, first: 4096, offset: 0x7f0 }),
      s.complete(0, 'all'),
      s.get(),
      s.add({ out: 1, in: 3, first: 3000, offset: 0xf00 }),
      s.completeMany(2, 'half'),
      s.drain(),
      s.add({ out: 2, in: 1, first: 6144, offset: 0x7f0 }),
      s.add({ out: 5, in: 4, first: 2049, offset: 0xf00 }),
      s.completeMany(2, 'all'),
      s.drain(),
    ],
  ),
];
