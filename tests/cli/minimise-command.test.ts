// `vringfuzz minimise` as a process: what it prints, where it stores, and its exit codes.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { findBug } from '../../src/campaign/bugs/bug-bank.js';
import { seedFile } from '../../src/campaign/bugs/bug-definition.js';
import { sidecarOf } from '../../src/campaign/crashes/sidecar.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { isRefused, runCli } from './run-cli.js';

const BUG = 'V04';

/** The seed of a bug, with some records that do nothing for it, as a file of that path. */
function longInput(context: TestContext, ...path: readonly string[]): string {
  const file = join(temporaryFolder(context), ...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, Buffer.concat([readFileSync(seedFile(findBug(BUG))), Buffer.alloc(40, 7)]));
  return file;
}

interface Row {
  readonly bucket: string | null;
  readonly before: { readonly bytes: number; readonly steps: number };
  readonly after: { readonly bytes: number; readonly steps: number } | null;
  readonly stored: string | null;
}

describe('minimise', () => {
  test('stores the result beside a file from elsewhere, and leaves the file as it is', (context) => {
    const file = longInput(context, 'split_ring_fuzzer', 'mine');
    const before = readFileSync(file);
    const run = runCli('minimise', file, '--bug', BUG, '--json');
    assert.equal(run.status, 0, run.stderr);
    const [row] = (JSON.parse(run.stdout) as { files: Row[] }).files;
    const stored = row?.stored ?? assert.fail('not stored');
    assert.equal(dirname(stored), dirname(file));
    assert.match(basename(stored), /^minimised-[0-9a-f]{40}$/);
    assert.deepEqual(readFileSync(file), before);
    assert.ok(row?.after?.bytes === readFileSync(stored).length && row.after.bytes < row.before.bytes / 4);
    const sidecar = sidecarOf(stored);
    assert.deepEqual([sidecar?.bucket, sidecar?.bug, sidecar?.seed], [row.bucket, BUG, null]);
    assert.match(runCli('replay', stored).stdout, /finding .*10\/10/);
  });

  test('stores that of a finding in the folder of its bucket', (context) => {
    const bucket = 'untrusted-read.split-queue-detach.field-desc-flags';
    const file = longInput(context, 'found', 'split_ring_fuzzer', 'of-old', `crash-${'0'.repeat(40)}`);
    const run = runCli('minimise', file, '--bug', BUG);
    assert.equal(run.status, 0, run.stderr);
    const folder = join(dirname(dirname(file)), bucket);
    assert.equal(readdirSync(folder).filter((name) => /^minimised-\w+$/.test(name)).length, 1);
    assert.match(run.stdout, /^minimised .*\n {4}16 steps, 68 bytes -> 1 step, 8 bytes .*\n {4}stored as .*minimised-/);
  });

  test('--output takes all results; what fails on nothing has none', (context) => {
    const file = longInput(context, 'mine');
    const output = join(temporaryFolder(context), 'small');
    const found = runCli('minimise', file, '--target', 'split_ring_fuzzer', '--bug', BUG, '--output', output);
    assert.equal(found.status, 0, found.stderr);
    assert.equal(readdirSync(output).length, 2);
    const copy = join(dirname(file), 'passes');
    copyFileSync(file, copy);
    const passes = runCli('minimise', copy, '--target', 'split_ring_fuzzer');
    assert.deepEqual([passes.status, /fails on nothing/.test(passes.stdout)], [2, true]);
    assert.ok(!readdirSync(dirname(file)).some((name) => name.startsWith('minimised-')));
  });

  test('a folder that cannot be written is told before anything runs', (context) => {
    const file = longInput(context, 'mine');
    const run = runCli('minimise', file, '--target', 'split_ring_fuzzer', '--output', join(file, 'below'));
    assert.equal(run.status, 1);
    assert.match(run.stderr, /^vringfuzz: cannot write .*below/);
    assert.ok(isRefused(runCli('minimise', join(file, 'nowhere')), /cannot read .*nowhere/));
    assert.ok(existsSync(file));
  });
});
