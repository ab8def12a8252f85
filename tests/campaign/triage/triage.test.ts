// Triage: what it groups, minimises and ranks, what it says about each bucket, and that a second run changes nothing.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';

import { readCrashFolder } from '../../../src/campaign/crashes/crash-folder.js';
import { readTriageRecord } from '../../../src/campaign/crashes/triage-record.js';
import { triageExitCode } from '../../../src/campaign/triage/run-triage.js';
import { OK, TARGET, TriageBench, byFirstLetter, found, rowsOf, sha1 } from './triage-bench.js';

describe('triage', () => {
  test('groups by bucket, minimises the smallest, ranks by severity, then by number', (context) => {
    const bench = new TriageBench(context);
    for (const text of ['a with a long tail', 'a', 'ab']) bench.crash(text, 'bucket-a');
    bench.crash('b', 'bucket-b');
    bench.crash('long', 'low-l');
    const run = bench.triage((text) => (text.startsWith('l') ? found('low-l') : byFirstLetter(text, 0)));
    assert.deepEqual(rowsOf(run), [
      ['bucket-a', 'new', 3],
      ['bucket-b', 'new', 1],
      ['low-l', 'new', 1],
    ]);
    const [first] = run.buckets;
    assert.ok(first !== undefined);
    // The smallest input is one byte already.
    assert.deepEqual(
      [first.minimised?.name, first.inputs.map(({ size }) => size)],
      [`minimised-${sha1('a')}`, [1, 2, 18]],
    );
    assert.ok(first.inputs.every(({ runs, reproduced }) => runs === 10 && reproduced === 10));
    assert.equal(triageExitCode(run), 77);
  });

  test('writes the minimised input, a page and a record into the folder of the bucket', (context) => {
    const bench = new TriageBench(context);
    const file = bench.crash('abcdefgh', 'bucket-a', 'some-bug');
    bench.triage(byFirstLetter);
    const folder = dirname(file);
    const { triagedAt, ...record } = readTriageRecord(folder) ?? assert.fail('no record');
    assert.equal(triagedAt, '2026-05-01T12:00:00.000Z');
    const minimised = record.minimised ?? assert.fail('no minimised input');
    assert.deepEqual(record, {
      schema: 1,
      target: TARGET,
      bucket: 'bucket-a',
      status: 'new',
      bug: 'some-bug',
      inputs: 1,
      runs: 10,
      reproduced: 10,
      minimised,
      sameAs: null,
    });
    assert.ok(readFileSync(join(folder, minimised)).length < 8);
    assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), /unmap-mismatch/);
    const [read] = readCrashFolder(bench.crashes).targets[0]?.buckets ?? [];
    assert.equal(read?.minimised?.sidecar?.bucket, 'bucket-a');
    assert.deepEqual(readCrashFolder(bench.crashes).problems, []);
  });

  test('a second run changes no file and says the same', (context) => {
    const bench = new TriageBench(context);
    bench.crash('abcdefgh', 'bucket-a');
    bench.crash('bcdefgh', 'bucket-a');
    bench.crash('Gone', 'bucket-g');
    const first = bench.triage(byFirstLetter);
    const before = bench.snapshot();
    const second = bench.triage(byFirstLetter, { now: new Date('2027-01-01T00:00:00Z') });
    assert.deepEqual(bench.snapshot(), before);
    assert.deepEqual(rowsOf(second), rowsOf(first));
    assert.equal(triageExitCode(second), triageExitCode(first));
  });

  test('an input that ends in another bucket now is listed there and stays where it is', (context) => {
    const bench = new TriageBench(context);
    const file = bench.crash('b', 'bucket-old');
    const run = bench.triage(byFirstLetter);
    assert.deepEqual(rowsOf(run), [
      ['bucket-b', 'new', 1],
      ['bucket-old', 'fixed', 1],
    ]);
    const [now, old] = run.buckets;
    assert.equal(now?.inputs[0]?.file, file);
    assert.equal(old?.sameAs, 'bucket-b');
    assert.ok(existsSync(file));
    assert.match(readFileSync(join(dirname(file), 'README.md'), 'utf8'), /They end in \[bucket-b\]\(\.\.\/bucket-b\//);
    assert.deepEqual(rowsOf(bench.triage(byFirstLetter)), rowsOf(run));
  });

  test('a bucket of which only the minimised input is left goes on', (context) => {
    const bench = new TriageBench(context);
    bench.file(`${TARGET}/bucket-a/minimised-${sha1('a')}`, 'a');
    assert.deepEqual(rowsOf(bench.triage(byFirstLetter)), [['bucket-a', 'new', 1]]);
  });

  test('--target takes one target of the folder', (context) => {
    const bench = new TriageBench(context);
    bench.crash('a', 'bucket-a');
    bench.file(`packed_ring_fuzzer/bucket-b/crash-${sha1('b')}`, 'b');
    assert.deepEqual(rowsOf(bench.triage(byFirstLetter, { target: TARGET })), [['bucket-a', 'new', 1]]);
    const both = bench.triage(byFirstLetter, { paths: [join(bench.crashes, 'packed_ring_fuzzer')] });
    assert.deepEqual(rowsOf(both), [['bucket-b', 'new', 1]]);
  });
});

describe('triage: status', () => {
  test('known today, no longer known, and an entry that nothing needs', (context) => {
    const bench = new TriageBench(context);
    for (const letter of ['a', 'b', 'G']) bench.crash(letter, `bucket-${letter.toLowerCase()}`);
    const knownIssues = bench.known(
      { bucket: 'bucket-a', expires: '2026-05-01' },
      { bucket: 'bucket-b', expires: '2026-04-30' },
      { bucket: 'bucket-c', expires: '2020-01-01' },
    );
    const run = bench.triage(byFirstLetter, { knownIssues });
    assert.deepEqual(rowsOf(run), [
      ['bucket-a', 'known', 1],
      ['bucket-b', 'new', 1],
      ['bucket-g', 'fixed', 1],
    ]);
    assert.deepEqual(
      run.buckets.map(({ expired }) => expired),
      [false, true, false],
    );
    assert.deepEqual(run.notes, [
      'known issue bucket-b was accepted until 2026-04-30, which is over',
      'known issue bucket-c was accepted until 2020-01-01, which is over; nothing here fails in it',
    ]);
    assert.equal(triageExitCode(run), 77);
  });

  test('known and fixed buckets ask for nothing', (context) => {
    const bench = new TriageBench(context);
    bench.crash('a', 'bucket-a');
    bench.crash('G', 'bucket-g');
    const knownIssues = bench.known({ bucket: 'bucket-a', expires: '2099-01-01' });
    assert.equal(triageExitCode(bench.triage(byFirstLetter, { knownIssues })), 0);
  });

  test('flaky: fails at times, or in two ways', (context) => {
    for (const other of [OK, found('bucket-z')]) {
      const bench = new TriageBench(context);
      bench.crash('a', 'bucket-a');
      let runs = 0;
      const run = bench.triage(() => (++runs % 3 === 0 ? other : found('bucket-a')));
      assert.equal(run.buckets[0]?.status, 'flaky');
      assert.ok((run.buckets[0].inputs[0]?.reproduced ?? 10) < 10);
      assert.equal(triageExitCode(run), 77);
    }
  });

  test('flaky: passes first and fails later', (context) => {
    const bench = new TriageBench(context);
    bench.crash('a', 'bucket-a');
    let runs = 0;
    const run = bench.triage(() => (++runs % 2 === 0 ? found('bucket-a') : OK));
    assert.deepEqual(rowsOf(run), [['bucket-a', 'flaky', 1]]);
    assert.equal(run.buckets[0]?.inputs[0]?.reproduced, 5);
  });

  test('a harness that fails is its own bucket and exit code', (context) => {
    const bench = new TriageBench(context);
    bench.crash('a', 'bucket-a');
    bench.crash('b', 'bucket-b');
    const run = bench.triage((text) =>
      text.startsWith('a') ? { kind: 'harness-bug', message: 'm', stack: 's' } : byFirstLetter(text, 0),
    );
    assert.deepEqual(
      rowsOf(run).map(([bucket, status]) => [bucket, status]),
      [
        ['bucket-b', 'new'],
        ['harness-bug', 'new'],
        ['bucket-a', 'fixed'],
      ],
    );
    assert.equal(triageExitCode(run), 3);
  });
});

describe('triage: bad files', () => {
  test('each is named, the rest is triaged, and the exit code says so', (context) => {
    const bench = new TriageBench(context);
    bench.crash('known', 'bucket-k');
    const corrupt = bench.crash('corrupt', 'bucket-c');
    bench.file(`${TARGET}/bucket-c/crash-${sha1('corrupt')}.json`, '{"schema": 1,');
    const alone = bench.file(`${TARGET}/bucket-s/crash-${sha1('s')}`, 's');
    const foreign = bench.file(`${TARGET}/bucket-k/notes.txt`, 'mine');
    const stray = bench.file('stray', 'x');
    const damaged = bench.file(`${TARGET}/bucket-d/crash-${sha1('damaged')}`, 'dam');
    const empty = bench.file(`${TARGET}/bucket-e/crash-${sha1('')}`, '');
    const lost = bench.crash('lost', 'bucket-l', 'gone');
    const knownIssues = bench.known(
      ...['c', 'k', 's'].map((name) => ({ bucket: `bucket-${name}`, expires: '2099-01-01' })),
    );
    const run = bench.triage(byFirstLetter, { knownIssues });
    assert.deepEqual(rowsOf(run), [
      ['bucket-c', 'known', 1],
      ['bucket-k', 'known', 1],
      ['bucket-s', 'known', 1],
    ]);
    const expected: readonly (readonly [string, RegExp])[] = [
      [corrupt, /not valid JSON/],
      [alone, /cannot read sidecar/],
      [foreign, /not a file of vringfuzz/],
      [stray, /not the folder of a target/],
      [damaged, /its content is not the one that its name says/],
      [empty, /an empty file/],
      [lost, /found with bug gone, which is not in the bug bank/],
    ];
    for (const [file, message] of expected) {
      const problem = run.problems.find((text) => text.includes(file) && message.test(text));
      assert.ok(problem !== undefined, `${file}: ${String(message)} in ${JSON.stringify(run.problems)}`);
    }
    assert.equal(triageExitCode(run), 2);
    assert.equal(readFileSync(foreign, 'utf8'), 'mine');
  });

  test('known issues that cannot be read: nothing is known', (context) => {
    const bench = new TriageBench(context);
    bench.crash('a', 'bucket-a');
    const knownIssues = bench.file('../broken.json', '{');
    const run = bench.triage(byFirstLetter, { knownIssues });
    assert.deepEqual(rowsOf(run), [['bucket-a', 'new', 1]]);
    assert.ok(run.problems[0]?.includes('broken.json') === true && run.problems[0].includes('nothing counts as known'));
  });

  test('a bucket that cannot be written does not keep the others from being', (context) => {
    const bench = new TriageBench(context);
    const blocked = bench.crash('a', 'bucket-old');
    const fine = bench.crash('b', 'bucket-b');
    bench.file(`${TARGET}/bucket-a`, 'a file where a folder should be');
    const knownIssues = bench.known(...['a', 'b'].map((name) => ({ bucket: `bucket-${name}`, expires: '2099-01-01' })));
    const run = bench.triage(byFirstLetter, { knownIssues });
    assert.equal(run.buckets.length, 3);
    assert.ok(run.failures.length > 0 && run.failures.every((text) => text.includes(join(TARGET, 'bucket-a'))));
    assert.equal(triageExitCode(run), 1);
    assert.ok(existsSync(blocked));
    assert.ok(existsSync(join(dirname(fine), 'triage.json')));
  });

  test('a folder that is not there yet has no findings', (context) => {
    const bench = new TriageBench(context);
    const run = bench.triage(byFirstLetter, { crashes: join(bench.crashes, 'nowhere') });
    assert.deepEqual([run.buckets, triageExitCode(run)], [[], 0]);
  });
});
