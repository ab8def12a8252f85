// Input bytes laid verbatim over the ring memory of either ring, then completions.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('raw_ring_fuzzer');
