// The differential target as a whole: scripts run to their end on every configuration, buffers really come back in each,
// and a queue that serves one configuration worse than another is a finding that names both and the step.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { buildBug, loadBugs } from '../../src/campaign/bugs/bug-bank.js';
import { type Bug, seedFile } from '../../src/campaign/bugs/bug-definition.js';
import { type Harness, loadHarness } from '../../src/campaign/harness.js';
import { configurationsOf } from '../../src/scenario/differential.js';
import { DIFFERENTIAL } from '../../src/scenario/seeds/differential.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { targetByName } from '../../src/target/targets.js';
import type { Trace, TraceEvent, TraceStep } from '../../src/verdict/trace.js';
import { execute, executeTraced, STATE_FEEDBACK_SIZE } from '../../src/world/execute.js';
import { seededInputs } from './seeded-inputs.js';

const TARGET = ((): TargetSpec => targetByName('layout_differential_fuzzer') ?? assert.fail('no target'))();

/** The trace of each configuration: it begins with the creation of a queue. */
function runsOf(trace: Trace): readonly (readonly TraceStep[])[] {
  const starts = trace.steps.flatMap(({ operation }, k) => (operation?.name === 'create' ? [k] : []));
  return starts.map((start, k) => trace.steps.slice(start, starts[k + 1]));
}

function eventsOf(run: readonly TraceStep[]): readonly TraceEvent[] {
  return run.flatMap(({ events }) => events);
}

/** What getBuf returned, in order. */
function completions(run: readonly TraceStep[]): readonly string[] {
  return eventsOf(run)
    .filter(({ kind, text }) => kind === 'call' && text.startsWith('getBuf() = token'))
    .map(({ text }) => text);
}

describe('a script', () => {
  const inputs = [...DIFFERENTIAL.map(({ bytes }) => bytes), ...seededInputs(250, 31)];

  test('runs on every configuration that it names, from creation to teardown', () => {
    for (const bytes of inputs) {
      const { verdict, trace } = executeTraced(TARGET, bytes);
      assert.equal(verdict.kind, 'ok');
      const runs = runsOf(trace);
      assert.equal(runs.length, configurationsOf(TARGET, bytes).length);
      assert.match(runs[0]?.[0]?.title ?? '', /^create the queue, reference: split ring/);
      for (const run of runs) {
        assert.deepEqual(
          run.map(({ number, operation }) => `${number} ${operation?.name ?? ''}`),
          runs[0]?.map(({ number, operation }) => `${number} ${operation?.name ?? ''}`),
        );
        assert.match(run.at(-1)?.title ?? '', /^teardown/);
      }
    }
  });

  test('gets buffers back in every run, the same ones', () => {
    let returned = 0;
    for (const bytes of inputs) {
      const [reference = [], ...others] = runsOf(executeTraced(TARGET, bytes).trace).map(completions);
      for (const other of others) assert.deepEqual(other, reference);
      returned += reference.length;
    }
    assert.ok(returned > 2 * inputs.length, `${returned} buffers`);
  });

  test('never reaches the end of a resource', () => {
    for (const bytes of inputs) {
      for (const { kind, text } of runsOf(executeTraced(TARGET, bytes).trace).flatMap(eventsOf)) {
        if (kind === 'map' || kind === 'heap' || kind === 'coherent') assert.doesNotMatch(text, /fails$/);
      }
    }
  });

  test('fills a ring only where it may, and then every one at the same moment', () => {
    const full = (bytes: Uint8Array): readonly number[] =>
      runsOf(executeTraced(TARGET, bytes).trace).map(
        (run) => eventsOf(run).filter(({ text }) => text.endsWith(': -ENOSPC')).length,
      );
    const seed = DIFFERENTIAL.find(({ name }) => name === 'same-full-ring') ?? assert.fail('no seed');
    assert.deepEqual(new Set(full(seed.bytes)), new Set([4]));
    const limited = seed.bytes.slice();
    limited[0] = (limited[0] ?? 0) & 127;
    assert.deepEqual(new Set(full(limited)), new Set([0]));
  });

  test('marks states of all its runs, packed ones apart', () => {
    const marked = (bytes: Uint8Array): number => {
      const feedback = new Uint8Array(STATE_FEEDBACK_SIZE);
      execute(TARGET, bytes, { feedback });
      return feedback.filter((mark) => mark !== 0).length;
    };
    const [seed] = DIFFERENTIAL;
    assert.ok(seed !== undefined);
    const alone = seed.bytes.slice();
    alone[2] = 0;
    assert.ok(marked(seed.bytes) > marked(alone));
  });
});

describe('a finding', () => {
  const bugs = loadBugs().filter(({ target }) => target === TARGET.name);

  function run(harness: Harness, bug: Bug): ReturnType<Harness['executeTraced']> {
    const target = harness.targets.find(({ name }) => name === TARGET.name) ?? assert.fail('no target');
    return harness.executeTraced(target, new Uint8Array(readFileSync(seedFile(bug))));
  }

  test('names both configurations and the first differing step, and shows both runs', () => {
    const divergent = bugs.filter(({ oracles }) => oracles[0] === 'layout-divergence');
    assert.ok(divergent.length >= 1);
    for (const bug of divergent) {
      const { verdict, trace } = run(loadHarness(buildBug(bug)), bug);
      assert.ok(verdict.kind === 'finding', bug.id);
      const { expected, got, step, site } = verdict.finding;
      const runs = runsOf(trace);
      assert.equal(runs.length, 2, bug.id);
      assert.equal(runs[0]?.[0]?.title, `create the queue, reference: ${String(expected['configuration'])}`);
      assert.match(runs[1]?.[0]?.title ?? '', /^create the queue, configuration [1-4]: /);
      assert.ok(runs[1]?.[0]?.title.endsWith(`: ${String(got['configuration'])}`));
      assert.notEqual(expected['configuration'], got['configuration']);
      const last = trace.steps.at(-1);
      assert.equal(last?.number, step);
      assert.equal(last.events.at(-1)?.kind, 'violation');
      assert.ok(runs[0].some(({ number, events }) => number === step && events.length > 0));
      // Which of the two is wrong is not known: the place is what both layouts share.
      assert.equal(site.file, 'src/driver/ring-queue.ts');
    }
  });
});
