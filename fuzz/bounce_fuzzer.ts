// Either ring behind swiotlb or VDUSE: bounce copies, partial syncs, premapped buffers, reuse of slots and pages.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('bounce_fuzzer');
