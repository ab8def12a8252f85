// The driver from outside in documents of findings and campaigns.

import type { DriverIdentity } from '../../platform/driver-module.js';
import { type JsonObject, objectField, stringField } from '../json-fields.js';

/** Throws FieldError. */
export function driverField(object: JsonObject, name: string): DriverIdentity {
  const driver = objectField(object, name);
  return {
    name: stringField(driver, 'name'),
    version: stringField(driver, 'version'),
    source: stringField(driver, 'source'),
    sha256: stringField(driver, 'sha256'),
  };
}
