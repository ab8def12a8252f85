// Two drivers on one scenario: alike where they are alike, told apart where nothing else sees a fault, and not compared any
// further where they are known to part.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SplitQueue } from '../../src/driver/split-queue.js';
import type { DriverModule, ForeignDriver, KnownDifference } from '../../src/platform/driver-module.js';
import type { QueueConfig } from '../../src/platform/ring-driver.js';
import { seededRandom } from '../../src/campaign/seeded-random.js';
import { targetByName } from '../../src/target/targets.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { execute, executeTraced } from '../../src/world/execute.js';
import { ownDriver } from './own-driver-module.js';

const INPUTS = 400;

function target(name: string): TargetSpec {
  const spec = targetByName(name);
  assert.ok(spec !== undefined);
  return { ...spec, comparesDrivers: true };
}

function inputs(seed: number, count = INPUTS): readonly Uint8Array[] {
  const below = seededRandom(seed);
  return Array.from({ length: count }, () => Uint8Array.from({ length: 4 + 4 * below(64) }, () => below(256)));
}

/** Never uses indirect tables: right by the specification, and not what the hardened driver does. */
function withoutTables(knownDifferences: readonly KnownDifference[] = []): ForeignDriver {
  const own = ownDriver();
  class Direct extends SplitQueue {
    override create(config: QueueConfig): number {
      return super.create({ ...config, indirect: false });
    }
  }
  const module: DriverModule = {
    ...own.module,
    name: 'direct',
    knownDifferences,
    features: { ...own.module.features, layouts: ['split'], reset: false, resize: false },
    createQueues: (platform, onInterrupt) => ({ split: new Direct(platform, onInterrupt) }),
  };
  return { ...own, module };
}

test('a driver does what the same driver does', () => {
  const driver = ownDriver();
  for (const name of ['split_ring_fuzzer', 'packed_ring_fuzzer', 'bounce_fuzzer', 'mapping_error_fuzzer']) {
    for (const bytes of inputs(3)) assert.deepEqual(execute(target(name), bytes, { driver }), { kind: 'ok' });
  }
});

test('another way to do the same is a finding that names both', () => {
  const driver = withoutTables();
  const found = inputs(5)
    .map((bytes) => ({ bytes, verdict: execute(target('split_ring_fuzzer'), bytes, { driver }) }))
    .filter(({ verdict }) => verdict.kind === 'finding' && verdict.finding.oracle === 'driver-divergence');
  assert.ok(found.length > 50, String(found.length));
  const [first] = found;
  assert.ok(first !== undefined);
  // By itself the driver is right.
  const alone = targetByName('split_ring_fuzzer');
  assert.ok(alone !== undefined);
  assert.equal(execute(alone, first.bytes, { driver }).kind, 'ok');
  // The trace has both runs.
  const { trace } = executeTraced(target('split_ring_fuzzer'), first.bytes, { driver });
  assert.equal(trace.steps.filter(({ number }) => number === 0).length, 2);
});

test('nothing is compared after the device did what a known difference takes', () => {
  const known: KnownDifference = {
    id: 'V04',
    layout: 'split',
    from: 'device-writes-descriptor-flags',
    reason: 'a test',
  };
  const spec = target('split_ring_fuzzer');
  const [unlisted, listed] = [withoutTables(), withoutTables([known])];
  // Those in which the drivers differ.
  const differing = inputs(9, 6000)
    .map((bytes) => bytes.subarray(0, 40))
    .filter((bytes) => execute(spec, bytes, { driver: unlisted }).kind === 'finding');
  const explained = differing.filter((bytes) => execute(spec, bytes, { driver: listed }).kind === 'ok');
  assert.ok(explained.length > 0 && explained.length < differing.length, `${explained.length} of ${differing.length}`);
  for (const bytes of explained) {
    const { trace } = executeTraced(spec, bytes, { driver: unlisted });
    const events = trace.steps.flatMap((step) => step.events);
    assert.ok(events.some(({ data }) => data?.type === 'device-write' && data.at < 0x1_1000));
  }
});

test('without a driver to compare with it is a fault of the harness', () => {
  const verdict = execute(target('split_ring_fuzzer'), new Uint8Array(8));
  assert.equal(verdict.kind, 'harness-bug');
});
