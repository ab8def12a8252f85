// Claims about the seeds of the VDUSE back end. Two slots of the traces are one bounce page.

import type { Claims } from './claim.js';

export const VDUSE_CLAIMS: Claims = {
  'vduse-shared-by-both-directions': [
    'TO_DEVICE -> 0x400000000',
    'FROM_DEVICE -> 0x400000100',
    'device writes 64 bytes at slot 0+0',
    '!copy 64',
    'unmap 100 bytes',
    'copy 100 bytes slot 0+256',
    'unmap 64 bytes',
    '!copy',
  ],
  'vduse-shared-page-outlives-its-first-user': [
    'unmap 100 bytes',
    'map 2048 bytes..-> 0x400001000',
    'copy 64 bytes slot 0+256',
    'copy 32 bytes 0x100120 -> slot 0+288',
    'unmap 64 bytes at 0x400000100',
  ],
  'vduse-second-user-is-filled': [
    'copy 100 bytes',
    'copy 64 bytes..-> slot 0+100',
    'map 64 bytes..TO_DEVICE -> ',
    'copy 64 bytes..-> slot 2+2032',
    'FROM_DEVICE -> 0x4000017f0',
  ],
  'vduse-long-run-and-a-short-mapping-in-it': [
    'copy 4096 bytes 0x101000 -> slot 2+0',
    'map 64 bytes at 0x100000 TO_DEVICE -> 0x400000000',
    'unmap 6144 bytes',
    'map 4096 bytes..-> 0x400001f00',
    'unmap 64 bytes',
  ],
  'vduse-run-that-cannot-share': [
    'map 64 bytes..-> 0x400001000',
    'map 8 bytes at 0x102f00..-> 0x400000f00',
    'copy 60 bytes 0x102fc4 -> slot 5+1988',
    'copy 4 bytes 0x103000 -> slot 6+0',
    'map 24 bytes at 0x103004..-> 0x400003004',
  ],
  'vduse-nothing-written': ['getBuf() = token 1', '!writes 2048 bytes', 'getBuf() = token 2, length 2048'],
  'vduse-page-changes-owner': [
    'copy 3000 bytes slot 0+256 -> 0x100100',
    'device writes 64 bytes at slot 0+240',
    'copy 3000 bytes slot 0+0 -> 0x100000',
  ],
  'vduse-written-around-every-mapping': [
    '!device writes 64 bytes at slot 0+0',
    'token 1: 0',
    'device writes 4096 bytes at slot 0+0',
    'unmap',
    'device writes 64 bytes at slot 0+56',
    'getBuf() = token 1',
    'device writes 64 bytes at slot 0+0',
    'device writes 64 bytes at slot 1+248',
  ],
  'vduse-skip-cpu-sync': [
    'copy 100 bytes 0x',
    'copy 50 bytes slot',
    'unmap 100 bytes',
    '!copy',
    'unmap 64 bytes',
    '!copy',
  ],
  'vduse-partial-syncs-at-0xf00': ['sync 768 bytes', 'copy 256 bytes slot 1+1792', 'copy 512 bytes slot 2+0', 'sync'],
  'vduse-two-bounce-pages': [
    'token 1: 0',
    'map 4096 bytes at 0x101000 FROM_DEVICE -> 0x400001000',
    'map 8 bytes..fails',
    '-EIO',
    'map 6144 bytes..fails',
    'map 4096 bytes at 0x100f00 FROM_DEVICE -> 0x400000f00',
  ],
  'vduse-largest-mapping': ['maxMappingSize() = 520192', 'map 266240 bytes at 0x100000 FROM_DEVICE -> 0x400000000'],
  'vduse-larger-than-the-domain': ['maxMappingSize() = 28672', 'map 266240 bytes..fails', '-ENOMEM', 'token 2: 0'],
  'vduse-unmap-of-more-than-was-mapped': [
    'unmap 4065 bytes',
    'copy 64 bytes slot 0+0 -> 0x100000',
    '!copy',
    'unmap 64 bytes',
    'unmap 8161 bytes',
    'copy 256 bytes',
    'copy 1793 bytes',
  ],
  'vduse-sync-beyond-the-end': [
    'sync 351 bytes',
    'copy 50 bytes slot 0+50',
    '!copy 100',
    'copy 256 bytes 0x101f00',
    'sync 2305 bytes',
    'copy 1 bytes',
  ],
  'vduse-unmapped-twice': [
    'unmap 100 bytes',
    'copy 100 bytes',
    'unmap 100 bytes',
    '!copy 100',
    'copy 64 bytes slot 0+256',
  ],
  ...ofLayouts((layout) => ({
    [`vduse-${layout}-tables-share-a-page`]: [
      'copy 48 bytes',
      'slot 2+',
      'copy 48 bytes..-> slot 2+',
      'getBuf() = token 2',
    ],
    [`vduse-${layout}-ring-moves-in-the-domain`]: [
      '= 0x400080000',
      'resize() = 0',
      'freed',
      'resize() = 0',
      'resize() = 0',
    ],
    [`vduse-${layout}-address-of-another-mapping`]: [
      'device writes desc[0].addr = 0x400001000',
      'device writes desc[1].len = 0xffffffff',
      'unmap 100 bytes at 0x400001000 FROM_DEVICE',
      'getBuf() = token 2, length 100',
      'unmap 64 bytes at 0x400000000 TO_DEVICE',
      'getBuf() = token 3, length 64',
    ],
    [`vduse-${layout}-map-4-fails`]: [
      'fails',
      'unmap',
      'unmap',
      'unmap',
      layout === 'split' ? 'token 2: -ENOMEM' : 'token 2: -EIO',
      'token 3: 0',
    ],
    [`vduse-${layout}-resize-fails-and-works`]: ['fails', 'resize() = -ENOMEM', 'resize() = 0', 'getBuf() = token 2'],
  })),
};

function ofLayouts(claims: (layout: 'split' | 'packed') => Claims): Claims {
  return { ...claims('split'), ...claims('packed') };
}
