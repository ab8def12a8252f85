// Inputs of a bucket on disk: the first stays, the smallest replaces the smallest before it, and nothing else is touched.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import type { BucketCount } from '../../../src/campaign/crashes/campaign-record.js';
import { readSidecar, sidecarPath } from '../../../src/campaign/crashes/sidecar.js';
import { FindingStore } from '../../../src/campaign/fuzzing/finding-store.js';
import { PLANTED_BUCKET, temporaryFolder } from '../bugs/planted-bugs.js';
import { sampleFinding } from '../crashes/sample-finding.js';
import { failingInput, passingInput, plantedRoot } from './planted-root.js';

const TARGET = 'split_ring_fuzzer';
const FINDING = sampleFinding({ bucket: PLANTED_BUCKET });

interface Opened {
  readonly store: FindingStore;
  readonly crashes: string;
  readonly problems: string[];
  /** Stores an input of that size, and gives its file. */
  readonly put: (size: number) => string | null;
  /** Inputs in the bucket's folder. */
  readonly inputs: () => readonly string[];
}

function open(context: TestContext, crashes: string, before: readonly BucketCount[] = []): Opened {
  const problems: string[] = [];
  const options = { root: plantedRoot(context), crashes, target: TARGET, bug: 'T03', before };
  const store = new FindingStore(options, (text) => problems.push(text));
  const put = (size: number): string | null => {
    const stored = store.put({ finding: FINDING, bytes: failingInput(size), seed: 4, traceable: true });
    return stored === null ? null : basename(stored.file ?? '');
  };
  const folder = join(crashes, TARGET, PLANTED_BUCKET);
  const inputs = (): readonly string[] => readdirSync(folder).filter((name) => !name.endsWith('.json'));
  return { store, crashes, problems, put, inputs };
}

describe('FindingStore', () => {
  test('keeps the first input and the smallest, each complete', (context) => {
    const { store, crashes, put, inputs, problems } = open(context, temporaryFolder(context));
    const first = put(40);
    assert.deepEqual([put(40), put(41)], [null, null]);
    const second = put(30);
    const smallest = put(8);
    assert.deepEqual([...inputs()].sort(), [first, smallest].sort());
    assert.ok(!existsSync(join(crashes, TARGET, PLANTED_BUCKET, `${second ?? ''}.json`)));
    for (const name of inputs()) {
      const sidecar = readSidecar(sidecarPath(join(crashes, TARGET, PLANTED_BUCKET, name)));
      assert.deepEqual([sidecar.bug, sidecar.seed, sidecar.trace?.configuration], ['T03', 4, `${TARGET} num=4`]);
    }
    assert.deepEqual(store.filesOf(PLANTED_BUCKET), { first, smallest });
    assert.deepEqual(store.sizes, { [PLANTED_BUCKET]: 8 });
    assert.deepEqual(problems, []);
  });

  test('goes on where an earlier campaign stopped', (context) => {
    const crashes = temporaryFolder(context);
    const earlier = open(context, crashes);
    const first = earlier.put(40);
    earlier.put(30);
    const before = [
      { bucket: PLANTED_BUCKET, oracle: 'o', executions: 2, firstSeconds: 0, ...earlier.store.filesOf(PLANTED_BUCKET) },
    ];
    const later = open(context, crashes, before);
    for (const name of earlier.inputs()) {
      later.store.adopt(PLANTED_BUCKET, join(crashes, TARGET, PLANTED_BUCKET, name), name === first ? 40 : 30);
    }
    assert.equal(later.put(30), null);
    const smallest = later.put(20);
    assert.deepEqual([...later.inputs()].sort(), [first, smallest].sort());
  });

  test('removes nothing that no record says is its own', (context) => {
    const crashes = temporaryFolder(context);
    const earlier = open(context, crashes);
    const kept = [earlier.put(40), earlier.put(30)];
    const later = open(context, crashes);
    later.store.adopt(PLANTED_BUCKET, join(crashes, TARGET, PLANTED_BUCKET, kept[1] ?? ''), 30);
    const smaller = [later.put(20), later.put(10)];
    assert.deepEqual([...later.inputs()].sort(), [...kept, smaller[1]].sort());
  });

  test('never removes a file that was there before it stored the same', (context) => {
    const crashes = temporaryFolder(context);
    const other = open(context, crashes);
    const theirs = other.put(20);
    const ours = open(context, crashes);
    const first = ours.put(40);
    assert.equal(ours.put(20), theirs);
    const smallest = ours.put(10);
    assert.deepEqual([...ours.inputs()].sort(), [first, theirs, smallest].sort());
  });

  test('gives the input where it cannot be written', (context) => {
    const file = join(temporaryFolder(context), 'file');
    writeFileSync(file, '');
    const { store } = open(context, file);
    const stored = store.put({ finding: FINDING, bytes: failingInput(3), seed: 1, traceable: true });
    assert.ok(stored !== null);
    assert.equal(stored.file, null);
    assert.match(stored.problem, /cannot write .*file/);
    assert.equal(stored.input, Buffer.from(failingInput(3)).toString('base64'));
    // It is not stored, so the next one is still the first.
    assert.deepEqual(store.sizes, {});
  });

  test('says so when an input does something else in this process', (context) => {
    const { store, problems } = open(context, temporaryFolder(context));
    const stored = store.put({ finding: FINDING, bytes: passingInput(6), seed: 1, traceable: true });
    assert.equal(readSidecar(sidecarPath(stored?.file ?? '')).trace, null);
    assert.match(problems.join('\n'), /did something else in another process/);
  });

  test('does not run again what ended a process', (context) => {
    const { store, problems } = open(context, temporaryFolder(context));
    const hang = sampleFinding({ bucket: 'hang', oracle: 'hang' });
    const bytes = Uint8Array.of('H'.charCodeAt(0));
    assert.ok(existsSync(store.put({ finding: hang, bytes, seed: 1, traceable: false })?.file ?? ''));
    assert.deepEqual(problems, []);
  });
});
