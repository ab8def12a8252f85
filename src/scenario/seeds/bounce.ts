// Bounce buffers: what is copied when, how far, and into which slot. The client's own mappings reach what the queue's
// whole-buffer mappings do not: partial syncs, both directions, attributes.

import { ALLOC_ALIGN_MASKS, type Configuration, MIN_ALIGN_MASKS } from '../configuration.js';
import type { Step } from '../scenario.js';
import { seed as anySeed, type Seed } from './seed.js';
import type { Eighths, Steps } from './steps.js';

function seed(
  name: string,
  why: string,
  part: Partial<Configuration>,
  build: (s: Steps) => readonly (Step | readonly Step[])[],
): Seed {
  return anySeed('bounce_fuzzer', name, why, part, build);
}

const ALL: Eighths = { start: 0, length: 8 };
const LARGE = [2049, 3000, 4096, 6144] as const;
const OFFSETS = [0, 0x100, 0x7f0, 0xf00] as const;

/** Every eighth of mapping 0, one after the other. */
function syncEighths(s: Steps, side: 'cpu' | 'device'): Step[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((start) => s.clientSync(0, { start, length: 1 }, side));
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

// Scenario 10: S04, and a length that lies about it.
const STALE: readonly Seed[] = [
  seed(
    's04-nothing-written',
    'a slot that held a secret, then an answer of no bytes: the original comes back',
    {
      num: 4,
      poolSlots: 4,
    },
    (s) => [
      s.add({ out: 1, first: 4096 }),
      s.complete(0, 'nothing'),
      s.get(),
      s.add({ in: 1, first: 4096 }),
      s.complete(0, 'nothing'),
      s.get(),
    ],
  ),
  seed(
    's04-length-says-full',
    'the same, but used.len claims that all of it was written',
    {
      num: 4,
      poolSlots: 4,
      packed: true,
    },
    (s) => [
      s.add({ out: 1, first: 4096 }),
      s.complete(0, 'nothing'),
      s.get(),
      s.add({ in: 1, first: 4096 }),
      s.forgeUsed({ pending: 0 }, { writablePlus: 0 }),
      s.get(),
    ],
  ),
  seed(
    's04-sync-keeps-what-was-written',
    'sync for cpu, for device, for cpu: the bytes of the device survive',
    {
      poolSlots: 4,
    },
    (s) => [
      s.clientMap({ direction: 'to-device', size: 4096 }),
      s.clientUnmap(0),
      s.clientMap({ direction: 'from-device', size: 4096 }),
      s.deviceFill(0, 0, 64),
      s.deviceFill(0, 64, 36),
      s.clientSync(0, ALL, 'cpu'),
      s.clientSync(0, ALL, 'device'),
      s.clientSync(0, ALL, 'cpu'),
      s.clientUnmap(0),
    ],
  ),
  seed(
    's13-small-buffer-in-a-granule',
    'a buffer of 64 bytes at 0x100: padding shows nothing, ten bytes come back',
    {
      minAlignMask: 0xfff,
      allocAlignMask: 0xfff,
    },
    (s) => [
      s.clientMap({ direction: 'from-device', size: 64, offset: 0x100 }),
      s.deviceFill(0, 0, 10),
      s.clientSync(0, ALL, 'cpu'),
      s.clientUnmap(0),
      s.add({ in: 1, first: 64, offset: 0x100 }),
      s.complete(0, 'one'),
      s.get(),
    ],
  ),
  seed('skip-cpu-sync', 'the attribute keeps the unmap from copying, not the map (S04)', {}, (s) => [
    s.clientMap({ direction: 'from-device', size: 100, skipCpuSync: true }),
    s.deviceFill(0, 10, 20),
    s.clientSync(0, { start: 0, length: 4 }, 'cpu'),
    s.clientUnmap(0),
    s.clientMap({ direction: 'to-device', size: 2048, skipCpuSync: true }),
    s.clientWrite(0, ALL),
    s.clientSync(0, ALL, 'device'),
    s.clientUnmap(0),
    s.clientMap({ direction: 'bidirectional', size: 100, skipCpuSync: true }),
    s.deviceFill(0, 0, 64),
    s.clientUnmap(0),
  ]),
];

// S01 and S03.
const MISUSE: readonly Seed[] = [
  seed('s01-unmap-of-more-than-was-mapped', '64 bytes mapped, 4065 unmapped: 64 may change', {}, (s) => [
    s.clientMap({ direction: 'from-device', size: 64 }),
    s.deviceFill(0, 0, 64),
    s.scribble('slot', 0, 8),
    s.clientMisuse(0, 'wrong-size', 127),
    s.clientMap({ direction: 'from-device', size: 2049 }),
    s.clientMisuse(0, 'wrong-size', 255),
  ]),
  seed(
    's01-unmap-of-less-than-was-mapped',
    'the rest keeps its old bytes and every slot is free again',
    {
      poolSlots: 4,
    },
    (s) => [
      s.clientMap({ direction: 'from-device', size: 6144 }),
      s.deviceFill(0, 0, 64),
      s.deviceFill(0, 200, 64),
      s.clientMisuse(0, 'wrong-size', 1),
      s.clientMap({ direction: 'bidirectional', size: 6144 }),
      s.clientMisuse(0, 'wrong-size', 0),
      s.clientMap({ direction: 'to-device', size: 6144 }),
    ],
  ),
  seed('s03-sync-beyond-the-end', 'from inside the mapping to behind its end', { minAlignMask: 0x7ff }, (s) => [
    s.clientMap({ direction: 'from-device', size: 100, offset: 0x100 }),
    s.deviceFill(0, 90, 10),
    s.clientMisuse(0, 'beyond-end', 90),
    s.clientMap({ direction: 'bidirectional', size: 2049, offset: 0x7f0 }),
    s.clientMisuse(1, 'beyond-end', 255),
    s.clientMisuse(0, 'beyond-end', 0),
  ]),
  seed('unmapped-twice', 'the second unmap meets a free slot', { poolSlots: 4 }, (s) => [
    s.clientMap({ direction: 'from-device', size: 3000 }),
    s.deviceFill(0, 0, 64),
    s.clientMisuse(0, 'twice'),
    s.clientMap({ direction: 'from-device', size: 8 }),
    s.clientMisuse(0, 'twice'),
    s.add({ in: 1 }),
    s.complete(0, 'all'),
    s.get(),
  ]),
];

// Partial syncs over every size, alignment and offset (scenario 10).
const PARTIAL: readonly Seed[] = LARGE.flatMap((size) =>
  OFFSETS.map((offset) =>
    seed(
      `partial-syncs-${size}-at-${hex(offset)}`,
      `${size} bytes at offset ${hex(offset)} under min_align_mask 0xfff, every eighth synced both ways`,
      { minAlignMask: 0xfff },
      (s) => [
        s.clientMap({ direction: 'bidirectional', size, offset }),
        s.deviceFill(0, 0, 64),
        s.deviceFill(0, 255, 64),
        ...syncEighths(s, 'cpu'),
        s.clientWrite(0, { start: 2, length: 4 }),
        ...syncEighths(s, 'device'),
        s.clientUnmap(0),
        s.clientMap({ direction: 'from-device', size, offset }),
        s.deviceFill(0, 128, 33),
        ...syncEighths(s, 'cpu'),
        s.clientUnmap(0),
      ],
    ),
  ),
);

const ALIGNMENT: readonly Seed[] = [...new Set(MIN_ALIGN_MASKS)].flatMap((minAlignMask) =>
  [...new Set(ALLOC_ALIGN_MASKS)].map((allocAlignMask) =>
    seed(
      `alignment-min-${hex(minAlignMask)}-alloc-${hex(allocAlignMask)}`,
      'buffers of 2049 to 6144 bytes, each at another offset of its page, and the largest size there is',
      { num: 8, minAlignMask, allocAlignMask, packed: minAlignMask === 0x7ff },
      (s) => [
        s.query(),
        LARGE.map((first, k) => s.add({ in: 1, first, offset: OFFSETS[k] ?? 0 })),
        s.add({ out: 1, first: 1024, offset: 0x7f0 }),
        s.completeMany(5, 'half'),
        s.drain(),
        LARGE.map((first, k) => s.add({ out: 1, in: 1, first, offset: OFFSETS[3 - k] ?? 0 })),
        s.complete(3, 'all'),
        s.complete(0, 'nothing'),
        s.drain(),
      ],
    ),
  ),
);

// The pool runs out (scenario 10).
const EXHAUSTION: readonly Seed[] = [
  ...[false, true].flatMap((packed) =>
    [false, true].map((indirect) =>
      seed(
        `pool-of-four-${packed ? 'packed' : 'split'}-${indirect ? 'indirect' : 'direct'}`,
        'a chain of five meets a pool of four slots: undone piece by piece, and the pool is whole again',
        { packed, indirect, num: 8, poolSlots: 4 },
        (s) => [
          s.add({ out: 3, in: 2 }),
          s.add({ out: 2, in: 1 }),
          s.add({ out: 1, in: 1 }),
          s.add({ in: 1 }),
          s.completeMany(3, 'all'),
          s.drain(),
          s.add({ out: 3, in: 1 }),
          s.completeMany(1, 'all'),
          s.drain(),
          s.add({ out: 1, first: 6144 }),
          s.add({ in: 1, first: 2049 }),
          s.add({ in: 1 }),
        ],
      ),
    ),
  ),
  seed('pool-fragmented', 'free slots enough, but not side by side', { num: 8, poolSlots: 4 }, (s) => [
    s.clientMap({ direction: 'to-device', size: 8 }),
    s.clientMap({ direction: 'to-device', size: 8 }),
    s.clientMap({ direction: 'to-device', size: 8 }),
    s.clientMap({ direction: 'to-device', size: 8 }),
    s.clientUnmap(0),
    s.clientUnmap(2),
    s.add({ in: 1, first: 4096 }),
    s.add({ in: 2 }),
    s.complete(0, 'all'),
    s.get(),
  ]),
  seed(
    'pool-fragmented-in-pairs',
    'two free slots side by side where three are wanted',
    { num: 8, poolSlots: 4 },
    (s) => [
      s.clientMap({ direction: 'to-device', size: 8 }),
      s.clientMap({ direction: 'from-device', size: 8 }),
      s.clientMap({ direction: 'to-device', size: 8 }),
      s.clientMap({ direction: 'from-device', size: 8 }),
      s.clientUnmap(0),
      s.clientUnmap(1),
      s.add({ in: 1, first: 6144 }),
      s.add({ in: 1, first: 4096 }),
      s.complete(0, 'half'),
      s.get(),
    ],
  ),
  seed(
    'larger-than-any-mapping',
    '260 KiB can never be bounced; the limit says so',
    { num: 8, minAlignMask: 0xfff },
    (s) => [
      s.query(),
      s.add({ in: 1, first: 0x41000 }),
      s.add({ out: 1, in: 1, first: 0x41000 }),
      s.add({ out: 1 }),
      s.complete(0, 'count-read'),
      s.get(),
    ],
  ),
  seed(
    'next-fit-around-the-pool',
    'slots are taken in turn, past the end of the pool and past a segment',
    {
      num: 16,
      poolSlots: 256,
    },
    (s) => [
      Array.from({ length: 8 }, () => [
        s.addMany(8, { in: 1, first: 6144 }),
        s.completeMany(8, 'one'),
        s.drain(),
      ]).flat(),
      s.add({ out: 1, first: 4096 }),
    ],
  ),
];

// Ring metadata that an old driver unmapped by (facts 1a), and slots that change hands.
const METADATA: readonly Seed[] = [
  seed('address-into-a-slot', 'desc.addr points into the middle of a mapping of three slots', { num: 4 }, (s) => [
    s.add({ in: 1, first: 6144 }),
    s.scribble('writable', 0),
    s.poke('desc.addr', 0, { add: 15 }),
    s.complete(0, 'nothing'),
    s.get(),
    s.add({ in: 1, first: 6144 }),
  ]),
  seed('address-outside-the-pool', 'desc.addr is no bounce address any more', { num: 4 }, (s) => [
    s.add({ in: 1, first: 64 }),
    s.scribble('writable', 0),
    s.poke('desc.addr', 0, { doublePlus: 0 }),
    s.complete(0, 'nothing'),
    s.get(),
    s.add({ in: 1, first: 64 }),
  ]),
  seed('address-of-another-owner', 'desc.addr of one buffer over that of another, and back', { num: 4 }, (s) => [
    s.add({ out: 1, first: 64 }),
    s.add({ in: 1, first: 64 }),
    s.scribble('writable', 1),
    s.copyField('desc.addr', 1, 0),
    s.complete(0, 'nothing'),
    s.get(),
    s.add({ out: 1, first: 64 }),
    s.copyField('desc.addr', 0, 1),
    s.complete(0, 'all'),
    s.get(),
  ]),
  seed(
    'length-longer-and-shorter',
    'desc.len beyond the slot and below what was written',
    { num: 4, packed: true },
    (s) => [
      s.add({ in: 1, first: 64 }),
      s.add({ in: 1, first: 100 }),
      s.scribble('writable', 0),
      s.poke('desc.len', 0, 'all-ones'),
      s.poke('desc.len', 1, { set: 1 }),
      s.completeMany(2, 'all'),
      s.get(2),
    ],
  ),
  seed(
    'slots-change-hands',
    'two owners take turns in the same slots while the device keeps writing',
    {
      num: 8,
      poolSlots: 4,
    },
    (s) => [
      s.add({ out: 1, in: 1, first: 64, second: 100 }),
      s.clientMap({ direction: 'from-device', size: 2048 }),
      s.complete(0, 'all'),
      s.get(),
      s.scribble('slot', 0),
      s.scribble('slot', 1),
      s.clientMap({ direction: 'to-device', size: 3000 }),
      s.scribble('slot', 3),
      s.clientSync(0, ALL, 'cpu'),
      s.clientSync(1, ALL, 'device'),
      s.clientUnmap(0),
      s.add({ out: 1, first: 64 }),
      s.scribble('readable', 0, 5),
      s.complete(0, 'nothing'),
      s.get(),
      s.clientUnmap(0),
    ],
  ),
  seed('whole-pool-scribbled', 'used slots and free ones, before, during and after', { num: 8, poolSlots: 4 }, (s) => [
    s.scribble('slot', 0),
    s.add({ out: 1, in: 1, first: 64, second: 100 }),
    [0, 1, 2, 3].map((slot) => s.scribble('slot', slot)),
    [0, 1].map((slot) => s.scribble('slot', slot, 248)),
    s.complete(0, 'half'),
    s.defer('unmap', 1),
    s.scribble('slot', 0, 1),
    s.defer('unmap', 2),
    s.scribble('slot', 1, 2),
    s.get(),
    s.scribble('slot', 1),
    s.add({ out: 1, first: 64 }),
  ]),
  seed(
    'premapped-and-synced',
    "premapped buffers next to mappings of the client's own, synced in parts",
    {
      num: 8,
      packed: true,
      indirect: true,
      minAlignMask: 0x1ff,
    },
    (s) => [
      s.add({ out: 1, in: 1, first: 100, second: 64, premapped: true }),
      s.clientMap({ direction: 'bidirectional', size: 512, offset: 0x100 }),
      s.deviceFill(0, 100, 40),
      s.clientSync(0, { start: 1, length: 3 }, 'cpu'),
      s.clientWrite(0, { start: 4, length: 8 }),
      s.clientSync(0, { start: 4, length: 8 }, 'device'),
      s.complete(0, 'half'),
      s.get(),
      s.add({ out: 2, in: 3, premapped: true }),
      s.clientUnmap(0),
      s.detachAll(),
      s.add({ out: 1, in: 1, premapped: true }),
    ],
  ),
  seed('written-while-copied-back', 'a slot changes between the sync and the unmap', { num: 4 }, (s) => [
    s.clientMap({ direction: 'from-device', size: 1024, offset: 0x7f0 }),
    s.deviceFill(0, 0, 64),
    s.clientSync(0, { start: 0, length: 4 }, 'cpu'),
    s.defer('unmap', 1),
    s.deviceFill(0, 200, 64),
    s.clientUnmap(0),
    s.defer('map', 1),
    s.scribble('slot', 1),
    s.clientMap({ direction: 'from-device', size: 1024 }),
    s.clientSync(0, ALL, 'cpu'),
    s.kick(),
  ]),
  seed(
    'every-piece-size',
    'sizes from one byte to a hundred in one chain, answered byte for byte',
    {
      num: 64,
      minAlignMask: 0x7ff,
      eventIndex: true,
    },
    (s) => [
      s.add({ out: 5, in: 4, first: 1, long: true, kick: true }),
      s.complete(0, 'all'),
      s.get(),
      s.add({ in: 4, first: 3, offset: 0xf00 }),
      s.complete(0, 'half'),
      s.get(),
      s.reset(),
      s.add({ in: 3, first: 6, offset: 0x7f0 }),
      s.detachAll(),
    ],
  ),
  seed(
    'bounce-race-on-the-used-length',
    'the length changes as it is read; what is copied does not',
    { num: 4 },
    (s) => [
      s.addMany(2, { in: 1, first: 64 }),
      s.complete(0, 'half', { interrupt: false }),
      s.armLoad(3, 'set', 0xffff),
      s.get(),
      s.fail('map', 0),
      s.add({ in: 1 }),
      s.clientMap({ direction: 'to-device', size: 8 }),
      s.complete(0, 'all'),
      s.get(),
    ],
  ),
];

export const BOUNCE: readonly Seed[] = [...STALE, ...MISUSE, ...PARTIAL, ...ALIGNMENT, ...EXHAUSTION, ...METADATA];
