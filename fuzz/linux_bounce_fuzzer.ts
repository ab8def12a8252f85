// Linux's rings over swiotlb and VDUSE, from `vringfuzz linux build`.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('linux_bounce_fuzzer');
