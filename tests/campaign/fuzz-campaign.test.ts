// The whole way with the real engine: the command line, the launcher, the target, a finding that is stored and shown.

import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import type { CampaignResult } from '../../src/campaign/fuzzing/campaign-result.js';
import { compiledRoot } from '../../src/campaign/paths.js';
import { readSidecar, sidecarPath } from '../../src/campaign/crashes/sidecar.js';
import { temporaryFolder } from './bugs/planted-bugs.js';

const MAIN = join(compiledRoot(), 'src', 'cli', 'main.js');

function vringfuzz(...words: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8', timeout: 300_000 });
}

/** Options that keep a run out of the project's own folders. */
function inFolder(folder: string): string[] {
  return ['--crashes', join(folder, 'crashes'), '--corpus', join(folder, 'corpus')];
}

/** What `look` gives once it gives something. Fails after some seconds. */
async function eventually<T>(look: () => T | undefined): Promise<T> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const value = look();
    if (value !== undefined) {
      return value;
    }
    await setTimeout(100);
  }
  throw new Error('it does not happen');
}

function childOf(pid: number): number | undefined {
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').trim();
  return children === '' ? undefined : Number(children.split(' ')[0]);
}

/** A process that ended but that nobody waited for does not count. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('vringfuzz fuzz', () => {
  test('finds the canary, stores it and says how to look at it', (context) => {
    const folder = temporaryFolder(context);
    const run = vringfuzz('fuzz', 'canary', '--time', '20s', '--seed', '1', '--json', ...inFolder(folder));
    assert.equal(run.status, 77, run.stderr);

    const { targets } = JSON.parse(run.stdout) as CampaignResult;
    const [result] = targets;
    assert.equal(targets.length, 1);
    assert.deepEqual(Object.keys(result ?? {}).sort(), [
      'corpus',
      'discoveryBound',
      'edges',
      'executions',
      'executionsPerSecond',
      'features',
      'findings',
      'stability',
      'states',
      'target',
      'workedOut',
    ]);
    const file = result?.findings[0]?.file ?? '';
    assert.ok(existsSync(file), file);
    const sidecar = readSidecar(sidecarPath(file));
    assert.equal(sidecar.target, 'canary');
    assert.equal(sidecar.seed, 1);
    assert.equal(sidecar.bucket, result?.findings[0]?.bucket);
    assert.match(run.stderr, /npx vringfuzz replay .*crash-[0-9a-f]{40}/);
  });

  test('runs a number of executions and keeps the corpus', (context) => {
    const folder = temporaryFolder(context);
    const run = vringfuzz('fuzz', 'split_ring_fuzzer', '--runs', '2000', '--seed', '1', ...inFolder(folder));
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /target\s+executions\s+exec\/s\s+edges\s+features\s+corpus\s+findings\nsplit_ring_fuzzer/);
    assert.ok(readdirSync(join(folder, 'corpus', 'split_ring_fuzzer', 'generated')).length > 0);
  });

  test('ends at SIGINT with its table', async (context) => {
    const folder = temporaryFolder(context);
    const child = spawn(process.execPath, [MAIN, 'fuzz', 'split_ring_fuzzer', '--time', '1h', ...inFolder(folder)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await once(child.stderr, 'data');
    await setTimeout(2500);
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0);
    assert.match(output, /\nsplit_ring_fuzzer +\d/);
  });

  test('leaves no engine behind when it is killed', { skip: process.platform !== 'linux' }, async (context) => {
    const folder = temporaryFolder(context);
    const child = spawn(process.execPath, [MAIN, 'fuzz', 'split_ring_fuzzer', '--time', '1h', ...inFolder(folder)], {
      stdio: 'ignore',
      // What a killed process leaves behind goes with the folder.
      env: { ...process.env, TMPDIR: folder },
    });
    const engine = await eventually(() => childOf(child.pid ?? 0));
    // Until the target runs: before that the engine process is about to end by itself.
    await eventually(() => readdirSync(join(folder, 'corpus', 'split_ring_fuzzer', 'generated'))[0]);
    child.kill('SIGKILL');
    await eventually(() => (isRunning(engine) ? undefined : true));
  });

  test('says what is wrong in one line', () => {
    const cases: readonly (readonly [string[], RegExp])[] = [
      [['--time', '0'], /--time 0 would fuzz nothing: type for example --time 60s/],
      [['nonsense'], /unknown target nonsense.*split_ring_fuzzer/],
      [['--', '-jobs=2'], /-jobs starts other processes/],
      [['--seed', '4294967296'], /too large/],
    ];
    for (const [words, message] of cases) {
      const run = vringfuzz('fuzz', ...words);
      assert.equal(run.status, 2, run.stderr);
      assert.match(run.stderr, message);
      assert.equal(run.stderr.trimEnd().split('\n').length, 1, run.stderr);
    }
  });
});

describe('vringfuzz doctor', () => {
  test('is content with this machine', (context) => {
    const run = vringfuzz('doctor', '--json', '--crashes', temporaryFolder(context));
    const report = JSON.parse(run.stdout) as { ok: boolean; checks: readonly { name: string; ok: boolean }[] };
    assert.deepEqual(
      report.checks.filter((check) => !check.ok),
      [],
    );
    assert.equal(run.status, 0);
  });
});
