// What else fails below a queue: notifications, the transport's stop and start, memory for a ring of another size.

import { FAIL_COHERENT, FAIL_KMALLOC } from '../../platform/failures.js';
import { roundTrip } from './phrases.js';
import { type Seed, seedsOf } from './seed.js';

const seed = seedsOf('mapping_error_fuzzer');

const LAYOUTS = [
  ['split', false],
  ['packed', true],
] as const;

const EVERY_SERVICE: readonly Seed[] = LAYOUTS.flatMap(([layout, packed]) => [
  seed(
    `${layout}-notify-fails`,
    'the transport is gone: the queue is broken until it is reset',
    { packed, num: 8 },
    (s) => [
      s.add({ out: 1 }),
      s.fail('notify', 1),
      s.kick(),
      s.notify(),
      s.add({ in: 1 }),
      s.kick(),
      s.get(),
      s.disableCb(),
      s.enableCb(),
      s.reset(),
      ...roundTrip(s),
    ],
  ),
  seed(
    `${layout}-notify-of-full-ring-fails`,
    'the notification that -ENOSPC makes fails in its turn',
    { packed, num: 2 },
    (s) => [
      s.addMany(2, { out: 1 }),
      s.fail('notify', 0),
      s.add({ out: 1 }),
      s.add({ in: 1 }),
      s.reset(),
      ...roundTrip(s),
    ],
  ),
  seed(
    `${layout}-disable-fails`,
    'the transport cannot stop the queue: reset and resize change nothing',
    { packed, num: 8 },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.fail('disable-queue', 0, 3),
      s.reset(),
      s.resize(4),
      s.complete(0, 'all'),
      s.get(),
      s.resize(4),
      ...roundTrip(s),
    ],
  ),
  seed(
    `${layout}-enable-fails`,
    'the queue cannot be handed back: -EBUSY, and it stays broken, unlike in Linux (V34)',
    { packed, num: 8 },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.fail('enable-queue', 0, 3),
      s.reset(),
      s.add({ in: 1 }),
      s.resize(4),
      s.add({ in: 1 }),
      s.get(),
      s.reset(),
      ...roundTrip(s),
    ],
  ),
  seed(
    `${layout}-resize-no-state`,
    'no memory for the new state: -ENOMEM, the old ring again, and the buffers are gone',
    { packed, num: 8 },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.fail('kmalloc', 0),
      s.resize(16),
      ...roundTrip(s),
      s.resize(16),
      ...roundTrip(s),
    ],
  ),
  ...(packed ? [0, 1, 2] : [0]).map((k) =>
    seed(
      `${layout}-resize-no-area-${k + 1}`,
      'no memory for the new ring: -ENOMEM, the old one again',
      { packed, num: 4 },
      (s) => [
        s.add({ out: 1, in: 1 }),
        s.fail('coherent', k),
        s.resize(2),
        s.add({ out: 1 }),
        s.complete(0, 'all'),
        s.get(),
        s.resize(2),
        ...roundTrip(s),
      ],
    ),
  ),
  seed(
    `${layout}-resize-everything-fails`,
    '-EBUSY wins over -ENOMEM, and the ring of the old size works after the next reset',
    { packed, num: 4 },
    (s) => [
      s.add({ out: 1, in: 1 }),
      s.fail('kmalloc', 0),
      s.fail('enable-queue', 0),
      s.resize(8),
      s.get(),
      s.reset(),
      ...roundTrip(s),
    ],
  ),
  seed(
    `${layout}-creation-fails-no-state`,
    'a queue that never comes to be',
    { packed, createFailure: FAIL_KMALLOC },
    (s) => roundTrip(s),
  ),
  seed(
    `${layout}-creation-fails-no-area`,
    'the same one allocation later',
    { packed, createFailure: FAIL_COHERENT, createFailureSkip: packed ? 2 : 0, backEnd: 'iommu' },
    (s) => roundTrip(s),
  ),
]);

export const FAILING_SERVICES: readonly Seed[] = [
  ...EVERY_SERVICE,
  seed(
    'split-resize-no-power-of-two',
    'a size that a split ring cannot have: -ENOMEM after the buffers are gone',
    {
      num: 8,
    },
    (s) => [s.add({ out: 1, in: 1 }), s.resize(5), ...roundTrip(s), s.resize(0), s.resize('too-large')],
  ),
];
