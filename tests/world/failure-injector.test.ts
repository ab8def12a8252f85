import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailureInjector } from '../../src/world/failure-injector.js';
import { FAIL_COHERENT, FAIL_ENABLE, FAIL_KMALLOC, FAIL_MAP, type FailureKind } from '../../src/platform/failures.js';

function outcomes(injector: FailureInjector, kind: FailureKind, attempts: number): string {
  let result = '';
  for (let i = 0; i < attempts; i++) result += injector.fails(kind) ? 'x' : '.';
  return result;
}

test('an injector that was never armed lets everything succeed and counts it', () => {
  const injector = new FailureInjector();
  assert.equal(outcomes(injector, FAIL_MAP, 12), '............');
  assert.equal(injector.attempts(FAIL_MAP), 12);
  assert.equal(injector.injected(FAIL_MAP), 0);
});

test('the pattern starts after the skipped attempts and covers eight', () => {
  const injector = new FailureInjector();
  injector.arm(FAIL_MAP, 2, 0b1000_0101);
  assert.equal(outcomes(injector, FAIL_MAP, 20), '..x.x....x..........');
  assert.equal(injector.attempts(FAIL_MAP), 20);
  assert.equal(injector.injected(FAIL_MAP), 3);
});

test('skip counts from the moment of arming', () => {
  const injector = new FailureInjector();
  assert.equal(outcomes(injector, FAIL_KMALLOC, 5), '.....');
  injector.arm(FAIL_KMALLOC, 1, 1);
  assert.equal(outcomes(injector, FAIL_KMALLOC, 4), '.x..');
});

test('a mask without a usable bit counts as 1, and bits above the eighth are ignored', () => {
  const injector = new FailureInjector();
  injector.arm(FAIL_ENABLE, 0, 0);
  assert.equal(outcomes(injector, FAIL_ENABLE, 3), 'x..');
  injector.arm(FAIL_ENABLE, 0, 0x100);
  assert.equal(outcomes(injector, FAIL_ENABLE, 10), 'x.........');
  injector.arm(FAIL_ENABLE, 0, 0xff);
  assert.equal(outcomes(injector, FAIL_ENABLE, 10), 'xxxxxxxx..');
  assert.equal(outcomes(injector, FAIL_ENABLE, 300), '.'.repeat(300), 'a pattern happens once');
});

test('kinds are independent, and arming again replaces', () => {
  const injector = new FailureInjector();
  injector.arm(FAIL_MAP, 0, 0xff);
  assert.equal(outcomes(injector, FAIL_COHERENT, 3), '...');
  assert.equal(outcomes(injector, FAIL_MAP, 2), 'xx');
  injector.arm(FAIL_MAP, 3, 1);
  assert.equal(outcomes(injector, FAIL_MAP, 6), '...x..');
});

test('reset disarms and clears the counters', () => {
  const injector = new FailureInjector();
  injector.arm(FAIL_MAP, 1, 0xff);
  outcomes(injector, FAIL_MAP, 3);
  injector.reset();
  assert.equal(injector.attempts(FAIL_MAP), 0);
  assert.equal(injector.injected(FAIL_MAP), 0);
  assert.equal(outcomes(injector, FAIL_MAP, 4), '....');
});
