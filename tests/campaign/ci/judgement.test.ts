// What makes the gate fail, and what does not.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { type StageEnd, judgeStage } from '../../../src/campaign/ci/judgement.js';
import { KnownIssues } from '../../../src/campaign/known-issues.js';

const KNOWN = new KnownIssues([
  { bucket: 'accepted', reason: 'being fixed', issue: 'https://example.org/1', expires: '9999-12-31' },
  { bucket: 'over', reason: 'was being fixed', issue: 'https://example.org/2', expires: '2000-01-01' },
]);

function judged(end: Partial<StageEnd> & Pick<StageEnd, 'name'>): ReturnType<typeof judgeStage> {
  return judgeStage({
    exitCode: 0,
    output: '',
    stopped: false,
    knownIssues: KNOWN,
    bug: null,
    isForeign: false,
    ...end,
  });
}

const replay = (...buckets: readonly (string | null)[]): string =>
  JSON.stringify({
    files: buckets.map((bucket, index) => ({
      file: `f${index}`,
      verdict: bucket === null ? 'ok' : 'finding',
      bucket,
    })),
  });

describe('judgement of a stage', () => {
  test('a regression in an accepted bucket passes; in another, or one whose date is over, it fails', () => {
    assert.equal(judged({ name: 'replay', exitCode: 77, output: replay(null, 'accepted') }).code, 0);
    assert.equal(judged({ name: 'replay', exitCode: 77, output: replay('accepted', 'other') }).code, 77);
    const over = judged({ name: 'replay', exitCode: 77, output: replay('over') });
    assert.deepEqual([over.code, over.status], [77, 'failed']);
    assert.match(over.detail, /f0 \(over\)/);
  });

  test('an input that does not end or breaks the harness is never accepted', () => {
    const output = JSON.stringify({ files: [{ file: 'f', verdict: 'hang', bucket: null }] });
    assert.equal(judged({ name: 'replay', exitCode: 70, output }).code, 70);
    assert.equal(judged({ name: 'replay', exitCode: 3, output: replay(null) }).code, 3);
  });

  test('fuzzing decides by its exit code and counts new and accepted buckets', () => {
    const output = JSON.stringify({
      targets: [
        { executions: 10, findings: [{ known: true }] },
        { executions: 5, findings: [{ known: false }] },
      ],
    });
    const failed = judged({ name: 'fuzz', exitCode: 77, output });
    assert.deepEqual([failed.status, failed.code], ['failed', 77]);
    assert.match(failed.detail, /^15 executions of 2 targets, 1 new and 1 accepted/);
    assert.equal(judged({ name: 'fuzz', exitCode: 0, output }).status, 'passed');
  });

  test('a stage that printed nothing is judged by its exit code', () => {
    const wrong = judged({ name: 'fuzz', exitCode: 2 });
    assert.deepEqual([wrong.status, wrong.code], ['problem', 2]);
    assert.equal(judged({ name: 'doctor', exitCode: 1 }).status, 'problem');
    assert.equal(judged({ name: 'doctor', exitCode: 0 }).status, 'passed');
  });

  test('a killed stage is a problem, a stopped one is not', () => {
    assert.equal(judged({ name: 'fuzz', exitCode: null }).code, 1);
    assert.deepEqual(judged({ name: 'fuzz', exitCode: null, stopped: true }).status, 'stopped');
  });

  test('an incomplete report fails the run', () => {
    assert.equal(judged({ name: 'report', exitCode: 2 }).code, 1);
  });

  test('triage counts each status', () => {
    const bucket = (status: string, expired = false): object => ({ bucket: status, status, expired, bug: null });
    const output = JSON.stringify({ buckets: [bucket('new', true), bucket('fixed'), bucket('known')] });
    const { detail, code } = judged({ name: 'triage', exitCode: 77, output });
    assert.equal(detail, '1 new, 1 known, 1 fixed, 0 flaky, 1 accepted too long');
    assert.equal(code, 77);
  });

  test('a driver from outside may have inputs that fail in its corpus, ours not', () => {
    assert.equal(judged({ name: 'merge', exitCode: 77, output: '{}' }).code, 77);
    assert.deepEqual(judged({ name: 'merge', exitCode: 77, output: '{}', isForeign: true }).status, 'passed');
    assert.equal(judged({ name: 'merge', exitCode: 3, output: '{}', isForeign: true }).code, 3);
  });

  test('findings of a planted bug do not fail the driver as it is', () => {
    const output = JSON.stringify({ buckets: [{ bucket: 'b', status: 'new', expired: false, bug: 'planted' }] });
    const { detail, code } = judged({ name: 'triage', exitCode: 77, output });
    assert.deepEqual([code, detail], [0, '0 new, 0 known, 0 fixed, 0 flaky, 1 of other builds']);
    assert.equal(judged({ name: 'triage', exitCode: 77, output, bug: 'planted' }).code, 77);
    // The harness failing is never overlooked.
    assert.equal(judged({ name: 'triage', exitCode: 3, output }).code, 3);
  });
});
