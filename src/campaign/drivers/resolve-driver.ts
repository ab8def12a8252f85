// From what `--driver` says to a driver: a path of a JavaScript file, or a name that a loader of the registry answers to.

import { UsageError } from '../errors.js';
import { loadLinux } from '../linux/linux-driver.js';
import { loadDriverFile } from './load-file.js';
import type { LoadedDriver } from './loaded-driver.js';

export interface LoadOptions {
  /** Anew, after an execution in it was stopped half-way. */
  readonly fresh?: boolean;
  /** Where builds of the driver differ in it and none of them is named: one with bounce buffers of its own. */
  readonly pool?: boolean;
}

/** Loads a driver by what stands behind its name, as in `linux:6.12`; '' where nothing does. Throws UsageError. */
export type DriverLoader = (version: string, options?: LoadOptions) => LoadedDriver;

/** Drivers by name. What looks like a path is none of them. */
const LOADERS: ReadonlyMap<string, DriverLoader> = new Map([
  ['linux', (version, options) => loadLinux(version, options)],
]);

/** Throws UsageError, which says what to type instead. */
export function resolveDriver(spec: string, options?: LoadOptions): LoadedDriver {
  const [name = '', version = ''] = spec.split(/:(.*)/s);
  const loader = LOADERS.get(name);
  if (loader !== undefined) return loader(version, options);
  if (spec === '') throw new UsageError('--driver needs a path, such as ./my-driver.js (see docs/adding-a-driver.md)');
  return loadDriverFile(spec, options);
}
