// The harness as a value: the function under everything and its targets, taken from the compiled tree that runs or from
// the build of a planted bug.

import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';

import type { TargetSpec } from '../target/target-spec.js';
import type { execute, executeTraced, foreignRunner } from '../world/execute.js';
import type { LoadedDriver } from './drivers/loaded-driver.js';
import { resolveDriver } from './drivers/resolve-driver.js';
import { EnvironmentError, UsageError, messageOf } from './errors.js';
import { didYouMean } from './nearest.js';

export interface Harness {
  readonly targets: readonly TargetSpec[];
  readonly execute: typeof execute;
  readonly executeTraced: typeof executeTraced;
}

export interface HarnessOptions {
  readonly fresh?: boolean;
  /** The driver that every execution is of, where it is not that of the tree. */
  readonly driver?: LoadedDriver | null;
}

/**
 * Loads the harness of a compiled tree: `<root>/src/world/execute.js` and `<root>/src/target/targets.js`. With `fresh`
 * its modules are loaded anew: an execution that was stopped half-way leaves the pooled world in no known state.
 */
export function loadHarness(root: string, options?: HarnessOptions): Harness {
  if (!existsSync(join(root, 'src', 'world', 'execute.js'))) {
    throw new EnvironmentError(`${root} holds no build: run npm run build`);
  }
  if (options?.fresh === true) forgetHarness(root);
  const world = load(root, 'world/execute.js') as WorldModule;
  const { ALL_TARGETS } = load(root, 'target/targets.js') as { readonly ALL_TARGETS: readonly TargetSpec[] };
  const harness = { targets: ALL_TARGETS, execute: world.execute, executeTraced: world.executeTraced };
  const driver = options?.driver ?? null;
  return driver === null ? harness : driverHarness(harness, world, options?.fresh === true ? renewed(driver) : driver);
}

type WorldModule = Pick<Harness, 'execute' | 'executeTraced'> & { readonly foreignRunner: typeof foreignRunner };

/** A harness whose every execution is of that driver. Throws UsageError where its world cannot be built. */
function driverHarness(harness: Harness, world: WorldModule, driver: LoadedDriver): Harness {
  try {
    world.foreignRunner(driver);
  } catch (error) {
    throw new UsageError(
      `--driver ${driver.identity.source} makes no queues: ${messageOf(error)}; see docs/adding-a-driver.md`,
    );
  }
  return {
    targets: harness.targets,
    execute: (target, bytes, options) => harness.execute(target, bytes, { ...options, driver }),
    executeTraced: (target, bytes, options) => harness.executeTraced(target, bytes, { ...options, driver }),
  };
}

/** What an execution that was stopped half-way left of the module is in no known state either. */
function renewed({ handle }: LoadedDriver): LoadedDriver {
  return resolveDriver(handle, { fresh: true });
}

/** The target of that name. Throws UsageError, with the nearest name, when there is none. */
export function findTarget(targets: readonly TargetSpec[], name: string): TargetSpec {
  const target = targets.find((candidate) => candidate.name === name);
  if (target !== undefined) return target;
  const names = targets.map((candidate) => candidate.name);
  throw new UsageError(`unknown target ${name}${didYouMean(name, names)}; one of ${names.join(', ')}`);
}

function load(root: string, module: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the path is only known when it runs
  return require(join(root, 'src', module));
}

/** Lets go of a loaded harness, some megabytes each: for those who load one after the other. */
export function forgetHarness(root: string): void {
  const own = join(root, 'src') + sep;
  module.children = module.children.filter(({ filename }) => !filename.startsWith(own));
  for (const path of Object.keys(require.cache)) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- how require forgets
    if (path.startsWith(own)) delete require.cache[path];
  }
}
