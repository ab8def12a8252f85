// `vringfuzz triage` as a process, on findings of a planted bug: table, JSON, pages, exit codes, promotion.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { findBug } from '../../src/campaign/bugs/bug-bank.js';
import { seedFile } from '../../src/campaign/bugs/bug-definition.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { isRefused, runCli } from './run-cli.js';

const BUG = 'V04';
const BUCKET = 'untrusted-read.split-queue-detach.field-desc-flags';
const NAME = 'clusterfuzz-testcase-minimized-split_ring_fuzzer';

/** A download of three testcases of one bug, and folders to work in. */
class Download {
  readonly root: string;
  readonly testcases: string;
  readonly crashes: string;
  readonly corpus: string;

  constructor(context: TestContext) {
    this.root = temporaryFolder(context);
    this.testcases = join(this.root, 'testcases');
    this.crashes = join(this.root, 'found');
    this.corpus = join(this.root, 'corpus');
    mkdirSync(this.testcases);
    const seed = readFileSync(seedFile(findBug(BUG)));
    for (const length of [0, 20, 40]) {
      writeFileSync(join(this.testcases, `${NAME}-${length}`), Buffer.concat([seed, Buffer.alloc(length, 7)]));
    }
  }

  triage(...args: readonly string[]): ReturnType<typeof runCli> {
    return runCli('triage', '--crashes', this.crashes, '--known-issues', this.known(), ...args);
  }

  /** A file of known issues; a date makes it accept the bucket. */
  known(expires?: string): string {
    const file = join(this.root, `known-${expires ?? 'none'}.json`);
    const issue = { bucket: BUCKET, reason: 'r', issue: 'https://example.org/1', expires };
    writeFileSync(file, JSON.stringify({ schema: 1, issues: expires === undefined ? [] : [issue] }));
    return file;
  }
}

describe('triage', () => {
  test('a download becomes a table, a page a bucket, and a regression test', (context) => {
    const download = new Download(context);
    const run = download.triage(download.testcases, '--bug', BUG);
    assert.equal(run.status, 77, run.stderr);
    assert.match(run.stdout, new RegExp(`1 +new +high +split_ring_fuzzer +${BUCKET} +3 +30/30 +8\\n`));
    assert.match(run.stdout, /3 inputs from elsewhere: 3 fail and were copied, 0 do not\n/);
    assert.equal(readdirSync(download.testcases).length, 3);

    const folder = join(download.crashes, 'split_ring_fuzzer', BUCKET);
    const page = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const part of [
      'untrusted-read',
      'CWE-501',
      'split-queue.ts:detach',
      'client adds',
      'vringfuzz replay',
      'crash-',
    ])
      assert.ok(page.includes(part), part);

    // The sidecars name the build now.
    const json = download.triage('--json');
    const { schema, buckets } = JSON.parse(json.stdout) as { schema: number; buckets: Record<string, unknown>[] };
    assert.deepEqual([json.status, schema, buckets.length], [77, 1, 1]);
    const [bucket = {}] = buckets;
    const expected = { bucket: BUCKET, status: 'new', severity: 'high', cwe: 501, runs: 30, reproduced: 30, bug: BUG };
    assert.deepEqual(bucket, { ...bucket, ...expected });

    const promoted = download.triage('--promote', BUCKET, '--name', 'shared-next-flag', '--corpus', download.corpus);
    assert.equal(promoted.status, 0, promoted.stderr);
    const file = join(download.corpus, 'split_ring_fuzzer', 'regression', 'shared-next-flag');
    assert.equal(readFileSync(file).length, 8);
    assert.match(promoted.stdout, /8 bytes\nIt fails with bug V04/);
  });

  test('a known bucket is no failure until its day is over', (context) => {
    const download = new Download(context);
    const args = [download.testcases, '--bug', BUG, '--times', '2', '--crashes', download.crashes];
    const known = runCli('triage', ...args, '--known-issues', download.known('2099-01-01'));
    assert.deepEqual([known.status, / known /.test(known.stdout)], [0, true], known.stderr);
    const over = runCli('triage', ...args, '--known-issues', download.known('2020-01-01'));
    assert.equal(over.status, 77);
    assert.match(over.stdout, / new .*accepted until 2020-01-01, which is over/);
  });

  test('nothing to triage is nothing wrong', (context) => {
    const download = new Download(context);
    const run = download.triage();
    assert.deepEqual([run.status, run.stdout, run.stderr], [0, 'no findings\n', '']);
    assert.ok(!existsSync(download.crashes));
  });

  const refusals: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['nowhere-at-all'], /no such file: nowhere-at-all/],
    [['--promote', 'no-such-bucket'], /no bucket no-such-bucket/],
    [['--name', 'x'], /--name goes with --promote/],
    [['--corpus', 'x'], /--corpus goes with --promote/],
    [['--promote', 'x', 'some-folder'], /--promote looks in one folder of findings/],
    [['--target', 'split_ring_fuzer'], /did you mean split_ring_fuzzer/],
    [['--times', '0'], /whole number from 1/],
  ];
  for (const [args, message] of refusals) {
    test(`refuses ${args.join(' ')}`, (context) => {
      const run = runCli('triage', '--crashes', join(temporaryFolder(context), 'found'), ...args);
      assert.ok(isRefused(run, message), JSON.stringify(run));
    });
  }
});
