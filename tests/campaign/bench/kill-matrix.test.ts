// The kill matrix of two real bugs: one that a single oracle sees, one whose effects many see.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { type BenchBuild, benchBuild } from '../../../src/campaign/bench/bench-build.js';
import { killMatrix, matrixRow, neverAlone } from '../../../src/campaign/bench/kill-matrix.js';
import { findBug } from '../../../src/campaign/bugs/bug-bank.js';
import { ORACLES } from '../../../src/oracle/registry.js';
import { MATRIX } from '../../report/bench/sample-bench.js';

const BOUNDS = { inputs: 5, attempts: 500, found: 2 };

function build(id: string): BenchBuild {
  return benchBuild(findBug(id));
}

describe('matrixRow', () => {
  test('a bug that one oracle sees alone', () => {
    const row = matrixRow(build('V08'), [], BOUNDS);
    assert.ok(row.inputs >= 3, `${row.inputs} failing inputs`);
    assert.deepEqual(row.cells, [{ oracle: 'errno', fires: row.inputs, first: row.inputs }]);
    assert.deepEqual([row.intended, row.alone, row.aloneOnSeed], ['errno', 'errno', true]);
  });

  test('a bug with later effects that other oracles see', () => {
    const row = matrixRow(build('V04'), [], BOUNDS);
    const first = row.cells.find(({ oracle }) => oracle === 'untrusted-read');
    assert.equal(first?.first, row.inputs);
    assert.ok(row.cells.length > 3, 'others fire when it is silent');
    assert.ok(row.cells.every(({ oracle, first: count }) => oracle === 'untrusted-read' || count === 0));
    assert.deepEqual([row.alone, row.aloneOnSeed], [null, false]);
  });

  test('is the same twice, takes inputs of trials, and drops those that pass', () => {
    const bug = build('V08');
    const first = matrixRow(bug, [], BOUNDS);
    assert.deepEqual(matrixRow(bug, [], BOUNDS), first);
    // Nothing but zeros passes; the showing seed is there already.
    assert.equal(matrixRow(bug, [new Uint8Array(8), bug.showing], BOUNDS).inputs, first.inputs);
    const longer = Uint8Array.of(...bug.showing, 0, 0, 0, 0);
    assert.equal(matrixRow(bug, [longer], BOUNDS).inputs, first.inputs + 1);
  });
});

describe('neverAlone', () => {
  test('names the oracles that no bug needs', () => {
    assert.deepEqual(neverAlone(MATRIX), ['token', 'panic']);
    assert.deepEqual(
      neverAlone(killMatrix([], BOUNDS)),
      ORACLES.map(({ id }) => id),
    );
  });
});
