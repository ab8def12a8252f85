// Fails on purpose on a reachable input: proves that findings are found, stored and reported.

import { fuzzTarget } from './fuzz-target.js';

export const fuzz = fuzzTarget('canary');
