// Which driver an input goes to. Bytes mean the same to every driver, but a finding is one of the driver that it was found
// in: on another one it says nothing, and most often it would be taken for fixed.

import type { DriverIdentity } from '../../platform/driver-module.js';
import { UsageError } from '../errors.js';
import type { GatheredInputs, ReplayInput } from '../replay/replay-inputs.js';
import type { LoadedDriver } from './loaded-driver.js';

/**
 * Those of the inputs that say something about `driver` (null: our own). The others are left out, and that is told. Throws
 * UsageError, which says what to type, where none is left.
 */
export function inputsFor(
  driver: LoadedDriver | null,
  gathered: GatheredInputs,
  note: (message: string) => void,
): GatheredInputs {
  const told = new Set<string>();
  const others = new Set<string>();
  const inputs = gathered.inputs.filter((input) => {
    const problem = foreignTo(driver, input);
    if (problem === null) {
      tellChanged(driver, input, told);
      return true;
    }
    others.add(problem);
    return false;
  });
  const [first] = others;
  if (inputs.length === 0 && first !== undefined) throw new UsageError(`${gathered.inputs[0]?.file ?? ''} is ${first}`);
  for (const problem of others) note(`some inputs are left out: ${problem}`);
  told.forEach(note);
  return { ...gathered, inputs };
}

/** Why an input says nothing about the driver, or null. */
export function foreignTo(driver: LoadedDriver | null, { driver: found }: Pick<ReplayInput, 'driver'>): string | null {
  if (found === undefined || found.name === driver?.identity.name) return null;
  return `a finding of driver ${found.name}: add --driver ${found.source}${driver === null ? '' : ` instead of ${driver.identity.source}`}`;
}

/** The same driver in another version: the finding may be gone for a good reason. */
function tellChanged(driver: LoadedDriver | null, { driver: found }: ReplayInput, told: Set<string>): void {
  if (driver === null || found === undefined || isSame(found, driver.identity)) return;
  told.add(`driver ${found.name} has changed since these findings were stored (version ${found.version} then)`);
}

function isSame(a: DriverIdentity, b: DriverIdentity): boolean {
  return a.sha256 === b.sha256;
}
