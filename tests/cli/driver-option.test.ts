// `--driver`: another driver under the commands, its findings apart from those of our own.

import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, describe, test } from 'node:test';

import { committedCorpus, projectRoot } from '../../src/campaign/paths.js';
import { compiled, complaints } from '../report/formats/schemas.js';
import { isRefused, runCli } from './run-cli.js';

const NAIVE = join(projectRoot(), 'examples', 'naive-driver', 'naive-driver.js');
const TARGET = 'split_ring_fuzzer';
const SEEDS = join(committedCorpus(), TARGET, 'seed');

const scratch = mkdtempSync(join(tmpdir(), 'vringfuzz-test-'));
after(() => {
  rmSync(scratch, { recursive: true, force: true });
});
const crashes = join(scratch, 'crashes');
const home = join(crashes, 'driver-naive', TARGET);

/** The stored finding of an oracle; the campaign of the first test has made it. */
function crashOf(oracle: string): string {
  const bucket = readdirSync(home).find((name) => name.startsWith(`${oracle}.`));
  assert.ok(bucket !== undefined, `no finding of ${oracle} in ${readdirSync(home).join(', ')}`);
  const name = readdirSync(join(home, bucket)).find((file) => /^crash-[0-9a-f]{40}$/.test(file));
  return join(home, bucket, name ?? '');
}

describe('fuzz --driver', () => {
  test('breaks the naive driver with several oracles, in a folder of its own, by coverage of its file', () => {
    const args = ['--driver', NAIVE, '--seed', '1', '--runs', '6000', '--keep-going', '--no-seeds', '--json'];
    const run = runCli('fuzz', TARGET, 'packed_ring_fuzzer', ...args, '--crashes', crashes);
    assert.equal(run.status, 77, run.stderr);
    assert.match(run.stderr, /split_ring_fuzzer: seed 1, driver naive/);
    const { targets } = JSON.parse(run.stdout) as { targets: { target: string }[] };
    assert.deepEqual(
      targets.map(({ target }) => target),
      [TARGET],
      'a target without the layout was run',
    );
    assert.deepEqual(readdirSync(crashes), ['driver-naive']);
    for (const oracle of ['untrusted-read', 'panic', 'mapping-leak', 'notification']) crashOf(oracle);
    const record = JSON.parse(readFileSync(join(home, 'campaign.json'), 'utf8')) as { driver: { name: string } };
    assert.deepEqual(complaints(compiled('campaign-1'), record), []);
    assert.equal(record.driver.name, 'naive');
    const stats = readFileSync(join(home, 'fuzzer_stats'), 'utf8');
    const edges = Number(/^edges_found\s*: (\d+)/m.exec(stats)?.[1]);
    assert.ok(edges > 50, `${edges} edges`);
  });

  test('names the driver in its sidecars, as the schema has it', () => {
    const sidecar = JSON.parse(readFileSync(`${crashOf('panic')}.json`, 'utf8')) as {
      schema: number;
      site: { file: string; function: string };
      driver: { name: string; source: string; sha256: string };
    };
    assert.deepEqual(complaints(compiled('sidecar-3'), sidecar), []);
    assert.deepEqual([sidecar.schema, sidecar.driver.name], [3, 'naive']);
    assert.match(sidecar.driver.sha256, /^[0-9a-f]{64}$/);
    assert.ok(NAIVE.endsWith(basename(sidecar.driver.source)));
    assert.deepEqual([sidecar.site.file, sidecar.site.function], ['naive-driver.js', 'release']);
  });

  test('refuses what goes together with our own driver only', () => {
    assert.ok(
      isRefused(runCli('fuzz', TARGET, '--driver', NAIVE, '--bug', 'V01'), /leave it out, or leave out --driver/),
    );
    assert.ok(isRefused(runCli('fuzz', TARGET, '--driver', 'nope.js'), /--driver nope\.js: no such file/));
  });
});

describe('a finding of another driver', () => {
  test('is replayed and described on it', () => {
    const file = crashOf('untrusted-read');
    const replay = runCli('replay', file, '--driver', NAIVE);
    assert.equal(replay.status, 77, replay.stderr);
    assert.match(replay.stdout, /untrusted-read\.naive-driver-release\.field-desc-flags +10\/10\n/);
    const shown = runCli('describe', file, '--driver', NAIVE).stdout;
    assert.match(shown, /driver {6}naive-driver\.js:release \(line \d+\)/);
    assert.match(shown, /split ring of \d+/);
  });

  test('is refused without it, and left out of a folder', () => {
    const file = crashOf('panic');
    assert.ok(isRefused(runCli('replay', file), /is a finding of driver naive: add --driver \S+naive-driver\.js/));
    const folder = join(scratch, 'mixed', TARGET);
    cpSync(file, join(folder, basename(file)));
    cpSync(`${file}.json`, join(folder, `${basename(file)}.json`));
    const [seed = ''] = readdirSync(SEEDS).sort();
    cpSync(join(SEEDS, seed), join(folder, 'seed'));
    const run = runCli('replay', folder);
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.match(run.stderr, /some inputs are left out: a finding of driver naive: add --driver/);
  });

  test('of the same driver in another version is told', () => {
    const file = join(scratch, 'naive-driver.js');
    writeFileSync(file, `${readFileSync(NAIVE, 'utf8')}// Changed.\n`);
    const run = runCli('replay', crashOf('panic'), '--driver', file);
    assert.equal(run.status, 77);
    assert.match(run.stderr, /driver naive has changed since these findings were stored/);
  });

  test('is minimised, and the small one names the driver', () => {
    const output = join(scratch, 'small');
    const run = runCli('minimise', crashOf('panic'), '--driver', NAIVE, '--output', output);
    assert.equal(run.status, 0, run.stderr);
    const sidecar = readdirSync(output).find((name) => name.endsWith('.json')) ?? '';
    assert.match(readFileSync(join(output, sidecar), 'utf8'), /"name": "naive"/);
  });

  test('is triaged in the folder of the driver; a folder of it is no part of our own', () => {
    const run = runCli('triage', '--driver', NAIVE, '--crashes', crashes, '--target', TARGET, '--json');
    assert.equal(run.status, 77, run.stderr);
    const { buckets } = JSON.parse(run.stdout) as { buckets: { bucket: string; target: string }[] };
    assert.ok(buckets.some(({ bucket }) => bucket === 'panic.naive-driver-release.exception-typeerror'));
    assert.match(readFileSync(join(crashOf('panic'), '..', 'README.md'), 'utf8'), /--driver \S+naive-driver\.js/);
    const own = runCli('triage', '--crashes', crashes);
    assert.equal(own.status, 0, own.stderr);
    assert.equal(own.stderr, '');
  });
});

describe('other commands with --driver', () => {
  const MENDED = join(projectRoot(), 'examples', 'naive-driver', 'mended-driver.js');

  test('merge distils what was generated for that driver, by its coverage, and leaves our own alone', () => {
    const corpus = join(scratch, 'corpus');
    const name = readdirSync(SEEDS).find((each) => each.startsWith('split-direct')) ?? assert.fail();
    for (const folder of [TARGET, join('driver-mended', TARGET)]) {
      for (const copy of ['x', 'y']) cpSync(join(SEEDS, name), join(corpus, folder, 'generated', copy));
    }
    const run = runCli('merge', TARGET, '--driver', MENDED, '--corpus', corpus, '--crashes', crashes, '--json');
    assert.equal(run.status, 0, run.stderr);
    const { targets } = JSON.parse(run.stdout) as {
      targets: { before: { inputs: number }; after: { inputs: number }; coverage: { after: { points: number } } }[];
    };
    assert.deepEqual([targets[0]?.before.inputs, targets[0]?.after.inputs], [2, 1]);
    assert.ok((targets[0]?.coverage.after.points ?? 0) > 50);
    assert.equal(readdirSync(join(corpus, TARGET, 'generated')).length, 2);
  });

  test('ci judges that driver, and reports of its folder', () => {
    const output = join(scratch, 'ci');
    const args = ['--tier', 'quick', '--time', '2s', '--driver', MENDED, '--corpus', scratch, '--output', output];
    const run = runCli('ci', TARGET, ...args, '--crashes', crashes, '--json');
    assert.equal(run.status, 0, run.stdout + run.stderr);
    const { stages } = JSON.parse(run.stdout) as { stages: { name: string; command: string[] }[] };
    for (const name of ['fuzz', 'triage']) {
      assert.ok(stages.find((stage) => stage.name === name)?.command.includes('--driver'), name);
    }
    const report = stages.find(({ name }) => name === 'report')?.command ?? [];
    assert.match(report.join(' '), /--crashes \S*driver-mended/);
  });

  test('bench and coverage say what they are about', () => {
    assert.ok(isRefused(runCli('bench', '--driver', NAIVE), /measures patches of Linux's ring/));
    assert.ok(
      isRefused(runCli('bench', '--driver', NAIVE, '--engine', 'jsfuzz'), /sees no coverage of a driver from outside/),
    );
    assert.ok(isRefused(runCli('bench', '--source', '.'), /--source goes with --driver linux/));
    assert.ok(isRefused(runCli('coverage', '--driver', 'linux:6.12'), /vringfuzz linux coverage --driver linux:6\.12/));
    assert.ok(isRefused(runCli('coverage', '--driver', NAIVE), /the edges are counted by: vringfuzz fuzz --driver/));
    assert.ok(isRefused(runCli('ci', '--tier', 'quick', '--driver', NAIVE, '--bug', 'V01'), /leave out --driver/));
  });
});

test('a report of the folder has the commands for that driver', () => {
  const run = runCli('report', '--format', 'markdown', '--crashes', join(crashes, 'driver-naive'));
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /npx vringfuzz replay \S+ --driver \S+naive-driver\.js/);
  const json = runCli('report', '--format', 'json', '--crashes', join(crashes, 'driver-naive'));
  const document = JSON.parse(json.stdout) as { targets: { campaign: { driver?: { name: string } } | null }[] };
  assert.deepEqual(complaints(compiled('report-1'), document), []);
  assert.equal(document.targets[0]?.campaign?.driver?.name, 'naive');
});

describe('systematic search and honest device on another driver', () => {
  test('races on what the driver takes from shared memory, with the command to repeat it', () => {
    const seed = join(SEEDS, 'split-out-of-order');
    assert.ok(existsSync(seed));
    const run = runCli('races', seed, '--driver', NAIVE, '--silence', 'untrusted-read', '--limit', '300');
    assert.equal(run.status, 77, run.stderr);
    assert.match(run.stdout, /unmap-mismatch|unknown-unmap/);
    assert.match(run.stdout, /npx vringfuzz races \S+ --driver \S+naive-driver\.js --silence untrusted-read --only/);
  });

  test('fail-each finds the leak of a failed map', () => {
    const seed = join(SEEDS, 'split-out-of-order');
    const run = runCli('fail-each', seed, '--driver', NAIVE, '--crashes', join(scratch, 'failed'));
    assert.equal(run.status, 77, run.stderr);
    assert.ok(existsSync(join(scratch, 'failed', 'driver-naive', TARGET)));
  });

  test('honest: a driver that reads the descriptor table back is told even so', () => {
    const run = runCli(
      'honest',
      '--driver',
      NAIVE,
      '--runs',
      '200',
      '--target',
      TARGET,
      '--crashes',
      join(scratch, 'h'),
    );
    assert.equal(run.status, 77, run.stderr);
    assert.match(run.stdout, /stored as \S*driver-naive/);
  });
});
