// Maps and table allocations that fail (facts V02, V06, V08, V16 and V28, scenario 7). Each at every place that it has in
// an add, because what must be undone differs from place to place.

import type { Step } from '../scenario.js';
import { roundTrip } from './phrases.js';
import { type Seed, seedsOf } from './seed.js';
import type { Steps } from './steps.js';

const seed = seedsOf('mapping_error_fuzzer');

const LAYOUTS = [
  ['split', false],
  ['packed', true],
] as const;

const PLACES = [0, 1, 2, 3, 4] as const;

// Scenario 7.
const NEAR_THE_END: readonly Seed[] = PLACES.map((k) =>
  seed(
    `packed-near-the-end-map-${k + 1}-fails`,
    `a chain of five from slot 6 of 8, map ${k + 1} fails and what stands in the ring is rewritten; then a single there`,
    { packed: true, num: 8, backEnd: 'swiotlb' },
    (s) => [
      s.addMany(6, { in: 1 }),
      s.completeMany(6, 'all'),
      s.drain(),
      ...rewriteBefore(s, k),
      s.fail('map', k),
      s.add({ out: 3, in: 2 }),
      s.kick(),
      s.add({ out: 1, kick: true }),
      s.complete(0, 'all'),
      s.get(),
      s.add({ out: 3, in: 2, kick: true }),
      s.complete(0, 'all'),
      s.get(),
    ],
  ),
);

/** Rewrites the last slot that the driver has written when map `k` (from 0) fails, or the stale head before it. */
function rewriteBefore(s: Steps, k: number): Step[] {
  if (k < 2) return [s.poke('desc.flags', 6, 'all-ones')];
  const moment = k === 2 ? 2 : 3;
  const slot = k === 2 ? 6 : 7;
  return [
    s.defer('map', moment),
    s.poke('desc.addr', slot, { doublePlus: 1 }),
    s.defer('map', moment),
    s.poke('desc.flags', slot, 'all-ones'),
  ];
}

const INDIRECT_NEAR_THE_END: readonly Seed[] = ([1, 2, 3, 4, 5] as const).map((free) =>
  seed(
    `packed-fallback-with-${free}-free`,
    `the map of an indirect table fails with ${free} of 6 slots free: the pieces go into the ring, or do not fit`,
    { packed: true, num: 6, indirect: true },
    (s) => [
      Array.from({ length: 6 - free }, () => s.add({ in: 1 })),
      s.fail('map', 4),
      s.add({ out: 2, in: 2 }),
      s.add({ out: 2, in: 2 }),
      s.kick(),
      s.completeMany(7, 'all'),
      s.drain(),
    ],
  ),
);

const EVERY_MAP: readonly Seed[] = LAYOUTS.flatMap(([layout, packed]) => [
  ...PLACES.map((k) =>
    seed(
      `${layout}-direct-map-${k + 1}-fails`,
      `map ${k + 1} of five fails: what was mapped is unmapped in its own direction`,
      { packed, num: 8, backEnd: k % 2 === 0 ? 'swiotlb' : 'iommu' },
      (s) => [
        s.add({ in: 1 }),
        s.fail('map', k),
        s.add({ out: 3, in: 2 }),
        s.add({ out: 3, in: 2 }),
        s.completeMany(2, 'all'),
        s.drain(),
      ],
    ),
  ),
  ...[0, 2, 3].map((k) =>
    seed(
      `${layout}-indirect-map-${k + 1}-fails`,
      `map ${k + 1} of three pieces and their table fails`,
      { packed, num: 8, indirect: true, backEnd: 'swiotlb' },
      (s) => [s.fail('map', k), s.add({ out: 2, in: 1 }), s.completeMany(2, 'all'), s.drain(), ...roundTrip(s)],
    ),
  ),
  seed(
    `${layout}-every-other-map-fails`,
    'a pattern of failures over many adds',
    { packed, num: 4, indirect: true, backEnd: 'iommu' },
    (s) => [
      s.fail('map', 1, 0x55),
      s.add({ out: 1, in: 1 }),
      s.add({ out: 1, in: 1 }),
      s.fail('map', 0, 0xaa),
      s.add({ out: 1 }),
      s.add({ out: 2, in: 1 }),
      s.add({ in: 1 }),
      s.add({ in: 1 }),
      s.fail('map', 2, 0xff),
      s.add({ out: 1, in: 2 }),
      s.completeMany(8, 'half'),
      s.drain(),
      ...roundTrip(s),
    ],
  ),
  seed(
    `${layout}-no-table`,
    'no memory for an indirect table: the pieces go into the ring (V16)',
    { packed, num: 8, indirect: true },
    (s) => [
      s.fail('kmalloc', 0),
      s.add({ out: 1, in: 2 }),
      s.add({ out: 1, in: 2 }),
      s.fail('kmalloc', 0),
      s.add({ out: 5, in: 4 }),
      s.fail('kmalloc', 0),
      s.fail('map', 1),
      s.add({ out: 1, in: 1 }),
      s.completeMany(2, 'all'),
      s.drain(),
    ],
  ),
  seed(
    `${layout}-premapped-map-fails`,
    "a map of the client's own fails before the driver sees the buffer; then that of the table",
    { packed, num: 8, indirect: true, backEnd: 'swiotlb' },
    (s) => [
      s.fail('map', 0),
      s.add({ out: 1, in: 1, premapped: true }),
      s.fail('map', 1),
      s.add({ out: 1, in: 1, premapped: true }),
      s.fail('map', 2),
      s.add({ out: 1, in: 1, premapped: true }),
      s.add({ out: 1, in: 1, premapped: true }),
      s.completeMany(2, 'all'),
      s.drain(),
    ],
  ),
  seed(
    `${layout}-pool-runs-out`,
    'four slots of bounce pool: a chain of five cannot be mapped, and the next one can',
    { packed, num: 8, backEnd: 'swiotlb', poolSlots: 4 },
    (s) => [
      s.add({ out: 3, in: 2 }),
      s.add({ out: 2, in: 2 }),
      s.add({ in: 1 }),
      s.complete(0, 'all'),
      s.get(),
      s.add({ in: 1, first: 6144 }),
      s.add({ in: 1, first: 2048 }),
    ],
  ),
  seed(
    `${layout}-pool-runs-out-indirect`,
    'the pieces take the whole pool, the table gets none (V08)',
    { packed, num: 8, indirect: true, backEnd: 'swiotlb', poolSlots: 4 },
    (s) => [
      s.add({ out: 2, in: 2 }),
      s.add({ out: 1, in: 1 }),
      s.completeMany(3, 'all'),
      s.drain(),
      s.add({ out: 2, in: 2 }),
      s.add({ out: 1, in: 1 }),
    ],
  ),
  seed(
    `${layout}-none-cannot-fail`,
    'without a DMA API nothing is mapped, so no map can fail',
    { packed, num: 8, backEnd: 'none', indirect: true },
    (s) => [
      s.fail('map', 0, 0xff),
      s.add({ out: 2, in: 1 }),
      s.add({ out: 1 }),
      s.fail('kmalloc', 0, 0xff),
      s.add({ out: 1, in: 1 }),
      s.query(),
      s.completeMany(3, 'all'),
      s.drain(),
    ],
  ),
  seed(
    `${layout}-forged-during-failed-add`,
    'a lie placed in the map window of an add that then fails',
    { packed, num: 8, backEnd: 'swiotlb' },
    (s) => [
      s.addMany(2, { in: 1 }),
      s.complete(0, 'all'),
      s.fail('map', 2),
      s.defer('map', 1),
      s.forgeUsed({ pending: 0 }, 4),
      s.defer('map', 2),
      s.scribble('readable', 0, 9),
      s.defer('unmap', 1),
      s.copyField('desc.len', 0, 2),
      s.armLoad(2, 'xor', 1),
      s.add({ out: 2, in: 1 }),
      s.get(2),
      s.detachAll(),
      ...roundTrip(s),
    ],
  ),
]);

const SPLIT_ONLY: readonly Seed[] = [
  seed(
    'v06-indirect-map-fails-with-a-head-in-use',
    'free_head is not 0 when the third piece of a table cannot be mapped: 0 and 1 are unmapped, by the table (E25)',
    { num: 8, indirect: true },
    (s) => [
      s.add({ out: 1 }),
      s.fail('map', 2),
      s.add({ out: 3 }),
      s.add({ out: 3 }),
      s.completeMany(2, 'all'),
      s.drain(),
    ],
  ),
  seed(
    'v06-head-beyond-the-failing-piece',
    'four heads in use and the second piece fails: a walk from the head would leave the table',
    { num: 8, indirect: true, backEnd: 'swiotlb' },
    (s) => [
      s.addMany(4, { out: 1 }),
      s.fail('map', 1),
      s.add({ out: 3 }),
      s.completeMany(4, 'all'),
      s.drain(),
      s.add({ out: 3 }),
    ],
  ),
  seed(
    'split-map-window-rewrites-before-failure',
    'between the third and the failing fourth map descriptors already written change',
    { num: 8, backEnd: 'swiotlb' },
    (s) => [
      s.fail('map', 3),
      s.defer('map', 3),
      s.poke('desc.next', 0, { set: 5 }),
      s.defer('map', 3),
      s.poke('desc.len', 1, 'all-ones'),
      s.defer('map', 3),
      s.poke('desc.flags', 0, { set: 2 }),
      s.add({ out: 3, in: 1, first: 64 }),
      s.add({ out: 3, first: 64 }),
      s.complete(0, 'all'),
      s.get(),
    ],
  ),
  seed('failure-without-a-pattern', 'an empty pattern means one failure', { num: 4 }, (s) => [
    s.fail('map', 1, 0),
    s.add({ out: 1, in: 1 }),
    s.add({ out: 1, in: 1 }),
    s.complete(0, 'all'),
    s.get(),
  ]),
];

const PACKED_ONLY: readonly Seed[] = [
  seed(
    'e8-packed-fourth-map-fails',
    'slots 1 and 2 get the flags of the lap before, slot 0 stays untouched (E8)',
    { packed: true, num: 8 },
    (s) => [s.fail('map', 3), s.add({ out: 2, in: 2 }), s.add({ out: 1, kick: true }), s.complete(0, 'all'), s.get()],
  ),
  seed(
    'e10-packed-fallback-succeeds',
    'a piece of the table cannot be mapped, and all of them go into the ring (E10)',
    { packed: true, num: 8, indirect: true, backEnd: 'swiotlb' },
    (s) => [s.fail('map', 1), s.add({ out: 2, in: 2, kick: true }), s.complete(0, 'all'), s.get(), ...roundTrip(s)],
  ),
  seed(
    'e10-packed-fallback-fails-too',
    'neither the table nor the ring can be mapped: -EIO',
    { packed: true, num: 8, indirect: true },
    (s) => [s.fail('map', 4, 0b101), s.add({ out: 2, in: 2 }), ...roundTrip(s)],
  ),
  seed(
    'packed-failure-in-the-second-lap',
    'the stale flags of a failed add are those of the first lap then',
    { packed: true, num: 4 },
    (s) => [
      s.add({ out: 2, in: 1 }),
      s.complete(0, 'all'),
      s.get(),
      s.add({ out: 1, in: 1 }),
      s.complete(0, 'all'),
      s.get(),
      s.fail('map', 2),
      s.add({ out: 2, in: 1 }),
      s.add({ out: 1, kick: true }),
      s.complete(0, 'all'),
      s.get(),
      s.fail('map', 3),
      s.add({ out: 2, in: 2 }),
      s.add({ out: 2, in: 2 }),
    ],
  ),
];

export const FAILING_MAPS: readonly Seed[] = [
  ...NEAR_THE_END,
  ...INDIRECT_NEAR_THE_END,
  ...EVERY_MAP,
  ...SPLIT_ONLY,
  ...PACKED_ONLY,
];
