// The check before a run: a folder that takes no results is told at once, in one line.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { EnvironmentError } from '../../src/campaign/errors.js';
import { checkWritable } from '../../src/campaign/folders.js';
import { temporaryFolder } from './bugs/planted-bugs.js';

describe('checkWritable', () => {
  test('makes the folder and leaves nothing in it', (context) => {
    const folder = join(temporaryFolder(context), 'a', 'b');
    checkWritable(folder);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('refuses a path through a file', (context) => {
    const file = join(temporaryFolder(context), 'file');
    writeFileSync(file, '');
    assert.throws(() => checkWritable(file), EnvironmentError);
    assert.throws(() => checkWritable(join(file, 'crashes')), /a part of the path is a file/);
  });

  test('ends on file systems that deny with ENOENT', { skip: !existsSync('/proc/self') }, () => {
    assert.throws(() => checkWritable('/proc/crashes'), EnvironmentError);
  });
});
