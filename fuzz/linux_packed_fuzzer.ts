// Linux's packed ring, from `vringfuzz linux build`.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('linux_packed_fuzzer');
