import assert from 'node:assert/strict';
import { test } from 'node:test';
import { E2BIG, EBUSY, EINVAL, EIO, ENOENT, ENOMEM, ENOSPC, EPERM, errnoName } from '../../src/spec/errno.js';

test('error numbers are the values of Linux', () => {
  assert.deepEqual([EPERM, ENOENT, EIO, E2BIG, ENOMEM, EBUSY, EINVAL, ENOSPC], [1, 2, 5, 7, 12, 16, 22, 28]);
});

test('a negated error number is named, anything else stays a number', () => {
  const cases = [
    [-1, '-EPERM'],
    [-2, '-ENOENT'],
    [-5, '-EIO'],
    [-7, '-E2BIG'],
    [-12, '-ENOMEM'],
    [-16, '-EBUSY'],
    [-22, '-EINVAL'],
    [-28, '-ENOSPC'],
    [0, '0'],
    [28, '28'],
    [-3, '-3'],
  ] as const;
  for (const [value, name] of cases) assert.equal(errnoName(value), name);
});
