// No BUG and no exception of the language can be reached from the device's side; and no warning, since a kernel may be set
// to panic on one.

import { CALL_ADD, CALL_NAMES } from './calls.js';
import type { CaseFile } from './case-file.js';
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

/** The one warning there is: the client hands over a buffer that can never fit, the first time in the queue's life. */
export function checkWarning(c: CaseFile, reason: string): void {
  const { model } = c;
  const pieces = c.call === CALL_ADD ? c.buffers.total(c.token) : 0;
  // When a driver says that a buffer can never fit is its own affair.
  const due = pieces > model.num && (!c.linuxRules || (!(model.indirect && !model.context) && !c.warned));
  c.warned = true;
  if (due) return;
  fail(panic, 'warning without cause', {
    expected: { warning: false },
    got: { warning: reason, call: CALL_NAMES[c.call] ?? '', pieces, entries: model.num },
  });
}
