// What a user sees of a campaign.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { NO_STATUS } from '../../src/campaign/engine/engine-output.js';
import { campaignTable, endText, statusText } from '../../src/report/campaign-text.js';
import { PLAIN } from '../../src/report/colours.js';
import { StatusLine } from '../../src/report/status-line.js';
import { grouped } from '../../src/report/text-table.js';

const FINDING = { oracle: 'o', bucket: 'o@f.s', claim: 'a claim', file: "it's/crash-1", problem: '', input: 'AAAA' };

describe('endText', () => {
  const options = { sidecar: null, commandArguments: ['--bug', 'a-bug'], colours: PLAIN };

  test('gives the commands to paste, quoted for a shell', () => {
    const text = endText('t', { kind: 'finding', finding: FINDING }, options);
    assert.match(text, /^\nt: finding: a claim\n/);
    assert.ok(text.includes(`npx vringfuzz replay 'it'\\''s/crash-1' --bug a-bug\n`), text);
    assert.ok(text.includes(`npx vringfuzz describe `), text);
  });

  test('shows the input itself when it could not be stored', () => {
    const finding = { ...FINDING, file: null, problem: 'no space left on the device' };
    const text = endText('t', { kind: 'hang', finding }, options);
    assert.match(text, /could not be stored: no space left on the device. In base64 it is:\nAAAA\n/);
  });

  test('is silent about a target that ran to its limit', () => {
    assert.equal(endText('t', { kind: 'done' }, options), '');
  });
});

test('campaignTable aligns numbers to the right', () => {
  const row = {
    target: 'a',
    executions: 1234567,
    executionsPerSecond: 9,
    edges: 1,
    features: 2,
    corpus: 3,
    findings: [],
  };
  assert.deepEqual(campaignTable({ targets: [row] }).split('\n'), [
    'target  executions  exec/s  edges  features  corpus  findings',
    'a        1,234,567       9      1         2       3         0',
    '',
  ]);
});

test('statusText names the share of the time only when there is one', () => {
  assert.match(statusText('t', NO_STATUS, 61, 120), /^t {2}1m01s\/2m00s {2}0 executions/);
  assert.match(statusText('t', NO_STATUS, 61, null), /^t {2}1m01s {2}0 executions/);
});

test('grouped separates thousands', () => {
  assert.deepEqual([0, 999, 1000, 1234567.4].map(grouped), ['0', '999', '1,000', '1,234,567']);
});

describe('StatusLine', () => {
  /** What a stream gets from two updates at once. */
  function written(isTTY: boolean, environment: Record<string, string>): string {
    let text = '';
    const line = new StatusLine({ isTTY, columns: 10, write: (more) => (text += more) }, environment);
    line.update('a long status line');
    line.update('another');
    line.clear();
    return text;
  }

  test('redraws one line on a terminal, cut to its width, and clears it', () => {
    assert.equal(written(true, {}), '\r\u001b[Ka long st\r\u001b[K');
  });

  test('writes no control characters anywhere else', () => {
    for (const text of [written(false, {}), written(true, { CI: 'true' }), written(true, { TERM: 'dumb' })]) {
      assert.equal(text, '');
    }
  });
});
