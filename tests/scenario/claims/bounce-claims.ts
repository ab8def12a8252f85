// Claims about the seeds of bounce_fuzzer.

import type { Claims } from './claim.js';

export const BOUNCE_CLAIMS: Claims = {
  's01-neighbour-survives-a-wrong-size': [
    'unmap 4097 bytes',
    'copy 64 bytes slot 0+0',
    '-> 0x100080000',
    'TO_DEVICE fails',
  ],
  'pool-fragmented-in-pairs': [
    'map 6144 bytes..fails',
    '-ENOMEM',
    'map 4096 bytes..-> 0x100080000',
    'getBuf() = token 2',
  ],
  's04-nothing-written': [
    'copy 4096 bytes 0x100000 -> slot 0+0',
    'map 4096 bytes at 0x100000 TO_DEVICE -> 0x100080000',
    'getBuf() = token 1',
    'copy 4096 bytes 0x100000 -> slot 2+0',
    'copy 4096 bytes slot 2+0',
    'getBuf() = token 2, length 0',
  ],
  's04-length-says-full': ['getBuf() = token 1', '!writes 4096 bytes', 'getBuf() = token 2, length 4096'],
  's04-sync-keeps-what-was-written': [
    'FROM_DEVICE -> ',
    'writes 64 bytes',
    'writes 36 bytes',
    'copy 4096 bytes slot',
    '!copy',
    'sync',
    'copy 4096 bytes slot',
  ],
  's01-unmap-of-more-than-was-mapped': ['map 64 bytes', 'unmap 4065 bytes', 'copy 64 bytes slot 0+0'],
  's01-unmap-of-less-than-was-mapped': [
    'unmap 33 bytes',
    'copy 33 bytes',
    'unmap 1 bytes',
    'copy 1 bytes',
    'map 6144 bytes at 0x100000 TO_DEVICE',
  ],
  's03-sync-beyond-the-end': ['map 100 bytes', 'sync', 'copy 10 bytes', 'map 2049 bytes', 'sync'],
  'unmapped-twice': ['unmap 3000 bytes', 'copy 3000 bytes', 'unmap 3000 bytes', '!copy 3000', 'map map 8 bytes'],
  'skip-cpu-sync': ['copy 100 bytes 0x', 'unmap 100 bytes', '!copy 100', 'map map 2048 bytes'],
  'pool-of-four-split-direct': ['fails', 'token 1: -ENOMEM', 'token 2: 0'],
  'pool-of-four-split-indirect': ['fails', 'token 1: -ENOMEM'],
  'pool-of-four-packed-direct': ['fails', 'token 1: -EIO', 'token 2: 0'],
  'pool-of-four-packed-indirect': ['fails', 'kfree', 'fails', 'token 1: -EIO'],
  'pool-fragmented': ['map 4096 bytes at..fails', '-ENOMEM', 'token 2: 0'],
  'larger-than-any-mapping': [
    'maxMappingSize() = 258048',
    'map 266240 bytes..fails',
    '-ENOMEM',
    'map 266240 bytes..fails',
    'token 3: 0',
  ],
  'next-fit-around-the-pool': ['-> slot 252+0', 'token', '-> slot 0+0'],
  'address-of-another-owner': [
    'desc[0].addr',
    'unmap 64 bytes at 0x100080000 TO_DEVICE',
    'desc[1].addr',
    'getBuf() = token 2',
  ],
};
