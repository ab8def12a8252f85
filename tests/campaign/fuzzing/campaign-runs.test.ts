// Campaigns that go on, with the real engine and bugs that are met at once.

import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { readCampaignRecord } from '../../../src/campaign/crashes/campaign-record.js';
import { writeCrash } from '../../../src/campaign/crashes/crash-store.js';
import { readPlot } from '../../../src/campaign/crashes/plot-data.js';
import { readSidecar, sidecarPath } from '../../../src/campaign/crashes/sidecar.js';
import type { CampaignResult, TargetResult } from '../../../src/campaign/fuzzing/campaign-result.js';
import { compiledRoot } from '../../../src/campaign/paths.js';
import { patchOf, plantBug, temporaryFolder } from '../bugs/planted-bugs.js';
import { sampleFinding } from '../crashes/sample-finding.js';
import { killAtMoments } from '../kill-moments.js';

const MAIN = join(compiledRoot(), 'src', 'cli', 'main.js');
const TARGET = 'split_ring_fuzzer';
/** What the bug below does to chains of two and of more. */
const BUCKETS = ['panic.split-queue-detach.exception-rangeerror', 'panic.split-queue-detach.exception-typeerror'];

/** A folder of its own for crashes, and a bug that is met within some hundred executions. */
class Scene {
  readonly crashes: string;
  private readonly bank: string;
  private readonly issues: string;

  constructor(context: TestContext, patch: string) {
    this.bank = temporaryFolder(context);
    this.crashes = temporaryFolder(context);
    this.issues = temporaryFolder(context);
    plantBug(this.bank, 'T09', patch);
  }

  words(...more: readonly string[]): string[] {
    const bug = ['--bugs', this.bank, '--bug', 'T09'];
    return [MAIN, 'fuzz', TARGET, ...bug, '--no-seeds', '--seed', '7', '--crashes', this.crashes, ...more];
  }

  fuzz(...more: readonly string[]): { run: SpawnSyncReturns<string>; result: TargetResult } {
    const run = spawnSync(process.execPath, this.words('--json', ...more), { encoding: 'utf8', timeout: 120_000 });
    const result = (JSON.parse(run.stdout) as CampaignResult).targets[0];
    assert.ok(result !== undefined, run.stderr);
    return { run, result };
  }

  get folder(): string {
    return join(this.crashes, TARGET);
  }

  inputs(bucket: string): readonly string[] {
    return readdirSync(join(this.folder, bucket)).filter((name) => !name.endsWith('.json'));
  }

  knownIssues(expires: string): string {
    const file = join(this.issues, 'known-issues.json');
    const issues = BUCKETS.map((bucket) => ({
      bucket,
      reason: 'a fix is near',
      issue: 'https://example.org/7',
      expires,
    }));
    writeFileSync(file, JSON.stringify({ schema: 1, issues }));
    return file;
  }
}

/** Adds lines to the driver's detach. */
function inDetach(...lines: readonly string[]): string {
  const anchor = '    const count = this.states.countOf(head);\n';
  return patchOf('src/driver/split-queue.ts', (text) => {
    assert.ok(text.includes(anchor));
    return text.replace(anchor, `${anchor}${lines.map((line) => `    ${line}\n`).join('')}`);
  });
}

const TWO_BUCKETS = inDetach(
  "if (count === 2) throw new RangeError('planted');",
  "if (count > 2) throw new TypeError('planted');",
);

describe('fuzz --keep-going', () => {
  test('collects buckets, resumes, and accepts what is known', (context) => {
    const scene = new Scene(context, TWO_BUCKETS);
    const first = scene.fuzz('--keep-going', '--jobs', '2', '--runs', '4000');
    assert.equal(first.run.status, 77, first.run.stderr);
    assert.match(first.run.stderr, /seed 7 to 8, bug T09\n/);
    assert.equal(first.result.executions, 4000);
    assert.ok(first.result.edges > 100 && first.result.states > 10, JSON.stringify(first.result));
    const { findings } = first.result;
    assert.deepEqual(findings.map(({ bucket }) => bucket).sort(), BUCKETS);
    for (const { bucket, executions, known, file } of findings) {
      assert.ok(executions > 1 && !known, bucket);
      // Found by both processes, stored once: the first, and the smallest.
      const names = scene.inputs(bucket);
      assert.ok(names.length <= 2, names.join(' '));
      assert.equal(readSidecar(sidecarPath(file ?? '')).bug, 'T09');
    }

    const record = readCampaignRecord(scene.folder);
    assert.deepEqual([record?.bug, record?.campaigns, record?.executions, record?.seeds], ['T09', 1, 4000, [7, 8]]);
    assert.match(readFileSync(join(scene.folder, 'fuzzer_stats'), 'utf8'), /^execs_done {8}: 4000\n/m);
    for (const { bucket, first: name } of record?.buckets ?? []) {
      assert.ok(scene.inputs(bucket).includes(name ?? ''), bucket);
    }

    const known = scene.fuzz('--known-issues', scene.knownIssues('2999-12-31'), '--runs', '1500');
    assert.equal(known.run.status, 0, known.run.stderr);
    assert.match(known.run.stderr, /resuming its campaign\n/);
    assert.match(known.run.stderr, /known issue: panic.*accepted until 2999-12-31: a fix is near/);
    assert.deepEqual(
      known.result.findings.map((finding) => finding.known),
      [true, true],
    );
    const resumed = readCampaignRecord(scene.folder);
    assert.deepEqual([resumed?.campaigns, resumed?.executions], [2, 5500]);
    const plot = readPlot(scene.folder);
    assert.deepEqual(
      plot.map(({ total_execs }) => total_execs),
      plot.map(({ total_execs }) => total_execs).sort((a, b) => a - b),
    );
    assert.equal(plot.at(-1)?.total_execs, 5500);

    // The engine never starts: what is stored fails again.
    const expired = scene.fuzz('--known-issues', scene.knownIssues('2020-01-01'));
    assert.deepEqual([expired.run.status, expired.result.executions], [77, 0]);
    assert.match(expired.run.stderr, /still fails: finding: no BUG.*\nIt was accepted as known until 2020-01-01/);
  });

  test('a process that dies is replaced, and what ended it is stored', (context) => {
    const anchor = '    const { executions } = this.heartbeat;\n';
    const scene = new Scene(
      context,
      patchOf('fuzz/campaign-target.ts', (text) => {
        assert.ok(text.includes(anchor));
        return text.replace(anchor, `${anchor}    if (executions === 400) throw new Error('planted death');\n`);
      }),
    );
    const { run, result } = scene.fuzz('--keep-going', '--runs', '750');
    assert.equal(run.status, 3, run.stderr);
    assert.match(run.stderr, /an engine process died and is replaced \(1 of at most 10\)/);
    assert.equal(result.executions, 750);
    assert.deepEqual(
      result.findings.map(({ bucket, executions }) => [bucket, executions]),
      [['harness-bug', 1]],
    );
    assert.equal(scene.inputs('harness-bug').length, 1);
  });

  test('says so when an input does not behave alike twice', (context) => {
    // Like a driver that remembers an earlier execution.
    const scene = new Scene(
      context,
      inDetach(
        'const memory = globalThis as { restless?: number };',
        'memory.restless = (memory.restless ?? 0) + 1;',
        "if (memory.restless % 3 === 0) throw new TypeError('planted');",
      ),
    );
    const { run, result } = scene.fuzz('--keep-going', '--runs', '30000');
    assert.match(
      run.stderr,
      /an input did not behave alike twice \(.*\), which is a bug in vringfuzz; .* base64: \S+\n/,
    );
    assert.ok((result.stability ?? 1) < 1, String(result.stability));
  });
});

describe('fuzz', () => {
  test('ends after as many new buckets as it was told; what does not fail any more is not one', (context) => {
    const scene = new Scene(context, TWO_BUCKETS);
    const crash = { directory: scene.crashes, target: TARGET, trace: null, seed: 1, bug: 'T09' };
    writeCrash({ ...crash, finding: sampleFinding({ bucket: 'an-old-bucket' }), bytes: new Uint8Array(4) });
    const { run, result } = scene.fuzz('--stop-after', '2', '--runs', '1000000');
    assert.equal(run.status, 77, run.stderr);
    assert.match(run.stderr, /split_ring_fuzzer: 1 stored input does not fail any more: an-old-bucket\n/);
    assert.deepEqual(result.findings.map(({ bucket }) => bucket).sort(), BUCKETS);
    assert.ok(result.executions < 100_000);
  });

  test('ends all its processes at SIGTERM, with the table', { skip: process.platform !== 'linux' }, async (context) => {
    const scene = new Scene(context, TWO_BUCKETS);
    const child = spawn(process.execPath, scene.words('--keep-going', '--jobs', '2', '--time', '1h'), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const found = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (/stored in/.test(output)) resolve();
      });
    });
    child.stderr.resume();
    await found;
    const pid = String(child.pid);
    const engines = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    assert.equal(engines.length, 2);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 77);
    assert.match(output, /\nsplit_ring_fuzzer +\d.*\n\nbucket +executions/);
    for (const engine of engines) assert.throws(() => process.kill(Number(engine), 0), { code: 'ESRCH' });
  });

  test('loses nothing that it reported when it is killed', { skip: process.platform !== 'linux' }, async () => {
    const { kills } = await killAtMoments(3);
    assert.equal(kills, 3);
  });
});
