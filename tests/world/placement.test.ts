// Places: what is logged is what happens, what is placed happens there and only in that execution, and the epilogue
// serves every kind of queue whatever was done to it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { FAIL_COHERENT, FAIL_DISABLE, FAIL_MAP, FAIL_NOTIFY } from '../../src/platform/failures.js';
import { type Configuration, encodeConfiguration } from '../../src/scenario/configuration.js';
import { encodeScenario, type Step } from '../../src/scenario/scenario.js';
import { Steps } from '../../src/scenario/seeds/steps.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { TARGETS, targetByName } from '../../src/target/targets.js';
import type { Trace } from '../../src/verdict/trace.js';
import { execute, executeTraced } from '../../src/world/execute.js';
import type { Placement, PlacementLog } from '../../src/world/placement.js';
import { outcomeOf, seedInputs, seededInputs } from './seeded-inputs.js';

function target(name: string): TargetSpec {
  return targetByName(name) ?? assert.fail(name);
}

const SPLIT = target('split_ring_fuzzer');
const PACKED = target('packed_ring_fuzzer');
const FAILING = target('mapping_error_fuzzer');

function input(spec: TargetSpec, part: Partial<Configuration>, build: (s: Steps) => readonly Step[]): Uint8Array {
  const packed = part.packed ?? spec.ring === 'packed';
  const header = encodeConfiguration({ ...part, packed });
  return encodeScenario(spec.operations, { header, steps: build(new Steps(packed)) });
}

/** Two buffers, one of two pieces, added, completed and taken. */
function twoBuffers(s: Steps): readonly Step[] {
  return [s.add({ out: 1 }), s.add({ out: 1, in: 1 }), s.kick(), s.completeMany(2, 'all'), s.drain()];
}

const SIMPLE = input(SPLIT, { num: 4, backEnd: 'direct' }, twoBuffers);

function traced(spec: TargetSpec, bytes: Uint8Array, placement: Placement): { verdict: string; trace: Trace } {
  const { verdict, trace } = executeTraced(spec, bytes, { placement });
  return { verdict: verdict.kind === 'finding' ? verdict.finding.bucket : verdict.kind, trace };
}

function epilogueOf(trace: Trace): readonly string[] {
  const step = trace.steps.find(({ operation }) => operation?.name === 'epilogue');
  return (step?.events ?? []).map(({ text }) => text);
}

/** Buffers that came back in the epilogue. */
function served(trace: Trace): number {
  return epilogueOf(trace).filter((text) => text.startsWith('getBuf() = token')).length;
}

describe('failures', () => {
  test('every attempt is logged with its step and call, in order', () => {
    const log: PlacementLog = { failures: [] };
    execute(SPLIT, SIMPLE, { placement: { log } });
    const maps = log.failures.filter(({ kind }) => kind === FAIL_MAP);
    assert.deepEqual(
      maps.map(({ attempt, step, call, failed }) => [attempt, step, call, failed]),
      [
        [1, 1, 'addSgs', false],
        [2, 2, 'addSgs', false],
        [3, 2, 'addSgs', false],
      ],
    );
    assert.equal(log.failures.find(({ kind }) => kind === FAIL_COHERENT)?.call, 'create');
    assert.equal(log.failures.at(-1)?.kind, FAIL_NOTIFY);
  });

  test('the placed attempt fails, and no other', () => {
    const log: PlacementLog = { failures: [] };
    const { trace } = traced(SPLIT, SIMPLE, { failures: [{ kind: FAIL_MAP, attempt: 3 }], log });
    assert.deepEqual(
      log.failures.filter(({ failed }) => failed).map(({ kind, attempt }) => [kind, attempt]),
      [[FAIL_MAP, 3]],
    );
    const events = trace.steps.flatMap((step) => step.events.map(({ text }) => `${step.number} ${text}`));
    assert.ok(events.includes('2 addSgs() = token 2: -ENOMEM'), events.join('\n'));
    assert.equal(events.filter((text) => /map .* fails/.test(text)).length, 1);
  });

  test('they come on top of what the input arms, and the log says which were armed', () => {
    const bytes = input(FAILING, { num: 4, backEnd: 'direct' }, (s) => [s.fail('map', 0), ...twoBuffers(s)]);
    const log: PlacementLog = { failures: [] };
    execute(FAILING, bytes, { placement: { failures: [{ kind: FAIL_MAP, attempt: 2 }], log } });
    const maps = log.failures.filter(({ kind }) => kind === FAIL_MAP).map(({ failed }) => failed);
    assert.deepEqual(maps, [true, true]);
  });
});

describe('races', () => {
  const log: { failures: []; races: NonNullable<PlacementLog['races']> } = { failures: [], races: [] };
  execute(SPLIT, SIMPLE, { placement: { log } });
  const loads = log.races.filter(({ at }) => at === 'load');

  test('every load is numbered, with its field and the state of the queue', () => {
    assert.deepEqual(
      loads.map(({ number }) => number),
      loads.map((_, k) => k + 1),
    );
    const id = loads.find(({ sites }) => sites[0]?.field === 'used.ring[0].id') ?? assert.fail('no id is read');
    assert.deepEqual([id.step, id.call, id.sites[0]?.size, id.sites[0]?.value], [5, 'getBuf', 4, 0]);
    assert.deepEqual(id.queue.inFlight, [0, 1]);
    assert.deepEqual(id.queue.midChain, [2]);
  });

  test('maps and unmaps show every field of a small ring', () => {
    const unmap = log.races.find(({ at }) => at === 'unmap') ?? assert.fail('nothing is unmapped');
    assert.equal(unmap.sites.length, 4 * 4);
    assert.ok(unmap.sites.some(({ field, value }) => field === 'desc[1].len' && value === 8));
  });

  test('the device writes just before the load, whole values', () => {
    const load = loads.findIndex(({ sites }) => sites[0]?.field === 'used.ring[0].id') + 1;
    const writes = [{ at: 'load', number: load, field: null, value: 0x12345678 } as const];
    const { verdict, trace } = traced(SPLIT, SIMPLE, { writes });
    const texts = trace.steps[5]?.events.map(({ text }) => text) ?? [];
    const at = texts.indexOf('device writes used.ring[0].id = 0x12345678');
    assert.ok(at > 0, texts.join('\n'));
    assert.equal(texts[at + 1], 'driver reads used.ring[0].id = 0x12345678');
    assert.equal(verdict, 'ok');
  });

  test('a write at a moment names its field', () => {
    const writes = [{ at: 'unmap', number: 1, field: 'desc[2].addr', value: 0x1234567890 } as const];
    const { trace } = traced(SPLIT, SIMPLE, { writes });
    const events = trace.steps.flatMap((step) => step.events.map(({ text }) => text));
    assert.ok(events.includes('device writes desc[2].addr = 0x1234567890'), events.join('\n'));
  });
});

describe('an execution with a placement leaves nothing behind', () => {
  for (const spec of [SPLIT, PACKED, FAILING]) {
    test(spec.name, () => {
      for (const bytes of [...seededInputs(40, 5), ...seedInputs(spec).slice(0, 20)]) {
        const before = outcomeOf(spec, bytes);
        const writes = [{ at: 'load', number: 1, field: null, value: 3 } as const];
        execute(spec, bytes, { placement: { failures: [{ kind: FAIL_MAP, attempt: 1 }], writes, epilogue: true } });
        assert.equal(outcomeOf(spec, bytes), before);
      }
    });
  }

  test('an empty placement changes nothing', () => {
    for (const bytes of seedInputs(PACKED)) {
      const { verdict, trace } = executeTraced(PACKED, bytes, { placement: {} });
      assert.equal(`${verdict.kind} ${trace.hash}`, outcomeOf(PACKED, bytes));
    }
  });
});

describe('epilogue', () => {
  const epilogue = true;

  test('goes on with a queue that works, and takes what was left in flight', () => {
    const bytes = input(SPLIT, { num: 4, backEnd: 'direct' }, (s) => [s.add({ out: 1 })]);
    const { verdict, trace } = traced(SPLIT, bytes, { epilogue });
    assert.equal(verdict, 'ok');
    assert.ok(!epilogueOf(trace).includes('reset()'));
    // The one in flight, one at a time round the ring, a full ring, and one with callbacks.
    assert.equal(served(trace), 1 + 6 + 4 + 1);
  });

  test('resets a queue that a failed notification broke', () => {
    const failures = [{ kind: FAIL_NOTIFY, attempt: 1 } as const];
    const { verdict, trace } = traced(SPLIT, SIMPLE, { failures, epilogue });
    assert.equal(verdict, 'ok');
    assert.ok(epilogueOf(trace).includes('reset() = 0'));
    assert.equal(served(trace), 6 + 4 + 1);
  });

  test('makes a queue anew that cannot be reset', () => {
    const bytes = input(PACKED, { num: 3, backEnd: 'iommu', resettable: false }, (s) => [
      s.add({ out: 1, in: 1 }),
      s.break(),
    ]);
    const { verdict, trace } = traced(PACKED, bytes, { epilogue });
    assert.equal(verdict, 'ok');
    const events = epilogueOf(trace);
    assert.ok(events.indexOf('create() = 0') > events.indexOf('destroy()'), events.join('\n'));
    assert.equal(served(trace), 5 + 3 + 1);
  });

  test('makes a queue whose creation failed', () => {
    const failures = [{ kind: FAIL_COHERENT, attempt: 1 } as const];
    const { verdict, trace } = traced(SPLIT, SIMPLE, { failures, epilogue });
    assert.equal(verdict, 'ok');
    assert.equal(trace.steps[0]?.events.at(-1)?.text, 'create() = -ENOMEM');
    assert.ok(epilogueOf(trace).includes('create() = 0'));
    assert.equal(trace.steps.at(-1)?.operation?.name, 'teardown');
  });

  test('goes on where the queue could not be taken from the device', () => {
    const bytes = input(SPLIT, { num: 8, backEnd: 'direct' }, (s) => [s.add({ out: 1, in: 1 }), s.reset()]);
    const failures = [{ kind: FAIL_DISABLE, attempt: 1 } as const];
    const { verdict, trace } = traced(SPLIT, bytes, { failures, epilogue });
    assert.equal(verdict, 'ok');
    assert.ok(!epilogueOf(trace).includes('reset()'));
    assert.equal(served(trace), 1 + 10 + 8 + 1);
  });

  test('resets after a hostile device, and after a placed write', () => {
    const hostile = input(SPLIT, { num: 4, backEnd: 'direct' }, (s) => [s.poke('used.idx', 0, { set: 3 })]);
    assert.ok(epilogueOf(traced(SPLIT, hostile, { epilogue }).trace).includes('reset() = 0'));
    const writes = [{ at: 'load', number: 1, field: null, value: 3 } as const];
    assert.ok(epilogueOf(traced(SPLIT, SIMPLE, { epilogue, writes }).trace).includes('reset() = 0'));
  });

  test('is silent after whatever random bytes do, on every target, and nearly always serves', () => {
    for (const spec of TARGETS.filter(({ canary, form }) => !canary && form !== 'differential')) {
      let idle = 0;
      const inputs = seededInputs(150, 77);
      for (const bytes of inputs) {
        const { verdict, trace } = traced(spec, bytes, { epilogue });
        assert.equal(verdict, 'ok', Buffer.from(bytes).toString('hex'));
        if (served(trace) === 0) idle++;
      }
      // Bounce pools that hold no aligned mapping, and tables that the input filled.
      assert.ok(idle < inputs.length / 4, `${spec.name}: ${idle} idle`);
    }
  });
});
