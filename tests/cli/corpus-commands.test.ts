// `vringfuzz corpus stats`, `merge` and `coverage` as processes.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';

import { committedCorpus } from '../../src/campaign/paths.js';
import { SEEDS } from '../../src/scenario/seeds/all-seeds.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { isRefused, runCli } from './run-cli.js';

const TARGET = 'split_ring_fuzzer';

/** A corpus with one generated input, which is a seed of the real one. */
function smallCorpus(context: TestContext): string {
  const corpus = temporaryFolder(context);
  const generated = join(corpus, TARGET, 'generated');
  mkdirSync(generated, { recursive: true });
  copyFileSync(join(committedCorpus(), TARGET, 'seed', 'split-direct-none'), join(generated, 'x'));
  return corpus;
}

describe('corpus stats', () => {
  test('the committed corpus is all ok and as its manifest says, and uses every operation', () => {
    const run = runCli('corpus', 'stats', '--corpus', committedCorpus(), '--json');
    assert.equal(run.status, 0, run.stderr);
    const { schema, targets } = JSON.parse(run.stdout) as {
      schema: number;
      targets: { kinds: { seed: { inputs: number } }; unusedOperations: string[]; problems: string[] }[];
    };
    assert.equal(schema, 1);
    assert.equal(
      targets.reduce((sum, { kinds }) => sum + kinds.seed.inputs, 0),
      SEEDS.length,
    );
    for (const { unusedOperations, problems } of targets) assert.deepEqual([unusedOperations, problems], [[], []]);
  });

  test('a table, what is missing, and 2 for a file that cannot be used', (context) => {
    const corpus = smallCorpus(context);
    const generated = join(corpus, TARGET, 'generated');
    writeFileSync(join(generated, 'empty'), '');
    copyFileSync(join(generated, 'x'), join(generated, 'y'));
    const run = runCli('corpus', 'stats', TARGET, '--corpus', corpus);
    assert.equal(run.status, 2, run.stderr);
    assert.match(run.stdout, /^target +seeds +regressions +generated /);
    assert.match(run.stdout, /^split_ring_fuzzer +0 +0 +2 +128 +64 +64 +64 +2 +0$/m);
    for (const part of [
      'generated/x = ',
      '! no input has a split ring over iommu',
      '! no input uses forge-used',
      'empty is an empty file',
    ]) {
      assert.ok(run.stdout.includes(part), `${part}\nmissing in\n${run.stdout}`);
    }
  });

  test('an input that fails', (context) => {
    const folder = temporaryFolder(context);
    const file = join(folder, 'canary', 'generated', 'x');
    mkdirSync(dirname(file), { recursive: true });
    // Five times `add` of one piece: the canary's fourth unmap is wrong.
    writeFileSync(file, Buffer.from([32, 1, 0, 0, ...Array.from({ length: 5 }, () => [0, 9, 0, 0]).flat()]));
    const run = runCli('corpus', 'stats', 'canary', '--corpus', folder);
    assert.equal(run.status, 77, run.stderr);
    assert.match(run.stdout, /! finding {2}.*\/x {2}unmap-mismatch\./);
  });
});

describe('wrong use', () => {
  for (const command of [['corpus', 'stats'], ['merge']]) {
    test(`${command.join(' ')}: an unknown target, a folder that is not there`, (context) => {
      const unknown = runCli(...command, 'split_ring_fuzer');
      assert.ok(isRefused(unknown, /unknown target split_ring_fuzer \(did you mean/), JSON.stringify(unknown));
      const crashes = command[0] === 'merge' ? ['--crashes', temporaryFolder(context)] : [];
      const missing = runCli(...command, '--corpus', join(temporaryFolder(context), 'nowhere'), ...crashes);
      assert.ok(missing.status === 2 && /no such folder: .*nowhere/.test(missing.stderr), JSON.stringify(missing));
    });
  }

  test('merge: a corpus of another format is left alone', (context) => {
    const corpus = smallCorpus(context);
    const mark = join(corpus, TARGET, 'generated', '.vringfuzz', 'format.json');
    mkdirSync(dirname(mark));
    writeFileSync(mark, '{"schema": 1, "inputFormat": 3, "vringfuzz": "0.3.0"}');
    const run = runCli('merge', TARGET, '--corpus', corpus, '--crashes', join(corpus, 'crashes'));
    assert.equal(run.status, 2);
    assert.match(run.stderr, /generated are of another format: .*npx vringfuzz@0\.3\.0/);
    assert.ok(existsSync(join(corpus, TARGET, 'generated', 'x')));
  });
});

describe('coverage', () => {
  test('--check fails for what is not reached; --html leaves pages and text', (context) => {
    const corpus = smallCorpus(context);
    const html = join(corpus, 'html');
    const run = runCli('coverage', '--corpus', corpus, '--check', '--html', html);
    assert.equal(run.status, 1, run.stderr);
    for (const pattern of [
      /^0 seeds, 0 regressions, 1 generated inputs$/m,
      /^src\/driver +\d+\.\d % of \d+ +\d+\.\d % of \d+ +\d+\.\d % of \d+$/m,
      /^src\/driver\/split-queue\.ts:\d+ {2}SplitQueue\.moreUsed: deviceUsedIdx\(\) +[1-9]\d*$/m,
      /^src\/driver\/packed-queue\.ts:\d+ {2}PackedQueue\.getBuf: deviceId\(\) +never$/m,
      /^! never reached: src\/driver\/packed-queue\.ts:\d+ PackedQueue\.getBuf: deviceId\(\)$/m,
      /^! never failed: src\/driver\/ring-queue\.ts:\d+ RingQueue\.notify: notify\(\)$/m,
      /^! never run: \d+ lines of src\/driver/m,
    ]) {
      assert.match(run.stdout, pattern);
    }
    assert.match(readFileSync(join(html, 'coverage.txt'), 'utf8'), /^src\/driver\/split-queue\.ts +\d/m);
    assert.match(readFileSync(join(html, 'index.html'), 'utf8'), /driver/);
    assert.ok(existsSync(join(html, 'driver', 'split-queue.ts.html')));
  });

  test('without inputs', (context) => {
    const run = runCli('coverage', '--corpus', temporaryFolder(context));
    assert.ok(isRefused(run, /the corpus has no inputs/), JSON.stringify(run));
  });
});
