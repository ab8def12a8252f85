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
];
