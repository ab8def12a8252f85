// Inputs from elsewhere: taken in by content, copied and never moved.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { UsageError } from '../../../src/campaign/errors.js';
import { placeOf } from '../../../src/campaign/triage/places.js';
import { triageExitCode } from '../../../src/campaign/triage/run-triage.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';
import { TARGET, TriageBench, byFirstLetter, rowsOf, sha1 } from './triage-bench.js';

function download(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('inputs from elsewhere', () => {
  test('take their target from the name that ClusterFuzz gives them', (context) => {
    const bench = new TriageBench(context);
    const folder = download(join(temporaryFolder(context), 'testcases'), {
      'clusterfuzz-testcase-minimized-split_ring_fuzzer-5733': 'a1',
      'clusterfuzz-testcase-packed_ring_fuzzer-42': 'a2',
      'clusterfuzz-testcase-minimized-bounce_fuzzer-1': 'Passes',
      'README.md': 'not an input',
    });
    const run = bench.triage(byFirstLetter, { paths: [folder] });
    assert.deepEqual(
      run.buckets.map(({ target, bucket }) => [target, bucket]),
      [
        ['packed_ring_fuzzer', 'bucket-a'],
        ['split_ring_fuzzer', 'bucket-a'],
      ],
    );
    assert.deepEqual([run.copied, run.passing.length, run.problems], [2, 1, []]);
    assert.equal(readFileSync(join(bench.crashes, TARGET, 'bucket-a', `crash-${sha1('a1')}`), 'utf8'), 'a1');
    assert.equal(readdirSync(folder).length, 4);
  });

  test('of unknown target are named and left out; --target says it', (context) => {
    const bench = new TriageBench(context);
    const folder = download(join(temporaryFolder(context), 'testcases'), { 'crash-x': 'a', 'timeout-y': 'b' });
    const unknown = bench.triage(byFirstLetter, { paths: [folder] });
    assert.deepEqual([rowsOf(unknown), triageExitCode(unknown)], [[], 2]);
    assert.ok(unknown.problems.some((text) => text.includes('crash-x') && text.includes('add --target NAME')));
    const told = bench.triage(byFirstLetter, { paths: [folder], target: TARGET });
    assert.deepEqual([rowsOf(told).length, told.copied], [2, 2]);
  });

  test('are taken in once, and triaged with what was there', (context) => {
    const bench = new TriageBench(context);
    bench.crash('a', 'bucket-a');
    const folder = download(join(temporaryFolder(context), TARGET), { one: 'ab', same: 'a' });
    for (let run = 0; run < 2; run++) {
      assert.deepEqual(rowsOf(bench.triage(byFirstLetter, { paths: [folder] })), [['bucket-a', 'new', 2]]);
    }
  });

  test('a path that is not there or holds nothing is refused', (context) => {
    const bench = new TriageBench(context);
    const nowhere = join(bench.crashes, 'nowhere');
    assert.throws(() => bench.triage(byFirstLetter, { paths: [nowhere] }), UsageError);
    assert.throws(() => bench.triage(byFirstLetter, { paths: [temporaryFolder(context)] }), /without inputs/);
  });
});

describe('what a folder is to triage', () => {
  test('a folder of findings, a target of one, or anything else', (context) => {
    const bench = new TriageBench(context);
    const file = bench.crash('a', 'bucket-a');
    const target = join(bench.crashes, TARGET);
    assert.deepEqual(placeOf(bench.crashes), { kind: 'crashes', folder: bench.crashes, target: undefined });
    assert.deepEqual(placeOf(target), { kind: 'crashes', folder: bench.crashes, target: TARGET });
    assert.deepEqual(placeOf(file), { kind: 'elsewhere', path: file });
    const corpus = join(temporaryFolder(context), TARGET);
    download(join(corpus, 'regression'), { 'some-input': 'a' });
    assert.deepEqual(placeOf(corpus), { kind: 'elsewhere', path: corpus });
  });
});
