// Raw ring images: what the whole ring memory holds when the driver looks at it. The buffers that the target puts in
// flight begin at descriptor 0; their sizes follow from the shape byte (src/world/runner.ts).

import { BACK_END_NAMES } from '../../dma/back-end.js';
import { rawSeed, type Seed } from './seed.js';

const NEXT = 1;
const WRITE = 2;
const INDIRECT = 4;
const NO_NOTIFY = 1;
const DESC = 2;

const SPLIT: readonly Seed[] = [
  ...BACK_END_NAMES.map((backEnd) =>
    rawSeed(
      `raw-split-two-completed-${backEnd}`,
      'a used ring with two honest entries under an untouched rest',
      { num: 8, backEnd },
      { buffers: 3 },
      (ring) => {
        ring.used(
          [
            { id: 0, len: 0 },
            { id: 1, len: 8 },
          ],
          2,
        );
      },
    ),
  ),
  rawSeed('raw-split-nothing', 'no bytes at all: the driver sees its own ring', { num: 4 }, { buffers: 4 }, () => {
    // The empty image.
  }),
  rawSeed('raw-split-all-ones', 'every byte 0xff', { num: 4, eventIndex: true }, { buffers: 2 }, (ring) => {
    ring.fill(0xff);
  }),
  rawSeed('raw-split-all-zero', 'every byte 0', { num: 4 }, { buffers: 2, rest: { disableCb: true } }, (ring) => {
    ring.fill(0);
  }),
  rawSeed(
    'raw-split-same-id-many-times',
    'eight used entries for one buffer',
    { num: 8, indirect: true },
    { buffers: 8, rest: { delayed: true } },
    (ring) => {
      ring.used(
        Array.from({ length: 8 }, () => ({ id: 2, len: 4 })),
        8,
      );
    },
  ),
  rawSeed(
    'raw-split-descriptor-cycle',
    'all descriptors point at the first, all with NEXT',
    { num: 4, backEnd: 'swiotlb' },
    { buffers: 3 },
    (ring) => {
      for (let index = 0; index < 4; index++) ring.descriptor(index, { addr: 0x1_0008_0000, len: 64, flags: NEXT });
      ring.available(0, 3, [0, 1, 2]);
      ring.used([{ id: 0, len: 0 }], 1);
    },
  ),
  rawSeed(
    'raw-split-poisoned-table',
    'WRITE and INDIRECT everywhere, lengths that no table has',
    { num: 4, indirect: true, backEnd: 'swiotlb' },
    { buffers: 4, rest: { reset: true } },
    (ring) => {
      for (let index = 0; index < 4; index++) {
        ring.descriptor(index, { addr: 0x1_0008_0000 + 2048 * index, len: 8, flags: WRITE | INDIRECT, next: 0xffff });
      }
      ring.available(1, 4, [3, 2, 1, 0], 7);
      ring.used(
        [
          { id: 3, len: 0xffffffff },
          { id: 0, len: 1 },
        ],
        2,
      );
    },
  ),
  rawSeed(
    'raw-split-index-far-ahead',
    'used.idx of 40000 over stale entries (E21)',
    { num: 16, eventIndex: true },
    { buffers: 2, rest: { more: 4, delayed: true, reset: true } },
    (ring) => {
      ring.used([], 40000, NO_NOTIFY, 0x8000);
    },
  ),
  rawSeed(
    'raw-split-reset-between',
    'completions, a reset, and the same completions for new buffers',
    { num: 8, backEnd: 'iommu' },
    { buffers: 2, rest: { more: 3, disableCb: true, reset: true } },
    (ring) => {
      ring.used([{ id: 0, len: 4 }], 1, 0, 0);
    },
  ),
];

const PACKED: readonly Seed[] = [
  ...BACK_END_NAMES.map((backEnd) =>
    rawSeed(
      `raw-packed-two-completed-${backEnd}`,
      'two honest answers in the first slots',
      { packed: true, num: 7, backEnd },
      { buffers: 2 },
      (ring) => {
        ring.slot(0, 0, 4, 'used');
        ring.slot(1, 1, 4, 'used');
      },
    ),
  ),
  rawSeed('raw-packed-all-ones', 'every byte 0xff', { packed: true, num: 4 }, { buffers: 2 }, (ring) => {
    ring.fill(0xff);
  }),
  rawSeed(
    'raw-packed-all-zero',
    'every byte 0: nothing is available any more, and nothing used',
    { packed: true, num: 4, eventIndex: true },
    { buffers: 2, rest: { disableCb: true, delayed: true } },
    (ring) => {
      ring.fill(0);
    },
  ),
  rawSeed(
    'raw-packed-used-in-the-other-lap',
    'flags of the lap with wrap counter 0 in the first slots',
    { packed: true, num: 5 },
    { buffers: 1, rest: { reset: true } },
    (ring) => {
      ring.slot(0, 0, 4, 'used');
      ring.slot(1, 1, 4, 'used-by-wrap-0');
      ring.slot(2, 2, 4, 'available');
    },
  ),
  rawSeed(
    'raw-packed-events',
    'both event structures at a position outside the ring',
    { packed: true, num: 3, eventIndex: true, indirect: true },
    { buffers: 3, rest: { more: 2, disableCb: true } },
    (ring) => {
      ring.slot(0, 0, 0, 'used');
      ring.driverEvent(0xffff, DESC);
      ring.deviceEvent(0x7fff, DESC);
    },
  ),
  rawSeed(
    'raw-packed-same-id',
    'every slot used, all with one id',
    { packed: true, num: 8, backEnd: 'swiotlb', indirect: true },
    { buffers: 8, rest: { delayed: true, reset: true } },
    (ring) => {
      for (let index = 0; index < 8; index++) ring.slot(index, 1, 0xffffffff, 'used');
    },
  ),
  rawSeed(
    'raw-packed-ids-reversed',
    'ids from the last to the first: answers out of order',
    { packed: true, num: 4, indirect: true },
    { buffers: 4 },
    (ring) => {
      for (let index = 0; index < 4; index++) ring.slot(index, 3 - index, 1, 'used');
    },
  ),
];

export const RAW_RINGS: readonly Seed[] = [...SPLIT, ...PACKED];
