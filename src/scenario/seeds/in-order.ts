// VIRTIO_F_IN_ORDER on both layouts (facts 2.8): batches as a conforming device reports them, the ids that Linux takes
// without a look (V30), what is left of a batch at a reset (V31), and batches in every neighbouring state.

import type { Configuration } from '../configuration.js';
import { HUGE_SIZE } from '../operands.js';
import type { Step } from '../scenario.js';
import { everyCall, pollLoop, roundTrip } from './phrases.js';
import { type Seed, seedsOf } from './seed.js';
import type { Steps } from './steps.js';

interface InOrderSeed {
  readonly name: string;
  readonly why: string;
  readonly part?: Partial<Configuration>;
  readonly steps: (s: Steps) => readonly (Step | readonly Step[])[];
}

/** What both layouts can be told. */
const SHARED: readonly InOrderSeed[] = [
  {
    name: 'one-by-one',
    why: 'every buffer has an entry of its own',
    steps: (s) => [...roundTrip(s), ...roundTrip(s), ...roundTrip(s)],
  },
  {
    name: 'batch-of-three',
    why: 'one used entry for three buffers: the first two count as used completely',
    steps: (s) => [s.addMany(2, { in: 1 }), s.add({ out: 1, in: 1 }), s.completeMany(3, 'half'), s.get(1), s.get(2)],
  },
  {
    name: 'batch-over-the-end',
    why: 'a batch that begins in one lap and ends in the next, with chains across the end of the ring',
    part: { num: 4 },
    steps: (s) => [
      ...roundTrip(s),
      s.add({ in: 1 }),
      s.completeMany(1, 'all'),
      s.get(),
      s.add({ out: 1, in: 1 }),
      s.addMany(2, { in: 1 }),
      s.completeMany(3, 'nothing'),
      s.drain(),
      ...roundTrip(s),
    ],
  },
  {
    name: 'two-batches-waiting',
    why: 'the second batch is reported while the first is still being reaped',
    part: { num: 8 },
    steps: (s) => [
      s.addMany(4, { in: 1 }),
      s.completeMany(3, 'one'),
      s.get(1),
      s.add({ out: 1, in: 1 }),
      s.completeMany(2, 'half'),
      s.drain(),
    ],
  },
  {
    name: 'batch-with-tables',
    why: 'indirect and direct buffers in one batch',
    part: { num: 8, indirect: true, backEnd: 'swiotlb' },
    steps: (s) => [s.add({ out: 2, in: 2 }), s.add({ in: 1 }), s.add({ in: 3 }), s.completeMany(3, 'half'), s.drain()],
  },
  {
    name: 'batch-polled',
    why: 'callbacks are switched on, and the queue is polled, in the middle of a batch',
    part: { num: 8, eventIndex: true },
    steps: (s) => [
      s.addMany(4, { in: 1 }),
      s.disableCb(),
      s.completeMany(4, 'all'),
      s.get(1),
      s.enableCb(),
      s.get(1),
      s.prepareAndPoll(),
      s.enableCbDelayed(),
      s.interrupt(),
      s.drain(),
      s.enableCb(),
    ],
  },
  {
    name: 'batch-ended-by-a-large-buffer',
    why: 'a buffer that the device does not fill completely cannot be skipped: it ends a batch of its own',
    part: { num: 8 },
    steps: (s) => [
      s.add({ in: 1 }),
      s.add({ in: 1, first: HUGE_SIZE }),
      s.add({ in: 1 }),
      s.completeMany(3, 'all'),
      s.drain(),
    ],
  },
  {
    name: 'contexts',
    why: 'each buffer of a batch comes back with its own context',
    part: { num: 8, context: true },
    steps: (s) => [
      s.add({ in: 1, context: 1 }),
      s.add({ in: 1, context: 2 }),
      s.add({ out: 1, context: 3 }),
      s.completeMany(3, 'all'),
      s.drain(),
    ],
  },
  ...(
    [
      ['num', 'as large as the ring'],
      ['all-ones', 'all ones: the mark that Linux has for "no batch" (E5b)'],
      ['live-plus-0x10000', 'right in its low 16 bits'],
      ['live-plus-0x100', 'that nobody issued (E5)'],
      [{ nearPending: 1 }, 'next to the one in flight: in the middle of a chain'],
    ] as const
  ).map(([id, what], k): InOrderSeed => ({
    name: `v30-forged-id-${k + 1}`,
    why: `an id ${what}, with three buffers in flight`,
    steps: (s) => [s.add({ out: 1, in: 2 }), s.add({ in: 1 }), s.forgeUsed(id, 32), ...pollLoop(s), ...everyCall(s)],
  })),
  {
    name: 'v30-id-of-the-last-batch',
    why: 'the id that was completed last is named again',
    part: { num: 8 },
    steps: (s) => [
      s.addMany(3, { in: 1 }),
      s.completeMany(2, 'all'),
      s.drain(),
      s.forgeUsed('last', 8),
      ...pollLoop(s),
    ],
  },
  {
    name: 'v31-reset-after-one',
    why: 'V31a: one of two buffers is reaped, the queue reset; the next buffer must begin at the beginning',
    part: { num: 4 },
    steps: (s) => [s.addMany(2, { in: 1 }), s.complete(0, 'all'), s.get(), s.reset(), ...roundTrip(s), ...roundTrip(s)],
  },
  {
    name: 'v31-reset-within-a-batch',
    why: 'V31b: a batch is half reaped at the reset; buffers added later must not come back with it',
    part: { num: 4, backEnd: 'none' },
    steps: (s) => [
      s.addMany(3, { in: 1 }),
      s.completeMany(3, 'all'),
      s.get(),
      s.reset(),
      s.addMany(3, { in: 1 }),
      s.get(3),
      s.completeMany(3, 'all'),
      s.drain(),
    ],
  },
  {
    name: 'v31-resize-within-a-batch',
    why: 'the same with a resize',
    part: { num: 8 },
    steps: (s) => [
      s.addMany(4, { in: 1 }),
      s.completeMany(4, 'all'),
      s.get(2),
      s.resize(4),
      s.addMany(4, { in: 1 }),
      s.get(4),
      s.completeMany(4, 'all'),
      s.drain(),
    ],
  },
  {
    name: 'v31-detach-within-a-batch',
    why: 'the client takes everything back in the middle of a batch and starts over',
    part: { num: 8 },
    steps: (s) => [s.addMany(4, { in: 1 }), s.completeMany(3, 'all'), s.get(1), s.detachAll(), ...roundTrip(s)],
  },
  {
    name: 'broken-within-a-batch',
    why: 'nothing comes back from a broken queue, also when the device has long said so',
    part: { num: 8 },
    steps: (s) => [s.addMany(3, { in: 1 }), s.completeMany(3, 'all'), s.get(1), s.break(), s.drain(), ...pollLoop(s)],
  },
  {
    name: 'failed-add-within-a-batch',
    why: 'a mapping fails while a batch is being reaped: the next chain begins where the failed one would have',
    part: { num: 8, backEnd: 'swiotlb' },
    steps: (s) => [
      s.addMany(3, { in: 1 }),
      s.completeMany(3, 'all'),
      s.get(1),
      s.fail('map', 1),
      s.add({ out: 1, in: 2 }),
      s.add({ out: 1, in: 2 }),
      s.drain(),
      s.completeMany(2, 'half'),
      s.drain(),
    ],
  },
];

/** What only a split ring has: an index that counts buffers beside an id that ends a batch, and a shared NEXT flag. */
const SPLIT_ONLY: readonly InOrderSeed[] = [
  {
    name: 'batch-beyond-used-idx',
    why: 'the id says three buffers, used.idx moved by one',
    part: { num: 8 },
    steps: (s) => [s.addMany(3, { in: 1 }), s.forgeUsed({ pending: 2 }, 8, 1), ...pollLoop(s)],
  },
  {
    name: 'used-idx-beyond-batch',
    why: 'used.idx moved by four, the id says two: stale entries follow',
    part: { num: 8 },
    steps: (s) => [s.addMany(4, { in: 1 }), s.forgeUsed({ pending: 1 }, 8, 4), ...pollLoop(s)],
  },
  {
    name: 'used-idx-back-within-a-batch',
    why: 'used.idx moves back while a batch is being reaped',
    part: { num: 8 },
    steps: (s) => [s.addMany(4, { in: 1 }), s.completeMany(3, 'all'), s.get(1), s.jumpUsed(-3), ...pollLoop(s)],
  },
  {
    name: 'v32-next-cleared',
    why: 'V32: NEXT of the head of a chain is cleared; the next buffer is still expected behind the whole chain',
    part: { num: 8 },
    steps: (s) => [
      s.add({ out: 1, in: 2 }),
      s.add({ in: 1 }),
      s.poke('desc.flags', 0, { flip: 0 }),
      s.complete(0, 'all'),
      s.get(),
      s.complete(0, 'all'),
      s.get(),
    ],
  },
  {
    name: 'v32-next-set',
    why: 'V32: NEXT of a single buffer is set, so that a walk would run into its neighbour',
    part: { num: 8 },
    steps: (s) => [
      s.addMany(3, { in: 1 }),
      s.poke('desc.flags', 0, { flip: 0 }),
      s.complete(0, 'all'),
      s.get(),
      s.completeMany(2, 'all'),
      s.drain(),
    ],
  },
];

export const IN_ORDER: readonly Seed[] = [...build('split', [...SHARED, ...SPLIT_ONLY]), ...build('packed', SHARED)];

function build(layout: 'split' | 'packed', seeds: readonly InOrderSeed[]): readonly Seed[] {
  const define = seedsOf(`${layout}_ring_fuzzer`);
  return seeds.map(({ name, why, part, steps }) =>
    define(`${layout}-in-order-${name}`, why, { ...part, inOrder: true }, steps),
  );
}
