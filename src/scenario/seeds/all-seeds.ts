// Every seed, in the order in which the manifest lists them.

import { BOUNCE } from './bounce.js';
import { MAPPING_ERRORS } from './mapping-errors.js';
import { PACKED_HONEST } from './packed-honest.js';
import { PACKED_HOSTILE } from './packed-hostile.js';
import { RAW_RINGS } from './raw-rings.js';
import type { Seed } from './seed.js';
import { SPLIT_HONEST } from './split-honest.js';
import { SPLIT_HOSTILE } from './split-hostile.js';
import { SPLIT_RACES } from './split-races.js';

export const SEEDS: readonly Seed[] = [
  ...SPLIT_HONEST,
  ...SPLIT_HOSTILE,
  ...SPLIT_RACES,
  ...PACKED_HONEST,
  ...PACKED_HOSTILE,
  ...BOUNCE,
  ...MAPPING_ERRORS,
  ...RAW_RINGS,
];
