// Kernels for the tests: sources that were downloaded before (a test downloads nothing), built where the builds of the project
// are, so that the second run of the tests finds them.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { LoadedDriver } from '../../src/campaign/drivers/loaded-driver.js';
import { type StoredBuild, linuxFolder, loadBuild } from '../../src/campaign/linux/build-folder.js';
import { buildLinux } from '../../src/campaign/linux/build-linux.js';
import { readKernelSources } from '../../src/campaign/linux/kernel-tree.js';
import { loadedLinux } from '../../src/campaign/linux/linux-driver.js';
import { findToolchain } from '../../src/campaign/linux/toolchain.js';
import { messageOf } from '../../src/campaign/errors.js';
import { projectRoot } from '../../src/campaign/paths.js';
import type { LinuxVariant } from '../../src/linux/linux-build.js';
import type { LinuxMachine } from '../../src/linux/machine.js';
import { LinuxMachine as Machine } from '../../src/linux/machine.js';
import { MEMORY_SIZE } from '../../src/memory/layout.js';

export const SERIES = ['6.12', '6.1'] as const;
/** Not in Debian's stable release: tested where their source was downloaded before. */
export const OTHER_SERIES = ['5.10', '7.3'] as const;
export type Series = (typeof SERIES)[number] | (typeof OTHER_SERIES)[number];

/** The tree of a series, or null. */
export function treeOf(series: Series): string | null {
  const cache = join(linuxFolder(), 'debian');
  const name = existsSync(cache)
    ? readdirSync(cache).find((each) => each.startsWith(`linux-source-${series}_`))
    : undefined;
  return name === undefined ? null : join(cache, name);
}

/** What is missing to build that kernel here, for the `skip` of a test; false where nothing is. */
export function missing(series: Series): string | false {
  try {
    findToolchain();
  } catch (error) {
    return messageOf(error);
  }
  if (treeOf(series) !== null) return false;
  return `no kernel source: run vringfuzz linux build --debian ${series}`;
}

/** Closes what is known to be open in 6.12. */
export const HOLES_CLOSED = 'bugs/linux/known-holes-closed.patch';

/** `patch` is a path below the project's root. */
export function buildOf(series: Series, variant: LinuxVariant = 'kasan', patch: string | null = null): StoredBuild {
  const tree = treeOf(series) ?? '';
  const file = patch === null ? null : join(projectRoot(), patch);
  const sources = readKernelSources(tree, file);
  // Where they are not taken for the newest kernel that was built.
  const isOther = (OTHER_SERIES as readonly string[]).includes(series);
  const root = isOther ? join(linuxFolder(), 'tests') : linuxFolder();
  const common = { package: null, defines: [], tools: findToolchain(), root, force: false };
  return buildLinux({ ...common, sources, variant }).build;
}

export function driverOf(series: Series, variant: LinuxVariant = 'kasan', patch: string | null = null): LoadedDriver {
  return loadedLinux(buildOf(series, variant, patch));
}

export function machineOf(series: Series): LinuxMachine {
  return new Machine(loadBuild(buildOf(series)), MEMORY_SIZE);
}
