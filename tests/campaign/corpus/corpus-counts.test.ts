// Counting a corpus: by kind, inputs only, and nothing where there is nothing.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { countCorpus } from '../../../src/campaign/corpus/corpus-counts.js';
import type { CorpusFolders } from '../../../src/campaign/corpus/corpus-inputs.js';
import { UsageError } from '../../../src/campaign/errors.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

/** Committed and generated inputs in one folder, as with --corpus. */
function both(corpus: string): CorpusFolders {
  return { committed: corpus, generated: corpus };
}

describe('countCorpus', () => {
  test('counts inputs by the folder that they lie in', (context) => {
    const corpus = temporaryFolder(context);
    for (const [folder, names] of [
      ['seed', ['a', 'b', 'c']],
      ['generated', ['0123abcd', '.half-written.tmp', 'notes.md', 'manifest.json']],
    ] as const) {
      mkdirSync(join(corpus, 't', folder), { recursive: true });
      for (const name of names) writeFileSync(join(corpus, 't', folder, name), 'four');
    }
    mkdirSync(join(corpus, 't', 'seed', 'folder'));
    assert.deepEqual(countCorpus(both(corpus), 't'), { seed: 3, regression: 0, generated: 1, bytes: 16 });
  });

  test('is null for a target without a corpus', (context) => {
    assert.equal(countCorpus(both(temporaryFolder(context)), 't'), null);
  });

  test('names a folder that it cannot read', (context) => {
    const corpus = temporaryFolder(context);
    mkdirSync(join(corpus, 't'));
    writeFileSync(join(corpus, 't', 'seed'), '');
    assert.throws(
      () => countCorpus(both(corpus), 't'),
      (error) => error instanceof UsageError && error.message.includes(join('t', 'seed')),
    );
  });
});
