// No BUG and no exception of the language can be reached from the device's side.

import { fail, type OracleInfo } from './oracle.js';

export const panic: OracleInfo = {
  id: 'panic',
  claim: 'no BUG and no unexpected exception is reachable by the device',
  source: 'virtio-ring facts 2.7, V04, V17, E1, E2',
  severity: 'medium',
  cwe: 617,
};

export function failPanic(reason: string): void {
  fail(panic, reason, { expected: { panic: false }, got: { panic: reason } });
}

/** The driver threw something that is not an oracle's violation. */
export function failException(error: Error): void {
  fail(panic, `exception ${error.name}`, { expected: { exception: false }, got: { exception: error.message } });
}
