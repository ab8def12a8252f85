// No engine at all: pseudo-random bytes of every length up to the longest, after the inputs of the corpus.

import { seededRandom } from '../../src/campaign/seeded-random.js';
import { corpusInputs } from '../../src/campaign/replay/replay-loop.js';
import { meteredExecute } from './metered-execute.js';

const { context, run } = meteredExecute();
const random = seededRandom(context.seed);
const buffer = new Uint8Array(context.maxLength);

for (const bytes of corpusInputs(context.corpus)) run(bytes);

// The meter ends the process.
for (;;) {
  const length = random(context.maxLength + 1);
  for (let k = 0; k < length; k++) buffer[k] = random(256);
  run(buffer.subarray(0, length));
}
