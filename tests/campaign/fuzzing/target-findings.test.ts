// What becomes of failing inputs: stored, counted and told once, whoever met them.

import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import type { BucketCount } from '../../../src/campaign/crashes/campaign-record.js';
import { sidecarPath } from '../../../src/campaign/crashes/sidecar.js';
import type { FoundBucket } from '../../../src/campaign/fuzzing/campaign-result.js';
import { replayFailingInputs } from '../../../src/campaign/fuzzing/failing-inputs.js';
import { type MetInput, TargetFindings } from '../../../src/campaign/fuzzing/target-findings.js';
import { KnownIssues } from '../../../src/campaign/known-issues.js';
import { PLANTED_BUCKET, temporaryFolder } from '../bugs/planted-bugs.js';
import { sampleFinding } from '../crashes/sample-finding.js';
import { failingInput, plantedRoot } from './planted-root.js';

const TARGET = 'split_ring_fuzzer';

interface Opened {
  readonly findings: TargetFindings;
  readonly told: FoundBucket[];
  readonly warned: string[];
  readonly crashes: string;
  readonly root: string;
}

function open(context: TestContext, crashes: string, before: readonly BucketCount[] = []): Opened {
  const told: FoundBucket[] = [];
  const warned: string[] = [];
  const root = plantedRoot(context);
  const options = { root, target: TARGET, bug: 'T03', crashes, knownIssues: new KnownIssues([]), stopAfter: 2 };
  const findings = new TargetFindings(options, before, {
    found: (found) => told.push(found),
    warned: (text) => warned.push(text),
    now: () => 12,
  });
  return { findings, told, warned, crashes, root };
}

function met(size: number, changes: Partial<MetInput> = {}): MetInput {
  const finding = sampleFinding({ bucket: PLANTED_BUCKET });
  return { kind: 'finding', finding, bytes: failingInput(size), seed: 3, stack: '', traceable: true, ...changes };
}

describe('TargetFindings', () => {
  test('a bucket is told once, with its first file, and counted apart', (context) => {
    const { findings, told } = open(context, temporaryFolder(context));
    findings.met(met(9));
    findings.met(met(9));
    findings.met(met(5));
    findings.hit(PLANTED_BUCKET, 40);
    findings.hit(PLANTED_BUCKET, 2);
    findings.hit('never-met', 7);
    assert.equal(told.length, 1);
    assert.ok(existsSync(told[0]?.file ?? ''));
    const [count] = findings.counts;
    assert.deepEqual([findings.counts.length, count?.executions, count?.firstSeconds], [1, 42, 12]);
    assert.notEqual(count?.first, count?.smallest);
    assert.deepEqual(findings.context.smallest, { [PLANTED_BUCKET]: 5 });
    assert.deepEqual([findings.isEnough, findings.context.stopAfter], [false, 1]);
  });

  test('goes on with the counts of earlier campaigns', (context) => {
    const before = [
      { bucket: PLANTED_BUCKET, oracle: 'unmap-mismatch', executions: 100, firstSeconds: 3 },
      {
        bucket: 'not-met-again',
        oracle: 'heap',
        executions: 5,
        firstSeconds: 4,
        first: 'crash-1',
        smallest: 'crash-1',
      },
    ];
    const { findings } = open(context, temporaryFolder(context), before);
    assert.deepEqual(findings.counts, before);
    findings.met(met(9));
    findings.hit(PLANTED_BUCKET, 11);
    const counts = findings.counts.map(({ bucket, executions, firstSeconds }) => [bucket, executions, firstSeconds]);
    assert.deepEqual(counts, [
      ['not-met-again', 5, 4],
      [PLANTED_BUCKET, 111, 3],
    ]);
  });

  test('an input whose sidecar a kill prevented gets it when it fails again', (context) => {
    const crashes = temporaryFolder(context);
    const { findings, told, root } = open(context, crashes);
    findings.met(met(9));
    const file = told[0]?.file ?? '';
    rmSync(sidecarPath(file));

    const later = open(context, crashes);
    const plan = { root, crashes, target: TARGET, bug: 'T03', regression: null };
    for (const input of replayFailingInputs(plan).stillFailing) later.findings.failedAgain(input);
    assert.deepEqual(
      later.told.map((found) => [found.file, found.stillFails]),
      [[file, true]],
    );
    assert.ok(existsSync(sidecarPath(file)));
    assert.equal(later.findings.counts[0]?.executions, 1);
    assert.deepEqual(later.warned, []);
  });

  test('what ended a process is told even where the engine left no copy', (context) => {
    const { findings, told, crashes } = open(context, temporaryFolder(context));
    const finding = sampleFinding({ bucket: 'hang', oracle: 'hang' });
    findings.met(met(9, { kind: 'hang', finding, bytes: null, traceable: false }));
    assert.deepEqual(
      told.map(({ file, problem }) => [file, problem]),
      [[null, 'the engine left no copy of it']],
    );
    assert.ok(!existsSync(join(crashes, TARGET, 'hang')));
  });
});
