// A reset clears the ring; what a hostile device writes right afterwards is not the driver's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeConfiguration } from '../../src/scenario/configuration.js';
import { encodeScenario } from '../../src/scenario/scenario.js';
import { targetByName } from '../../src/target/targets.js';
import { executeTraced } from '../../src/world/execute.js';

test('the device writes to the ring while the client unmaps what a reset gave back', () => {
  const target = targetByName('split_ring_fuzzer') ?? assert.fail('no target');
  // A premapped buffer, whose unmap is the client's, and used.idx set to 5 during that unmap.
  const header = encodeConfiguration({ backEnd: 'direct', num: 4 });
  const steps = [
    { operation: 'add', a: 64, b: 0, c: 64 },
    { operation: 'defer', a: 2, b: 0, c: 0 },
    { operation: 'poke', a: 9, b: 0, c: 32 + 5 },
    { operation: 'reset', a: 0, b: 0, c: 0 },
  ] as const;
  const { verdict, trace } = executeTraced(target, encodeScenario('ring', { header, steps }));
  const texts = trace.steps[4]?.events.map(({ text }) => text) ?? [];
  const [reset, written] = ['reset() = 0', 'device writes used.idx = 0x5'].map((text) => texts.indexOf(text));
  assert.ok(reset !== undefined && written !== undefined && reset >= 0 && written > reset, texts.join('\n'));
  assert.equal(verdict.kind, 'ok');
});
