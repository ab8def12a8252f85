// What replay counts, with harnesses that are functions of the test.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { Harness } from '../../../src/campaign/harness.js';
import { type ReplayResult, replay, replayExitCode } from '../../../src/campaign/replay/replay.js';
import { TimeLimitError, withinTime } from '../../../src/campaign/replay/time-limit.js';
import { TARGETS } from '../../../src/target/targets.js';
import type { Verdict } from '../../../src/verdict/verdict.js';
import { sampleFinding } from '../crashes/sample-finding.js';

/** Runs a harness whose n-th execution (from 0) has this verdict and trace hash. */
function replayed(times: number, behaviour: (run: number) => readonly [Verdict, string]): ReplayResult {
  let runs = 0;
  const harness: Harness = {
    targets: TARGETS,
    execute: () => assert.fail('a replay is traced'),
    executeTraced: () => {
      const [verdict, hash] = behaviour(runs++);
      return { verdict, trace: { configuration: '', steps: [], hash } };
    },
  };
  const [target] = TARGETS;
  assert.ok(target !== undefined);
  // Long enough for a busy machine: only the test of a hang waits for it.
  return replay(harness, target, Uint8Array.of(1), { times, hangLimit: 2000 });
}

const OK: Verdict = { kind: 'ok' };
const finding = (bucket: string): Verdict => ({ kind: 'finding', finding: sampleFinding({ bucket }) });

describe('replay', () => {
  test('counts runs like the first', () => {
    const result = replayed(5, () => [finding('a'), 'h']);
    assert.deepEqual([result.verdict, result.same, result.runs, result.traceHash], ['finding', 5, 5, 'h']);
  });

  test('another verdict, another bucket and another trace are not like the first', () => {
    assert.equal(replayed(4, (run) => [run === 2 ? OK : finding('a'), 'h']).same, 3);
    assert.equal(replayed(4, (run) => [finding(run === 2 ? 'b' : 'a'), 'h']).same, 3);
    assert.equal(replayed(4, (run) => [OK, run === 2 ? 'other' : 'h']).same, 3);
  });

  test('an exception is a harness bug', () => {
    const result = replayed(2, () => {
      throw new RangeError('boom');
    });
    assert.deepEqual([result.verdict, result.problem?.message, result.same], ['harness-bug', 'boom', 2]);
  });

  test('a hang in a later run is a hang, and ends the replay', () => {
    const result = replayed(5, (run) => {
      while (run === 2);
      return [OK, 'h'];
    });
    assert.deepEqual([result.verdict, result.runs, result.finding], ['hang', 3, null]);
  });

  test('the exit code is that of the gravest result', () => {
    const of = (...kinds: ReplayResult['verdict'][]): number =>
      replayExitCode(kinds.map((verdict) => ({ ...replayed(1, () => [OK, 'h']), verdict })));
    assert.deepEqual(
      [of('ok'), of('ok', 'finding'), of('hang', 'finding'), of('hang', 'harness-bug', 'finding')],
      [0, 77, 70, 3],
    );
  });
});

describe('withinTime', () => {
  test('hands values and exceptions through and stops what does not end', () => {
    assert.equal(
      withinTime(1000, () => 5),
      5,
    );
    assert.throws(() => withinTime(1000, () => assert.fail('mine')), /mine/);
    assert.throws(
      () =>
        withinTime(50, () => {
          for (;;);
        }),
      TimeLimitError,
    );
  });
});
