// known-issues.json: accepted until the end of its day, and refused with file, entry and reason where it is wrong.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { UsageError } from '../../src/campaign/errors.js';
import { KnownIssues, knownUpstream, loadKnownIssues, today } from '../../src/campaign/known-issues.js';
import { projectRoot } from '../../src/campaign/paths.js';
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

  test('a pattern stands for every bucket that it matches as a whole, a name comes first', () => {
    const pattern = { ...ISSUE, bucket: 'early-unmap.virtio-ring-*.in-flight', reason: 'all' };
    const name = { ...ISSUE, bucket: 'early-unmap.virtio-ring-detach.in-flight', reason: 'one' };
    const issues = new KnownIssues([pattern, name]);
    const reasonOf = (bucket: string): string | undefined => issues.accepted(bucket, '2026-01-01')?.reason;
    assert.equal(reasonOf('early-unmap.virtio-ring-detach.in-flight'), 'one');
    assert.equal(reasonOf('early-unmap.virtio-ring-add.in-flight'), 'all');
    assert.equal(reasonOf('early-unmap.virtio-ring-add.in-flight.too'), undefined);
    assert.equal(reasonOf('not.early-unmap.virtio-ring-add.in-flight'), undefined);
    // A dot is a dot.
    assert.equal(reasonOf('early-unmapxvirtio-ring-add.in-flight'), undefined);
    assert.equal(issues.expired('early-unmap.virtio-ring-add.in-flight', '2026-03-01')?.reason, 'all');
  });

  test('the lists of what is known of Linux can be read, with links, and name nothing of this project', () => {
    for (const name of ['linux.json', 'linux-before-5.14.json']) {
      const { all } = loadKnownIssues(join(projectRoot(), 'docs', 'known-issues', name));
      assert.ok(all.length > 5);
      for (const { bucket, issue } of all) {
        assert.match(issue, /^https:\/\/(lore|git)\.kernel\.org\//);
        assert.match(bucket, /\.(virtio-ring|linux|swiotlb-swiotlb)-/);
      }
    }
    assert.match(knownUpstream('early-unmap.virtio-ring-detach-buf-split.buffer-in-flight')?.reason ?? '', /^V04/);
    assert.equal(knownUpstream('early-unmap.virtio-ring-detach-buf-packed-in-order.buffer-in-flight'), null);
    assert.equal(knownUpstream('early-unmap.split-queue-detach.buffer-in-flight'), null);
    // Where no function of the kernel is to blame, the call's layout tells V04 from what would be new.
    assert.match(knownUpstream('mapping-leak.linux-6-12-split-detach.buffer-given-back')?.reason ?? '', /^V04/);
    assert.equal(knownUpstream('mapping-leak.linux-6-12-packed-detach.buffer-given-back'), null);
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
