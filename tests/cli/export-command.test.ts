// `vringfuzz export` as a process, on a finding of a planted bug: what the folder holds, that its checksums hold, and that it
// can be replayed from there alone.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { findBug } from '../../src/campaign/bugs/bug-bank.js';
import { seedFile } from '../../src/campaign/bugs/bug-definition.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { isRefused, runCli } from './run-cli.js';

const BUG = 'V04';
const BUCKET = 'untrusted-read.split-queue-detach.field-desc-flags';

/** A folder of findings with one bucket in it. */
function findings(context: TestContext): { readonly root: string; readonly crashes: string } {
  const root = temporaryFolder(context);
  const crashes = join(root, 'found');
  const testcases = join(root, 'testcases');
  mkdirSync(testcases);
  writeFileSync(join(testcases, 'a'), readFileSync(seedFile(findBug(BUG))));
  const run = runCli('triage', testcases, '--crashes', crashes, '--target', 'split_ring_fuzzer', '--bug', BUG);
  assert.equal(run.status, 77, run.stderr);
  return { root, crashes };
}

describe('export', () => {
  test('a folder that stands alone', (context) => {
    const { root, crashes } = findings(context);
    const out = join(root, 'report');
    const run = runCli('export', BUCKET, '--crashes', crashes, '--out', out, '--bug', BUG, '--json');
    assert.equal(run.status, 0, run.stderr);
    const { files, runs } = JSON.parse(run.stdout) as { readonly files: readonly string[]; readonly runs: number };
    assert.deepEqual([...files].sort(), readdirSync(out).sort());
    assert.ok(runs >= 10, String(runs));

    const sums = readFileSync(join(out, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    assert.equal(sums.length, files.length - 1);
    for (const line of sums) {
      const [sum, name] = line.split('  ');
      const content = readFileSync(join(out, name ?? ''));
      assert.equal(createHash('sha256').update(content).digest('hex'), sum, name);
    }

    const input = files.find((name) => /^minimised-[0-9a-f]{40}$/.test(name)) ?? '';
    const page = readFileSync(join(out, 'README.md'), 'utf8');
    const text = /<<< (\S+)/.exec(page)?.[1] ?? '';
    assert.deepEqual(Buffer.from(text, 'base64'), readFileSync(join(out, input)));
    assert.ok(!page.includes(root), 'the page names no folder of this machine');
    assert.ok(!page.includes('--promote'));
    assert.match(readFileSync(join(out, 'trace.txt'), 'utf8'), /violation untrusted-read/);

    // Nothing else is needed to see it again.
    const again = runCli('replay', join(out, input));
    assert.equal(again.status, 77, again.stderr);
    assert.match(again.stdout, new RegExp(BUCKET));
  });

  test('a bucket that does not fail is not exported', (context) => {
    const { root, crashes } = findings(context);
    const out = join(root, 'report');
    // Another bug's build: the input passes there.
    isRefused(
      runCli('export', BUCKET, '--crashes', crashes, '--out', out, '--bug', 'V12'),
      /not every run of .* ends in it now/,
    );
    assert.ok(!existsSync(out));
  });

  test('wrong use says what to type', (context) => {
    const { root, crashes } = findings(context);
    const out = join(root, 'report');
    isRefused(runCli('export', BUCKET, '--crashes', crashes), /--out/);
    isRefused(runCli('export', `${BUCKET}x`, '--crashes', crashes, '--out', out), /did you mean/);
    isRefused(runCli('export', BUCKET, '--crashes', crashes, '--out', crashes), /has files in it: name a new folder/);
    isRefused(
      runCli('export', BUCKET, '--crashes', crashes, '--out', join(crashes, '..', 'testcases', 'a')),
      /is not a folder/,
    );
  });
});
