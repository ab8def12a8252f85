// A VDUSE domain, seen from the ring (docs/dma.md): coherent memory that moves in the domain, tables that share a bounce
// page with each other, and addresses in the ring that name other parts of the domain.

import type { Configuration } from '../configuration.js';
import { roundTrip } from './phrases.js';
import { type Build, type DefineSeed, type Seed, seedsOf } from './seed.js';

const LAYOUTS = ['split', 'packed'] as const;

/** The target of the layout, with the domain as its back end. */
function seedOf(layout: 'split' | 'packed'): DefineSeed {
  const define = seedsOf(layout === 'split' ? 'split_ring_fuzzer' : 'packed_ring_fuzzer');
  return (name: string, why: string, part: Partial<Configuration>, build: Build) =>
    define(`vduse-${layout}-${name}`, why, { ...part, backEnd: 'vduse' }, build);
}

const TRAFFIC: readonly Seed[] = LAYOUTS.flatMap((layout) => {
  const seed = seedOf(layout);
  return [
    seed('there-and-back', 'requests with answers through bounce pages, all of them and in parts', { num: 8 }, (s) => [
      ...roundTrip(s),
      s.add({ out: 2, in: 3 }),
      s.add({ in: 1, first: 6144, offset: 0xf00 }),
      s.add({ out: 1, first: 2049 }),
      s.complete(2, 'count-read'),
      s.complete(0, 'half'),
      s.complete(0, 'one'),
      s.drain(),
    ]),
    seed(
      'tables-share-a-page',
      'indirect tables lie side by side in the heap, so their bounce page outlives each of them',
      { num: 8, indirect: true },
      (s) => [
        s.addMany(3, { out: 2, in: 1 }),
        s.scribble('granules', 1),
        s.complete(1, 'all'),
        s.get(),
        s.add({ out: 1, in: 2, kick: true }),
        s.scribble('readable', 0),
        s.completeMany(3, 'half'),
        s.drain(),
        s.add({ out: 2, in: 3 }),
        s.reset(),
        ...roundTrip(s),
      ],
    ),
    seed(
      'ring-moves-in-the-domain',
      'each resize gives the ring another address, and the old one is no longer reached',
      { num: 4 },
      (s) => [
        s.add({ out: 1, in: 1 }),
        s.resize(8),
        ...roundTrip(s),
        s.resize(2),
        s.add({ in: 1, kick: true }),
        s.complete(0, 'all'),
        s.get(),
        s.resize(64),
        ...roundTrip(s),
      ],
    ),
    seed(
      'address-of-another-mapping',
      'desc.addr and desc.len name the bytes of another buffer of the domain, then none',
      { num: 8 },
      (s) => [
        s.add({ out: 1, first: 64 }),
        s.add({ in: 1, first: 100 }),
        s.add({ in: 1, first: 64 }),
        s.scribble('writable', 1),
        s.copyField('desc.addr', 1, 0),
        s.poke('desc.len', 1, 'all-ones'),
        s.complete(1, 'all'),
        s.get(),
        s.poke('desc.addr', 2, { doublePlus: 1 }),
        s.complete(0, 'nothing'),
        s.complete(0, 'all'),
        s.drain(),
      ],
    ),
  ];
});

const failing = seedsOf('mapping_error_fuzzer');

const FAILURES: readonly Seed[] = LAYOUTS.flatMap((layout) => [
  ...[4].map((k) =>
    failing(
      `vduse-${layout}-map-${k}-fails`,
      'pieces that share a bounce page are undone one by one, next to a buffer that stays in flight',
      { packed: layout === 'packed', num: 8, backEnd: 'vduse' },
      (s) => [
        s.add({ out: 1, in: 1, first: 64 }),
        s.fail('map', k - 1),
        s.add({ out: 3, in: 2 }),
        s.scribble('granules', 0),
        s.add({ out: 3, in: 2 }),
        s.completeMany(2, 'all'),
        s.drain(),
      ],
    ),
  ),
  failing(
    `vduse-${layout}-resize-fails-and-works`,
    'a resize that finds no coherent memory, then one that does: what was freed is out of reach',
    { packed: layout === 'packed', num: 4, poolSlots: 16, backEnd: 'vduse' },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.fail('coherent', 0),
      s.resize(16),
      s.resize(8),
      s.add({ out: 1, in: 1, kick: true }),
      s.complete(0, 'all'),
      s.get(),
      s.detachAll(),
      s.add({ in: 1 }),
    ],
  ),
]);

export const VDUSE_RINGS: readonly Seed[] = [...TRAFFIC, ...FAILURES];
