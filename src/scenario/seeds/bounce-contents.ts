// Bounce buffers: what is copied when, and how far. The client's own mappings reach what the queue's whole-buffer mappings
// do not: partial syncs, both directions, attributes.

import { ALLOC_ALIGN_MASKS, MIN_ALIGN_MASKS } from '../configuration.js';
import type { Step } from '../scenario.js';
import type { Eighths } from './operand-bytes.js';
import { type Seed, seedsOf } from './seed.js';
import type { Steps } from './steps.js';

const seed = seedsOf('bounce_fuzzer');

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
    's01-neighbour-survives-a-wrong-size',
    "64 bytes mapped, 4097 unmapped: the slot behind them is still somebody else's",
    { poolSlots: 4 },
    (s) => [
      s.clientMap({ direction: 'from-device', size: 64 }),
      s.clientMap({ direction: 'to-device', size: 64 }),
      s.clientMisuse(0, 'wrong-size', 128),
      Array.from({ length: 4 }, () => s.clientMap({ direction: 'to-device', size: 64 })),
      s.clientSync(0, ALL, 'device'),
    ],
  ),
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

export const BOUNCE_CONTENTS: readonly Seed[] = [...STALE, ...MISUSE, ...PARTIAL, ...ALIGNMENT];
