// Every call ends: within a few shared reads, and without unmapping more than there is.

import { CALL_NAMES } from './calls.js';
import type { CaseFile } from './case-file.js';
import { blameOfPoll, DriverStopped, fail, type OracleInfo } from './oracle.js';

export const liveness: OracleInfo = {
  id: 'liveness',
  claim:
    'every call ends within 8 shared reads per ring entry, and what the device answers never keeps the caller looping',
  source: 'virtio-ring facts V04, V05, V12, V29, E3; 481a0d7422db, 0d0eff39ceb3',
  severity: 'medium',
  cwe: 835,
};

/** Shared reads that one call may make. */
export function loadLimit(num: number): number {
  return 8 * num + 8;
}

export function checkLoads(c: CaseFile): void {
  if (c.loads <= loadLimit(c.model.num)) return;
  fail(liveness, 'shared reads', {
    expected: { 'reads at most': loadLimit(c.model.num) },
    got: { reads: c.loads, call: CALL_NAMES[c.call] ?? '' },
  });
  throw new DriverStopped('the call does not end');
}

/**
 * The queue is broken, so nothing can be reaped. An answer that says otherwise would keep a poll loop waiting for ever, and
 * so would one that the device decides: `by` is the function of the driver that gives it.
 */
export function checkBrokenAnswer(c: CaseFile, call: string, due: boolean, answer: boolean): void {
  if (answer === due && c.loads === 0) return;
  fail(liveness, `${call} keeps a broken queue polling`, {
    expected: { [call]: due, 'shared reads': 0 },
    got: { [call]: answer, 'shared reads': c.loads },
    group: 'broken queue polled',
    blame: blameOfPoll(call),
  });
}
