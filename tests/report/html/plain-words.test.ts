// A step in plain words: what a driver author reads first.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { eventLines } from '../../../src/report/html/model/event-lines.js';
import { packTrace, unpackTrace } from '../../../src/report/html/model/packed-trace.js';
import { plainWords } from '../../../src/report/html/model/plain-words.js';
import { TARGETS } from '../../../src/target/targets.js';
import type { Trace } from '../../../src/verdict/trace.js';
import { executeTraced } from '../../../src/world/execute.js';
import { seedInputs, seededInputs } from '../../world/seeded-inputs.js';
import { canaryFinding } from '../sample-folder.js';
import { traced } from './traced.js';

const NO_FINDING = { claim: 'a claim', shape: 'a shape', field: null };

function words(trace: Trace, step: number): string {
  return plainWords(trace, step, NO_FINDING).join(' ');
}

describe('plainWords', () => {
  test('the life of a buffer', () => {
    const { trace } = traced({ num: 4, backEnd: 'direct' }, [['add', 17], ['complete', 0, 0, 0], ['get'], ['get']]);
    assert.match(
      words(trace, 0),
      /^The driver sets the queue up: \d+ bytes of memory that it shares with the device\.$/,
    );
    assert.match(
      words(trace, 1),
      /^For buffer 1 the driver maps \d+ bytes? for the device to read and \d+ bytes? for it to write, writes descriptors 0 and 1 and hands it over: avail\.idx becomes 1\.$/,
    );
    assert.match(
      words(trace, 2),
      /^The device reads 1 buffer and writes \d+ bytes? into buffer 1, used\.ring\[0\]\.id = 0, used\.ring\[0\]\.len = \d+ and used\.idx = 1\. The device interrupts \(reads used\.idx = 1\)\. There is work\.$/,
    );
    assert.match(
      words(trace, 3),
      /^The driver takes a completed buffer: used\.ring\[0\] says id 0, length (\d+), and gives back buffer 1 with length \1; the driver unmaps 2 mappings\.$/,
    );
    assert.equal(
      words(trace, 4),
      'The driver looks for a completed buffer (reads used.idx = 1) and finds none that it may take.',
    );
  });

  test('a refused add says why, and what was undone', () => {
    const { trace } = traced({ num: 4, backEnd: 'direct' }, [
      ['fail', 0, 1, 1],
      ['add', 17],
    ]);
    assert.match(words(trace, 1), /^Prepares a failure/);
    assert.equal(words(trace, 2), 'Buffer 1 is not taken (-ENOMEM): a map failed; the driver unmaps 1 mapping.');
  });

  test('what the device does in the middle of a call', () => {
    const records = [['add'], ['complete', 0, 0, 1], ['arm-load', 1, 7, 0], ['get']] as const;
    const { trace } = traced({ num: 4, backEnd: 'direct' }, records);
    assert.match(words(trace, 3), /^Prepares a race/);
    assert.match(words(trace, 4), /In the middle of it the device writes used\.idx = 7\.$/);
    const races = eventLines(trace.steps[4]!).filter(({ during }) => during !== null);
    assert.deepEqual(
      races.map(({ by, during }) => [by, during]),
      [['device', 'getBuf']],
    );
  });

  test('what waits for its moment is no event of its step', () => {
    const { trace } = traced({ num: 4, backEnd: 'direct' }, [['add'], ['defer', 0, 0], ['get'], ['complete', 0, 0, 1]]);
    assert.match(words(trace, 2), /^Prepares a race: the next thing that the device does/);
    assert.match(words(trace, 4), /^The device waits with this/);
    assert.equal(trace.steps[4]?.events.length, 0);
  });

  test('the violation comes last, with claim and mapping', () => {
    const { trace, finding } = canaryFinding();
    const told = plainWords(trace, trace.steps.length - 1, { claim: finding.claim, shape: finding.shape, field: null });
    assert.equal(
      told.at(-1),
      `This breaks the claim “${finding.claim}”: direction. It is about mapping #3 (buffer 4, ${finding.mapping?.size ?? 0} bytes).`,
    );
  });

  for (const target of TARGETS) {
    test(`${target.name}: every step of every input has words, without gaps in them`, () => {
      for (const bytes of [...seedInputs(target), ...seededInputs(8, 9)]) {
        const { trace } = executeTraced(target, bytes);
        trace.steps.forEach((step, index) => {
          const text = words(trace, index);
          assert.match(text, /^[A-Z].*[.”]$/, step.title);
          assert.doesNotMatch(text, /undefined|null|NaN|\(\)[^.]* {2}|\s\./, step.title);
          assert.ok(text.length < 900, `${text.length} characters for ${step.title}`);
        });
      }
    });
  }
});

describe('packTrace', () => {
  test('loses nothing but the hash, and no text that does not follow from the data', () => {
    for (const target of TARGETS) {
      for (const bytes of seededInputs(20, 13)) {
        const { trace } = executeTraced(target, bytes);
        assert.deepEqual(unpackTrace(packTrace(trace)), { ...trace, hash: '' });
      }
    }
  });

  test('keeps a text that the data does not make', () => {
    const event = {
      kind: 'load',
      text: 'as an older version said it',
      data: { type: 'load', field: 'x', at: 1, size: 2, value: 3 },
    } as const;
    const trace = {
      configuration: '',
      hash: '',
      steps: [{ number: 0, title: '', events: [event, { kind: 'map', text: 'no data' }] }],
    };
    assert.deepEqual(unpackTrace(packTrace(trace)), trace);
  });
});
