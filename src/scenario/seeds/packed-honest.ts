// Packed rings and a device that keeps to the specification.

import { BACK_END_NAMES } from '../../dma/back-end.js';
import { FAIL_COHERENT, FAIL_KMALLOC } from '../../platform/failures.js';
import type { Configuration } from '../configuration.js';
import type { Step } from '../scenario.js';
import { seed as anySeed, type Seed } from './seed.js';
import { everyCall } from './split-honest.js';
import type { Steps } from './steps.js';

function seed(
  name: string,
  why: string,
  part: Partial<Configuration>,
  build: (s: Steps) => readonly (Step | readonly Step[])[],
): Seed {
  return anySeed('packed_ring_fuzzer', name, why, part, build);
}

/** A request with answer, there and back. */
function roundTrip(s: Steps): Step[] {
  return [s.add({ out: 1, in: 1, first: 64, second: 100, kick: true }), s.complete(0, 'all'), s.get()];
}

const BACK_ENDS: readonly Seed[] = BACK_END_NAMES.flatMap((backEnd) => [
  seed(
    `packed-direct-${backEnd}`,
    `requests and answers over ${backEnd}, across the end of the ring`,
    {
      backEnd,
      num: 5,
    },
    (s) => Array.from({ length: 6 }, () => roundTrip(s)),
  ),
  seed(
    `packed-indirect-${backEnd}`,
    'the same through indirect tables, beside a single piece that goes without',
    {
      backEnd,
      indirect: true,
    },
    (s) => [
      ...roundTrip(s),
      s.add({ out: 3, in: 2 }),
      s.add({ out: 1 }),
      s.add({ in: 4, first: 2, offset: 0x7f0 }),
      s.kick(),
      s.complete(1, 'count-read'),
      s.complete(0, 'half'),
      s.complete(0, 'all'),
      s.drain(),
      ...roundTrip(s),
    ],
  ),
]);

const SIZES: readonly Seed[] = [1, 2, 3, 6, 7, 10, 16, 33, 64, 129, 256].map((num) =>
  seed(`packed-size-${num}`, `a ring of ${num}: filled with singles, drained, filled again`, { num }, (s) => [
    s.addMany(num > 4 ? 12 : 2, { out: 1 }),
    s.addMany(num > 4 ? 4 : 2, { in: 1 }),
    s.kick(),
    s.completeMany(8, 'all'),
    s.drain(),
    s.completeMany(8, 'nothing'),
    s.drain(),
    s.addMany(num > 4 ? 16 : 2, { in: 1 }),
    s.completeMany(8, 'half'),
    s.drain(),
  ]),
);

const CHAINS: readonly Seed[] = [
  seed(
    'packed-chain-as-long-as-the-ring',
    'the chain wraps onto its own head: both wrap counters turn',
    {
      num: 4,
    },
    (s) =>
      Array.from({ length: 3 }, () => [
        s.add({ out: 2, in: 2, kick: true }),
        s.add({ in: 1 }),
        s.complete(0, 'all'),
        s.get(),
      ]).flat(),
  ),
  seed(
    'packed-chain-across-the-end',
    'a chain of five that starts two slots before the end of eight',
    {
      num: 8,
    },
    (s) => [
      s.add({ out: 3, in: 3 }),
      s.complete(0, 'all'),
      s.get(),
      s.add({ out: 3, in: 2, kick: true }),
      s.add({ in: 3 }),
      s.complete(1, 'all'),
      s.complete(0, 'half'),
      s.drain(),
      ...roundTrip(s),
    ],
  ),
  seed('packed-chains-fill-256', 'chains of 36 fill a ring of 256 and cross its end', { num: 256 }, (s) => [
    Array.from({ length: 7 }, () => s.add({ out: 5, in: 4, long: true })),
    s.add({ out: 3, in: 1 }),
    s.kick(),
    s.completeMany(3, 'all'),
    s.drain(),
    s.add({ out: 5, in: 4, long: true }),
    s.add({ out: 5, in: 4, long: true, kick: true }),
    s.completeMany(8, 'one'),
    s.drain(),
  ]),
  seed('packed-chain-longer-than-the-ring', 'nine pieces in a ring of 7: -ENOSPC, no notification', { num: 7 }, (s) => [
    s.add({ out: 5, in: 4 }),
    s.add({ in: 4, long: true }),
    ...roundTrip(s),
  ]),
  seed(
    'packed-indirect-longer-than-the-ring',
    'an indirect table may hold more pieces than the ring has slots',
    {
      num: 3,
      indirect: true,
      backEnd: 'iommu',
    },
    (s) => [s.add({ out: 5, in: 4, long: true, kick: true }), s.complete(0, 'all'), s.get(), ...roundTrip(s)],
  ),
  seed(
    'packed-out-of-order',
    'chains of different lengths completed last first: ids part from slots',
    {
      num: 8,
    },
    (s) => [
      s.add({ out: 2, in: 1 }),
      s.add({ out: 1 }),
      s.add({ in: 3 }),
      s.complete(2, 'all'),
      s.get(),
      s.complete(1, 'nothing'),
      s.complete(0, 'all'),
      s.get(2),
      s.add({ out: 2, in: 2, kick: true }),
      s.add({ in: 3 }),
      s.complete(1, 'all'),
      s.complete(0, 'all'),
      s.drain(),
    ],
  ),
  seed('packed-full-ring', '-ENOSPC without a notification', { num: 4 }, (s) => [
    s.wantKicks(false),
    s.addMany(4, { out: 1 }),
    s.add({ out: 1 }),
    s.add({ in: 1 }),
    s.kick(),
    s.complete(3, 'nothing'),
    s.get(),
    s.add({ in: 1 }),
  ]),
  seed('packed-every-length', 'what a device can write and report of one buffer', { backEnd: 'swiotlb' }, (s) =>
    (['all', 'nothing', 'half', 'one', 'count-read'] as const).flatMap((fill) => [
      s.add({ out: 1, in: 1, first: 64, second: 100 }),
      s.add({ out: 2, first: 32 }),
      s.completeMany(2, fill),
      s.drain(),
    ]),
  ),
];

const NOTIFICATION: readonly Seed[] = [
  seed(
    'packed-event-index-kicks',
    'off_wrap asked for on both sides of the wrap, chains across the end',
    {
      num: 3,
      eventIndex: true,
    },
    (s) =>
      Array.from({ length: 4 }, () => [
        s.wantKicks(true),
        s.add({ out: 1 }),
        s.kickPrepare(),
        s.add({ out: 1, in: 1 }),
        s.kick(),
        s.completeMany(2, 'all'),
        s.drain(),
        s.wantKicks(true),
        s.add({ out: 2, in: 1, kick: true }),
        s.wantKicks(false),
        s.complete(0, 'all'),
        s.get(),
        s.add({ out: 1, kick: true }),
        s.complete(0, 'all'),
        s.get(),
      ]).flat(),
  ),
  seed(
    'packed-event-index-interrupts',
    'delayed callbacks with chained buffers across the wrap (scenario 8)',
    {
      num: 5,
      eventIndex: true,
    },
    (s) => [
      s.disableCb(),
      s.add({ out: 1, in: 1 }),
      s.add({ out: 1, in: 2 }),
      s.enableCbDelayed(),
      s.complete(0, 'all'),
      s.complete(0, 'all'),
      s.disableCb(),
      s.drain(),
      s.enableCb(),
      s.add({ in: 1 }),
      s.add({ out: 2, in: 2 }),
      s.complete(0, 'all'),
      s.get(),
      s.disableCb(),
      s.enableCbDelayed(),
      s.complete(0, 'all'),
      s.enableCbDelayed(),
      s.get(),
      s.prepareAndPoll(),
      s.add({ out: 1, in: 1 }),
      s.disableCb(),
      s.complete(0, 'all'),
      s.enableCb(),
      s.prepareAndPoll(),
      s.get(),
    ],
  ),
  seed('packed-callbacks-by-flag', 'without event index the flags alone say it', { num: 4 }, (s) => [
    s.disableCb(),
    s.disableCb(),
    s.add({ in: 1 }),
    s.complete(0, 'all'),
    s.enableCb(),
    s.interrupt(),
    s.get(),
    s.enableCb(),
    s.add({ in: 1 }),
    s.complete(0, 'all'),
    s.enableCbDelayed(),
    s.drain(),
    s.interrupt(),
  ]),
  seed(
    'packed-disable-after-interrupt',
    'once an event interrupt came there is nothing to write to silence it (V13)',
    {
      eventIndex: true,
    },
    (s) => [
      s.add({ in: 1 }),
      s.complete(0, 'all'),
      s.disableCb(),
      s.get(),
      s.enableCb(),
      s.add({ in: 1 }),
      s.complete(0, 'all', { interrupt: false }),
      s.disableCb(),
      s.interrupt(),
      s.get(),
      s.enableCb(),
      s.add({ in: 1 }),
      s.complete(0, 'all'),
    ],
  ),
  seed('packed-spurious-interrupt', 'an interrupt with nothing used is not ours', { num: 2 }, (s) => [
    s.interrupt(),
    s.add({ in: 1 }),
    s.interrupt(),
    s.complete(0, 'all', { interrupt: false }),
    s.interrupt(),
    s.get(),
    s.interrupt(),
  ]),
  ...[false, true].map((eventIndex) =>
    seed(
      `packed-no-callback${eventIndex ? '-event-index' : ''}`,
      'a queue that is only polled starts with interrupts off',
      { callback: false, eventIndex },
      (s) => [
        s.add({ out: 1, in: 1, kick: true }),
        s.complete(0, 'all'),
        s.get(),
        s.enableCb(),
        s.add({ in: 1 }),
        s.complete(0, 'all'),
        s.get(),
        s.disableCb(),
        s.reset(),
        s.add({ in: 1 }),
        s.complete(0, 'all'),
        s.prepareAndPoll(),
        s.get(),
      ],
    ),
  ),
  ...[false, true].map((eventIndex) =>
    seed(
      `packed-kicks-off${eventIndex ? '-event-index' : ''}`,
      'the device starts with kicks off and asks for them later',
      { kicksOff: true, eventIndex, num: 8 },
      (s) => [
        s.add({ out: 1, kick: true }),
        s.kickPrepare(),
        s.wantKicks(true),
        s.kick(),
        s.add({ out: 1, kick: true }),
        s.addMany(3, { out: 1 }),
        s.wantKicks(false),
        s.kick(),
        s.notify(),
      ],
    ),
  ),
];

const LIFE: readonly Seed[] = [
  seed(
    'packed-contexts',
    'each buffer comes back with its own context, chains without tables',
    {
      num: 8,
      context: true,
      indirect: true,
    },
    (s) => [
      s.add({ out: 1, in: 1, context: 1 }),
      s.add({ in: 1, context: 2 }),
      s.add({ in: 2, context: 3 }),
      s.add({ out: 1 }),
      s.add({ in: 1, context: 4 }),
      s.complete(3, 'all'),
      s.completeMany(3, 'all'),
      s.drain(),
      s.add({ in: 1 }),
      s.completeMany(2, 'half'),
      s.drain(),
    ],
  ),
  seed(
    'packed-premapped',
    "buffers that the client mapped: only the table is the driver's to map",
    {
      num: 8,
      indirect: true,
      backEnd: 'swiotlb',
    },
    (s) => [
      s.add({ out: 1, premapped: true }),
      s.add({ out: 2, in: 2, premapped: true }),
      s.add({ in: 1, kick: true }),
      s.completeMany(3, 'half'),
      s.drain(),
      s.add({ out: 1, in: 1, premapped: true }),
      s.detachAll(),
      s.add({ out: 1, in: 1, premapped: true }),
      s.reset(),
    ],
  ),
  seed('packed-premapped-direct', 'the same without tables, behind an IOMMU', { num: 8, backEnd: 'iommu' }, (s) => [
    s.add({ out: 2, in: 2, premapped: true }),
    s.add({ out: 1, in: 1 }),
    s.completeMany(2, 'all'),
    s.drain(),
    s.add({ out: 3, in: 2, premapped: true }),
    s.resize(3),
    s.add({ in: 2, premapped: true }),
  ]),
  seed(
    'packed-detach-all',
    'taken back in the middle of a lap: only a reset makes the slots usable (V33)',
    {
      num: 4,
      indirect: true,
    },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.add({ out: 1 }),
      s.add({ in: 3 }),
      s.complete(1, 'all'),
      s.detachAll(),
      ...roundTrip(s),
      s.detachAll(),
      ...roundTrip(s),
    ],
  ),
  seed('packed-reset', 'a reset in the second lap starts again in the first', { num: 4, eventIndex: true }, (s) => [
    s.add({ out: 1, in: 2 }),
    s.complete(0, 'all'),
    s.get(),
    s.add({ out: 1, in: 1 }),
    s.disableCb(),
    s.reset(),
    ...roundTrip(s),
    s.reset(),
    s.reset(),
    ...roundTrip(s),
  ]),
  seed('packed-not-resettable', 'without the feature reset and resize are -ENOENT', { resettable: false }, (s) => [
    s.add({ out: 1, in: 1 }),
    s.reset(),
    s.resize(8),
    s.complete(0, 'all'),
    s.get(),
    s.detachAll(),
    s.add({ in: 1 }),
    s.reset(),
    s.add({ in: 1 }),
  ]),
  seed(
    'packed-resize',
    'up, down, to the same size, to 0, to too many, and to sizes no split ring has',
    {
      num: 4,
    },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.resize(16),
      s.addMany(12, { in: 1 }),
      s.completeMany(3, 'all'),
      s.get(2),
      s.resize(3),
      s.addMany(3, { out: 1 }),
      s.resize(3),
      s.resize(0),
      s.resize('too-large'),
      s.completeMany(2, 'all'),
      s.get(),
      s.resize(129),
      s.add({ out: 1, in: 1 }),
      s.resize(256),
      ...roundTrip(s),
      s.resize(1),
      s.add({ in: 1 }),
    ],
  ),
  seed('packed-broken-queue-every-call', 'what a queue broken by its client still answers (E23)', { num: 8 }, (s) => [
    s.add({ out: 1, in: 1 }),
    s.addMany(2, { in: 1 }),
    s.complete(0, 'all', { interrupt: false }),
    s.break(),
    ...everyCall(s),
    s.reset(),
    ...roundTrip(s),
  ]),
  seed(
    'packed-notify-fails-every-call',
    'a transport that is gone breaks the queue; every call after it',
    {
      num: 8,
      eventIndex: true,
    },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.add({ in: 1 }),
      s.fail('notify', 0),
      s.kick(),
      s.complete(0, 'all', { interrupt: false }),
      ...everyCall(s),
      s.detachAll(),
      ...roundTrip(s),
    ],
  ),
  seed('packed-query', 'what is asked without being told', { num: 2, backEnd: 'swiotlb' }, (s) => [
    s.query(),
    s.break(),
    s.query(),
  ]),
  seed(
    'packed-create-no-state',
    'no memory for the state: nothing is left behind',
    {
      createFailure: FAIL_KMALLOC,
    },
    (s) => roundTrip(s),
  ),
  ...[0, 1, 2].map((createFailureSkip) =>
    seed(
      `packed-create-no-area-${createFailureSkip + 1}`,
      'the ring and both event structures are three allocations; one of them fails (V10)',
      { createFailure: FAIL_COHERENT, createFailureSkip },
      (s) => roundTrip(s),
    ),
  ),
];

export const PACKED_HONEST: readonly Seed[] = [...BACK_ENDS, ...SIZES, ...CHAINS, ...NOTIFICATION, ...LIFE];
