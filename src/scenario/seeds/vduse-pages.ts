// A VDUSE domain, seen from its bounce pages (docs/dma.md): who shares them, what is in them before, during and after a
// mapping, and whose original they stand for. The client's own mappings at different offsets lie in one page of memory.

import type { Configuration } from '../configuration.js';
import type { Eighths } from './operand-bytes.js';
import { type Build, type Seed, seedsOf } from './seed.js';

const bounceSeed = seedsOf('bounce_fuzzer');

const ALL: Eighths = { start: 0, length: 8 };

function seed(name: string, why: string, part: Partial<Configuration>, build: Build): Seed {
  return bounceSeed(`vduse-${name}`, why, { ...part, backEnd: 'vduse' }, build);
}

const SHARING: readonly Seed[] = [
  seed(
    'shared-by-both-directions',
    'a TO_DEVICE and a FROM_DEVICE mapping in one page; what the device writes over the first goes nowhere',
    {},
    (s) => [
      s.clientMap({ direction: 'to-device', size: 64 }),
      s.clientMap({ direction: 'from-device', size: 100, offset: 0x100 }),
      s.scribble('slot', 0),
      s.deviceFill(1, 10, 40),
      s.clientSync(0, ALL, 'cpu'),
      s.clientSync(1, { start: 0, length: 4 }, 'cpu'),
      s.clientUnmap(1),
      s.scribble('slot', 0, 2),
      s.clientUnmap(0),
    ],
  ),
  seed(
    'shared-page-outlives-its-first-user',
    'three mappings of a page end one by one while the device writes all of it',
    { poolSlots: 4 },
    (s) => [
      s.clientMap({ direction: 'to-device', size: 100 }),
      s.clientMap({ direction: 'bidirectional', size: 64, offset: 0x100 }),
      s.clientMap({ direction: 'from-device', size: 64, offset: 0x7f0 }),
      s.clientUnmap(0),
      s.scribble('slot', 0),
      s.deviceFill(0, 0, 30),
      s.clientMap({ direction: 'to-device', size: 2048 }),
      s.clientSync(1, ALL, 'cpu'),
      s.clientWrite(1, { start: 4, length: 8 }),
      s.clientSync(1, { start: 4, length: 8 }, 'device'),
      s.clientUnmap(0),
      s.clientUnmap(0),
      s.clientUnmap(0),
    ],
  ),
  seed(
    'second-user-is-filled',
    'a page is in use when another mapping of it begins: its own bytes are copied in as well',
    {},
    (s) => [
      s.add({ out: 2, in: 1, first: 100, second: 64 }),
      s.clientMap({ direction: 'to-device', size: 64 }),
      s.clientMap({ direction: 'from-device', size: 64, offset: 0x7f0 }),
      s.complete(0, 'half'),
      s.get(),
      s.clientSync(1, ALL, 'cpu'),
      s.clientUnmap(0),
    ],
  ),
  seed(
    'long-run-and-a-short-mapping-in-it',
    'a mapping of three pages, and a small one in the first of them that outlives it',
    { poolSlots: 16 },
    (s) => [
      s.clientMap({ direction: 'from-device', size: 6144, offset: 0xf00 }),
      s.clientMap({ direction: 'to-device', size: 64 }),
      s.deviceFill(0, 240, 64),
      s.clientUnmap(0),
      s.clientMap({ direction: 'bidirectional', size: 4096, offset: 0xf00 }),
      s.scribble('slot', 0),
      s.clientUnmap(0),
      s.clientSync(0, ALL, 'cpu'),
      s.clientUnmap(0),
    ],
  ),
  seed(
    'run-that-cannot-share',
    'a piece crosses into a page whose bounce page would be that of somebody else: it gets two of its own',
    { num: 64 },
    (s) => [
      s.clientMap({ direction: 'to-device', size: 64 }),
      s.add({ in: 1, first: 64 }),
      s.clientUnmap(0),
      s.add({ out: 5, in: 4, long: true, offset: 0xf00 }),
      s.complete(1, 'all'),
      s.complete(0, 'half'),
      s.drain(),
    ],
  ),
];

const CONTENTS: readonly Seed[] = [
  seed(
    'nothing-written',
    'a page that held a secret, then an answer of no bytes: the original comes back (S04)',
    { num: 4, poolSlots: 4 },
    (s) => [
      s.add({ out: 1, first: 2048 }),
      s.complete(0, 'nothing'),
      s.get(),
      s.add({ in: 1, first: 2048 }),
      s.forgeUsed({ pending: 0 }, { writablePlus: 0 }),
      s.get(),
    ],
  ),
  seed(
    'page-changes-owner',
    'a bounce page stands for one page of memory, then for another; the device has it all the time',
    { poolSlots: 4 },
    (s) => [
      s.clientMap({ direction: 'to-device', size: 64 }),
      s.clientMap({ direction: 'from-device', size: 3000, offset: 0x100 }),
      s.clientUnmap(0),
      s.clientUnmap(0),
      s.scribble('slot', 0, 30),
      s.scribble('slot', 1),
      s.add({ in: 1, first: 3000 }),
      s.clientMap({ direction: 'from-device', size: 100 }),
      s.deviceFill(0, 0, 64),
      s.complete(0, 'half'),
      s.get(),
      s.clientUnmap(0),
    ],
  ),
  seed(
    'written-around-every-mapping',
    'whole pages scribbled: before they are in the domain, while they are used, after they are free',
    { num: 8, poolSlots: 16 },
    (s) => [
      s.scribble('slot', 0),
      s.add({ out: 1, in: 1, first: 64, second: 100 }),
      s.scribble('granules', 0),
      s.defer('unmap', 1),
      s.scribble('slot', 0, 7),
      s.complete(0, 'half'),
      s.get(),
      s.scribble('slot', 0),
      s.scribble('slot', 1, 31),
      s.add({ in: 1, first: 4096, offset: 0x100 }),
      s.scribble('granules', 0),
      s.complete(0, 'nothing'),
      s.get(),
    ],
  ),
  seed(
    'skip-cpu-sync',
    'the attribute keeps the unmap from copying; the page is filled and wiped all the same',
    {},
    (s) => [
      s.clientMap({ direction: 'from-device', size: 100, skipCpuSync: true }),
      s.clientMap({ direction: 'bidirectional', size: 64, offset: 0x100, skipCpuSync: true }),
      s.deviceFill(0, 10, 20),
      s.deviceFill(1, 0, 64),
      s.clientSync(0, { start: 0, length: 4 }, 'cpu'),
      s.clientUnmap(0),
      s.clientUnmap(0),
    ],
  ),
  ...[0x100, 0xf00].map((offset) =>
    seed(
      `partial-syncs-at-0x${offset.toString(16)}`,
      `6144 bytes at offset 0x${offset.toString(16)}, every eighth synced both ways across the borders of pages`,
      {},
      (s) => [
        s.clientMap({ direction: 'bidirectional', size: 6144, offset }),
        s.deviceFill(0, 240, 64),
        [0, 1, 2, 3, 4, 5, 6, 7].map((start) => s.clientSync(0, { start, length: 1 }, 'cpu')),
        s.clientWrite(0, { start: 2, length: 6 }),
        s.clientSync(0, { start: 2, length: 6 }, 'device'),
        s.clientSync(0, ALL, 'cpu'),
        s.clientUnmap(0),
        s.clientMap({ direction: 'from-device', size: 6144, offset }),
        s.deviceFill(0, 255, 33),
        s.clientSync(0, { start: 0, length: 6 }, 'cpu'),
        s.clientUnmap(0),
      ],
    ),
  ),
];

const LIMITS: readonly Seed[] = [
  seed(
    'two-bounce-pages',
    'a chain of five fits one page, one of 6144 bytes does not fit two; what is undone frees the pages again',
    { num: 8, poolSlots: 4, packed: true },
    (s) => [
      s.add({ out: 3, in: 2 }),
      s.add({ in: 1, first: 4096 }),
      s.add({ out: 1 }),
      s.add({ in: 1, first: 4096, offset: 0x100 }),
      s.completeMany(3, 'all'),
      s.drain(),
      s.add({ in: 1, first: 6144, offset: 0xf00 }),
      s.add({ in: 1, first: 4096, offset: 0xf00 }),
      s.complete(0, 'half'),
      s.get(),
    ],
  ),
  seed(
    'largest-mapping',
    'the limit is one page less than there are; 260 KiB fit the domain of 128 pages',
    { num: 4 },
    (s) => [s.query(), s.add({ in: 1, first: 0x41000 }), s.complete(0, 'one'), s.get(), s.add({ out: 1 })],
  ),
  seed('larger-than-the-domain', '260 KiB never fit eight pages', { num: 4, poolSlots: 16 }, (s) => [
    s.query(),
    s.add({ in: 1, first: 0x41000 }),
    s.add({ out: 1, in: 1 }),
    s.complete(0, 'all'),
    s.get(),
  ]),
  seed(
    'premapped-in-shared-pages',
    "premapped buffers and the client's own mappings, synced in parts, taken back by a reset",
    { num: 8, indirect: true },
    (s) => [
      s.add({ out: 1, in: 1, first: 100, second: 64, premapped: true }),
      s.clientMap({ direction: 'bidirectional', size: 512, offset: 0x100 }),
      s.clientMap({ direction: 'to-device', size: 64 }),
      s.deviceFill(0, 100, 40),
      s.clientSync(0, { start: 1, length: 3 }, 'cpu'),
      s.complete(0, 'half'),
      s.get(),
      s.add({ out: 2, in: 3, premapped: true }),
      s.clientUnmap(0),
      s.detachAll(),
      s.add({ out: 1, in: 1, premapped: true }),
    ],
  ),
];

const MISUSE: readonly Seed[] = [
  seed(
    'unmap-of-more-than-was-mapped',
    '64 bytes mapped, 4065 unmapped: the neighbour in the page and the rest of the page keep their bytes',
    {},
    (s) => [
      s.clientMap({ direction: 'from-device', size: 64 }),
      s.clientMap({ direction: 'to-device', size: 64, offset: 0x100 }),
      s.scribble('slot', 0),
      s.clientMisuse(0, 'wrong-size', 127),
      s.clientUnmap(0),
      s.clientMap({ direction: 'from-device', size: 2049, offset: 0xf00 }),
      s.clientMisuse(0, 'wrong-size', 255),
    ],
  ),
  seed('sync-beyond-the-end', 'from inside a mapping into its neighbour, and across a page', {}, (s) => [
    s.clientMap({ direction: 'from-device', size: 100 }),
    s.clientMap({ direction: 'to-device', size: 100, offset: 0x100 }),
    s.deviceFill(0, 90, 10),
    s.scribble('slot', 0, 16),
    s.clientMisuse(0, 'beyond-end', 250),
    s.clientMap({ direction: 'bidirectional', size: 2049, offset: 0xf00 }),
    s.clientMisuse(2, 'beyond-end', 255),
  ]),
  seed('unmapped-twice', 'the second unmap meets no mapping, and its page has another user', { poolSlots: 4 }, (s) => [
    s.clientMap({ direction: 'from-device', size: 100 }),
    s.clientMap({ direction: 'bidirectional', size: 64, offset: 0x100 }),
    s.clientMisuse(0, 'twice'),
    s.deviceFill(0, 0, 64),
    s.clientSync(0, ALL, 'cpu'),
    s.clientMisuse(0, 'twice'),
    s.add({ in: 1 }),
    s.complete(0, 'all'),
    s.get(),
  ]),
];

export const VDUSE_PAGES: readonly Seed[] = [...SHARING, ...CONTENTS, ...LIMITS, ...MISUSE];
