// The packed ring with every back end: an honest and a hostile device in one scenario.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('packed_ring_fuzzer');
