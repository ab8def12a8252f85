// Either ring while maps, allocations, kicks and resets fail where the input says.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('mapping_error_fuzzer');
