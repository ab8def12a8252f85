// fast-check over byte arrays, with the inputs of the corpus as its examples.

import * as fc from 'fast-check';

import { corpusInputs } from '../../src/campaign/replay/replay-loop.js';
import { meteredExecute } from './metered-execute.js';

/** Runs until the meter ends the process. */
const ENDLESS = Number.MAX_SAFE_INTEGER;

const { context, run } = meteredExecute();
const { seed, maxLength, corpus } = context;

fc.assert(
  fc.property(fc.uint8Array({ maxLength }), (bytes) => {
    run(bytes);
  }),
  { seed, numRuns: ENDLESS, endOnFailure: true, examples: corpusInputs(corpus).map((bytes): [Uint8Array] => [bytes]) },
);
