// `vringfuzz ci` as a whole: the gate fails where it must, passes where it must, and leaves its results.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { type CliRun, isRefused, runCli } from './run-cli.js';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'ci-command-'));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Summary {
  readonly passed: boolean;
  readonly exitCode: number;
  readonly stages: readonly { readonly name: string; readonly status: string; readonly detail: string }[];
}

function ci(name: string, ...args: readonly string[]): { readonly run: CliRun; readonly output: string } {
  const output = join(folder, name, 'out');
  const places = ['--output', output, '--crashes', join(folder, name, 'crashes')];
  return { run: runCli('ci', '--tier', 'quick', ...places, ...args), output };
}

const RESULTS = [
  'junit.xml',
  'logs',
  'report.html',
  'report.json',
  'report.md',
  'report.sarif',
  'summary.json',
  'summary.md',
];
// A planted bug that any short campaign meets.
const BUG = ['split_ring_fuzzer', '--bug', 'used-id-truncated', '--time', '2s', '--seed', '1'];

describe('vringfuzz ci', () => {
  test('fails on a planted bug, and passes once its buckets are accepted', () => {
    const { run, output } = ci('bug', ...BUG);
    assert.equal(run.status, 77, run.stderr);
    assert.deepEqual(readdirSync(output).sort(), RESULTS);
    const summary = JSON.parse(readFileSync(join(output, 'summary.json'), 'utf8')) as Summary;
    assert.deepEqual([summary.passed, summary.exitCode], [false, 77]);
    assert.match(readFileSync(join(output, 'summary.md'), 'utf8'), /^# vringfuzz ci, tier quick: failed/);

    const { buckets } = JSON.parse(readFileSync(join(output, 'report.json'), 'utf8')) as {
      readonly buckets: readonly { readonly bucket: string }[];
    };
    assert.ok(buckets.length > 0);
    // The committed seeds of this bug end in buckets of their own: all that the first run met is accepted.
    const log = readFileSync(join(output, 'logs', 'replay.log'), 'utf8');
    const replayed = [...log.matchAll(/"bucket":"([^"]+)"/g)].map(([, bucket]) => bucket ?? '');
    const issues = [...new Set([...buckets.map(({ bucket }) => bucket), ...replayed])].map((bucket) => ({
      bucket,
      reason: 'planted',
      issue: 'https://example.org/1',
      expires: '9999-12-31',
    }));
    const known = join(folder, 'known-issues.json');
    writeFileSync(known, JSON.stringify({ schema: 1, issues }));
    const again = ci('bug', ...BUG, '--known-issues', known);
    const stages = (JSON.parse(readFileSync(join(again.output, 'summary.json'), 'utf8')) as Summary).stages;
    const stage = (name: string): string => stages.find((each) => each.name === name)?.status ?? 'missing';
    assert.equal(stage('replay'), 'passed');
    // Fuzzing goes on behind the accepted buckets and may meet further ones: those, and only those, fail it.
    const fuzzed = stages.find(({ name }) => name === 'fuzz');
    assert.equal(stage('fuzz') === 'failed', !/ 0 new /.test(fuzzed?.detail ?? ''));
  });

  test('refuses wrong use before anything runs', () => {
    assert.ok(isRefused(runCli('ci', '--tier', 'hourly'), /quick, pr, nightly/));
    assert.ok(isRefused(runCli('ci'), /--tier/));
    assert.ok(isRefused(ci('a', 'no_such_fuzzer').run, /unknown target no_such_fuzzer/));
    assert.ok(isRefused(ci('b', '--time', 'soon').run, /soon/));
    assert.ok(isRefused(ci('c', '--known-issues', join(folder, 'missing.json')).run, /missing\.json/));
  });
});
