// known-issues.json: accepted until the end of its day, and refused with file, entry and reason where it is wrong.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { UsageError } from '../../src/campaign/errors.js';
import { KnownIssues, loadKnownIssues, today } from '../../src/campaign/known-issues.js';
import { temporaryFolder } from './bugs/planted-bugs.js';

const ISSUE = { bucket: 'a.b.c', reason: 'r', issue: 'https://example.org/1', expires: '2026-02-28' };

function fileWith(context: TestContext, content: string): string {
  const file = join(temporaryFolder(context), 'issues.json');
  writeFileSync(file, content);
  return file;
}

describe('known issues', () => {
  test('an entry is accepted through its day and expired from the next', () => {
    const issues = new KnownIssues([ISSUE]);
    for (const day of ['2020-01-01', '2026-02-28']) {
      assert.deepEqual([issues.accepted('a.b.c', day), issues.expired('a.b.c', day)], [ISSUE, null]);
    }
    assert.deepEqual([issues.accepted('a.b.c', '2026-03-01'), issues.expired('a.b.c', '2026-03-01')], [null, ISSUE]);
  });

  test('another bucket is neither', () => {
    const issues = new KnownIssues([ISSUE]);
    assert.deepEqual([issues.accepted('a.b.d', '2026-01-01'), issues.expired('a.b.d', '2027-01-01')], [null, null]);
  });

  test('days are those of UTC', () => {
    assert.equal(today(new Date('2026-02-28T23:59:59Z')), '2026-02-28');
  });

  test('reads a file', (context) => {
    const file = fileWith(context, JSON.stringify({ schema: 1, issues: [ISSUE] }));
    assert.deepEqual(loadKnownIssues(file).all, [ISSUE]);
  });

  test('a file that was named must be there', (context) => {
    const file = join(temporaryFolder(context), 'nowhere.json');
    assert.throws(() => loadKnownIssues(file), new UsageError(`no such file: ${file}`));
  });

  const damages: readonly (readonly [name: string, content: unknown, message: RegExp])[] = [
    ['no JSON', 'issues', /not valid JSON/],
    ['a list', [], /must be an object/],
    ['another version', { schema: 2, issues: [] }, /"schema" is 2, this vringfuzz reads 1/],
    ['no issues', { schema: 1 }, /"issues" must be a list/],
    [
      'no reason',
      { schema: 1, issues: [{ ...ISSUE, reason: '' }] },
      /issues\[0\]: "reason" must be a non-empty string/,
    ],
    ['no date', { schema: 1, issues: [ISSUE, { ...ISSUE, expires: 'soon' }] }, /issues\[1\]: "expires" must be a date/],
    ['no such day', { schema: 1, issues: [{ ...ISSUE, expires: '2026-02-30' }] }, /"expires" must be a date/],
    ['a bucket twice', { schema: 1, issues: [ISSUE, ISSUE] }, /bucket a\.b\.c is named twice/],
  ];
  for (const [name, content, message] of damages) {
    test(`refuses ${name}`, (context) => {
      const file = fileWith(context, typeof content === 'string' ? content : JSON.stringify(content));
      assert.throws(
        () => loadKnownIssues(file),
        (error) =>
          error instanceof UsageError &&
          error.message.startsWith(file) &&
          message.test(error.message) &&
          error.message.endsWith('see docs/continuous.md for its form'),
      );
    });
  }

  test('a folder in its place is said in one line', (context) => {
    const folder = temporaryFolder(context);
    assert.throws(() => loadKnownIssues(folder), /cannot read .*: .*/);
  });
});
