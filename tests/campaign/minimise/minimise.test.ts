// Minimising: on real findings of planted bugs, and against harnesses that are functions of the test.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { buildBug, findBug } from '../../../src/campaign/bugs/bug-bank.js';
import { type Harness, findTarget, loadHarness } from '../../../src/campaign/harness.js';
import { type Minimised, type MinimiseOptions, minimise } from '../../../src/campaign/minimise/minimise.js';
import { fateOf } from '../../../src/campaign/replay/fate.js';
import { TARGETS } from '../../../src/target/targets.js';
import type { Verdict } from '../../../src/verdict/verdict.js';
import { failingInputs } from '../../../src/campaign/bench/failing-inputs.js';
import { sampleFinding } from '../crashes/sample-finding.js';

const RECORD = 4;

describe('minimise: real findings', () => {
  // One of each ring, a failed mapping, and the DMA layer.
  for (const id of ['V04', 'chain-walked-too-far', 'table-freed-twice', 'S01']) {
    test(id, () => {
      const bug = findBug(id);
      const harness = loadHarness(buildBug(bug));
      const target = findTarget(harness.targets, bug.target);
      for (const { bytes, finding } of failingInputs(bug, harness, { inputs: 4, attempts: 20_000 })) {
        const before = Uint8Array.from(bytes);
        const options = { harness, target, renew: () => assert.fail('nothing hangs') };
        const result = minimise(bytes, options);
        assert.ok(result?.complete === true);
        assert.deepEqual(bytes, before, 'the original');
        assert.equal(result.bucket, finding.bucket);
        assert.equal(fateOf(harness, target, result.bytes), finding.bucket);
        assert.ok(result.bytes.length <= bytes.length / 10, `${result.bytes.length} of ${bytes.length} bytes`);
        for (let at = RECORD; at < result.bytes.length; at += RECORD) {
          const shorter = [...result.bytes.subarray(0, at), ...result.bytes.subarray(at + RECORD)];
          assert.notEqual(fateOf(harness, target, Uint8Array.from(shorter)), finding.bucket, `step at ${at}`);
        }
        assert.deepEqual(minimise(bytes, options), result, 'the same again');
        assert.deepEqual(minimise(result.bytes, options)?.bytes, result.bytes, 'nothing is left to take away');
      }
    });
  }
});

const OK: Verdict = { kind: 'ok' };
const found = (bucket: string): Verdict => ({ kind: 'finding', finding: sampleFinding({ bucket }) });

interface FakeRun {
  readonly result: Minimised | null;
  readonly renewals: number;
}

/** Minimises with a harness that is a function of the input. */
function minimiseWith(
  bytes: Uint8Array,
  behaviour: (bytes: Uint8Array) => Verdict,
  options: Partial<Pick<MinimiseOptions, 'trials' | 'seconds' | 'hangLimit'>> & { readonly target?: string } = {},
): FakeRun {
  const harness: Harness = {
    targets: TARGETS,
    execute: (_target, input) => behaviour(input),
    executeTraced: () => assert.fail('a search is not traced'),
  };
  let renewals = 0;
  const { target: name = 'split_ring_fuzzer', ...budget } = options;
  const target = findTarget(TARGETS, name);
  const renew = (): Harness => {
    renewals++;
    return harness;
  };
  return { result: minimise(bytes, { harness, target, renew, ...budget }), renewals };
}

/** `count` records of one kind, with a header. */
function records(count: number, record: readonly number[] = [50, 1, 2, 3]): Uint8Array {
  return Uint8Array.from([9, 9, 9, 9, ...Array.from({ length: count }, () => record).flat()]);
}

describe('minimise: any verdict', () => {
  test('what fails on nothing has no smaller form', () => {
    assert.equal(minimiseWith(records(3), () => OK).result, null);
  });

  test('another bucket is not the same finding', () => {
    const { result } = minimiseWith(records(8), (bytes) => found(bytes.length > 4 + 5 * RECORD ? 'long' : 'short'));
    assert.deepEqual([result?.bucket, result?.bytes.length], ['long', 4 + 6 * RECORD]);
  });

  test('header, operands and operation end as plain as they can be', () => {
    const { result } = minimiseWith(records(3), (bytes) => (bytes.length > 4 ? found('a') : OK));
    // 46 is `complete`, the plainest of what a device does.
    assert.deepEqual(result?.bytes, Uint8Array.of(0, 0, 0, 0, 46, 0, 0, 0));
  });

  test('a harness bug and an exception are kept like any other failure', () => {
    const broken = (bytes: Uint8Array): Verdict => {
      if (bytes.length > 20) throw new RangeError('boom');
      return bytes.length > 4 ? { kind: 'harness-bug', message: 'm', stack: 's' } : OK;
    };
    const { result } = minimiseWith(records(8), broken);
    assert.deepEqual([result?.bucket, result?.bytes.length], ['harness-bug', 8]);
  });

  test('bytes that lie over the ring become zero, and their end is cut off', () => {
    const bytes = Uint8Array.from({ length: 120 }, (_, index) => 1 + (index % 255));
    const { result } = minimiseWith(bytes, (input) => ((input[60] ?? 0) >= 9 ? found('a') : OK), {
      target: 'raw_ring_fuzzer',
    });
    assert.deepEqual(
      result?.bytes,
      Uint8Array.from({ length: 61 }, (_, index) => (index === 60 ? 9 : 0)),
    );
  });
});

describe('minimise: limits', () => {
  /** Fails alike with any record whose first operand is 7. */
  const needsSeven = (bytes: Uint8Array): Verdict => {
    for (let at = 5; at < bytes.length; at += RECORD) if (bytes[at] === 7) return found('a');
    return OK;
  };

  test('out of trials: what was reached, which still fails alike', () => {
    const bytes = Uint8Array.from([...records(30), 50, 7, 0, 0]);
    const whole = minimiseWith(bytes, needsSeven).result;
    assert.ok(whole?.complete === true && whole.bytes.length === 8);
    for (const trials of [0, 1, 5, 20]) {
      const { result } = minimiseWith(bytes, needsSeven, { trials });
      assert.ok(result !== null && !result.complete && result.trials === trials);
      assert.equal(needsSeven(result.bytes).kind, 'finding');
    }
    assert.deepEqual(minimiseWith(bytes, needsSeven, { seconds: 0 }).result?.bytes, bytes);
  });

  test('an execution on the way that does not end is not the finding, and the search goes on', () => {
    let hung = 0;
    const { result, renewals } = minimiseWith(Uint8Array.from([...records(3), 50, 7, 0, 0]), (bytes) => {
      if (bytes.length === 4 + 2 * RECORD && hung++ === 0) for (;;);
      return needsSeven(bytes);
    });
    assert.ok(result?.complete === true && renewals >= 1);
    assert.deepEqual(result.bytes, Uint8Array.of(0, 0, 0, 0, 46, 7, 0, 0));
  });

  test('an input that does not end keeps not ending, within the time it has', () => {
    const hangs = (bytes: Uint8Array): Verdict => {
      if (needsSeven(bytes).kind === 'finding') for (;;);
      return OK;
    };
    const { result } = minimiseWith(Uint8Array.from([...records(3), 50, 7, 0, 0]), hangs, {
      seconds: 2,
      hangLimit: 300,
    });
    assert.equal(result?.bucket, 'hang');
    assert.equal(needsSeven(result.bytes).kind, 'finding');
  });
});
