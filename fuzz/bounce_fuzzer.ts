// Either ring behind swiotlb: bounce copies, partial syncs, premapped buffers, slot reuse.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('bounce_fuzzer');
