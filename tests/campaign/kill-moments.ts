// Kills a campaign at random moments, again and again, and looks at what it left: nothing that was reported may be lost, no
// file may be corrupt, and the next campaign must start as if nothing had happened. A test runs a few rounds; by hand:
//
//   node dist/tests/campaign/kill-moments.js 50

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { CAMPAIGN_FILE, readCampaignRecord } from '../../src/campaign/crashes/campaign-record.js';
import { PLOT_FILE, readPlot } from '../../src/campaign/crashes/plot-data.js';
import { readSidecar, sidecarPath } from '../../src/campaign/crashes/sidecar.js';
import { compiledRoot } from '../../src/campaign/paths.js';

/** Has many buckets, some of which are met at once and some late. */
const TARGET = 'split_ring_fuzzer';
const BUG = 'token-not-cleared';
/** A new folder now and then, so that there is always something left to find. */
const ROUNDS_A_FOLDER = 4;
/** What a kill follows: the start, a new finding that is told, or the making of the folder that the next one goes to. */
const AFTER = ['start', 'finding', 'write'] as const;
/** Milliseconds. After a finding the next ones, and smaller inputs, come soon; a write takes one or two. */
const LONGEST_DELAY: Readonly<Record<(typeof AFTER)[number], number>> = { start: 3000, finding: 400, write: 4 };
/** For a finding: there may be no more. */
const LONGEST_WAIT = 6000;
/** Says only that the folder was being written to. */
const CLAIM = /^\.campaign\.\d+\.tmp$/;

/** What a campaign said before it was killed, or ended. */
interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KillSummary {
  readonly kills: number;
  /** Reports of stored findings, all of which are there. */
  readonly reported: number;
  /** Kills after which an input had no sidecar yet, or an unfinished write was left: the next campaign mended it. */
  readonly unfinished: number;
}

/** Throws AssertionError at the first thing that is not as it must be. */
export async function killAtMoments(
  kills: number,
  onRound: (text: string) => void = () => undefined,
): Promise<KillSummary> {
  const random = pseudoRandom(kills);
  let reported = 0;
  let unfinished = 0;
  for (let done = 0; done < kills;) {
    const folder = mkdtempSync(join(tmpdir(), 'vringfuzz-kill-'));
    const files = new Set<string>();
    try {
      for (let round = 0; round < ROUNDS_A_FOLDER && done < kills; round++, done++) {
        const after = AFTER[Math.floor(random() * AFTER.length)] ?? 'start';
        const said = await campaign(folder, 1 + (done % 2), { after, delay: random() * LONGEST_DELAY[after] });
        for (const file of storedFiles(said.stdout)) files.add(file);
        checkStart(said, round > 0);
        const left = checkFolder(folder, files);
        unfinished += left === 0 ? 0 : 1;
        onRound(`kill ${String(done + 1)}: ${String(files.size)} reported, ${String(left)} unfinished`);
      }
      await checkMended(folder, files);
      reported += files.size;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { kills, reported, unfinished };
}

/** Runs a campaign in `folder`, and kills it at that moment, or lets it run for a while where there is none. */
async function campaign(
  folder: string,
  jobs: number,
  moment: { readonly after: (typeof AFTER)[number]; readonly delay: number } | null,
): Promise<Said> {
  const main = join(compiledRoot(), 'src', 'cli', 'main.js');
  const temporary = join(folder, 'tmp');
  const target = join(folder, 'crashes', TARGET);
  for (const each of [temporary, target]) mkdirSync(each, { recursive: true });
  const limits = ['--jobs', String(jobs), ...(moment === null ? ['--runs', '3000'] : ['--time', '1h'])];
  const words = ['fuzz', TARGET, '--bug', BUG, '--keep-going', '--crashes', join(folder, 'crashes'), ...limits];
  const child = spawn(process.execPath, [main, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  });
  const closed = once(child, 'close');
  const watcher = watch(target);
  let stdout = '';
  let stderr = '';
  const starts = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (moment?.after === 'start') resolve();
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      // Not one that still fails: those are told before the engine starts.
      if (moment?.after === 'finding' && /^\w+: finding: /m.test(stdout)) resolve();
    });
    watcher.on('change', (_event, name) => {
      if (moment?.after === 'write' && !/^\.|campaign|plot_data|fuzzer_stats/.test(String(name))) resolve();
    });
    child.on('close', () => resolve());
  });
  if (moment !== null) {
    await Promise.race([starts, setTimeout(LONGEST_WAIT, undefined, { ref: false })]);
    await setTimeout(moment.delay);
    child.kill('SIGKILL');
  }
  await closed;
  watcher.close();
  return { code: child.exitCode, stdout, stderr };
}

/** Files that were reported in complete lines. */
function storedFiles(stdout: string): readonly string[] {
  const lines = stdout.split('\n').slice(0, -1);
  return lines.flatMap((line) => /^ *stored in (.+)$/.exec(line)?.[1] ?? []);
}

/** The campaign began without a word about anything that it found there, but for what does not concern it. */
function checkStart({ stderr }: Said, resumed: boolean): void {
  const start = stderr.split('\n').find((line) => line.includes(`${TARGET}: seed `)) ?? '';
  assert.ok(start !== '' || stderr === '', stderr);
  if (resumed && start !== '') assert.match(start, /resuming its campaign$/);
  assert.doesNotMatch(stderr, /unreadable|cannot|not valid|bug in vringfuzz|alike/);
}

/** All that was reported is there, and nothing is corrupt. Returns how much is unfinished. */
function checkFolder(folder: string, reported: ReadonlySet<string>): number {
  const target = join(folder, 'crashes', TARGET);
  for (const file of reported) assert.ok(existsSync(file), `${file} was reported and is lost`);
  if (!existsSync(target)) return 0;
  let unfinished = 0;
  for (const entry of readdirSync(target, { withFileTypes: true })) {
    if (entry.isDirectory()) unfinished += checkBucket(join(target, entry.name));
    else if (entry.name.endsWith('.tmp') && !CLAIM.test(entry.name)) unfinished++;
  }
  const record = readCampaignRecord(target);
  if (existsSync(join(target, CAMPAIGN_FILE))) assert.equal(record?.bug, BUG);
  if (existsSync(join(target, PLOT_FILE))) checkPlot(target);
  return unfinished;
}

function checkBucket(folder: string): number {
  let unfinished = 0;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.tmp')) {
      unfinished++;
    } else if (name.endsWith('.json')) {
      const { bucket, sha1 } = readSidecar(path);
      assert.equal(bucket, basename(folder));
      assert.ok(existsSync(join(folder, `crash-${sha1}`)), `${path} has no input`);
    } else {
      assert.equal(name, `crash-${createHash('sha1').update(readFileSync(path)).digest('hex')}`);
      if (!existsSync(sidecarPath(path))) unfinished++;
    }
  }
  return unfinished;
}

/** Only the last line may be cut off. */
function checkPlot(target: string): void {
  const rows = readPlot(target);
  const lines = readFileSync(join(target, PLOT_FILE), 'utf8').split('\n').length - 2;
  assert.equal(rows.length, lines, 'every complete line is a row');
}

/** The next campaign runs to its end, finds again what was found, and leaves nothing unfinished. */
async function checkMended(folder: string, reported: ReadonlySet<string>): Promise<void> {
  const said = await campaign(folder, 1, null);
  assert.equal(said.code, 77, said.stderr);
  checkStart(said, true);
  assert.equal(checkFolder(folder, reported), 0, 'nothing is unfinished');
  const names = readdirSync(join(folder, 'crashes', TARGET));
  assert.deepEqual(
    names.filter((name) => name.startsWith('.')),
    [],
  );
  const again = storedFiles(said.stdout).map((file) => basename(join(file, '..')));
  for (const file of reported) {
    const bucket = basename(join(file, '..'));
    assert.ok(again.includes(bucket), `${bucket} still fails, and must be told`);
  }
  assert.deepEqual(readdirSync(join(folder, 'tmp')), [], 'temporary folders of killed campaigns are gone');
}

/** The same moments each time; between 0 and 1. */
function pseudoRandom(seed: number): () => number {
  let state = 0x9e3779b9 ^ seed;
  return () => {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

async function main(): Promise<void> {
  const kills = Number(process.argv[2] ?? 50);
  const summary = await killAtMoments(kills, (text) => process.stdout.write(`${text}\n`));
  process.stdout.write(`${JSON.stringify(summary)}\n`);
}

if (require.main === module) void main();
