// Which targets say something about a driver from outside.

import type { TargetSpec } from '../../target/target-spec.js';
import { BUG_OF_OWN_DRIVER } from '../bugs/builds.js';
import { UsageError } from '../errors.js';
import { loadHarness } from '../harness.js';
import { compiledRoot } from '../paths.js';
import type { LoadedDriver } from './loaded-driver.js';

/** A target of a layout that the driver lacks would only repeat what the other one does; the canary is our own driver. */
export function canRun({ module }: LoadedDriver, { ring, canary }: TargetSpec): boolean {
  return !canary && (ring === 'any' || module.features.layouts.includes(ring));
}

/** Throws UsageError where no target is left, and for a driver whose queues cannot be made. */
export function checkTargets(driver: LoadedDriver, targets: readonly TargetSpec[], bug: string | null): void {
  if (bug !== null) throw new UsageError(BUG_OF_OWN_DRIVER);
  if (!targets.some((target) => canRun(driver, target))) {
    const { name } = driver.identity;
    const [target] = targets;
    throw new UsageError(
      target?.canary === true
        ? "canary fails in vringfuzz's own driver: leave out --driver"
        : `driver ${name} has no ${target?.ring ?? ''} ring: ${target?.name ?? ''} would run nothing of its own; leave the target out`,
    );
  }
  loadHarness(compiledRoot(), { driver });
}
