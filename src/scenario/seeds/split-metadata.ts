// Unmap metadata from the descriptor table (facts V01 and V03, scenarios 4 to 6), as drivers took it up to Linux 5.13.

import { lookAtRing } from './phrases.js';
import { type Seed, seedsOf } from './seed.js';

const seed = seedsOf('split_ring_fuzzer');

const WRITE = 2;
const WRITE_INDIRECT = 6;

export const SPLIT_METADATA: readonly Seed[] = [
  seed(
    'v01a-write-on-out-buffer',
    'an OUT buffer filled and marked writable: its original must stay',
    {
      backEnd: 'swiotlb',
    },
    (s) => [
      s.add({ out: 1, first: 64 }),
      s.scribble('readable', 0, 0x58),
      s.poke('desc.flags', 0, { set: WRITE }),
      s.forgeUsed({ pending: 0 }, 0),
      s.get(),
      s.add({ out: 1, first: 64 }),
    ],
  ),
  seed(
    'v01b-address-of-another',
    'the first OUT buffer gets the address of the second',
    {
      backEnd: 'swiotlb',
      poolSlots: 4,
    },
    (s) => [
      s.addMany(2, { out: 1, first: 64 }),
      s.scribble('readable', 1, 0x58),
      s.copyField('desc.addr', 1, 0),
      s.poke('desc.flags', 0, { set: WRITE }),
      s.forgeUsed({ pending: 0 }, 0),
      s.get(),
      s.add({ in: 1, first: 64 }),
      s.forgeUsed({ pending: 1 }, 0),
      s.get(),
      s.complete(2, 'half'),
      s.get(),
    ],
  ),
  seed('v01c-next-out-of-range', 'desc[0].next = 0xffff in a fresh ring, then a pair (scenario 6)', {}, (s) => [
    s.poke('desc.next', 0, 'all-ones'),
    s.add({ out: 2 }),
    s.complete(0, 'all'),
    s.get(),
    s.pokeAll('desc.next', 'all-ones'),
    s.add({ out: 1, in: 2 }),
    s.add({ in: 1 }),
    s.detachAll(),
  ]),
  seed(
    'v01c-next-poisons-indirect',
    'the same before an indirect buffer, whose head comes off the same list',
    {
      num: 8,
      indirect: true,
    },
    (s) => [
      s.pokeAll('desc.next', 'all-ones'),
      s.add({ out: 1, in: 1 }),
      s.pokeAll('desc.next', { numPlus: 0 }),
      s.add({ out: 2 }),
      s.add({ out: 1 }),
      s.completeMany(3, 'all'),
      s.drain(),
      s.addMany(8, { out: 1 }),
    ],
  ),
  ...(
    [
      ['', []],
      ['-len-8', [['desc.len', 8]]],
      ['-len-0', [['desc.len', 0]]],
    ] as const
  ).map(([suffix, more]) =>
    seed(
      `v01e-indirect-poison${suffix}`,
      'an indirect head marked writable and its table replaced (scenario 5)',
      { indirect: true, backEnd: 'swiotlb' },
      (s) => [
        s.add({ out: 1, in: 2, first: 64 }),
        s.scribble('slot', 3),
        s.poke('desc.flags', 0, { set: WRITE_INDIRECT }),
        ...more.map(([field, value]) => s.poke(field, 0, { set: value })),
        s.forgeUsed({ pending: 0 }, 0),
        s.get(),
        s.add({ out: 1, in: 2 }),
      ],
    ),
  ),
  seed(
    'v01e-indirect-len-too-long',
    'a table of three said to have 28 entries: the walk would leave it',
    {
      indirect: true,
      backEnd: 'swiotlb',
    },
    (s) => [
      s.add({ out: 1, in: 2, first: 64 }),
      lookAtRing(s, 0),
      s.poke('desc.len', 0, { doublePlus: 16 }),
      s.poke('desc.len', 0, { doublePlus: 0 }),
      s.poke('desc.len', 0, { doublePlus: 0 }),
      s.forgeUsed({ pending: 0 }, 0),
      s.get(),
    ],
  ),
  seed(
    'e11-indirect-head-rewritten',
    'address, length and flags of an indirect head, NEXT left alone (E11)',
    {
      indirect: true,
      num: 8,
      backEnd: 'iommu',
    },
    (s) => [
      s.add({ out: 2, in: 1 }),
      lookAtRing(s, 0),
      s.poke('desc.addr', 0, { doublePlus: 0 }),
      s.poke('desc.len', 0, 'all-ones'),
      s.poke('desc.flags', 0, { set: WRITE }),
      s.complete(0, 'all'),
      s.get(),
    ],
  ),
  seed(
    'v03-scribbled-out-buffer',
    'one OUT descriptor, honestly completed, its bounce slot scribbled over',
    {
      backEnd: 'swiotlb',
    },
    (s) => [
      s.add({ out: 1, first: 64 }),
      s.scribble('readable', 0, 1),
      s.complete(0, 'count-read'),
      s.get(),
      s.add({ out: 3, first: 64 }),
      s.scribble('readable', 0, 2),
      s.complete(0, 'nothing'),
      s.get(),
    ],
  ),
  seed(
    'scenario-4-then-5-one-queue',
    'WRITE on an OUT buffer, then its address set to that of another in flight',
    {
      num: 8,
      backEnd: 'swiotlb',
    },
    (s) => [
      s.addMany(3, { out: 1, first: 64 }),
      s.scribble('readable', 0, 3),
      s.poke('desc.flags', 0, { set: WRITE }),
      s.complete(0, 'nothing'),
      s.get(),
      s.copyField('desc.addr', 2, 1),
      s.copyField('desc.len', 2, 1),
      s.complete(0, 'nothing'),
      s.get(),
      s.complete(0, 'nothing'),
      s.get(),
    ],
  ),
  seed(
    'desc-everything-rewritten',
    'all fields of all descriptors under a full ring',
    {
      num: 8,
      backEnd: 'swiotlb',
    },
    (s) => [
      s.add({ out: 2, in: 1, first: 64 }),
      s.addMany(3, { in: 1, first: 64 }),
      s.addMany(2, { out: 1 }),
      lookAtRing(s, 0),
      s.pokeAll('desc.addr', { add: 15 }),
      s.pokeAll('desc.len', 'all-ones'),
      s.pokeAll('desc.flags', 'all-ones'),
      s.pokeAll('desc.next', { set: 0x8000 }),
      s.completeMany(8, 'all'),
      s.drain(),
      s.addMany(8, { out: 1 }),
    ],
  ),
  seed('avail-ring-rewritten', 'what the driver published is never read back', { num: 4, eventIndex: true }, (s) => [
    s.addMany(2, { out: 1 }),
    s.complete(0, 'all'),
    s.poke('avail.idx', 0, { add: -5 }),
    s.pokeAll('avail.ring', 'all-ones'),
    s.poke('avail.flags', 0, 'all-ones'),
    s.poke('used_event', 0, { set: 0x8000 }),
    s.get(),
    s.add({ in: 1, kick: true }),
    s.completeMany(3, 'all'),
    s.drain(),
  ]),
];
