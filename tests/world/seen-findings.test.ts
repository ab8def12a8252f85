// Findings that repeat are told by their bucket alone, and by the same one as in full.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { findBug } from '../../src/campaign/bugs/bug-bank.js';
import { buildBug } from '../../src/campaign/bugs/bug-build.js';
import { compiledRoot } from '../../src/campaign/paths.js';
import { targetByName } from '../../src/target/targets.js';
import type { Verdict } from '../../src/verdict/verdict.js';
import type { execute, executeCounted } from '../../src/world/execute.js';
import type { Repeat, SeenFindings } from '../../src/world/seen-findings.js';
import { seedInputs, seededInputs } from './seeded-inputs.js';

const requireFrom = createRequire(__filename);

interface World {
  readonly execute: typeof execute;
  readonly executeCounted: typeof executeCounted;
  readonly seen: SeenFindings;
  secondRuns: number;
}

/** The harness of a compiled tree. */
function worldOf(root: string): World {
  const { execute: run, executeCounted: count } = requireFrom(join(root, 'src', 'world', 'execute.js')) as World;
  const { SeenFindings: Seen } = requireFrom(join(root, 'src', 'world', 'seen-findings.js')) as {
    readonly SeenFindings: typeof SeenFindings;
  };
  const world = { execute: run, executeCounted: count, secondRuns: 0 };
  return Object.assign(world, { seen: new Seen(() => world.secondRuns++) });
}

function fateOf(verdict: Verdict | Repeat): string {
  if (verdict.kind === 'repeat') return verdict.bucket;
  return verdict.kind === 'finding' ? verdict.finding.bucket : verdict.kind;
}

/** Builds whose findings come from the driver, from the DMA layer, and from exceptions of the language. */
const BUILDS: readonly (readonly [target: string, bug: string | null, buckets: number])[] = [
  ['canary', null, 1],
  ['bounce_fuzzer', 'premapped-unmapped', 4],
  ['split_ring_fuzzer', 'token-not-cleared', 3],
];

describe('executeCounted', () => {
  for (const [name, bug, buckets] of BUILDS) {
    test(`${name}${bug === null ? '' : ` with ${bug}`}: the same bucket as in full, and most of them cheaply`, () => {
      const target = targetByName(name);
      assert.ok(target !== undefined);
      const world = worldOf(bug === null ? compiledRoot() : buildBug(findBug(bug, [])));
      const inputs = [...seededInputs(3000, 7), ...seedInputs(target)];
      const met = new Set<string>();
      let repeats = 0;
      for (const bytes of inputs) {
        const fate = fateOf(world.execute(target, bytes));
        const counted = world.executeCounted(target, bytes, world.seen);
        assert.equal(fateOf(counted), fate);
        if (fate !== 'ok') met.add(fate);
        if (counted.kind === 'repeat') repeats++;
      }
      assert.ok(met.size >= buckets, [...met].join(' '));
      assert.ok(repeats > 5 * world.secondRuns, `${String(repeats)} repeats, ${String(world.secondRuns)} in full`);
    });
  }

  test('text of stacks is made as before afterwards', () => {
    const target = targetByName('canary');
    assert.ok(target !== undefined);
    const world = worldOf(compiledRoot());
    seededInputs(500, 7).forEach((bytes) => world.executeCounted(target, bytes, world.seen));
    assert.equal(typeof new Error('text').stack, 'string');
  });
});
