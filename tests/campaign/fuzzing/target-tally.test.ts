// Sums over processes and campaigns.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { type CampaignRecord } from '../../../src/campaign/crashes/campaign-record.js';
import { NO_STATUS } from '../../../src/campaign/engine/engine-output.js';
import type { ProgressEvent } from '../../../src/campaign/engine/run-context.js';
import { TargetTally } from '../../../src/campaign/fuzzing/target-tally.js';
import { sampleRecord } from '../crashes/sample-record.js';

const PROGRESS: ProgressEvent = {
  ...{ kind: 'progress', executions: 0, seconds: 0, hits: {} },
  ...{ repeated: 0, alike: 0, samples: 0, maps: null },
};

function tallyOf(before: CampaignRecord | null = null): TargetTally {
  const tally = new TargetTally(before, 'build');
  tally.ready({ edges: 8, states: 8 });
  return tally;
}

describe('TargetTally', () => {
  test('adds up what processes do, and takes the most of what they share', () => {
    const tally = tallyOf();
    tally.status(0, { ...NO_STATUS, executions: 100, executionsPerSecond: 10, features: 7, corpus: 5, memory: 150 });
    tally.status(1, { ...NO_STATUS, executions: 50, executionsPerSecond: 5, features: 9, corpus: 3, memory: 180 });
    assert.deepEqual([tally.executions, tally.executionsPerSecond, tally.running], [150, 15, 2]);
    assert.deepEqual([tally.features, tally.corpus, tally.peakMemory], [9, 5, 180]);
  });

  test('a process that ended keeps its executions and has no speed', () => {
    const tally = tallyOf();
    tally.status(0, { ...NO_STATUS, executions: 100, executionsPerSecond: 10 });
    tally.ended(0, 120, 4);
    tally.status(1, { ...NO_STATUS, executions: 30, executionsPerSecond: 6 });
    assert.deepEqual([tally.executions, tally.executionsPerSecond, tally.running], [150, 6, 1]);
  });

  test('the average counts the time of processes, not that of their start', () => {
    const tally = tallyOf();
    tally.ended(0, 1000, 10);
    tally.ended(1, 3000, 10);
    assert.equal(tally.averageRate(2), 400);
    assert.equal(tallyOf().averageRate(1), 0);
  });

  test('stability is a share of all executions made twice, earlier campaigns included', () => {
    assert.equal(tallyOf().stability, null);
    const tally = tallyOf(sampleRecord({ repeated: 60, stability: 0.5 }));
    tally.progress(0, { ...PROGRESS, repeated: 30, alike: 30 });
    tally.progress(1, { ...PROGRESS, repeated: 10, alike: 0 });
    tally.progress(0, { ...PROGRESS, repeated: 30, alike: 30 });
    assert.deepEqual([tally.repeated, tally.stability], [100, 0.6]);
  });

  test('samples go on only for the same build', () => {
    const coverage = { totalEdges: 8, totalStates: 8, edges: '/w==', states: '', sampled: 'VQ==' };
    const sample = { executions: 10, species: 4, singletons: 4 };
    const same = tallyOf(sampleRecord({ sample, coverage: { build: 'build', ...coverage } }));
    same.progress(0, { ...PROGRESS, samples: 5 });
    assert.deepEqual(same.sample, { executions: 15, species: 4, singletons: 4 });
    assert.equal(same.coverage.edgeCount, 8);
    const other = tallyOf(sampleRecord({ sample, coverage: { build: 'another', ...coverage } }));
    assert.equal(other.sample, null);
    other.progress(0, { ...PROGRESS, samples: 5 });
    assert.deepEqual(other.sample, { executions: 5, species: 0, singletons: 0 });
  });

  test('knows when something was new last', () => {
    const tally = tallyOf();
    assert.deepEqual([tally.lastNew, tally.lastFindAt, tally.lastBucketAt], [null, null, null]);
    const maps = { edges: '/w==', states: '', sampled: '' };
    tally.progress(0, { ...PROGRESS, maps });
    const { lastFindAt } = tally;
    assert.notEqual(lastFindAt, null);
    tally.progress(0, { ...PROGRESS, maps });
    assert.equal(tally.lastFindAt, lastFindAt);
    assert.equal(tally.lastBucketAt, null);
    tally.bucketMet('finding');
    assert.notEqual(tally.lastBucketAt, null);
    assert.equal(tally.lastHangAt, null);
    tally.bucketMet('hang');
    assert.notEqual(tally.lastHangAt, null);
  });

  test('time begins with the first process that has loaded its target', () => {
    const tally = new TargetTally(sampleRecord({ seconds: 40 }), 'build');
    assert.deepEqual([tally.seconds, tally.totalSeconds], [0, 40]);
    tally.ready({ edges: 8, states: 8 });
    tally.end();
    const { seconds } = tally;
    assert.equal(tally.totalSeconds, 40 + seconds);
    assert.equal(tally.seconds, seconds);
  });
});
