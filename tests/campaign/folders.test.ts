// The check before a run: a folder that takes no results is told at once, in one line.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';

import { EnvironmentError } from '../../src/campaign/errors.js';
import { checkWritable } from '../../src/campaign/folders.js';
import { compiledRoot } from '../../src/campaign/paths.js';
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

describe('temporary folders', () => {
  /** What a process of its own prints that runs `code` with the functions of folders.ts, and TMPDIR there. */
  function inProcess(temporary: string, code: string): string {
    const module = JSON.stringify(join(compiledRoot(), 'src', 'campaign', 'folders.js'));
    const env = { ...process.env, TMPDIR: temporary };
    const run = spawnSync(process.execPath, ['-e', `const folders = require(${module}); ${code}`], {
      encoding: 'utf8',
      env,
    });
    assert.equal(run.status, 0, run.stderr);
    return run.stdout;
  }

  test('those of a process that is gone are removed, and no others', (context) => {
    const temporary = temporaryFolder(context);
    const left = inProcess(temporary, "process.stdout.write(folders.makeTemporaryFolder('corpus'))");
    assert.ok(existsSync(left));
    // Another machine's, another program's, and one whose process runs.
    const name = basename(left);
    const others = [
      name.replace(/^(vringfuzz-corpus-)[0-9a-f]{8}/, '$100000000'),
      'vringfuzz-corpus-x',
      name.replace(/-\d+-/, `-${String(process.pid)}-`),
    ];
    others.forEach((each) => mkdirSync(join(temporary, each)));
    inProcess(temporary, 'folders.removeOldTemporaryFolders()');
    assert.deepEqual(readdirSync(temporary).sort(), [...others].sort());
  });
});
