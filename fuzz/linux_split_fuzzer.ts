// Linux's split ring, from `vringfuzz linux build`.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('linux_split_fuzzer');
