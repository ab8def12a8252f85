// What OSS-Fuzz and ClusterFuzzLite do with a build, done here without docker: every wrapper runs from a moved, read-only
// folder, a crash ends it with 77 and prints what their parsers read, a corpus merges into an empty folder.

import assert from 'node:assert/strict';
import { accessSync, constants, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { PROJECT_FOLDER, ossFuzzTargets } from '../../src/campaign/integration/oss-fuzz.js';
import { STATE_FEEDBACK_SIZE } from '../../src/world/execute.js';
import { OssFuzzBuild, whyNot } from './oss-fuzz-build.js';

const TARGETS = ossFuzzTargets(false).map((target) => target.name);

/** Stricter than ClusterFuzz's own patterns: header and frames as lines of their own, nothing before or after. */
const HEADER = /^==\d+== Uncaught Exception: Jazzer\.js: \S.*$/;
const FRAME = /^ {4}at ([^\s()[\]!]+) \((\/[^\s:()]+):(\d+):(\d+)\)$/;
/** CASR: the first word that ends so names the kind of crash. */
const KIND = /(\S*Error):/;

describe('an OSS-Fuzz build', { skip: whyNot() }, () => {
  let build: OssFuzzBuild;

  before(() => {
    build = new OssFuzzBuild();
  });

  after(() => {
    build.remove();
  });

  test('cannot be written to by who runs it', () => {
    const run = build.run('touch', [join(build.out, 'new-file')]);
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /denied|Read-only/i);
  });

  test('has a wrapper for every target, and nothing else that ClusterFuzz takes for one', () => {
    assert.ok(!TARGETS.includes(PROJECT_FOLDER));
    for (const target of TARGETS) {
      assert.match(target, /_fuzzer$/);
      accessSync(join(build.out, target), constants.X_OK);
      assert.match(readFileSync(join(build.out, target), 'utf8'), /LLVMFuzzerTestOneInput/);
    }
    const found = filesBelow(build.out).filter(isFuzzTarget);
    assert.deepEqual(found.sort(), [...TARGETS, 'canary'].map((name) => join(build.out, name)).sort());
  });

  for (const target of TARGETS) {
    test(`${target} runs its seed corpus and its dictionary`, () => {
      const seeds = build.seeds(target);
      const count = filesBelow(seeds).length;
      assert.ok(count > 0);

      const words = ['-runs=10', '-seed=1337', `-dict=${target}.dict`, optionOf(build.out, target), seeds];
      const { status, stderr } = build.wrapper(target, words);
      assert.equal(status, 0, stderr);
      assert.match(stderr, new RegExp(`${String(count)} files found in `));
      assert.match(stderr, /Dictionary: [1-9]\d* entries/);
      assert.match(stderr, /^Done \d+ runs in/m);
      // Edges of the driver, and beside them the counters of the state feedback.
      assert.match(stderr, new RegExp(`\\b${String(STATE_FEEDBACK_SIZE)} \\[0x`));
      assert.ok(Number(/INITED cov: (\d+)/.exec(stderr)?.[1]) > 100, stderr);
      // An engine that is not known runs untuned and says so.
      assert.doesNotMatch(stderr, /WARNING: vringfuzz/);
    });
  }

  test('a crash ends a wrapper with 77, is stored, told in words and readable for ClusterFuzz and CASR', () => {
    const artifacts = build.writable('artifacts');
    const run = build.wrapper('canary', ['-runs=200000', '-seed=1', '-max_len=260', `-artifact_prefix=${artifacts}/`]);
    assert.equal(run.status, 77, run.stderr);
    const lines = run.stderr.split('\n');
    const header = lines.findIndex((line) => HEADER.test(line));
    assert.ok(header > 0, run.stderr);

    const [first = '', second = ''] = lines.slice(header + 1);
    const [, place = '', file = '', line] = FRAME.exec(first) ?? [];
    assert.match(place, /^(ring|split)-queue\.\w+$/);
    assert.ok(statSync(file).isFile(), 'the first frame names a file of the build');
    assert.ok(Number(line) > 1);
    assert.match(second, /^ {4}at oracle\.unmap-mismatch\.direction \(/);

    const kinds = lines.filter((each) => KIND.test(each));
    assert.equal(kinds[0], lines[header]);
    assert.equal(KIND.exec(kinds[0] ?? '')?.[1], 'UnmapMismatchError');
    const story = lines.slice(0, header).join('\n');
    assert.match(story, /\n {3}0 {2}create the queue\n/);
    assert.match(story, /\n +violation unmap-mismatch: direction\n[^]*\nFINDING unmap-mismatch\n/);
    assert.match(story, /\n +direction +\w+ +BIDIRECTIONAL +<\n/);

    const [artifact = ''] = readdirSync(artifacts);
    assert.match(artifact, /^crash-[0-9a-f]{40}$/);
    const again = build.wrapper('canary', [join(artifacts, artifact)]);
    assert.equal(again.status, 77, again.stderr);
  });

  test('a merge into an empty folder works, and only driver and DMA layer are instrumented', () => {
    const [target = ''] = TARGETS;
    const merged = build.writable('merged');
    const merge = build.wrapper(target, ['-merge=1', merged, build.seeds(target)]);
    assert.equal(merge.status, 0, merge.stderr);
    assert.ok(readdirSync(merged).length > 0);

    // How OSS-Fuzz makes its coverage report: the instrumented files are the ones in it.
    const reports = build.writable('coverage');
    const options = `--coverage --coverageDirectory ${reports} --coverageReporters json`;
    const replay = build.wrapper(target, ['-runs=0', merged], { JAZZERJS_EXTRA_ARGS: options });
    assert.equal(replay.status, 0, replay.stderr);
    const report = JSON.parse(readFileSync(join(reports, 'coverage-final.json'), 'utf8')) as Record<string, unknown>;
    const folders = new Set(Object.keys(report).map((file) => file.replace(/[^/]+$/, '')));
    const compiled = join(build.out, PROJECT_FOLDER, 'dist', 'src');
    assert.deepEqual([...folders].sort(), [`${compiled}/dma/`, `${compiled}/driver/`]);
  });
});

/** ClusterFuzz's rule: no extension, and either a name that ends in `_fuzzer` or the magic word inside. */
function isFuzzTarget(file: string): boolean {
  if (extname(file) !== '' || !/^[\w@.-]+$/.test(basename(file))) return false;
  return file.endsWith('_fuzzer') || readFileSync(file).includes('LLVMFuzzerTestOneInput');
}

/** The flag that schedulers make of the .options file. */
function optionOf(out: string, target: string): string {
  const [section, line = ''] = readFileSync(join(out, `${target}.options`), 'utf8').split('\n');
  assert.equal(section, '[libfuzzer]');
  return `-${line.replace(' = ', '=')}`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
