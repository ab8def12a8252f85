// The kernel's own driver under the oracles: silent with honest devices but for what is known, the hole that is still open is
// found, its fix is silent, and holes that were closed are found when they are opened again.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import type { LoadedDriver } from '../../src/campaign/drivers/loaded-driver.js';
import { HonestInputs, hasHonestInputs, xorshift } from '../../src/campaign/honest-inputs.js';
import { committedCorpus } from '../../src/campaign/paths.js';
import { blankConfiguration, decodeConfiguration } from '../../src/scenario/configuration.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { TARGETS, targetByName } from '../../src/target/targets.js';
import type { Finding } from '../../src/verdict/verdict.js';
import { execute } from '../../src/world/execute.js';
import { HOLES_CLOSED, driverOf, missing, SERIES } from './kernel-bench.js';

const INPUT_SIZE = 68;

/** What honest devices bring about in unmodified kernels: oracle and shape. docs/linux.md explains each. */
const KNOWN: Readonly<Record<(typeof SERIES)[number], readonly string[]>> = {
  '6.12': [],
  '6.1': [
    'ring-publish: slot of a failed add left available',
    'liveness: enableCbDelayed keeps a broken queue polling',
  ],
};

function target(name: string): TargetSpec {
  const found = targetByName(name);
  assert.ok(found);
  return found;
}

function findingOf(driver: LoadedDriver, of: TargetSpec, bytes: Uint8Array): Finding | null {
  const verdict = execute(of, bytes, { driver });
  assert.notEqual(verdict.kind, 'harness-bug', verdict.kind === 'harness-bug' ? verdict.message + verdict.stack : '');
  return verdict.kind === 'finding' ? verdict.finding : null;
}

const words = ({ oracle, shape }: Finding): string => `${oracle}: ${shape}`;

/** Findings of random bytes, with the number of the input that showed each first. */
function randomFindings(driver: LoadedDriver, of: TargetSpec, seed: number, runs: number): Map<string, Finding> {
  const random = xorshift(seed);
  const bytes = new Uint8Array(INPUT_SIZE);
  const found = new Map<string, Finding>();
  for (let run = 0; run < runs; run++) {
    for (let k = 0; k < bytes.length; k++) bytes[k] = random();
    const finding = findingOf(driver, of, bytes);
    if (finding !== null && !found.has(finding.bucket)) found.set(finding.bucket, finding);
  }
  return found;
}

/** Every committed input: target and bytes. */
function corpus(): readonly (readonly [TargetSpec, Uint8Array, string])[] {
  return TARGETS.filter(({ canary }) => !canary).flatMap((each) =>
    ['seed', 'regression'].flatMap((kind) => {
      const folder = join(committedCorpus(), each.name, kind);
      try {
        return readdirSync(folder).map((name) => [each, readFileSync(join(folder, name)), name] as const);
      } catch {
        return [];
      }
    }),
  );
}

for (const series of SERIES) {
  describe(`kernel ${series}`, { skip: missing(series) }, () => {
    it('is silent with honest devices in every combination, but for what is known', () => {
      const driver = driverOf(series);
      const sources = TARGETS.filter((each) => hasHonestInputs(each) && !each.canary);
      const random = xorshift(1);
      const inputs = sources.map((each) => new HonestInputs(each, random));
      const config = blankConfiguration();
      const combinations = new Set<string>();
      const surprises = new Set<string>();
      for (let run = 0; run < 4000; run++) {
        const source = inputs[run % inputs.length];
        assert.ok(source);
        const bytes = source.next();
        decodeConfiguration(source.target, bytes, config);
        const { packed, indirect, eventIndex, backEnd } = config;
        const finding = findingOf(driver, source.target, bytes);
        if (finding === null) combinations.add(`${packed} ${indirect} ${eventIndex} ${backEnd}`);
        else if (!KNOWN[series].includes(words(finding))) surprises.add(words(finding));
      }
      assert.deepEqual([...surprises], []);
      assert.equal(combinations.size, 2 * 2 * 2 * 5);
    });

    it('shows that the length of a split chain comes from shared memory, within 5,000 random inputs of any seed', () => {
      const driver = driverOf(series);
      for (const seed of [1, 2, 3]) {
        const found = [...randomFindings(driver, target('split_ring_fuzzer'), seed, 5000).values()];
        const shown = found.find((each) => each.oracle === 'double-unmap' || each.oracle === 'early-unmap');
        assert.ok(shown, `seed ${seed}: ${found.map(words).join(', ')}`);
        assert.equal(shown.site.file, 'drivers/virtio/virtio_ring.c');
        assert.ok(shown.bucket.includes('detach-buf-split'), shown.bucket);
        assert.ok((shown.site.line ?? 0) > 0);
      }
    });
  });
}

describe('kernel 6.12, whole', { skip: missing('6.12') }, () => {
  it('gives the committed inputs the same verdicts in any order', () => {
    const driver = driverOf('6.12');
    const inputs = corpus();
    assert.ok(inputs.length > 400);
    const outcomes = (order: typeof inputs): Map<string, string> =>
      new Map(
        order.map(([each, bytes, name]) => [`${each.name}/${name}`, findingOf(driver, each, bytes)?.bucket ?? 'ok']),
      );
    const forwards = outcomes(inputs);
    const backwards = outcomes([...inputs].reverse());
    for (const [name, outcome] of forwards) assert.equal(backwards.get(name), outcome, name);
    for (const [name, outcome] of forwards) if (name.startsWith('packed_ring')) assert.equal(outcome, 'ok', name);
    const minimal = forwards.get('split_ring_fuzzer/v04-min') ?? '';
    assert.match(minimal, /^early-unmap\.virtio-ring-detach-buf-split/);
  });

  it('leaves nothing of an execution in the next: edges and verdict are those of a fresh machine', () => {
    const inputs = corpus()
      .filter(([{ name }]) => name === 'split_ring_fuzzer')
      .slice(0, 60);
    const edges = (driver: LoadedDriver, bytes: Uint8Array): string => {
      const counters = driver.module.coverage?.().counters;
      assert.ok(counters);
      counters.fill(0);
      const bucket = findingOf(driver, target('split_ring_fuzzer'), bytes)?.bucket ?? 'ok';
      return `${bucket} ${Buffer.from(counters).toString('hex')}`;
    };
    const used = driverOf('6.12');
    for (const [, bytes] of inputs) edges(used, bytes);
    for (const [, bytes, name] of inputs.slice(0, 12))
      assert.equal(edges(used, bytes), edges(driverOf('6.12'), bytes), name);
  });

  it('is silent on a split ring whose chains have their length from private records', () => {
    const driver = driverOf('6.12', 'kasan', HOLES_CLOSED);
    const found = [...randomFindings(driver, target('split_ring_fuzzer'), 1, 10_000).values()].map(words);
    assert.deepEqual(
      found.filter((each) => !KNOWN['6.12'].includes(each)),
      [],
    );
  });

  it('reads outside of a table when the used id is not checked: KASAN', () => {
    const driver = driverOf('6.12', 'kasan', 'bugs/linux/linux-used-id-unchecked/bug.patch');
    const found = [...randomFindings(driver, target('split_ring_fuzzer'), 1, 4000).values()];
    const access = found.find(({ oracle }) => oracle === 'out-of-bounds');
    assert.ok(access, found.map(words).join(', '));
    assert.equal(access.site.file, 'drivers/virtio/virtio_ring.c');
    assert.match(access.bucket, /get-buf/);
  });

  it('unmaps in the direction that the device wrote when it is taken from the table: unmap-mismatch', () => {
    const driver = driverOf('6.12', 'kasan', 'bugs/linux/linux-shared-direction/bug.patch');
    const bytes = readFileSync(join(committedCorpus(), 'split_ring_fuzzer', 'seed', 'v01a-write-on-out-buffer'));
    const finding = findingOf(driver, target('split_ring_fuzzer'), bytes);
    assert.equal(finding?.oracle, 'unmap-mismatch');
    assert.equal(findingOf(driverOf('6.12'), target('split_ring_fuzzer'), bytes), null);
  });

  it('finds the same without KASAN', () => {
    const driver = driverOf('6.12', 'coverage');
    const found = [...randomFindings(driver, target('split_ring_fuzzer'), 1, 2000).values()];
    assert.ok(
      found.some(({ oracle }) => oracle === 'double-unmap' || oracle === 'early-unmap'),
      found.map(words).join(),
    );
  });
});
