// Split rings and a device that lies: replays of the known holes (facts/virtio-ring.md 3.2 and 5), with the names that
// those lists give them. A queue that is written right lets every one of them pass.

import type { Configuration } from '../configuration.js';
import type { Step } from '../scenario.js';
import { seed as anySeed, type Seed } from './seed.js';
import type { ForgedId, Steps } from './steps.js';

function seed(
  name: string,
  why: string,
  part: Partial<Configuration>,
  build: (s: Steps) => readonly (Step | readonly Step[])[],
): Seed {
  return anySeed('split_ring_fuzzer', name, why, part, build);
}

const NEXT_BIT = 0;
const WRITE = 2;
const WRITE_INDIRECT = 6;

/** A device looks at the ring when it writes into a buffer; this one can be written to. */
function lookAtRing(s: Steps, writable: number): Step {
  return s.scribble('writable', writable);
}

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

// Scenarios 4 to 6: metadata from the descriptor table (V01, V03).
const METADATA: readonly Seed[] = [
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

const CLASSIC_IDS: readonly (readonly [name: string, id: ForgedId])[] = [
  ['num', 'num'],
  ['num-minus-1', 'num-minus-1'],
  ['live-plus-0x10000', 'live-plus-0x10000'],
  ['all-ones', 'all-ones'],
  ['live-plus-0x80000000', 'live-plus-0x80000000'],
  ['live-plus-0x100', 'live-plus-0x100'],
  ['0xffff', '0xffff'],
];

/** A client's receive loop, as V12 and V29 run it on a broken queue. */
function pollLoop(s: Steps): Step[] {
  return [s.get(), s.enableCb(), s.get(), s.enableCbDelayed(), s.get(), s.prepareAndPoll(), s.interrupt()];
}

// Scenario 9 without in-order, and the one-liners about the used ring.
const USED_RING: readonly Seed[] = [
  ...CLASSIC_IDS.map(([name, id]) =>
    seed(`forged-id-${name}`, 'an id that no buffer in flight has: broken, and nothing unmapped', { num: 8 }, (s) => [
      s.add({ out: 1, in: 1 }),
      s.add({ in: 1 }),
      s.forgeUsed(id, 4),
      ...pollLoop(s),
      s.add({ in: 1 }),
      s.reset(),
      s.add({ in: 1 }),
      s.complete(0, 'all'),
      s.get(),
    ]),
  ),
  seed('forged-id-never-issued', 'an id in range that was never given out', { num: 8 }, (s) => [
    s.add({ out: 1, in: 1 }),
    s.forgeUsed(5, 4),
    ...pollLoop(s),
    s.detachAll(),
  ]),
  seed('forged-id-mid-chain', 'the second descriptor of a chain is no head', { num: 8 }, (s) => [
    s.add({ out: 2, in: 1 }),
    s.forgeUsed({ nearPending: 1 }, 4),
    ...pollLoop(s),
    s.detachAll(),
  ]),
  seed('forged-id-free-list-head', 'the descriptor that comes off the free list next', { num: 8 }, (s) => [
    s.add({ out: 1, in: 1 }),
    s.forgeUsed(2, 4),
    s.get(),
    s.add({ in: 1 }),
    s.reset(),
  ]),
  seed('replayed-id', 'the same used entry twice', { num: 4 }, (s) => [
    s.addMany(2, { in: 1 }),
    s.complete(0, 'all'),
    s.get(),
    s.forgeUsed('last', 4),
    ...pollLoop(s),
    s.detachAll(),
    s.add({ in: 1 }),
  ]),
  seed('replayed-id-reused-slot', 'an old id that a new buffer has by now: premature, and legal', { num: 4 }, (s) => [
    s.add({ in: 1 }),
    s.complete(0, 'all'),
    s.get(),
    s.add({ out: 1, in: 1 }),
    s.forgeUsed('last', 1),
    s.get(),
    s.complete(0, 'all'),
    s.get(),
  ]),
  seed('two-completions-before-the-first-get', 'both entries name the same buffer', { num: 4 }, (s) => [
    s.addMany(2, { in: 1 }),
    s.forgeUsed({ pending: 0 }, 4),
    s.forgeUsed({ pending: 0 }, 4),
    s.get(2),
    s.detachAll(),
  ]),
  seed(
    'reap-one-of-three-then-reset',
    'what was completed before a reset is not completed after it (V31)',
    {
      num: 4,
    },
    (s) => [
      s.addMany(3, { in: 1 }),
      s.completeMany(3, 'all'),
      s.get(),
      s.reset(),
      s.addMany(3, { in: 1 }),
      s.get(),
      s.enableCb(),
      s.complete(2, 'half'),
      s.get(2),
    ],
  ),
  seed('reap-one-of-three-then-resize', 'the same with a resize', { num: 4, eventIndex: true }, (s) => [
    s.addMany(3, { in: 1 }),
    s.completeMany(3, 'all'),
    s.get(),
    s.resize(8),
    s.addMany(3, { in: 1 }),
    s.get(),
    s.prepareAndPoll(),
    s.complete(2, 'half'),
    s.get(2),
  ]),
  seed(
    'v31a-reset-after-one-of-two',
    'add two, complete one, reset, add: the honest completion is accepted',
    {
      num: 4,
    },
    (s) => [
      s.addMany(2, { in: 1 }),
      s.complete(0, 'all'),
      s.get(),
      s.reset(),
      s.add({ in: 1 }),
      s.complete(0, 'all'),
      s.get(),
    ],
  ),
  seed('used-idx-backwards', 'used.idx moves back by one: 65535 entries to come', { num: 4 }, (s) => [
    s.addMany(2, { in: 1 }),
    s.complete(0, 'all'),
    s.get(),
    s.jumpUsed(-2),
    ...pollLoop(s),
    s.detachAll(),
  ]),
  seed(
    'e21-used-idx-plus-40000',
    'every entry stands for a completion then, the stale ones too (E21)',
    {
      num: 8,
    },
    (s) => [s.addMany(2, { in: 1 }), s.jumpUsed(40000 - 65536), s.get(3), ...pollLoop(s), s.reset()],
  ),
  seed('used-idx-backwards-then-honest', 'what looks used is gone again at the next look', { num: 4 }, (s) => [
    s.add({ in: 1 }),
    s.jumpUsed(1),
    s.enableCb(),
    s.jumpUsed(-1),
    s.enableCb(),
    s.get(),
    s.complete(0, 'all'),
    s.get(),
  ]),
  seed('e16-length-all-ones', 'a length of 0xffffffff goes up, graded (E16)', { num: 4 }, (s) => [
    s.add({ out: 1, in: 1 }),
    s.forgeUsed({ pending: 0 }, { fromTop: 0 }),
    s.get(),
    s.add({ out: 1 }),
    s.forgeUsed({ pending: 1 }, { topBitPlus: 230 }),
    s.get(),
  ]),
  seed(
    'length-around-the-capacity',
    'one byte more than there is room, exactly that, and one less',
    { num: 8 },
    (s) => [
      s.addMany(3, { out: 1, in: 1 }),
      s.forgeUsed({ pending: 0 }, { writablePlus: 1 }),
      s.forgeUsed({ pending: 1 }, { writablePlus: 0 }),
      s.forgeUsed({ pending: 2 }, { writablePlus: -1 }),
      s.get(3),
    ],
  ),
  seed('v18-length-of-out-buffer', 'what honest devices report for buffers that they only read', { num: 4 }, (s) => [
    s.add({ out: 2, first: 64 }),
    s.complete(0, 'count-read'),
    s.get(),
    s.add({ out: 1 }),
    s.forgeUsed({ pending: 0 }, 256),
    s.get(),
  ]),
  seed(
    'v12-v29-poll-loop-when-broken',
    'used.id = num, then the loops that must end: get, enable, get, enable delayed',
    {
      num: 8,
      eventIndex: true,
    },
    (s) => [
      s.addMany(3, { in: 1 }),
      s.completeMany(2, 'all'),
      s.forgeUsed('num', 0),
      s.get(3),
      ...pollLoop(s),
      s.enableCbDelayed(),
      s.enableCb(),
      s.kick(),
      s.add({ in: 1 }),
      s.detachAll(),
    ],
  ),
  seed('completion-of-everything-ahead', 'buffers completed before they are even added', { num: 4 }, (s) => [
    s.forgeUsed(0, 8),
    s.add({ in: 1 }),
    s.get(),
    s.forgeUsed(1, 8),
    s.get(),
  ]),
  seed('kick-suppression-fuzzed', 'used.flags with other bits, on and off', { num: 8 }, (s) => [
    s.add({ out: 1, kick: true }),
    s.poke('used.flags', 0, { set: 30 }),
    s.add({ out: 1, kick: true }),
    s.poke('used.flags', 0, 'all-ones'),
    s.add({ out: 1, kick: true }),
    s.kick(),
    s.poke('used.flags', 0, { set: 0x10000 }),
    s.kick(),
  ]),
  seed(
    'kick-avail-event-fuzzed',
    'avail_event before, at and far behind what was added',
    {
      num: 8,
      eventIndex: true,
    },
    (s) => [
      s.add({ out: 1 }),
      s.poke('avail_event', 0, 'all-ones'),
      s.kick(),
      s.addMany(2, { out: 1 }),
      s.poke('avail_event', 0, { set: 2 }),
      s.kickPrepare(),
      s.poke('avail_event', 0, { set: 0x8000 }),
      s.add({ out: 1, kick: true }),
      s.poke('avail_event', 0, { numPlus: 20 }),
      s.add({ out: 1, kick: true }),
      s.poke('avail_event', 0, { set: 4 }),
      s.add({ out: 1, kick: true }),
    ],
  ),
  seed('raw-bytes-over-the-ring', 'single bytes anywhere: table, available ring, used ring', { num: 4 }, (s) => [
    s.addMany(2, { in: 1 }),
    s.rawByte(12, 0xff),
    s.rawByte(16 * 4 + 2, 0x80),
    s.rawByte(16 * 4 + 14 + 2, 1),
    s.rawByte(16 * 4 + 14 + 4, 1),
    s.get(),
    s.rawByte(16 * 4 + 14 + 5, 0x80),
    s.rawByte(16 * 4 + 14 + 2, 3),
    s.get(),
  ]),
  seed(
    'device-writes-after-completion',
    'buffers and rings keep changing once they are back',
    {
      backEnd: 'swiotlb',
      num: 4,
    },
    (s) => [
      s.add({ in: 1, first: 64 }),
      s.add({ out: 1, in: 1, first: 64, second: 100 }),
      s.complete(0, 'all'),
      s.get(),
      s.scribble('slot', 0),
      s.scribble('slot', 100),
      s.scribble('writable', 0, 7),
      s.complete(0, 'nothing'),
      s.get(),
      s.scribble('slot', 1),
      s.scribble('slot', 2),
    ],
  ),
  seed(
    'granules-scribbled',
    "behind an IOMMU the whole page of a buffer is the device's",
    {
      backEnd: 'iommu',
      num: 8,
      indirect: true,
    },
    (s) => [
      s.add({ out: 1, in: 1, first: 64, offset: 0x7f0 }),
      s.add({ in: 1, first: 16, offset: 0xf00 }),
      s.scribble('granules', 0, 1),
      s.scribble('granules', 1, 2),
      s.completeMany(2, 'half'),
      s.drain(),
      s.scribble('granules', 0, 3),
    ],
  ),
];

export const SPLIT_HOSTILE: readonly Seed[] = [...NEXT_ON_SINGLE, ...NEXT_FLAG, ...METADATA, ...USED_RING];
