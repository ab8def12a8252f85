// The chain length from the shared NEXT flag (facts V04, scenarios 1 to 3): one flipped bit must decide nothing.

import { lookAtRing } from './phrases.js';
import { type Seed, seedsOf } from './seed.js';

const seed = seedsOf('split_ring_fuzzer');

const NEXT_BIT = 0;

/** Orders in which three buffers can be completed, as positions among those still pending. */
const ORDERS: readonly (readonly [name: string, first: number, second: number])[] = [
  ['012', 0, 0],
  ['021', 0, 1],
  ['102', 1, 0],
  ['120', 1, 1],
  ['201', 2, 0],
  ['210', 2, 1],
];

// Scenario 1 and E1: the chain's length from the shared flag (V04).
const NEXT_ON_SINGLE: readonly Seed[] = ORDERS.map(([name, first, second]) =>
  seed(
    `v04-next-on-single-order-${name}`,
    'NEXT set on a single between a pair and a single: only the single may be unmapped, in whatever order',
    { num: 8 },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.add({ out: 1 }),
      s.add({ in: 1 }),
      lookAtRing(s, 0),
      s.poke('desc.flags', 2, { flip: NEXT_BIT }),
      s.complete(first, 'all'),
      s.get(),
      s.add({ out: 1 }),
      s.complete(second, 'all'),
      s.get(),
      s.completeMany(2, 'all'),
      s.drain(),
      s.addMany(8, { in: 1 }),
      s.reset(),
      s.add({ out: 1, in: 1 }),
    ],
  ),
);

const NEXT_FLAG: readonly Seed[] = [
  seed('v04-min', 'A pair, B and C single; NEXT on B; B completed: one unmap, five free', { num: 8 }, (s) => [
    s.add({ out: 1, in: 1 }),
    s.add({ out: 1 }),
    s.add({ in: 1 }),
    lookAtRing(s, 0),
    s.poke('desc.flags', 2, { flip: NEXT_BIT }),
    s.complete(1, 'nothing'),
    s.get(),
  ]),
  seed(
    'e1-slot-reused-after-next',
    'D takes what B gave back; where C was given back too the next OUT buffer gets the slot C still has (E1)',
    {
      num: 8,
      backEnd: 'swiotlb',
      poolSlots: 4,
    },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.add({ out: 1, first: 64 }),
      s.add({ in: 1, first: 64 }),
      lookAtRing(s, 0),
      s.poke('desc.flags', 2, { flip: NEXT_BIT }),
      s.complete(1, 'nothing'),
      s.get(),
      s.addMany(2, { out: 1, first: 100 }),
      lookAtRing(s, 1),
      s.complete(1, 'all'),
      s.get(),
      s.scribble('slot', 3),
      s.completeMany(2, 'all'),
      s.drain(),
    ],
  ),
  seed(
    'e13-free-list-two-cycle',
    'nine singles after a NEXT that would have made nine descriptors of eight (E13)',
    {
      num: 8,
    },
    (s) => [
      s.addMany(3, { out: 1 }),
      s.add({ in: 1 }),
      lookAtRing(s, 3),
      s.poke('desc.flags', 1, { flip: NEXT_BIT }),
      s.complete(1, 'nothing'),
      s.get(),
      s.complete(1, 'nothing'),
      s.get(),
      s.completeMany(2, 'all'),
      s.drain(),
      s.addMany(8, { in: 1 }),
      s.add({ in: 1 }),
      s.completeMany(8, 'all'),
      s.drain(),
    ],
  ),
  seed(
    'e22-next-into-free-entries',
    'NEXT set where the walk would go on into free descriptors (E22)',
    {
      num: 8,
    },
    (s) => [
      s.addMany(4, { in: 1 }),
      s.completeMany(4, 'all'),
      s.drain(),
      s.add({ in: 1 }),
      lookAtRing(s, 0),
      s.pokeAll('desc.flags', { set: 3 }),
      s.complete(0, 'all'),
      s.get(),
      s.addMany(8, { out: 1 }),
      s.add({ out: 1 }),
    ],
  ),
  seed(
    'e2-next-off-head',
    'NEXT cleared on the head of three: all three must be unmapped (E2, scenario 2)',
    {
      num: 8,
    },
    (s) => [
      s.add({ out: 2, in: 1 }),
      lookAtRing(s, 0),
      s.poke('desc.flags', 0, { flip: NEXT_BIT }),
      s.complete(0, 'all'),
      s.get(),
      s.addMany(8, { out: 1 }),
      s.add({ in: 1 }),
      s.detachAll(),
      s.add({ out: 1, in: 1 }),
    ],
  ),
  seed('v04-next-off-middle', 'the same on the middle of three', { num: 8, backEnd: 'iommu' }, (s) => [
    s.add({ out: 2, in: 1 }),
    lookAtRing(s, 0),
    s.poke('desc.flags', 1, { flip: NEXT_BIT }),
    s.complete(0, 'all'),
    s.get(),
    s.addMany(8, { out: 1 }),
    s.add({ in: 1 }),
    s.detachAll(),
    s.add({ out: 1, in: 1 }),
  ]),
  seed(
    'e3-next-on-all-singles',
    'a full ring of singles, NEXT on all: one completion must end (E3, scenario 3)',
    {
      num: 8,
    },
    (s) => [
      s.addMany(8, { in: 1 }),
      lookAtRing(s, 0),
      s.pokeAll('desc.flags', { flip: NEXT_BIT }),
      s.complete(0, 'all'),
      s.get(),
      s.complete(3, 'all'),
      s.get(),
      s.reset(),
      s.add({ in: 1 }),
    ],
  ),
  seed('e3-next-on-all-indirect-heads', 'the same with indirect heads', { num: 4, indirect: true }, (s) => [
    s.addMany(4, { out: 1, in: 1 }),
    lookAtRing(s, 0),
    s.pokeAll('desc.flags', { flip: NEXT_BIT }),
    s.complete(1, 'all'),
    s.get(),
    s.complete(0, 'all'),
    s.get(),
    s.detachAll(),
  ]),
  seed(
    'e12-next-on-indirect-head',
    'the next buffer has a table of its own, which must stay (E12)',
    {
      num: 8,
      indirect: true,
    },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.add({ out: 2, in: 1 }),
      lookAtRing(s, 0),
      s.poke('desc.flags', 0, { flip: NEXT_BIT }),
      s.complete(0, 'all'),
      s.get(),
      s.add({ out: 1, in: 2 }),
      s.complete(0, 'all'),
      s.get(),
      s.complete(0, 'all'),
      s.get(),
    ],
  ),
  seed(
    'v04-next-without-dma-api',
    'NEXT decides nothing where there is nothing to unmap either',
    {
      num: 8,
      backEnd: 'none',
    },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.add({ out: 1 }),
      s.add({ in: 1 }),
      lookAtRing(s, 0),
      s.poke('desc.flags', 2, { flip: NEXT_BIT }),
      s.poke('desc.flags', 0, { flip: NEXT_BIT }),
      s.complete(1, 'nothing'),
      s.get(),
      s.complete(0, 'all'),
      s.get(),
      s.addMany(8, { in: 1 }),
      s.reset(),
    ],
  ),
  seed('v01d-loop', 'a pair whose second descriptor points back at the first', { num: 4 }, (s) => [
    s.add({ out: 1, in: 1 }),
    lookAtRing(s, 0),
    s.poke('desc.flags', 1, { flip: NEXT_BIT }),
    s.poke('desc.next', 1, { set: 0 }),
    s.complete(0, 'all'),
    s.get(),
    s.add({ out: 2, in: 1 }),
    s.pokeAll('desc.next', { set: 0 }),
    s.pokeAll('desc.flags', { set: 1 }),
    s.complete(0, 'all'),
    s.get(),
    s.add({ out: 1 }),
  ]),
];

export const SPLIT_NEXT_FLAG: readonly Seed[] = [...NEXT_ON_SINGLE, ...NEXT_FLAG];
