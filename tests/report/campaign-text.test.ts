// What a user sees of a campaign.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { CampaignStatus, FoundBucket, TargetResult } from '../../src/campaign/fuzzing/campaign-result.js';
import { bucketTable, campaignTable, foundText, statusForms } from '../../src/report/campaign-text.js';
import { PLAIN } from '../../src/report/colours.js';
import { StatusLine } from '../../src/report/status-line.js';
import { grouped } from '../../src/report/text-table.js';

const FOUND: FoundBucket = {
  ...{ kind: 'finding', oracle: 'o', bucket: 'o.f.s', claim: 'a claim', stack: '' },
  ...{ file: "it's/crash-1", problem: '', input: 'AAAA' },
  ...{ standing: 'new', issue: null, stillFails: false },
};
const ISSUE = { bucket: 'o.f.s', reason: 'a fix is near', issue: 'https://example.org/7', expires: '2026-01-31' };

describe('foundText', () => {
  const inFull = { inFull: true, sidecar: null, commandArguments: ['--bug', 'a-bug'], colours: PLAIN };
  const inShort = { ...inFull, inFull: false };

  test('gives the commands to paste, quoted for a shell', () => {
    const text = foundText('t', FOUND, inFull);
    assert.match(text, /^\nt: finding: a claim\n/);
    assert.ok(text.includes(`npx vringfuzz replay 'it'\\''s/crash-1' --bug a-bug\n`), text);
    assert.ok(text.includes(`npx vringfuzz describe `), text);
  });

  test('shows the input itself when it could not be stored', () => {
    const found: FoundBucket = { ...FOUND, kind: 'hang', file: null, problem: 'no space left on the device' };
    for (const options of [inFull, inShort]) {
      const text = foundText('t', found, options);
      assert.match(text, /could not be stored: no space left on the device. In base64 it is:\n *AAAA\n/);
    }
  });

  test('in short: claim, bucket and file, one a line', () => {
    const text = foundText('t', FOUND, inShort);
    assert.equal(text, "t: finding: a claim\n  bucket o.f.s\n  stored in it's/crash-1\n");
  });

  test('says that a stored input still fails', () => {
    assert.match(foundText('t', { ...FOUND, stillFails: true }, inShort), /^t: still fails: finding: a claim\n/);
  });

  test('a known issue is one line with its reason, link and date', () => {
    const text = foundText('t', { ...FOUND, standing: 'known', issue: ISSUE }, inFull);
    assert.equal(text, 't: known issue: o.f.s (accepted until 2026-01-31: a fix is near, https://example.org/7)\n');
  });

  test('an expired one is told as a new one, and that its date is over', () => {
    for (const options of [inFull, inShort]) {
      const text = foundText('t', { ...FOUND, standing: 'expired', issue: ISSUE }, options);
      assert.match(text, /t: finding: a claim\n/);
      assert.match(text, /accepted as known until 2026-01-31, and that date is over: a fix is near, https:\/\/example/);
    }
  });
});

describe('tables', () => {
  const row: TargetResult = {
    target: 'a',
    executions: 1234567,
    executionsPerSecond: 9,
    edges: 1,
    states: 4,
    features: 2,
    corpus: 3,
    stability: null,
    discoveryBound: null,
    workedOut: null,
    findings: [],
  };
  const finding = { oracle: 'o', bucket: 'rare', claim: 'c', file: null, executions: 2, known: false };
  const findings = [finding, { ...finding, bucket: 'frequent', executions: 4000, known: true }];

  test('numbers stand to the right', () => {
    assert.deepEqual(campaignTable({ targets: [row] }).split('\n'), [
      'target  executions  exec/s  edges  features  corpus  findings',
      'a        1,234,567       9      1         2       3         0',
      '',
    ]);
  });

  test('known findings are counted apart', () => {
    assert.match(campaignTable({ targets: [{ ...row, findings }] }), / 1 \(\+1 known\)\n$/);
  });

  test('buckets stand in the order of their frequency', () => {
    assert.equal(bucketTable({ targets: [row] }), '');
    assert.deepEqual(bucketTable({ targets: [{ ...row, findings }] }).split('\n'), [
      'bucket    executions  standing  target',
      'frequent       4,000     known       a',
      'rare               2       new       a',
      '',
    ]);
  });
});

describe('statusForms', () => {
  const status: CampaignStatus = {
    target: 't',
    seconds: 61,
    share: 120,
    executions: 12345,
    executionsPerSecond: 678,
    edges: 5,
    totalEdges: 10,
    states: 7,
    features: 8,
    corpus: 9,
    newBuckets: 2,
    knownBuckets: 1,
    secondsSinceNew: 3,
    stability: 0.99999,
    workers: 2,
  };

  test('both forms tell the same', () => {
    const { lines, line } = statusForms(status);
    const parts = ['12,345 executions', '678/s', 'edges 5 of 10', 'states 7', 'features 8', 'corpus 9'];
    for (const part of [...parts, '2 new, 1 known', '3s ago', '99.99 %', '2 workers', '1m01s']) {
      assert.ok(lines.join('\n').includes(part), part);
      assert.ok(line.includes(part), part);
    }
    assert.ok(!line.includes('\n'));
  });

  test('names the share of the time only when there is one', () => {
    assert.match(statusForms(status).line, /^t {2}1m01s\/2m00s {2}/);
    assert.match(statusForms({ ...status, share: null }).line, /^t {2}1m01s {2}/);
  });

  test('says what is not known yet', () => {
    const { line } = statusForms({ ...status, secondsSinceNew: null, stability: null });
    assert.match(line, /last new nothing yet {2}stability not checked yet/);
  });
});

test('grouped separates thousands', () => {
  assert.deepEqual([0, 999, 1000, 1234567.4].map(grouped), ['0', '999', '1,000', '1,234,567']);
});

describe('StatusLine', () => {
  const forms = (...lines: readonly string[]): (() => { lines: readonly string[]; line: string }) => {
    return () => ({ lines, line: 'in one line' });
  };

  /** What a stream gets from an update, one that follows too soon, and a clearing. */
  function written(isTTY: boolean, environment: Record<string, string>): string {
    let text = '';
    const status = new StatusLine({ isTTY, columns: 10, write: (more) => (text += more) }, environment);
    status.update(forms('a long status line', 'second'));
    status.update(forms('another'));
    status.clear();
    status.clear();
    return text;
  }

  test('redraws a block on a terminal, cut to its width, and clears all of it once', () => {
    const erased = '\r\u001b[K\u001b[1A\r\u001b[K';
    assert.equal(written(true, {}), `\r\u001b[Ka long st\nsecond${erased}`);
  });

  test('writes no control characters anywhere else', () => {
    for (const text of [written(false, {}), written(true, { CI: 'true' }), written(true, { TERM: 'dumb' })]) {
      assert.equal(text, '');
    }
  });

  test('writes a line now and then where nothing can be redrawn', (context) => {
    let now = 0;
    context.mock.method(Date, 'now', () => now);
    let text = '';
    const status = new StatusLine({ isTTY: false, write: (more) => (text += more) }, {});
    for (let second = 0; second <= 11; second++) {
      status.update(forms('never'));
      now += 1000;
    }
    assert.equal(text, 'in one line\nin one line\n');
  });
});
