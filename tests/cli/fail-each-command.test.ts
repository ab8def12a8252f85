// `vringfuzz fail-each`, and what `vringfuzz races` shares with it: output, exit codes, replay of what was found, bad input.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';

import { committedCorpus } from '../../src/campaign/paths.js';
import { FAILURE_NAMES } from '../../src/platform/failures.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { type CliRun, isRefused, runCli } from './run-cli.js';

const SEED = join(committedCorpus(), 'split_ring_fuzzer', 'seed', 'split-indirect-direct');

interface Document {
  readonly schema: number;
  readonly command: string;
  readonly files: readonly {
    readonly file: string;
    readonly runs: number;
    readonly groups: Readonly<Record<string, number>>;
    readonly pairs: { readonly tried: number; readonly of: number } | null;
    readonly findings: readonly { readonly bucket: string; readonly only: string; readonly where: readonly string[] }[];
  }[];
  readonly problems: readonly string[];
}

function documentOf(run: CliRun): Document {
  return JSON.parse(run.stdout) as Document;
}

describe('fail-each', () => {
  test('the committed corpus is silent: every attempt of every service, and the queue usable after each', () => {
    const run = runCli('fail-each', '--json');
    assert.equal(run.status, 0, run.stdout + run.stderr);
    const { schema, command, files, problems } = documentOf(run);
    assert.deepEqual([schema, command, problems], [1, 'fail-each', []]);
    const kinds = new Set(files.flatMap(({ groups }) => Object.keys(groups)));
    assert.deepEqual([...kinds].sort(), [...FAILURE_NAMES].sort());
    for (const { file, runs, groups } of files) {
      const placed = Object.values(groups).reduce((sum, count) => sum + count, 0);
      assert.equal(runs, placed + 1, file);
    }
    const total = files.reduce((sum, { runs }) => sum + runs, 0);
    assert.ok(total > 5000, `${total} runs`);
  });

  test('a bug is named with its place, and the command beside it shows it again', (context) => {
    const run = runCli('fail-each', SEED, '--bug', 'V06', '--crashes', temporaryFolder(context));
    assert.equal(run.status, 77, run.stderr);
    assert.match(run.stdout, /^failed {2}\S+split-indirect-direct {2}\d+ runs: /);
    assert.match(run.stdout, /\n {2}finding {2}mapping-leak\.split-queue-addsgs\.failed-add {2}\d+ of \d+ runs\n/);
    assert.match(run.stdout, /\n {4}map \d+ fails, in addSgs of step \d+\n/);
    const line = /npx vringfuzz (fail-each \S+ --bug V06 --only map:\d+ --trace)/.exec(run.stdout)?.[1] ?? '';
    const again = runCli(...line.split(' '));
    assert.equal(again.status, 77, line + again.stderr);
    assert.match(again.stdout, /map \d+ bytes at \S+ \w+ fails\n/);
    assert.match(again.stdout, /\nFINDING /);
  });

  test('an input of each bucket is stored, replayed by the second command, and triaged', (context) => {
    const crashes = temporaryFolder(context);
    const run = runCli('fail-each', SEED, '--bug', 'V06', '--crashes', crashes);
    const lines = [...run.stdout.matchAll(/\n {4}npx vringfuzz (replay \S+)\n/g)].map(([, line]) => line ?? '');
    assert.equal(lines.length, run.stdout.match(/\n {2}finding /g)?.length);
    for (const line of lines) {
      const again = runCli(...line.split(' '));
      assert.equal(again.status, 77, line + again.stderr);
      assert.match(again.stdout, / 10\/10\n/);
    }
    const triaged = runCli('triage', '--crashes', crashes, '--json');
    assert.equal(triaged.status, 77, triaged.stderr);
    const { buckets } = JSON.parse(triaged.stdout) as { buckets: { status: string }[] };
    assert.deepEqual([buckets.length, ...new Set(buckets.map(({ status }) => status))], [lines.length, 'new']);
  });

  test('what known-issues.json accepts is counted, and fails nothing until its date', (context) => {
    const crashes = temporaryFolder(context);
    const file = join(crashes, 'known.json');
    const args = ['fail-each', SEED, '--bug', 'V06', '--crashes', crashes, '--known-issues', file];
    const accept = (buckets: readonly string[], expires: string): void => {
      const issues = buckets.map((bucket) => ({ bucket, reason: 'we know', issue: 'https://example.com/1', expires }));
      writeFileSync(file, JSON.stringify({ schema: 1, issues }));
    };
    accept([], '2100-01-01');
    const findings = documentOf(runCli(...args, '--json')).files.flatMap((each) => each.findings);
    const buckets = findings.map(({ bucket }) => bucket);
    assert.ok(buckets.length > 1);
    accept(buckets.slice(1), '2100-01-01');
    assert.equal(runCli(...args).status, 77);
    accept(buckets, '2100-01-01');
    const accepted = runCli(...args);
    assert.equal(accepted.status, 0, accepted.stdout);
    assert.match(accepted.stdout, /^known {2}\S+split-indirect-direct/);
    assert.match(
      accepted.stdout,
      /\n {2}known {2}mapping-leak\.[\s\S]*\n {4}accepted until 2100-01-01: we know, https/,
    );
    accept(buckets, '2000-01-01');
    const expired = runCli(...args);
    assert.equal(expired.status, 77);
    assert.match(expired.stdout, /was accepted until 2000-01-01, which is over: we know/);
  });

  test('what cannot be stored is told, and the finding still counts', (context) => {
    const crashes = join(temporaryFolder(context), 'file');
    writeFileSync(crashes, '');
    const run = runCli('fail-each', SEED, '--bug', 'V06', '--crashes', crashes);
    assert.equal(run.status, 77);
    assert.match(run.stderr, /vringfuzz: cannot \S+ \S*file/);
    assert.doesNotMatch(run.stdout, /npx vringfuzz replay/);
  });

  test('folders share a line, --verbose gives each input its own, and the last line sums up', (context) => {
    const folder = join(temporaryFolder(context), 'packed_ring_fuzzer');
    mkdirSync(folder);
    for (const name of ['one', 'two']) cpSync(SEED, join(folder, name));
    const short = runCli('fail-each', folder).stdout;
    assert.match(short, /^ok {2}\S+packed_ring_fuzzer {2}2 inputs {2}\d+ runs: .*\n2 inputs, .*; nothing found\n$/);
    const long = runCli('fail-each', folder, '--verbose').stdout;
    assert.match(long, /^ok {2}\S+one {2}.*\nok {2}\S+two {2}.*\n2 inputs, .*; nothing found\n$/);
  });

  test('what a limit leaves out is told', () => {
    const run = runCli('fail-each', SEED, '--pairs', '--limit', '40');
    assert.equal(run.status, 0);
    assert.match(run.stdout, /; \d+ of [\d,]+ pairs tried\n$/);
    const [file] = documentOf(runCli('fail-each', SEED, '--pairs', '--limit', '40', '--json')).files;
    assert.ok(file?.runs === 41 && file.pairs !== null && file.pairs.tried < file.pairs.of);
  });

  test('--only none is the input as it is, with the epilogue', () => {
    const run = runCli('fail-each', SEED, '--only', 'none', '--trace');
    assert.equal(run.status, 0);
    assert.match(run.stdout, /epilogue: everything works[\s\S]*teardown[\s\S]*\nOK\n$/);
  });
});

describe('fail-each: wrong use', () => {
  const only = (text: string): CliRun => runCli('fail-each', SEED, '--only', text);

  test('a kind that does not exist', () => {
    assert.ok(isRefused(only('mpa:1'), /no failure of kind mpa \(did you mean map\?\); one of map, coherent/));
    assert.ok(isRefused(only('sync:1'), /no failure of kind sync/));
    assert.ok(isRefused(only('map'), /not a failure: map \(type a kind and a number/));
  });

  test('an attempt that does not come', () => {
    assert.ok(isRefused(only('map:900'), /map:900 does not happen: the input comes to \d+ of map, 1 to \d+/));
    assert.ok(isRefused(only('enable-queue:1'), /the input comes to 0 of enable-queue/));
  });

  test('several inputs for one trace, a trace of everything, an oracle that does not exist', () => {
    assert.ok(isRefused(runCli('fail-each', SEED, SEED, '--only', 'map:1'), /--only takes one input/));
    assert.ok(isRefused(runCli('fail-each', SEED, '--trace'), /--trace is for --only/));
    const run = runCli('fail-each', SEED, '--silence', 'errnoo');
    assert.ok(isRefused(run, /unknown oracle errnoo \(did you mean errno\?\)/));
  });

  test('files that cannot be used', (context) => {
    const folder = temporaryFolder(context);
    assert.ok(isRefused(runCli('fail-each', folder), /is a folder without inputs/));
    assert.ok(isRefused(runCli('fail-each', join(folder, 'nowhere')), /no such file: .*nowhere/));
    writeFileSync(join(folder, 'empty'), '');
    const empty = runCli('fail-each', join(folder, 'empty'), '--target', 'split_ring_fuzzer');
    assert.ok(isRefused(empty, /is an empty file/));
    cpSync(SEED, join(folder, 'mine'));
    assert.ok(isRefused(runCli('fail-each', join(folder, 'mine')), /cannot tell the target/));
    const unknown = runCli('fail-each', relative(process.cwd(), SEED), '--target', 'split_ring');
    assert.ok(isRefused(unknown, /unknown target split_ring/));
  });

  test('a bad file in a folder is named, the others run, and the exit code says so', (context) => {
    const folder = join(temporaryFolder(context), 'split_ring_fuzzer');
    mkdirSync(folder);
    cpSync(SEED, join(folder, 'good'));
    writeFileSync(join(folder, 'empty'), '');
    const run = runCli('fail-each', folder);
    assert.equal(run.status, 2);
    assert.match(run.stderr, /empty is an empty file/);
    assert.match(run.stdout, /^ok .*good/);
  });
});
