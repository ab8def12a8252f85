// Random inputs of full length before the engine's own, in its process, where a campaign has no corpus to begin with. An
// engine that begins with an empty input grows it a few bytes at a time, while one random input of 64 records already maps,
// completes and reaps; and all that comes later runs on code that V8 has compiled by then (measured: docs/speed.md).

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { WarmUp } from '../src/campaign/engine/run-context.js';
import { seededRandom } from '../src/campaign/seeded-random.js';

export interface WarmUpTarget {
  readonly run: (data: Buffer) => void;
  /** Whether the last run covered what no run before it had. */
  readonly isNews: () => boolean;
}

/** Runs the inputs of the plan, and keeps those that cover something new as files, which the engine then reads. */
export function warmUp({ seed, executions, maxLength, folder }: WarmUp, { run, isNews }: WarmUpTarget): void {
  const below = seededRandom(seed);
  for (let k = 0; k < executions; k++) {
    const bytes = randomInput(below, maxLength);
    run(bytes);
    if (isNews()) writeFileSync(join(folder, `random-${String(seed)}-${String(k).padStart(5, '0')}`), bytes);
  }
}

/** Whole records of four bytes, from one to as many as fit; fewer bytes only where not even one fits. */
export function randomInput(below: (limit: number) => number, maxLength: number): Buffer {
  const records = Math.max(1, Math.floor(maxLength / 4));
  const bytes = Buffer.alloc(Math.min(maxLength, 4 * (1 + below(records))));
  for (let k = 0; k < bytes.length; k++) bytes[k] = below(256);
  return bytes;
}
