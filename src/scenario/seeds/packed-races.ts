// Packed rings: what the device does in the middle of a driver call. getBuf reads flags, id and length, in that order and
// once each.

import type { ArmMode } from './operand-bytes.js';
import { type Seed, seedsOf } from './seed.js';

const seed = seedsOf('packed_ring_fuzzer');

const MODES: readonly (readonly [mode: ArmMode, operand: number])[] = [
  ['xor', 0x8000],
  ['set', 0x8080],
  ['clear', 0],
  ['add', 0x0001],
];
const GET_LOADS = ['flags', 'id', 'len'] as const;

export const PACKED_RACES: readonly Seed[] = [
  ...GET_LOADS.flatMap((field, k) =>
    MODES.map(([mode, operand]) =>
      seed(
        `packed-race-get-${field}-${mode}`,
        `desc.${field} changes (${mode}) just before getBuf reads it`,
        {
          num: 4,
        },
        (s) => [
          s.addMany(3, { in: 1 }),
          s.complete(0, 'all', { interrupt: false }),
          s.get(),
          s.complete(1, 'half', { interrupt: false }),
          s.armLoad(k + 1, mode, operand),
          s.get(),
          s.get(),
          s.enableCb(),
          s.detachAll(),
          s.add({ in: 1 }),
        ],
      ),
    ),
  ),
  seed(
    'packed-race-kick-snapshot',
    'off_wrap and flags change under kickPrepare',
    { num: 4, eventIndex: true },
    (s) => [
      s.wantKicks(true),
      s.add({ out: 1 }),
      s.armLoad(1, 'xor', 0x8001),
      s.kick(),
      s.add({ out: 1 }),
      s.armLoad(1, 'set', 0x8002),
      s.kick(),
      s.armLoad(1, 'clear', 0),
      s.kickPrepare(),
    ],
  ),
  seed(
    'packed-race-callback-loads',
    'a slot becomes used between switching callbacks on and looking again',
    {
      num: 4,
      eventIndex: true,
    },
    (s) => [
      s.addMany(3, { in: 1 }),
      s.disableCb(),
      s.defer('shared load', 1),
      s.complete(0, 'all'),
      s.enableCb(),
      s.get(),
      s.disableCb(),
      s.defer('shared load', 1),
      s.completeMany(2, 'all'),
      s.enableCbDelayed(),
      s.drain(),
      s.armLoad(1, 'xor', 0x8080),
      s.prepareAndPoll(),
      s.armLoad(1, 'xor', 0x8080),
      s.interrupt(),
    ],
  ),
  seed('packed-race-double-fetch-of-the-id', 'the id changes right after it was read', { num: 8 }, (s) => [
    s.addMany(2, { in: 1 }),
    s.complete(0, 'all', { interrupt: false }),
    s.defer('shared load', 3),
    s.poke('desc.id', 0, { set: 1 }),
    s.get(),
    s.complete(0, 'all'),
    s.get(),
  ]),
  seed(
    'packed-race-in-unmap-window',
    'bounce slots and descriptors change between two unmaps of one get',
    {
      num: 8,
      backEnd: 'swiotlb',
    },
    (s) => [
      s.add({ out: 1, in: 2, first: 64, second: 100 }),
      s.add({ in: 1, first: 64 }),
      s.complete(0, 'half'),
      s.defer('unmap', 1),
      s.scribble('slot', 0),
      s.defer('unmap', 2),
      s.scribble('slot', 1, 4),
      s.defer('unmap', 2),
      s.pokeAll('desc.len', { set: 0 }),
      s.defer('unmap', 3),
      s.complete(0, 'all'),
      s.get(),
      s.get(),
      s.add({ out: 1 }),
    ],
  ),
  seed(
    'packed-race-in-map-window',
    'slots already written look used before the head is published',
    {
      num: 8,
      backEnd: 'swiotlb',
      indirect: true,
      poolSlots: 4,
    },
    (s) => [
      s.defer('map', 2),
      s.poke('desc.flags', 0, { set: 0x8000 }),
      s.defer('map', 3),
      s.scribble('slot', 0),
      s.defer('map', 4),
      s.jumpUsed(1),
      s.add({ out: 2, in: 2 }),
      s.get(),
      s.complete(0, 'all'),
      s.get(),
    ],
  ),
  seed('packed-race-during-reset', 'completions and lies while a reset takes the buffers back', { num: 6 }, (s) => [
    s.addMany(3, { in: 1 }),
    s.complete(1, 'all'),
    s.defer('unmap', 1),
    s.pokeAll('desc.flags', 'all-ones'),
    s.defer('unmap', 2),
    s.pokeAll('desc.id', { set: 9 }),
    s.reset(),
    s.addMany(2, { in: 1 }),
    s.get(),
    s.defer('unmap', 1),
    s.pokeAll('desc.flags', 'all-ones'),
    s.resize(3),
    s.add({ in: 1 }),
    s.get(),
  ]),
];
