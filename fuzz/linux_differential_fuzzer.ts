// The hardened driver and Linux's side by side, from `vringfuzz linux build`.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('linux_differential_fuzzer');
