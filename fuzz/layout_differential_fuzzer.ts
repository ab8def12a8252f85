// One script on several rings, features and back ends, with an honest device: all must answer alike.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('layout_differential_fuzzer');
