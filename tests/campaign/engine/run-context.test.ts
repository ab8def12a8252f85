// Events survive the way through a stream of lines; everything else is left to the reader of libFuzzer's lines.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseEvent } from '../../../src/campaign/engine/run-context.js';

describe('parseEvent', () => {
  test('finds an event, also behind the rest of a line that libFuzzer did not end', () => {
    const event = { kind: 'progress', executions: 5, seconds: 0.5 };
    const line = `vringfuzz-event ${JSON.stringify(event)}`;
    assert.deepEqual(parseEvent(line), event);
    assert.deepEqual(parseEvent(`#12\tNEW cov: 1 ${line}`), event);
  });

  test('ignores other lines and broken events', () => {
    assert.equal(parseEvent('#12\tNEW    cov: 1 ft: 2'), null);
    assert.equal(parseEvent('vringfuzz-event {"kind":'), null);
  });
});
