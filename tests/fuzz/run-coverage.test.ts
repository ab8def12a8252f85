// The maps that an engine process sends.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { RunCoverage } from '../../fuzz/run-coverage.js';
import { unpackBits, unpackCounts } from '../../src/campaign/engine/coverage-text.js';

describe('RunCoverage', () => {
  test('sends what was reached, and nothing when nothing is new', () => {
    const edges = new Uint8Array(64);
    const states = new Uint8Array(16);
    const coverage = new RunCoverage({ edges, instrumentedEdges: 5, states });
    coverage.news();
    assert.equal(coverage.news(), null);

    edges[4] = 1;
    states[15] = 1;
    coverage.add(1);
    const maps = coverage.news();
    assert.deepEqual([...unpackBits(maps?.edges ?? '', 5)], [0, 0, 0, 0, 1]);
    assert.equal(unpackBits(maps?.states ?? '', 16)[15], 1);
    assert.equal(coverage.news(), null);
  });

  test('samples every 64th execution', () => {
    const edges = new Uint8Array(64);
    const coverage = new RunCoverage({ edges, instrumentedEdges: 5, states: null });
    for (let execution = 1; execution <= 128; execution++) {
      edges.fill(0);
      // Seen by the first sample alone, by both, and between them.
      edges[0] = execution === 64 ? 1 : 0;
      edges[1] = 1;
      edges[2] = execution === 70 ? 1 : 0;
      coverage.add(execution);
    }
    assert.equal(coverage.samples, 2);
    assert.deepEqual([...unpackCounts(coverage.news()?.sampled ?? '', 5)], [1, 2, 0, 0, 0]);
  });

  test('works without counters', () => {
    const coverage = new RunCoverage({ edges: null, instrumentedEdges: 0, states: null });
    coverage.add(64);
    assert.deepEqual(coverage.news(), { edges: '', states: '', sampled: '' });
  });
});
