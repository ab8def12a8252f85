// What a campaign begins with that has nothing: inputs of full length without any pattern. An engine that begins with an
// empty input grows it a few bytes at a time, while one random input of 64 records already maps, completes and reaps
// (measured: docs/speed.md).

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { seededRandom } from '../seeded-random.js';

const INPUTS = 256;

/** Writes the inputs of `seed` to a folder, which must exist; none is longer than `maxLength` bytes. */
export function writeNoise(folder: string, seed: number, maxLength: number): void {
  for (const [index, bytes] of noise(seed, maxLength).entries()) {
    writeFileSync(join(folder, `noise-${String(index).padStart(3, '0')}`), bytes);
  }
}

/** The same for the same seed: whole records, from one to as many as fit. */
export function noise(seed: number, maxLength: number): readonly Uint8Array[] {
  const below = seededRandom(seed);
  const records = Math.max(1, Math.floor(maxLength / 4));
  return Array.from({ length: INPUTS }, () => {
    const length = Math.min(maxLength, 4 * (1 + below(records)));
    return Uint8Array.from({ length }, () => below(256));
  });
}
