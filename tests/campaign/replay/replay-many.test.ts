// Batches: what is traced and what is not, and that a hang or a flaky input in a batch touches no other.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { Builds } from '../../../src/campaign/bugs/builds.js';
import type { Harness } from '../../../src/campaign/harness.js';
import type { ReplayInput } from '../../../src/campaign/replay/replay-inputs.js';
import { type ReplayedInput, replayMany } from '../../../src/campaign/replay/replay-many.js';
import { TARGETS } from '../../../src/target/targets.js';
import type { Verdict } from '../../../src/verdict/verdict.js';
import { sampleFinding } from '../crashes/sample-finding.js';

const OK: Verdict = { kind: 'ok' };
const FINDING: Verdict = { kind: 'finding', finding: sampleFinding() };

/** Counts what is asked of it. `H` hangs, `F` fails, `E` fails every second time, `T` throws; else ok. */
class FakeBuilds {
  plain = 0;
  traced = 0;
  renewed: (string | null)[] = [];
  private readonly harness: Harness = {
    targets: TARGETS,
    execute: (_target, bytes) => {
      this.plain++;
      return this.verdict(bytes);
    },
    executeTraced: (_target, bytes) => {
      this.traced++;
      return { verdict: this.verdict(bytes), trace: { configuration: '', steps: [], hash: 'h' } };
    },
  };
  private flips = 0;

  forInput(bug: string | null): ReturnType<Builds['forInput']> {
    return { harness: this.harness, bug, root: '' };
  }

  renew(bug: string | null): void {
    this.renewed.push(bug);
  }

  private verdict(bytes: Uint8Array): Verdict {
    const kind = String.fromCharCode(bytes[0] ?? 0);
    while (kind === 'H');
    if (kind === 'T') throw new Error('planted');
    if (kind === 'E') return this.flips++ % 2 === 0 ? OK : FINDING;
    return kind === 'F' ? FINDING : OK;
  }
}

function inputs(kinds: string, bug: string | null = null): readonly ReplayInput[] {
  return Array.from(kinds, (kind, index) => ({
    file: `${kind}${String(index)}`,
    bytes: Buffer.from(kind),
    target: 'canary',
    bug,
  }));
}

function run(
  builds: FakeBuilds,
  given: readonly ReplayInput[],
  options: {
    readonly times?: number;
    readonly traced?: boolean;
    readonly hashOnly?: boolean;
    readonly hangLimit?: number;
  } = {},
): readonly ReplayedInput[] {
  const known = { times: 3, traced: false, hangLimit: 5000, ...options };
  return [...replayMany(given, builds as unknown as Builds, known)];
}

describe('replayMany', () => {
  test('ok inputs are not traced', () => {
    const builds = new FakeBuilds();
    const results = run(builds, inputs('o'.repeat(200)));
    assert.equal(results.length, 200);
    assert.ok(results.every(({ result }) => result.verdict === 'ok' && result.same === 3 && result.traceHash === null));
    assert.deepEqual([builds.plain, builds.traced], [600, 0]);
  });

  test('what is not ok is replayed with traces; order and hashes are as they should', () => {
    const builds = new FakeBuilds();
    const results = run(builds, inputs('oFoT'));
    assert.deepEqual(
      results.map(({ input, result }) => [input.file, result.verdict, result.same, result.traceHash]),
      [
        ['o0', 'ok', 3, null],
        ['F1', 'finding', 3, 'h'],
        ['o2', 'ok', 3, null],
        ['T3', 'harness-bug', 3, null],
      ],
    );
    assert.equal(builds.traced, 6);
  });

  test('with traces every run is traced', () => {
    const builds = new FakeBuilds();
    const results = run(builds, inputs('oF'), { traced: true });
    assert.deepEqual(
      results.map(({ result }) => result.traceHash),
      ['h', 'h'],
    );
    assert.deepEqual([builds.plain, builds.traced], [0, 6]);
    assert.ok(results.every(({ result }) => result.trace !== null));
  });

  test('of traces only the hash is kept where that is enough', () => {
    const [ok] = run(new FakeBuilds(), inputs('o'), { traced: true, hashOnly: true });
    assert.deepEqual([ok?.result.traceHash, ok?.result.trace], ['h', null]);
  });

  test('runs that differ are told, whatever another round would say', () => {
    const [even] = run(new FakeBuilds(), inputs('E'), { times: 4 });
    assert.deepEqual([even?.result.verdict, even?.result.same, even?.result.runs], ['ok', 2, 4]);
  });

  test('a hang stops neither the inputs before nor those after it, and the harness is loaded anew', () => {
    const builds = new FakeBuilds();
    const results = run(builds, inputs('oHoF'), { hangLimit: 400 });
    assert.deepEqual(
      results.map(({ result }) => result.verdict),
      ['ok', 'hang', 'ok', 'finding'],
    );
    // Once for the batch, once for the input alone.
    assert.deepEqual(builds.renewed, [null, null]);
  });

  test('each build judges its own', () => {
    const results = run(new FakeBuilds(), [...inputs('oo', 'V04'), ...inputs('o'), ...inputs('o', 'V04')]);
    assert.deepEqual(
      results.map(({ bug }) => bug),
      ['V04', 'V04', null, 'V04'],
    );
  });

  test('no inputs, no results', () => {
    assert.deepEqual(run(new FakeBuilds(), []), []);
  });
});
