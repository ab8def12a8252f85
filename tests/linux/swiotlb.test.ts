// The kernel's own bounce buffers under its own ring and the oracles: silent with honest devices but for what is known of 6.1,
// silent with hostile ones where the ring is mended, and each of the oracles that judge copies sees the kernel's.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import type { LoadedDriver } from '../../src/campaign/drivers/loaded-driver.js';
import { HonestInputs, xorshift } from '../../src/campaign/honest-inputs.js';
import { committedCorpus } from '../../src/campaign/paths.js';
import { blankConfiguration, decodeConfiguration } from '../../src/scenario/configuration.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { targetByName } from '../../src/target/targets.js';
import type { Finding } from '../../src/verdict/verdict.js';
import { execute } from '../../src/world/execute.js';
import { HOLES_CLOSED, driverOf, type Series } from './kernel-bench.js';
import { driverWith, missingSwiotlb } from './swiotlb-bench.js';

const INPUT_SIZE = 68;
const FILE = 'kernel/dma/swiotlb.c';

/**
 * What honest devices bring about in the bounce buffers of 6.1, always with a minimum alignment: docs/linux.md explains each. Beside
 * it the two rows of its ring.
 */
const KNOWN_OF_6_1: readonly string[] = [
  'bounce-mismatch: slot without the minimum alignment',
  'bounce-mismatch: warning without a reason',
  'errno: mapping fails although there is room',
  'panic: a call that does not end',
  'stale-bytes: buffer content',
];
const KNOWN_RING_OF_6_1: readonly string[] = [
  'ring-publish: slot of a failed add left available',
  'liveness: enableCbDelayed keeps a broken queue polling',
];

function bounceTarget(): TargetSpec {
  const found = targetByName('bounce_fuzzer');
  assert.ok(found);
  return found;
}

function findingOf(driver: LoadedDriver, bytes: Uint8Array): Finding | null {
  const verdict = execute(bounceTarget(), bytes, { driver });
  assert.notEqual(verdict.kind, 'harness-bug', verdict.kind === 'harness-bug' ? verdict.message + verdict.stack : '');
  return verdict.kind === 'finding' ? verdict.finding : null;
}

const words = ({ oracle, shape }: Finding): string => `${oracle}: ${shape}`;

interface Honest {
  readonly findings: readonly { readonly words: string; readonly aligned: boolean }[];
  /** Pools of which an execution was silent: all, and those without a minimum alignment. */
  readonly pools: number;
  readonly unaligned: number;
}

function honest(driver: LoadedDriver, runs: number): Honest {
  const inputs = new HonestInputs(bounceTarget(), xorshift(3));
  const config = blankConfiguration();
  const pools = new Set<string>();
  const unaligned = new Set<string>();
  const findings = [];
  for (let run = 0; run < runs; run++) {
    const bytes = inputs.next();
    decodeConfiguration(bounceTarget(), bytes, config);
    const { backEnd, poolSlots, minAlignMask, allocAlignMask } = config;
    if (backEnd !== 'swiotlb') continue;
    const finding = findingOf(driver, bytes);
    if (finding === null) {
      pools.add(`${poolSlots} ${minAlignMask} ${allocAlignMask}`);
      if (minAlignMask === 0) unaligned.add(`${poolSlots} ${allocAlignMask}`);
    } else findings.push({ words: words(finding), aligned: minAlignMask !== 0 });
  }
  return { findings, pools: pools.size, unaligned: unaligned.size };
}

/** Findings of random bytes over swiotlb, the first of each bucket. */
function randomFindings(driver: LoadedDriver, seed: number, runs: number): readonly Finding[] {
  const random = xorshift(seed);
  const bytes = new Uint8Array(INPUT_SIZE);
  const found = new Map<string, Finding>();
  for (let run = 0; run < runs; run++) {
    for (let k = 0; k < bytes.length; k++) bytes[k] = random();
    bytes[3] = (bytes[3] ?? 0) & ~64; // not vduse
    const finding = findingOf(driver, bytes);
    if (finding !== null && !found.has(finding.bucket)) found.set(finding.bucket, finding);
  }
  return [...found.values()];
}

const patched = (patch: string, series: Series = '6.12'): LoadedDriver => driverOf(series, 'swiotlb', patch);

describe("the kernel's bounce buffers, 6.12", { skip: missingSwiotlb('6.12') }, () => {
  it('are silent with honest devices, with every pool', () => {
    const { findings, pools } = honest(driverOf('6.12', 'swiotlb'), 3000);
    assert.deepEqual(findings, []);
    assert.equal(pools, 4 * 4 * 3);
  });

  it('are silent with hostile devices and clients that misuse them, where the ring is mended', () => {
    assert.deepEqual(randomFindings(patched(HOLES_CLOSED), 1, 15_000).map(words), []);
  });

  it('are in use: copies come from the kernel, and findings name it', () => {
    const found = randomFindings(patched('tests/linux/patches/bounce-size-unchecked.patch'), 1, 2000);
    const mismatch = found.find(({ oracle }) => oracle === 'bounce-mismatch');
    assert.ok(mismatch, found.map(words).join(', '));
    assert.equal(mismatch.shape, 'outside the mapping');
    assert.equal(mismatch.site.file, FILE);
    assert.ok((mismatch.site.line ?? 0) > 0);
    assert.match(mismatch.bucket, /^bounce-mismatch\.swiotlb-/);
  });

  it('give themselves away with the wrong original, an unfilled slot or padding that stays', () => {
    const original = randomFindings(patched('tests/linux/patches/bounce-original-of-first.patch'), 1, 2000).map(words);
    assert.ok(original.includes('bounce-mismatch: original'), original.join(', '));
    assert.ok(original.includes('disclosure: copied to the bounce pool'), original.join(', '));
    const unfilled = randomFindings(patched('tests/linux/patches/bounce-not-filled.patch'), 1, 500).map(words);
    assert.ok(unfilled.includes('stale-bytes: buffer content'), unfilled.join(', '));
    const leaking = honest(patched('tests/linux/patches/bounce-padding-kept.patch'), 1500).findings;
    assert.ok(leaking.length > 0);
    assert.deepEqual([...new Set(leaking.map((each) => each.words))], ['errno: mapping fails although there is room']);
  });

  it('read behind the records of a pool that is no whole number of segments: KASAN', () => {
    const found = randomFindings(driverWith('6.12', 'EXACT_POOLS'), 1, 1000);
    const access = found.find(({ oracle }) => oracle === 'out-of-bounds');
    assert.ok(access, found.map(words).join(', '));
    assert.equal(access.site.file, FILE);
    assert.equal(access.site.function, 'swiotlb_release_slots');
  });

  it('give the committed inputs the same verdicts in any order, and after findings half-way through a copy', () => {
    const folder = join(committedCorpus(), 'bounce_fuzzer', 'seed');
    const inputs = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
    assert.ok(inputs.length > 30);
    const driver = patched('tests/linux/patches/bounce-original-of-first.patch');
    const outcomes = (order: typeof inputs, on: LoadedDriver): Map<string, string> =>
      new Map(order.map(([name, bytes]) => [name, findingOf(on, bytes)?.bucket ?? 'ok']));
    const forwards = outcomes(inputs, driver);
    const backwards = outcomes([...inputs].reverse(), driver);
    for (const [name, outcome] of forwards) assert.equal(backwards.get(name), outcome, name);
    assert.ok(new Set(forwards.values()).size > 1);
    const sound = outcomes(inputs, patched(HOLES_CLOSED));
    for (const [name, outcome] of sound) assert.equal(outcome, 'ok', name);
  });
});

describe("the kernel's bounce buffers, 6.1", { skip: missingSwiotlb('6.1') }, () => {
  it('bring about with honest devices what is known, and in the pool only with a minimum alignment', () => {
    const { findings, unaligned } = honest(driverOf('6.1', 'swiotlb'), 1500);
    assert.equal(unaligned, 4 * 3);
    const inPool = findings.filter((each) => !KNOWN_RING_OF_6_1.includes(each.words));
    assert.ok(inPool.length > 0);
    assert.deepEqual(
      inPool.filter(({ aligned }) => !aligned),
      [],
    );
    assert.deepEqual(
      [...new Set(inPool.map((each) => each.words))].filter((each) => !KNOWN_OF_6_1.includes(each)),
      [],
    );
  });

  it('search without end for a slot of an aligned page', () => {
    const found = randomFindings(driverOf('6.1', 'swiotlb'), 1, 2500);
    const endless = found.find(({ shape }) => shape === 'a call that does not end');
    assert.ok(endless, found.map(words).join(', '));
    assert.equal(endless.site.file, FILE);
    assert.equal(endless.site.function, 'swiotlb_do_find_slots');
  });
});
