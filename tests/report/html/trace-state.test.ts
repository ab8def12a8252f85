// What is rebuilt from a trace is what was there: each load of the driver is the proof, since it read the real memory.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { stateAt, TraceState } from '../../../src/report/html/model/trace-state.js';
import { targetByName, TARGETS } from '../../../src/target/targets.js';
import type { Trace, TraceStep } from '../../../src/verdict/trace.js';
import { RAW_BYTES, type RingData } from '../../../src/verdict/trace-data.js';
import { executeTraced } from '../../../src/world/execute.js';
import { seedInputs, seededInputs } from '../../world/seeded-inputs.js';
import { traced } from './traced.js';

/** Plays a trace and compares every load with the rebuilt memory; how many loads that were. */
function checkedLoads(trace: Trace): { readonly checked: number; readonly unknown: number } {
  const state = new TraceState();
  let [checked, unknown] = [0, 0];
  for (const step of trace.steps) {
    if (step.operation?.name === 'create') state.restart();
    state.beginStep(step.number);
    for (let k = 0; k <= step.events.length; k++) {
      for (const mark of step.marks ?? []) if (mark.before === k) state.mark(mark.data);
      const data = step.events[k]?.data;
      if (data === undefined) continue;
      if (data.type === 'load') {
        const held = state.memory.value(data.at, data.size);
        if (held === null) unknown++;
        else assert.equal(Number(held & 0xffffffffn), data.value, `step ${step.number}: ${data.field}`);
        checked++;
      }
      state.event(data);
    }
  }
  return { checked, unknown };
}

/** The runs of a trace, each from one creation of the queue to the next, with the index of its last step. */
function runsOf({ steps }: Trace): readonly (readonly [end: number, steps: readonly TraceStep[]])[] {
  const starts = steps.flatMap(({ operation }, k) => (operation?.name === 'create' ? [k] : []));
  return starts.map((start, k) => {
    const next = starts[k + 1] ?? steps.length;
    return [next - 1, steps.slice(start, next)];
  });
}

for (const target of TARGETS) {
  test(`${target.name}: what the driver reads is what the rebuilt memory holds`, () => {
    let [loads, unknown] = [0, 0];
    for (const bytes of [...seedInputs(target), ...seededInputs(80, 5)]) {
      const counts = checkedLoads(executeTraced(target, bytes).trace);
      loads += counts.checked;
      unknown += counts.unknown;
    }
    assert.ok(loads > 500, `only ${loads} loads`);
    assert.equal(unknown, 0);
  });

  test(`${target.name}: the rebuilt ledger names what is unmapped, and is empty at the end`, () => {
    let ended = 0;
    for (const bytes of [...seedInputs(target), ...seededInputs(80, 6)]) {
      const { verdict, trace } = executeTraced(target, bytes);
      for (const [end, steps] of runsOf(trace)) {
        const state = stateAt(trace, { step: end, events: Infinity });
        for (const { data } of steps.flatMap(({ events }) => events)) {
          if (data?.type !== 'unmap' || data.entry === null) continue;
          assert.equal(state.ledger.get(data.entry)?.map.dma, data.dma);
          ended++;
        }
        const live = [...state.ledger.values()].filter(({ endedIn }) => endedIn === null);
        if (verdict.kind === 'ok') assert.deepEqual(live, []);
        else assert.deepEqual(new Set(live.map(({ entry }) => entry)), new Set(state.violation?.live));
      }
    }
    if (target.backEnd !== 'none') assert.ok(ended > 50, `only ${ended} unmaps`);
  });
}

describe('stateAt', () => {
  const { trace } = traced({ num: 4, backEnd: 'direct' }, [['add'], ['complete'], ['get']]);

  test('is the state after so many events of a step', () => {
    const add = trace.steps[1]?.events ?? [];
    const stored = add.findIndex(({ data }) => data?.type === 'store' && data.field === 'desc[0].len');
    const store = add[stored]?.data;
    assert.ok(store?.type === 'store');
    const before = stateAt(trace, { step: 1, events: stored });
    const after = stateAt(trace, { step: 1, events: stored + 1 });
    assert.equal(before.memory.value(store.at, 4), 0n);
    assert.equal(after.memory.value(store.at, 4), BigInt(store.value));
    assert.equal(after.last, store);
    assert.deepEqual([before.memory.changedInStep(store.at), after.memory.changedInStep(store.at)], [false, true]);
    assert.equal(stateAt(trace, { step: 2, events: 0 }).memory.changedInStep(store.at), false);
  });

  test('knows buffers and the call in progress', () => {
    const end = (step: number): number => trace.steps[step]?.events.length ?? 0;
    assert.equal(stateAt(trace, { step: 1, events: 1 }).call, 'addSgs');
    assert.equal(stateAt(trace, { step: 1, events: end(1) }).call, null);
    assert.deepEqual([...stateAt(trace, { step: 2, events: end(2) }).buffers], [[1, 'in flight']]);
    assert.deepEqual([...stateAt(trace, { step: 3, events: end(3) }).buffers], [[1, 'returned']]);
  });

  test('knows the ring that a resize put elsewhere', () => {
    const resized = traced({ num: 8, numMax: 8, backEnd: 'direct' }, [['add'], ['resize', 0, 1], ['add']]).trace;
    const rings = resized.steps.flatMap(({ marks }) => marks?.filter(({ data }) => data.type === 'ring') ?? []);
    assert.ok(rings.length >= 2);
    const last = rings.at(-1)?.data as RingData;
    assert.equal(stateAt(resized, { step: 3, events: 0 }).ring, last);
  });

  test('bytes beyond the limit of a trace are unknown, not wrong', () => {
    const target = targetByName('raw_ring_fuzzer');
    assert.ok(target);
    const bytes = Uint8Array.from({ length: 3000 }, (_, k) => (k === 1 ? 255 : 0xa5));
    const { trace: raw } = executeTraced(target, bytes);
    const written = raw.steps.flatMap(({ events }) =>
      events.flatMap(({ data }) => (data?.type === 'device-write' ? (data.bytes ?? '').length / 2 : [])),
    );
    assert.ok(written.reduce((sum, each) => sum + each, 0) <= RAW_BYTES);
    const state = new TraceState();
    state.event({ type: 'coherent', cpu: 0x10000, dma: 0x10000, size: 64 });
    state.event({ type: 'device-write', field: null, at: 0x10008, size: 16 });
    assert.deepEqual([state.memory.value(0x10000, 8), state.memory.value(0x10008, 8)], [0n, null]);
  });

  test('a trace without data gives an empty state', () => {
    const bare = {
      ...trace,
      steps: trace.steps.map(({ number, title }) => ({ number, title, events: [{ kind: 'map', text: '' }] })),
    };
    assert.equal(stateAt(bare, { step: 3, events: 1 }).ring, null);
  });
});
