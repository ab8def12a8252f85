// `vringfuzz honest`, run as its users run it.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isRefused, runCli } from './run-cli.js';

const crashes = mkdtempSync(join(tmpdir(), 'vringfuzz-honest-test-'));
after(() => {
  rmSync(crashes, { recursive: true });
});

const figures = (json: string): Record<string, unknown> => JSON.parse(json) as Record<string, unknown>;

test('a silent run says what it covered, and the same again for the seed', () => {
  const args = ['honest', '--runs', '400', '--seed', '3', '--json', '--crashes', crashes];
  const runs = [runCli(...args), runCli(...args)];
  const [first, second] = runs.map(({ status, stdout, stderr }) => {
    assert.deepEqual([status, stderr], [0, '']);
    const { seconds: _seconds, executionsPerSecond: _rate, ...rest } = figures(stdout);
    return rest;
  });
  assert.deepEqual(first, second);
  assert.deepEqual([first?.['verdict'], first?.['runs'], first?.['configurations']], ['ok', 400, 400]);
  assert.deepEqual(readdirSync(crashes), []);
});

test('one line for people', () => {
  const { status, stdout } = runCli('honest', '--runs', '40', '--target', 'bounce_fuzzer', '--crashes', crashes);
  assert.equal(status, 0);
  assert.match(stdout, /^SILENT {2}40 runs, [\d,]+\/s, 40 of [\d,]+ configurations, [\d,]+ buffers\n$/);
});

test('what fires is stored as a crash that replays: exit code 77', () => {
  const { status, stdout } = runCli('honest', '--target', 'canary', '--runs', '1000', '--json', '--crashes', crashes);
  assert.equal(status, 77);
  const { verdict, file } = figures(stdout);
  assert.equal(verdict, 'finding');
  assert.ok(typeof file === 'string' && file.startsWith(crashes));
  assert.equal(runCli('replay', file).status, 77);
});

test('wrong use: unknown targets, raw bytes, numbers that are none', () => {
  assert.ok(isRefused(runCli('honest', '--target', 'split_ring'), /unknown target split_ring.*split_ring_fuzzer/));
  assert.ok(isRefused(runCli('honest', '--target', 'raw_ring_fuzzer'), /raw_ring_fuzzer takes raw bytes/));
  assert.ok(isRefused(runCli('honest', '--runs', '0'), /--runs/));
  assert.ok(isRefused(runCli('honest', '--seed', '4294967296'), /--seed 4294967296 is too large/));
});
