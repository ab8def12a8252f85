// From a bucket to a committed regression test.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { readCrashFolder } from '../../../src/campaign/crashes/crash-folder.js';
import { readManifest } from '../../../src/campaign/corpus/manifest.js';
import { UsageError } from '../../../src/campaign/errors.js';
import { type PromoteOptions, type Promoted, promote, regressionName } from '../../../src/campaign/triage/promote.js';
import { TARGET, TriageBench, buildsOf, byFirstLetter } from './triage-bench.js';

class PromoteBench extends TriageBench {
  readonly corpus = join(this.crashes, '..', 'corpus');
  readonly folder = join(this.corpus, TARGET, 'regression');

  constructor(context: TestContext) {
    super(context);
    this.crash('abcdefgh', 'bucket-a');
  }

  promote(options: Partial<PromoteOptions> = {}): Promoted {
    return promote(readCrashFolder(this.crashes), {
      bucket: 'bucket-a',
      target: undefined,
      name: undefined,
      corpus: this.corpus,
      builds: buildsOf(byFirstLetter),
      ...options,
    });
  }
}

describe('promote', () => {
  test('copies the minimised input under a name made of the bucket, and enters it in the manifest', (context) => {
    const bench = new PromoteBench(context);
    const { file, added, size } = bench.promote();
    assert.deepEqual([file, added], [join(bench.folder, 'bucket-a'), true]);
    assert.ok(size < 8 && readFileSync(file, 'latin1').startsWith('a'));
    const entry = readManifest(bench.corpus).regression[TARGET]?.['bucket-a'];
    assert.deepEqual([entry?.size, entry?.why], [size, 'unmap-mismatch: size, in detach']);
  });

  test('the same again changes nothing, whatever the name', (context) => {
    const bench = new PromoteBench(context);
    const { file } = bench.promote({ name: 'forged-id-unmaps' });
    const again = bench.promote();
    assert.deepEqual([again.file, again.added, readdirSync(bench.folder)], [file, false, ['forged-id-unmaps']]);
  });

  test('refuses a name that another input has, and one that is no name', (context) => {
    const bench = new PromoteBench(context);
    mkdirSync(bench.folder, { recursive: true });
    writeFileSync(join(bench.folder, 'taken'), 'other');
    assert.throws(() => bench.promote({ name: 'taken' }), /taken holds another input/);
    assert.throws(() => bench.promote({ name: '../up' }), UsageError);
    assert.equal(readFileSync(join(bench.folder, 'taken'), 'utf8'), 'other');
  });

  test('refuses a bucket of which nothing fails any more, and one that is not there', (context) => {
    const bench = new PromoteBench(context);
    bench.crash('Gone', 'bucket-g');
    assert.throws(() => bench.promote({ bucket: 'bucket-g' }), /nothing to promote/);
    assert.throws(() => bench.promote({ bucket: 'bucket-b' }), /no bucket bucket-b .*\(did you mean bucket-a\?\)/);
  });

  test('asks for the target where two have the bucket', (context) => {
    const bench = new PromoteBench(context);
    const other = bench.crash('a', 'bucket-a').replace(TARGET, 'packed_ring_fuzzer');
    bench.file(other.slice(bench.crashes.length + 1), 'a');
    assert.throws(() => bench.promote(), /add --target NAME/);
    assert.equal(bench.promote({ target: 'packed_ring_fuzzer' }).target, 'packed_ring_fuzzer');
  });

  test('names are words joined by dashes', () => {
    assert.equal(
      regressionName('unmap-mismatch@split-queue.ts-detach@size'),
      'unmap-mismatch-split-queue-ts-detach-size',
    );
  });
});
