// Packed rings whose adds fail half-way (facts V02 and V28, scenario 7), and event structures that say anything.

import { type Seed, seedsOf } from './seed.js';

const seed = seedsOf('packed_ring_fuzzer');

const AVAIL = 1 << 7;

// Failing maps (V02, V08, V28).
const MAP_WINDOW: readonly Seed[] = [
  seed(
    'v02-honest-stale-head-flags',
    'a lap of IN buffers, then a chain whose second map fails: the head is an OUT',
    {
      num: 4,
      backEnd: 'swiotlb',
    },
    (s) => [
      s.addMany(4, { in: 1, first: 64 }),
      s.completeMany(4, 'all'),
      s.drain(),
      s.fail('map', 1),
      s.add({ out: 2, first: 64 }),
      s.add({ out: 2, first: 64 }),
      s.complete(0, 'nothing'),
      s.get(),
    ],
  ),
  seed(
    'v02-hostile-rewrite-before-failing-map',
    'between the third and the failing fourth map slot 1, already written, is rewritten',
    {
      num: 4,
      backEnd: 'swiotlb',
    },
    (s) => [
      s.fail('map', 3),
      s.defer('map', 3),
      s.poke('desc.addr', 1, { add: 8 }),
      s.defer('map', 3),
      s.poke('desc.len', 1, 'all-ones'),
      s.defer('map', 3),
      s.poke('desc.flags', 1, { set: 2 }),
      s.add({ out: 3, in: 1, first: 64 }),
      s.add({ out: 1 }),
      s.complete(0, 'all'),
      s.get(),
    ],
  ),
  seed(
    'v28-leftover-of-a-failed-add',
    'the fourth map fails, then a single at the same head: it stands alone',
    {
      num: 8,
    },
    (s) => [
      s.fail('map', 3),
      s.add({ out: 2, in: 2 }),
      s.add({ out: 1, kick: true }),
      s.complete(0, 'all'),
      s.complete(0, 'all'),
      s.get(2),
      s.add({ out: 1 }),
    ],
  ),
  seed('v28-leftover-across-the-wrap', 'the same from slot 6 of 8: one leftover in each lap (E24)', { num: 8 }, (s) => [
    s.addMany(6, { in: 1 }),
    s.completeMany(6, 'all'),
    s.drain(),
    s.fail('map', 3),
    s.add({ out: 2, in: 2 }),
    s.add({ out: 1, kick: true }),
    s.add({ in: 1 }),
    s.completeMany(3, 'all'),
    s.drain(),
    s.addMany(4, { out: 1 }),
  ]),
  seed(
    'e20-fallback-without-room',
    'the table cannot be mapped and the ring has one slot left: -ENOSPC (E20)',
    {
      num: 4,
      indirect: true,
    },
    (s) => [
      s.addMany(3, { in: 1 }),
      s.fail('map', 2),
      s.add({ out: 1, in: 1 }),
      s.add({ out: 1, in: 1 }),
      s.completeMany(4, 'all'),
      s.drain(),
    ],
  ),
];

const EVENTS: readonly Seed[] = [
  seed(
    'packed-off-wrap-fuzzed',
    'device off_wrap at, before and behind the wrap, and outside the ring',
    {
      num: 4,
      eventIndex: true,
    },
    (s) => [
      s.wantKicks(true),
      s.addMany(3, { out: 1 }),
      s.poke('device_event.off_wrap', 0, { set: 2 }),
      s.kick(),
      s.add({ out: 1, kick: true }),
      s.completeMany(4, 'nothing'),
      s.drain(),
      s.add({ out: 1 }),
      s.poke('device_event.off_wrap', 0, { flip: 15 }),
      s.kick(),
      s.poke('device_event.off_wrap', 0, 'all-ones'),
      s.add({ out: 1, kick: true }),
      s.poke('device_event.off_wrap', 0, { numPlus: 3 }),
      s.add({ out: 1, kick: true }),
      s.poke('device_event.off_wrap', 0, { set: 0 }),
      s.add({ out: 1, kick: true }),
    ],
  ),
  seed(
    'packed-event-flags-fuzzed',
    'device flags 3 and more mean a kick, 2 without event index too',
    {
      num: 8,
    },
    (s) => [
      s.poke('device_event.flags', 0, { set: 3 }),
      s.add({ out: 1, kick: true }),
      s.poke('device_event.flags', 0, 'all-ones'),
      s.add({ out: 1, kick: true }),
      s.poke('device_event.flags', 0, { set: 1 }),
      s.add({ out: 1, kick: true }),
      s.poke('device_event.flags', 0, { set: 2 }),
      s.add({ out: 1, kick: true }),
      s.poke('device_event.flags', 0, { set: 0 }),
      s.add({ out: 1, kick: true }),
    ],
  ),
  seed(
    'packed-driver-event-rewritten',
    'what the driver asked for is never read back',
    {
      num: 4,
      eventIndex: true,
    },
    (s) => [
      s.disableCb(),
      s.enableCb(),
      s.addMany(2, { in: 1 }),
      s.poke('driver_event.off_wrap', 0, 'all-ones'),
      s.poke('driver_event.flags', 0, { set: 1 }),
      s.completeMany(2, 'all'),
      s.get(),
      s.enableCbDelayed(),
      s.get(),
      s.prepareAndPoll(),
    ],
  ),
  seed('packed-raw-bytes', 'single bytes anywhere: descriptors and both event structures', { num: 4 }, (s) => [
    s.addMany(2, { in: 1 }),
    s.rawByte(12, 1),
    s.rawByte(14, AVAIL),
    s.rawByte(15, 0x80),
    s.rawByte(64 + 3, 0xff),
    s.rawByte(68 + 2, 1),
    s.kick(),
    s.get(),
    s.rawByte(16 + 15, 0x80),
    s.get(),
  ]),
];

export const PACKED_WINDOWS: readonly Seed[] = [...MAP_WINDOW, ...EVENTS];
