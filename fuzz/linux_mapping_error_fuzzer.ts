// Linux's rings where services fail, from `vringfuzz linux build`.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('linux_mapping_error_fuzzer');
