// Names the instrumented code of a build: edges are numbered in the order in which the engine loads it, so maps of edges
// can be put together only where it is the same.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { UNDER_TEST } from '../engine/engine-flags.js';

/**
 * @param root compiled tree with `src/`.
 * @param driver the driver that is fuzzed instead of the tree's.
 */
export function buildIdentity(root: string, driver: LoadedDriver | null): string {
  const hash = createHash('sha1');
  for (const folder of driver === null ? UNDER_TEST : []) {
    const path = join(root, 'src', folder);
    const names = readdirSync(path).filter((name) => name.endsWith('.js'));
    for (const name of names.sort()) hash.update(`${name}\0`).update(readFileSync(join(path, name)));
  }
  if (driver !== null) hash.update(`${driver.identity.name}\0${driver.identity.sha256}`);
  return hash.digest('hex');
}
