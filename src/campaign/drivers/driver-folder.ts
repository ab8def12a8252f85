// Where what belongs to one driver from outside lies: folders of its own beside those of our own driver.

import type { LoadedDriver } from './loaded-driver.js';

const PREFIX = 'driver-';

/** Name of the folder in a folder of findings, or of generated inputs. */
export function driverFolder({ identity }: LoadedDriver): string {
  return `${PREFIX}${identity.name}`;
}

/** Whether a folder of that name belongs to a driver. */
export function isDriverFolder(name: string): boolean {
  return name.startsWith(PREFIX);
}
