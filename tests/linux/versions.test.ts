// What the versions of the kernel differ in: features that are offered to scenarios, and the holes of each. Kernels that are
// not in Debian's stable release are tested where their source is there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import type { LoadedDriver } from '../../src/campaign/drivers/loaded-driver.js';
import { xorshift } from '../../src/campaign/honest-inputs.js';
import { knownUpstream, loadKnownIssues } from '../../src/campaign/known-issues.js';
import { committedCorpus, projectRoot } from '../../src/campaign/paths.js';
import type { DriverFeatures } from '../../src/platform/driver-module.js';
import { LINUX_TARGETS, targetByName } from '../../src/target/targets.js';
import type { Finding } from '../../src/verdict/verdict.js';
import { execute } from '../../src/world/execute.js';
import { driverOf, missing, type Series } from './kernel-bench.js';

const INPUT_SIZE = 68;
const NEVER: readonly never[] = [];

type Offered = Pick<DriverFeatures, 'context' | 'premapped' | 'inOrder' | 'reset' | 'resize'>;
const LIMITED = { context: 'device-writable' } as const;
const OFFERED: Readonly<Record<Series, Offered>> = {
  '5.10': { ...LIMITED, premapped: false, inOrder: NEVER, reset: false, resize: false },
  '6.1': { ...LIMITED, premapped: false, inOrder: NEVER, reset: false, resize: true },
  '6.12': { ...LIMITED, premapped: 'whole-queue', inOrder: NEVER, reset: true, resize: true },
  '7.3': { ...LIMITED, premapped: 'one-direction', inOrder: ['split', 'packed'], reset: true, resize: true },
};

const drivers = new Map<Series, LoadedDriver>();

/** Loaded once for all tests. */
function driverFor(series: Series): LoadedDriver {
  const driver = drivers.get(series) ?? driverOf(series);
  drivers.set(series, driver);
  return driver;
}

function findingOf(driver: LoadedDriver, target: string, bytes: Uint8Array): Finding | null {
  const of = targetByName(target);
  assert.ok(of);
  const verdict = execute(of, bytes, { driver });
  assert.notEqual(verdict.kind, 'harness-bug', verdict.kind === 'harness-bug' ? verdict.message + verdict.stack : '');
  return verdict.kind === 'finding' ? verdict.finding : null;
}

function seed(target: string, name: string): Uint8Array {
  return readFileSync(join(committedCorpus(), target, 'seed', name));
}

/** Buckets of random inputs. */
function bucketsOf(driver: LoadedDriver, target: string, runs: number): ReadonlySet<string> {
  const random = xorshift(5);
  const bytes = new Uint8Array(INPUT_SIZE);
  const buckets = new Set<string>();
  for (let run = 0; run < runs; run++) {
    for (let k = 0; k < bytes.length; k++) bytes[k] = random();
    const finding = findingOf(driver, target, bytes);
    if (finding !== null) buckets.add(finding.bucket);
  }
  return buckets;
}

const TARGETS = ['split_ring_fuzzer', 'packed_ring_fuzzer', 'mapping_error_fuzzer'] as const;

for (const series of ['5.10', '6.1', '6.12', '7.3'] as const) {
  describe(`kernel ${series}`, { skip: missing(series) }, () => {
    it('offers what it has', () => {
      const { context, premapped, inOrder, reset, resize } = driverFor(series).module.features;
      assert.deepEqual({ context, premapped, inOrder, reset, resize }, OFFERED[series]);
    });

    it('does what the hardened driver does, but for what is known', () => {
      const driver = driverFor(series);
      const target = LINUX_TARGETS.find(({ comparesDrivers }) => comparesDrivers === true);
      assert.ok(target);
      assert.deepEqual([...bucketsOf(driver, target.name, 1500)], []);
    });
  });
}

for (const series of ['6.1', '6.12'] as const) {
  describe(`kernel ${series}, known issues`, { skip: missing(series) }, () => {
    it('has no finding that is not known upstream', () => {
      const driver = driverFor(series);
      const buckets = TARGETS.flatMap((target) => [...bucketsOf(driver, target, 3000)]);
      assert.ok(buckets.some((bucket) => knownUpstream(bucket)?.reason.startsWith('V04')));
      assert.deepEqual(
        buckets.filter((bucket) => knownUpstream(bucket) === null),
        [],
      );
    });
  });
}

describe('kernel 6.12, buffers', { skip: missing('6.12') }, () => {
  it('gives each buffer that the device writes its own context back', () => {
    for (const layout of ['split', 'packed']) {
      assert.equal(
        findingOf(driverFor('6.12'), `${layout}_ring_fuzzer`, seed(`${layout}_ring_fuzzer`, `${layout}-contexts`)),
        null,
      );
    }
  });

  it('neither maps nor unmaps what comes mapped, where the first buffer of the queue does', () => {
    for (const name of ['split-premapped', 'split-premapped-direct', 'split-premapped-table-cannot-be-mapped']) {
      assert.equal(findingOf(driverFor('6.12'), 'split_ring_fuzzer', seed('split_ring_fuzzer', name)), null, name);
    }
  });
});

describe('kernel 5.10, before the hardening', { skip: missing('5.10') }, () => {
  const shown = (target: string, name: string): string => {
    const finding = findingOf(driverFor('5.10'), target, seed(target, name));
    return finding === null ? 'nothing' : `${finding.oracle} ${finding.bucket.split('.')[1] ?? ''}`;
  };

  it('unmaps by what the device wrote into the descriptor table', () => {
    assert.equal(shown('split_ring_fuzzer', 'v01a-write-on-out-buffer'), 'unmap-mismatch virtio-ring-detach-buf-split');
    assert.equal(shown('split_ring_fuzzer', 'v01c-next-out-of-range'), 'out-of-bounds virtio-ring-virtqueue-add-split');
    assert.equal(
      shown('packed_ring_fuzzer', 'v02-honest-stale-head-flags'),
      'unmap-mismatch virtio-ring-virtqueue-add-packed',
    );
  });

  it('has no finding that is not known', () => {
    const file = join(projectRoot(), 'docs', 'known-issues', 'linux-before-5.14.json');
    const known = loadKnownIssues(file);
    const buckets = TARGETS.flatMap((target) => [...bucketsOf(driverFor('5.10'), target, 1500)]);
    assert.ok(buckets.length > 10);
    assert.deepEqual(
      buckets.filter((bucket) => known.entry(bucket) === null),
      [],
    );
  });
});

describe('kernel 7.3, in order', { skip: missing('7.3') }, () => {
  const bucketOf = (target: string, name: string): string =>
    findingOf(driverFor('7.3'), target, seed(target, name))?.bucket ?? 'nothing';

  it('accepts an id of no buffer (V30)', () => {
    assert.match(bucketOf('packed_ring_fuzzer', 'packed-in-order-v30-forged-id-1'), /^early-unmap\..*packed-in-order/);
  });

  it('keeps the state of a batch and of the free list through a reset (V31)', () => {
    const target = 'split_ring_fuzzer';
    assert.match(bucketOf(target, 'split-in-order-v31-detach-within-a-batch'), /descriptor-out-of-order$/);
    assert.match(
      bucketOf('packed_ring_fuzzer', 'packed-in-order-v31-reset-within-a-batch'),
      /^premature\..*nothing-used$/,
    );
  });

  it('says nothing is pending in the middle of a packed batch', () => {
    assert.match(bucketOf('packed_ring_fuzzer', 'packed-in-order-batch-polled'), /^notification\..*poll\.answer$/);
  });
});
