// Counts of a corpus that is known by heart.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';

import { corpusStats } from '../../../src/campaign/corpus/corpus-stats.js';
import { addRegression } from '../../../src/campaign/corpus/manifest.js';
import { findTarget } from '../../../src/campaign/harness.js';
import { encodeConfiguration } from '../../../src/scenario/configuration.js';
import { operationByte } from '../../../src/scenario/operations.js';
import { TARGETS } from '../../../src/target/targets.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';

const SPLIT = findTarget(TARGETS, 'split_ring_fuzzer');
const RAW = findTarget(TARGETS, 'raw_ring_fuzzer');

const header = encodeConfiguration({ num: 8, backEnd: 'iommu', indirect: true });
const kick = [operationByte('ring', 'kick'), 0, 0, 0];
const get = [operationByte('ring', 'get'), 0, 0, 0];

function corpusOf(context: TestContext, files: Readonly<Record<string, Uint8Array>>): string {
  const corpus = temporaryFolder(context);
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(corpus, path)), { recursive: true });
    writeFileSync(join(corpus, path), bytes);
  }
  return corpus;
}

describe('corpusStats', () => {
  test('kinds, sizes, operations, configurations, duplicates, verdicts', (context) => {
    const one = Uint8Array.from([...header, ...kick]);
    const corpus = corpusOf(context, {
      'split_ring_fuzzer/generated/a': one,
      'split_ring_fuzzer/generated/b': Uint8Array.from([...header, ...kick, ...kick, ...get]),
      'split_ring_fuzzer/generated/c': Uint8Array.of(0),
    });
    addRegression(corpus, { target: SPLIT.name, name: 'kicks-once', why: 'a kick', bytes: one });
    const stats = corpusStats({ committed: corpus, generated: corpus }, SPLIT);
    assert.deepEqual(stats.kinds, {
      seed: { inputs: 0, bytes: 0 },
      regression: { inputs: 1, bytes: 8 },
      generated: { inputs: 3, bytes: 25 },
    });
    assert.deepEqual(stats.sizes, { least: 1, median: 8, most: 16 });
    assert.deepEqual(stats.records, { least: 0, median: 1, most: 3 });
    const used = stats.operations.filter(({ inputs }) => inputs > 0);
    assert.deepEqual(used, [
      { operation: 'get', records: 1, inputs: 1 },
      { operation: 'kick', records: 4, inputs: 3 },
    ]);
    assert.equal(stats.unusedOperations.length, stats.operations.length - 2);
    assert.ok(!stats.unusedOperations.includes('client-map'), 'not in the table of this target');
    assert.equal(stats.configurations.distinct, 2);
    assert.deepEqual(stats.configurations.ringSizes, [4, 8]);
    assert.deepEqual(stats.configurations.combinations, [
      { ring: 'split', backEnd: 'none', inputs: 1 },
      { ring: 'split', backEnd: 'direct', inputs: 0 },
      { ring: 'split', backEnd: 'iommu', inputs: 3 },
      { ring: 'split', backEnd: 'swiotlb', inputs: 0 },
      { ring: 'split', backEnd: 'vduse', inputs: 0 },
    ]);
    assert.equal(stats.configurations.features.indirect, 3);
    assert.equal(stats.configurations.features['event index'], 0);
    assert.deepEqual(stats.duplicates, [
      [join(corpus, SPLIT.name, 'regression', 'kicks-once'), join(corpus, SPLIT.name, 'generated', 'a')],
    ]);
    assert.deepEqual(stats.verdicts, { ok: 4, finding: 0, 'harness-bug': 0, hang: 0 });
    assert.deepEqual(stats.problems, []);
  });

  test('what cannot be used and what the manifest lacks are problems', (context) => {
    const corpus = corpusOf(context, {
      'raw_ring_fuzzer/seed/nobody': Uint8Array.of(1, 2, 3, 4, 5),
      'raw_ring_fuzzer/generated/empty': Uint8Array.of(),
      'raw_ring_fuzzer/generated/x': Uint8Array.of(1, 2, 3, 4, 5, 6),
    });
    const stats = corpusStats({ committed: corpus, generated: corpus }, RAW);
    assert.deepEqual([stats.inputs, stats.records, stats.operations], [2, null, []]);
    assert.equal(stats.problems.length, 2);
    assert.match(stats.problems[0] ?? '', /empty is an empty file/);
    assert.match(stats.problems[1] ?? '', /nobody is not in the manifest/);
  });

  test('nothing at all', (context) => {
    const corpus = temporaryFolder(context);
    const stats = corpusStats({ committed: corpus, generated: corpus }, SPLIT);
    assert.deepEqual([stats.inputs, stats.sizes, stats.records, stats.duplicates], [0, null, null, []]);
  });
});
