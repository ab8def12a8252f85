import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { corpusFolders } from '../../src/campaign/corpus/corpus-inputs.js';
import { loadBuild } from '../../src/campaign/linux/build-folder.js';
import { type FileCoverage, edgeCoverage } from '../../src/campaign/linux/edge-coverage.js';
import { RING_SOURCE } from '../../src/campaign/linux/headers.js';
import { placesAt } from '../../src/linux/symbol-table.js';
import { buildOf, missing } from './kernel-bench.js';

let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'edge-coverage-'));
  mkdirSync(join(folder, 'split_ring_fuzzer', 'seed'), { recursive: true });
  // A queue that is created and destroyed.
  writeFileSync(join(folder, 'split_ring_fuzzer', 'seed', 'nothing'), Uint8Array.of(32, 1, 0, 0));
});

after(() => {
  rmSync(folder, { recursive: true });
});

function onlyRing(files: readonly FileCoverage[]): FileCoverage {
  const [ring, ...more] = files;
  assert.ok(ring?.file === RING_SOURCE && more.length === 0, files.map(({ file }) => file).join(' '));
  return ring;
}

describe('edge coverage', { skip: missing('6.12') }, () => {
  it('knows the function of every edge', () => {
    const build = buildOf('6.12');
    const { symbols } = loadBuild(build);
    assert.equal(symbols.edges.length, build.record.edges);
    for (const offset of symbols.edges) {
      const outermost = placesAt(offset, symbols).at(-1);
      assert.ok(offset > 0 && outermost !== undefined && outermost.function !== '', String(offset));
    }
  });

  it('is that of the inputs, function by function', () => {
    const { inputs, files } = edgeCoverage(buildOf('6.12'), corpusFolders(folder));
    assert.equal(inputs, 1);
    const { edges, covered, functions } = onlyRing(files);
    assert.equal(
      functions.reduce((sum, each) => sum + each.edges, 0),
      edges,
    );
    assert.ok(covered > 10 && covered < edges / 3, String(covered));
    const of = (name: string): number | undefined => functions.find((each) => each.function === name)?.covered;
    assert.ok((of('vring_create_virtqueue_split') ?? 0) > 0);
    assert.equal(of('vring_create_virtqueue_packed'), 0);
    assert.equal(of('virtqueue_kick'), 0);
  });

  it('of what can be reached is 90 percent by the committed corpus, and nothing unreachable is covered', () => {
    const { files } = edgeCoverage(buildOf('6.12'), corpusFolders(undefined));
    const { edges, covered, unreachable, functions, wrong } = onlyRing(files);
    const out = unreachable.reduce((sum, each) => sum + each.edges, 0);
    assert.deepEqual(wrong, []);
    assert.equal(
      functions.reduce((sum, each) => sum + each.unreachable, 0),
      out,
    );
    assert.ok(covered > 0.9 * (edges - out), `${covered} of ${edges - out}`);
    // No excuse for everything: what is called unreachable is a small part.
    assert.ok(out < 0.12 * edges, `${out} of ${edges}`);
  });
});

describe("edge coverage of the kernel's bounce buffers", { skip: missing('6.12') }, () => {
  it('tells the two files apart', () => {
    const [ring, bounce, ...more] = edgeCoverage(buildOf('6.12', 'swiotlb'), corpusFolders(undefined)).files;
    assert.deepEqual([ring?.file, bounce?.file, more], [RING_SOURCE, 'kernel/dma/swiotlb.c', []]);
    assert.deepEqual([ring?.wrong, bounce?.wrong, bounce?.unreachable], [[], [], []]);
    assert.ok(ring?.functions.every(({ function: name }) => !name.includes('swiotlb')));
    const mapped = bounce?.functions.find(({ function: name }) => name === 'swiotlb_tbl_map_single');
    assert.ok((mapped?.covered ?? 0) > 0);
    assert.ok((bounce?.covered ?? 0) > 0.5 * (bounce?.edges ?? 0), `${bounce?.covered} of ${bounce?.edges}`);
  });
});

describe('edge coverage of 6.1', { skip: missing('6.1') }, () => {
  it('is as large, and nothing unreachable is covered', () => {
    const { edges, covered, unreachable, wrong } = onlyRing(
      edgeCoverage(buildOf('6.1'), corpusFolders(undefined)).files,
    );
    const out = unreachable.reduce((sum, each) => sum + each.edges, 0);
    assert.deepEqual(wrong, []);
    assert.ok(covered > 0.9 * (edges - out), `${covered} of ${edges - out}`);
  });
});
