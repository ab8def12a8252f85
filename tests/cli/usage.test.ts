// Wrong use of the command line: exit code 2 and one line, never a stack trace.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { projectRoot } from '../../src/campaign/paths.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { isRefused, runCli } from './run-cli.js';

describe('command line', () => {
  const refusals: readonly (readonly [args: string, message: RegExp])[] = [
    ['--frobnicate', /unknown option '--frobnicate'/],
    ['frobnicate', /unknown command 'frobnicate'/],
    ['list --frobnicate', /unknown option '--frobnicate'/],
    ['list excess', /too many arguments/],
    ['list --bugs /nowhere', /\/nowhere is not a folder of bugs/],
    ['replay', /missing required argument 'file'/],
    ['replay x --times 0', /whole number from 1/],
    ['replay x --times 1e3', /whole number from 1/],
    ['replay x --target', /argument missing/],
    ['describe', /missing required argument 'file'/],
  ];
  for (const [args, message] of refusals) {
    test(`vringfuzz ${args}`, () => {
      const run = runCli(...args.split(' '));
      assert.ok(isRefused(run, message), JSON.stringify(run));
    });
  }

  test('no command shows the help on stderr and fails', () => {
    const run = runCli();
    assert.equal(run.status, 2);
    assert.equal(run.stdout, '');
    assert.match(run.stderr, /^Usage: vringfuzz/);
  });

  test('--help and --version succeed on stdout', () => {
    const help = runCli('--help');
    assert.deepEqual([help.status, help.stderr], [0, '']);
    for (const command of ['list', 'fuzz', 'replay', 'describe', 'doctor'])
      assert.match(help.stdout, new RegExp(`^  ${command}`, 'm'));
    const manifest = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual(runCli('--version'), { status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test('every command has a help with examples', () => {
    for (const command of ['list', 'replay', 'describe']) {
      const run = runCli(command, '--help');
      assert.equal(run.status, 0);
      assert.match(run.stdout, new RegExp(`Examples:\n  vringfuzz ${command}`));
    }
  });

  test('list --json is one document with targets, oracles and bugs', () => {
    const run = runCli('list', '--json');
    assert.deepEqual([run.status, run.stderr], [0, '']);
    const { targets, oracles, bugs } = JSON.parse(run.stdout) as Record<string, unknown[]>;
    assert.ok(Array.isArray(bugs));
    assert.ok((oracles ?? []).length > 0);
    assert.ok((targets ?? []).length > 0);
  });

  test('list has no colours in a pipe', () => {
    assert.doesNotMatch(runCli('list').stdout, /\u001b/);
  });
});

describe('bin/vringfuzz.js', () => {
  const bin = join(projectRoot(), 'bin', 'vringfuzz.js');

  test('is executable', { skip: process.platform === 'win32' }, () => {
    assert.notEqual(statSync(bin).mode & 0o100, 0);
  });

  test('says how to build when it is not built', (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, 'bin'));
    copyFileSync(bin, join(folder, 'bin', 'vringfuzz.js'));
    const run = spawnSync(process.execPath, [join(folder, 'bin', 'vringfuzz.js')], { encoding: 'utf8' });
    assert.deepEqual([run.status, run.stdout, run.stderr], [1, '', 'vringfuzz is not built: run npm run build\n']);
  });
});
