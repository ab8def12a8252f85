// What is run before the engine starts, and what it comes to.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { writeCrash } from '../../../src/campaign/crashes/crash-store.js';
import { sidecarPath } from '../../../src/campaign/crashes/sidecar.js';
import { type ReplayedInputs, replayFailingInputs } from '../../../src/campaign/fuzzing/failing-inputs.js';
import { PLANTED_BUCKET, temporaryFolder } from '../bugs/planted-bugs.js';
import { sampleFinding } from '../crashes/sample-finding.js';
import { failingInput, passingInput, plantedRoot } from './planted-root.js';

const TARGET = 'split_ring_fuzzer';

class Scene {
  readonly crashes: string;
  readonly regression: string;
  private readonly root: string;

  constructor(context: TestContext) {
    this.root = plantedRoot(context);
    const folder = temporaryFolder(context);
    this.crashes = join(folder, 'crashes');
    this.regression = join(folder, 'regression');
  }

  /** Stores a crash of bug T03, or of another one. */
  crash(bytes: Uint8Array, changes: { readonly bug?: string | null; readonly bucket?: string } = {}): string {
    const { bug = 'T03', bucket = PLANTED_BUCKET } = changes;
    const finding = sampleFinding({ bucket });
    const options = { directory: this.crashes, target: TARGET, trace: null, seed: 1 };
    return writeCrash({ ...options, bytes, finding, bug }).file;
  }

  replay(): ReplayedInputs {
    const { root, crashes, regression } = this;
    return replayFailingInputs({ root, crashes, regression, target: TARGET, bug: 'T03' });
  }
}

describe('replayFailingInputs', () => {
  test('tells what still fails and what does not', (context) => {
    const scene = new Scene(context);
    const failing = scene.crash(failingInput(5));
    const fixed = scene.crash(passingInput(5), { bucket: 'an-old-bucket' });
    const { stillFailing, fixed: told, problems } = scene.replay();
    assert.deepEqual(
      stillFailing.map(({ file, finding, kind, isStored }) => [file, finding.bucket, kind, isStored]),
      [[failing, PLANTED_BUCKET, 'finding', true]],
    );
    assert.deepEqual(told, [{ file: fixed, bucket: 'an-old-bucket' }]);
    assert.deepEqual(problems, []);
  });

  test('leaves out crashes of other builds', (context) => {
    const scene = new Scene(context);
    scene.crash(failingInput(5), { bug: null });
    scene.crash(failingInput(6), { bug: 'another' });
    assert.deepEqual(scene.replay(), { stillFailing: [], fixed: [], problems: [] });
  });

  test("runs an input without a sidecar: it gets one where it fails, and is nobody's where it does not", (context) => {
    const scene = new Scene(context);
    const failing = scene.crash(failingInput(5));
    rmSync(sidecarPath(failing));
    rmSync(sidecarPath(scene.crash(passingInput(5))));
    const { stillFailing, fixed } = scene.replay();
    assert.deepEqual(
      stillFailing.map(({ file, isStored }) => [file, isStored]),
      [[failing, false]],
    );
    assert.deepEqual(fixed, []);
  });

  test('names a corrupt sidecar and runs its input all the same', (context) => {
    const scene = new Scene(context);
    const file = scene.crash(failingInput(5));
    writeFileSync(sidecarPath(file), '{"schema": ');
    const { stillFailing, problems } = scene.replay();
    assert.deepEqual(
      stillFailing.map((each) => [each.file, each.isStored]),
      [[file, true]],
    );
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /crash-[0-9a-f]{40}\.json: not valid JSON/);
  });

  test('never runs bytes of another input format', (context) => {
    const scene = new Scene(context);
    const path = sidecarPath(scene.crash(failingInput(5)));
    const document = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...document, inputFormat: 99 }));
    const { stillFailing, problems } = scene.replay();
    assert.deepEqual(stillFailing, []);
    assert.match(problems.join('\n'), /"inputFormat" is 99/);
  });

  test('an input that fails in another way is not stored in the folder of its bucket', (context) => {
    const scene = new Scene(context);
    scene.crash(failingInput(5), { bucket: 'was-this-once' });
    const [again] = scene.replay().stillFailing;
    assert.deepEqual([again?.finding.bucket, again?.isStored], [PLANTED_BUCKET, false]);
  });

  test('runs regression inputs, and takes none of them for fixed', (context) => {
    const scene = new Scene(context);
    mkdirSync(scene.regression, { recursive: true });
    writeFileSync(join(scene.regression, 'once-wrong'), failingInput(4));
    writeFileSync(join(scene.regression, 'right-now'), passingInput(4));
    writeFileSync(join(scene.regression, 'README.md'), 'F');
    const { stillFailing, fixed } = scene.replay();
    assert.deepEqual(
      stillFailing.map(({ file, isStored }) => [basename(file), isStored]),
      [['once-wrong', false]],
    );
    assert.deepEqual(fixed, []);
  });

  test('a harness bug is one, with its stack', (context) => {
    const scene = new Scene(context);
    scene.crash(Uint8Array.of('B'.charCodeAt(0)), { bucket: 'harness-bug' });
    const [again] = scene.replay().stillFailing;
    assert.deepEqual([again?.kind, again?.stack, again?.isStored], ['harness-bug', 'planted stack', true]);
  });

  test('leaves out what takes all memory, and says so', (context) => {
    const scene = new Scene(context);
    const file = scene.crash(failingInput(5), { bucket: 'out-of-memory' });
    assert.equal(basename(dirname(file)), 'out-of-memory');
    const { stillFailing, problems } = scene.replay();
    assert.deepEqual(stillFailing, []);
    assert.match(problems.join('\n'), /is not run again/);
  });

  test('ignores foreign files, and a folder that is not there', (context) => {
    const scene = new Scene(context);
    assert.deepEqual(scene.replay(), { stillFailing: [], fixed: [], problems: [] });
    const folder = dirname(scene.crash(failingInput(5)));
    writeFileSync(join(folder, 'notes'), 'F');
    writeFileSync(join(dirname(folder), 'crash-0000000000000000000000000000000000000000'), 'F');
    assert.equal(scene.replay().stillFailing.length, 1);
  });
});
