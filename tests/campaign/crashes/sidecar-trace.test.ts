// The trace in a sidecar: read back as it was written, old ones without data still read, and anything else refused.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { readSidecar, writeCrash } from '../../../src/campaign/crashes/crash-store.js';
import { traceField, traceJson } from '../../../src/campaign/crashes/sidecar-trace.js';
import { FieldError } from '../../../src/campaign/json-fields.js';
import { targetByName, TARGETS } from '../../../src/target/targets.js';
import { RAW_BYTES } from '../../../src/verdict/trace-data.js';
import type { Trace } from '../../../src/verdict/trace.js';
import { executeTraced } from '../../../src/world/execute.js';
import { traced } from '../../report/html/traced.js';
import { seedInputs, seededInputs } from '../../world/seeded-inputs.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';
import { sampleFinding } from './sample-finding.js';

function reread(trace: Trace): Trace {
  return traceField({ trace: JSON.parse(traceJson(trace)) as unknown }, 'trace');
}

/** A small real trace with a map, a ring, stores and a return. */
function sample(): Trace {
  return traced({ num: 4, backEnd: 'direct' }, [['add']]).trace;
}

describe('traceField', () => {
  for (const target of TARGETS) {
    test(`${target.name}: reads what traceJson writes, and no type of data is unknown to it`, () => {
      for (const bytes of [...seedInputs(target), ...seededInputs(40, 3)]) {
        const { trace } = executeTraced(target, bytes);
        // Through JSON, which drops what is undefined.
        assert.deepEqual(reread(trace), JSON.parse(JSON.stringify(trace)));
      }
    });
  }

  test('one event a line', () => {
    const { steps } = sample();
    const lines = traceJson(sample()).split('\n');
    const events = steps.reduce((sum, step) => sum + step.events.length, 0);
    assert.equal(lines.filter((line) => line.includes('"text":')).length, events);
    assert.ok(lines.every((line) => (line.match(/"text":/g) ?? []).length <= 1));
  });

  test('a long input stays below half a megabyte', () => {
    const target = targetByName('bounce_fuzzer');
    assert.ok(target);
    for (const bytes of seededInputs(60, 21)) {
      const { length } = traceJson(executeTraced(target, bytes).trace);
      assert.ok(length < 500_000, `${length} characters`);
    }
  });

  test('raw bytes are bounded', () => {
    const target = targetByName('raw_ring_fuzzer');
    assert.ok(target);
    const { trace } = executeTraced(
      target,
      Uint8Array.from({ length: 8000 }, (_, k) => k & 0xff),
    );
    const digits = traceJson(trace).match(/"bytes":"([0-9a-f]*)"/g) ?? [];
    assert.ok(digits.length > 0);
    assert.ok(digits.join('').length <= 2 * RAW_BYTES + 20 * digits.length);
  });

  const damages: readonly (readonly [what: string, edit: (text: string) => string, message: RegExp])[] = [
    [
      'a type that is unknown',
      (text) => text.replace('"type":"map"', '"type":"mapp"'),
      /steps\[1\]: events\[1\]: "type" must be one of/,
    ],
    [
      'a number that is text',
      (text) => text.replace('"entry":0', '"entry":"0"'),
      /"data\.entry" must be an integer or null/,
    ],
    [
      'a field that is missing',
      (text) => text.replace('"owner":"driver",', '').replace(',"owner":"driver"', ''),
      /"data\.owner" must be one of driver, client/,
    ],
    [
      'a ring without end',
      (text) => text.replace('"num":4', '"num":4000000000'),
      /marks\[\d+\]: "data\.num" must be 1 to 32768/,
    ],
    [
      'a store as wide as memory',
      (text) => text.replace('"size":8,"value"', '"size":1000000000,"value"'),
      /"data\.size" must be 2, 4 or 8/,
    ],
    [
      'a mark among the events',
      (text) => text.replace(/"data":\{"type":"call"[^}]*\}/, '"data":{"type":"recycled","token":1}'),
      /that of a mark/,
    ],
    [
      'an actor nobody knows',
      (text) => text.replace('"by":"client"', '"by":"<script>"'),
      /"by" must be one of client, device/,
    ],
  ];
  for (const [what, edit, message] of damages) {
    test(`refuses ${what}, and says where`, () => {
      const text = traceJson(sample());
      const damaged = edit(text);
      assert.notEqual(damaged, text);
      assert.throws(
        () => traceField({ trace: JSON.parse(damaged) as unknown }, 'trace'),
        (error) =>
          error instanceof FieldError && /^trace\.steps\[\d+\]: /.test(error.message) && message.test(error.message),
      );
    });
  }

  test('what it does not know in known data is dropped', () => {
    const text = traceJson(sample()).replace('"type":"call"', '"type":"call","more":"<b>"');
    const call = traceField({ trace: JSON.parse(text) as unknown }, 'trace').steps[0]?.events[0]?.data;
    assert.deepEqual(call, { type: 'call', call: 'create' });
  });
});

test('a sidecar of schema 1 is read, its trace without data', (context) => {
  const trace = sample();
  const options = {
    directory: temporaryFolder(context),
    target: 'split_ring_fuzzer',
    bytes: Uint8Array.of(1),
    seed: null,
  };
  const { sidecar } = writeCrash({ ...options, finding: sampleFinding(), trace, bug: null });
  const document = JSON.parse(readFileSync(sidecar, 'utf8')) as object;
  const steps = trace.steps.map(({ number, title, events }) => ({
    number,
    title,
    events: events.map(({ kind, text }) => ({ kind, text })),
  }));
  const old = { configuration: trace.configuration, steps, hash: trace.hash };
  writeFileSync(sidecar, JSON.stringify({ ...document, schema: 1, trace: old }));
  const read = readSidecar(sidecar);
  assert.equal(read.schema, 1);
  assert.deepEqual(read.trace, old);
});

test('the hash is made of texts alone: stored hashes stay valid', () => {
  assert.equal(sample().hash, 'df05bf3e47dcc16f');
});
