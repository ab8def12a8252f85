// What is said when two drivers differ.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failDriverDivergence } from '../../src/oracle/driver-divergence.js';
import { Violation, silence } from '../../src/oracle/oracle.js';
import { fires } from './judge-bench.js';

test('the shape says what differs, the evidence who did what', () => {
  silence([]);
  const due = { kind: 'mapping', text: 'driver maps 8 bytes of a table TO_DEVICE single' };
  fires('driver-divergence', 'mapping against result', () => {
    failDriverDivergence('addSgs', due, { kind: 'result', text: 'addSgs() = 0' });
  });
  try {
    failDriverDivergence('addSgs', due, { kind: 'mapping', text: 'driver maps 4 bytes of a table TO_DEVICE single' });
    assert.fail('nothing was thrown');
  } catch (error) {
    assert.ok(error instanceof Violation);
    assert.equal(error.shape, 'mapping');
    assert.deepEqual(error.evidence.expected, { 'hardened driver': due.text });
    assert.equal(error.evidence.got['during'], 'addSgs');
  }
});
