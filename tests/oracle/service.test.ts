// The checks of an honest service, one by one; tests/campaign/systematic/ has them at work.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { MEMORY_SIZE } from '../../src/memory/layout.js';
import { CALL_ADD, CALL_GET } from '../../src/oracle/calls.js';
import { CaseFile } from '../../src/oracle/case-file.js';
import { Violation } from '../../src/oracle/oracle.js';
import { checkAccepted, checkFilled, checkServed } from '../../src/oracle/service.js';
import { ScatterList } from '../../src/platform/scatter-list.js';

function caseFile(call: number): CaseFile {
  const c = new CaseFile(new Uint8Array(MEMORY_SIZE));
  c.beginCall(call);
  return c;
}

function isViolation(oracle: string, shape: string): (error: unknown) => boolean {
  return (error) => error instanceof Violation && error.oracle.id === oracle && error.shape === shape;
}

describe('an honest service', () => {
  test('an add for which there is room is accepted', () => {
    const c = caseFile(CALL_ADD);
    checkAccepted(c, true);
    assert.throws(() => checkAccepted(c, false), isViolation('errno', 'add refused where everything works'));
  });

  test('a completed buffer comes back', () => {
    const c = caseFile(CALL_GET);
    checkServed(c, 1);
    assert.throws(() => checkServed(c, 0), isViolation('token', 'completed buffer not returned'));
  });

  test('the device fills all of a buffer', () => {
    const c = caseFile(CALL_GET);
    const input = new ScatterList();
    input.push(0x100000, 12, 0);
    const served = c.buffers.offer(new ScatterList(), input, 0, false);
    c.seenLen = 12;
    checkFilled(c, served);
    c.seenLen = 11;
    assert.throws(() => checkFilled(c, served), isViolation('length', 'buffer that the device cannot fill'));
  });
});
