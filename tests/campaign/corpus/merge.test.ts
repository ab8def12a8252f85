// A merge with the real engine, and what it must never do: lose a seed, a finding or what the corpus covers.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';

import { CorpusMerge, type MergeOptions, type MergeResult } from '../../../src/campaign/corpus/merge.js';
import { EnvironmentError, UsageError } from '../../../src/campaign/errors.js';
import { findTarget } from '../../../src/campaign/harness.js';
import { committedCorpus, compiledRoot } from '../../../src/campaign/paths.js';
import { encodeConfiguration } from '../../../src/scenario/configuration.js';
import { operationByte } from '../../../src/scenario/operations.js';
import { TARGETS } from '../../../src/target/targets.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

const TARGET = findTarget(TARGETS, 'bounce_fuzzer');
const CANARY = findTarget(TARGETS, 'canary');
const SEEDS = readdirSync(join(committedCorpus(), TARGET.name, 'seed')).sort();

interface TestCorpus {
  readonly folder: string;
  readonly crashes: string;
  readonly generated: string;
}

/** Two seeds, and two others and useless variants of them as if an engine had made them. */
function makeCorpus(context: TestContext): TestCorpus {
  const folder = temporaryFolder(context);
  const [seed, generated] = ['seed', 'generated'].map((kind) => join(folder, TARGET.name, kind)) as [string, string];
  for (const path of [seed, generated]) mkdirSync(path, { recursive: true });
  for (const name of SEEDS.slice(0, 2)) copyFileSync(seedFile(name), join(seed, name));
  for (const name of SEEDS.slice(2, 4)) {
    const bytes = readFileSync(seedFile(name));
    writeFileSync(join(generated, sha1(bytes)), bytes);
    // A partial record at the end is ignored: longer, and no different.
    writeFileSync(join(generated, `longer-${name}`), Buffer.concat([bytes, Buffer.of(1)]));
  }
  copyFileSync(seedFile(SEEDS[0] ?? ''), join(generated, 'a-seed-again'));
  return { folder, crashes: join(folder, 'crashes'), generated };
}

function seedFile(name: string): string {
  return join(committedCorpus(), TARGET.name, 'seed', name);
}

function sha1(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}

/** Five buffers of a piece each: the canary's fourth unmap is wrong. */
function failingInput(): Buffer {
  const add = [operationByte('ring', 'add'), 0x09, 0, 0];
  return Buffer.from([...encodeConfiguration({ num: 8 }), ...Array.from({ length: 5 }, () => add).flat()]);
}

function optionsFor({ folder, crashes }: TestCorpus, from: readonly string[] = []): MergeOptions {
  const folders = { committed: folder, generated: folder };
  return { targets: [TARGET], folders, from, root: compiledRoot(), crashes, driver: null };
}

function files(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();
}

describe('a merge', () => {
  test('keeps what adds something, drops the rest, takes from elsewhere, and covers as much as before', async (context) => {
    const corpus = makeCorpus(context);
    const elsewhere = temporaryFolder(context);
    for (const name of SEEDS.slice(1, 6)) copyFileSync(seedFile(name), join(elsewhere, name));
    writeFileSync(join(corpus.generated, 'empty'), '');
    const result = await new CorpusMerge(optionsFor(corpus, [elsewhere])).merge(TARGET);
    const { coverage } = result;
    assert.ok(coverage !== null && coverage.before.features > 0);
    assert.ok(coverage.after.features >= coverage.before.features);
    assert.ok(coverage.after.points >= coverage.before.points);
    assert.deepEqual([result.committed, result.before.inputs, result.offered], [2, 5, 5]);
    const kept = files(corpus.generated);
    // The unusable file is left alone, and none of ours.
    assert.equal(result.after.inputs, kept.length - 1);
    assert.match(result.problems.join(), /empty is an empty file/);
    for (const name of kept.filter((each) => each !== 'empty')) {
      assert.equal(name, sha1(readFileSync(join(corpus.generated, name))), 'the longer variants are gone');
    }
    assert.ok(!kept.includes(sha1(readFileSync(seedFile(SEEDS[0] ?? '')))), 'a seed is not kept twice');
    assert.ok(result.added > 0, 'the last two of elsewhere are new');
    assert.deepEqual(files(join(corpus.folder, TARGET.name, 'seed')), SEEDS.slice(0, 2));
    assert.ok(readdirSync(corpus.generated).includes('.vringfuzz'), 'marked with its format');
  });

  test('that is stopped leaves everything as it was', async (context) => {
    const corpus = makeCorpus(context);
    const before = files(corpus.generated);
    const merge = new CorpusMerge(optionsFor(corpus));
    const running = merge.merge(TARGET);
    merge.stop();
    await assert.rejects(running, (error) => error instanceof EnvironmentError && /was stopped/.test(error.message));
    assert.deepEqual(files(corpus.generated), before);
  });

  test('without an engine says so and leaves everything as it was', async (context) => {
    const corpus = makeCorpus(context);
    const before = files(corpus.generated);
    const merge = new CorpusMerge({ ...optionsFor(corpus), root: temporaryFolder(context) });
    await assert.rejects(
      merge.merge(TARGET),
      (error) => error instanceof EnvironmentError && /bounce_fuzzer: /.test(error.message),
    );
    assert.deepEqual(files(corpus.generated), before);
  });

  test('of nothing does nothing', async (context) => {
    const folder = temporaryFolder(context);
    const corpus = { folder, crashes: join(folder, 'crashes'), generated: '' };
    const result: MergeResult = await new CorpusMerge(optionsFor(corpus)).merge(TARGET);
    assert.deepEqual([result.coverage, result.after.inputs, result.failing], [null, 0, []]);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('an input that fails becomes a finding before it leaves the corpus', async (context) => {
    const folder = temporaryFolder(context);
    const generated = join(folder, CANARY.name, 'generated');
    mkdirSync(generated, { recursive: true });
    const failing = failingInput();
    writeFileSync(join(generated, 'fails'), failing);
    const corpus = { folder, crashes: join(folder, 'found'), generated };
    const result = await new CorpusMerge({ ...optionsFor(corpus), targets: [CANARY] }).merge(CANARY);
    assert.deepEqual(files(generated), []);
    const [stored] = result.failing;
    assert.ok(stored?.verdict === 'finding' && stored.stored.startsWith(join(folder, 'found', CANARY.name)));
    assert.deepEqual(readFileSync(stored.stored), failing);
  });

  test('takes an unsorted folder for one target only', async (context) => {
    const corpus = makeCorpus(context);
    const elsewhere = temporaryFolder(context);
    const merge = new CorpusMerge({ ...optionsFor(corpus, [elsewhere]), targets: [TARGET, CANARY] });
    await assert.rejects(merge.merge(TARGET), UsageError);
    await assert.rejects(
      new CorpusMerge(optionsFor(corpus, [join(elsewhere, 'nowhere')])).merge(TARGET),
      /no such folder/,
    );
  });
});
