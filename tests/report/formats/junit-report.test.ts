// The JUnit report: well-formed whatever the text, counts that add up, and the outcome of each status.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { junitReport } from '../../../src/report/formats/junit-report.js';
import { element, xmlDocument } from '../../../src/report/formats/xml-text.js';
import type { Report } from '../../../src/report/report-model.js';
import { temporaryFolder } from '../../campaign/bugs/planted-bugs.js';
import { HOSTILE, reportOf, writeSampleFolder } from '../sample-folder.js';
import { type XmlNode, elements, readXml } from './xml-reader.js';

function read(report: Report): XmlNode {
  return readXml(junitReport(report));
}

function caseOf(root: XmlNode, name: string): XmlNode {
  return (
    elements(root, 'testcase').find((each) => each.attributes.get('name') === name) ?? assert.fail(`no case ${name}`)
  );
}

/** Names of what is inside a case. */
function outcome(root: XmlNode, name: string): readonly string[] {
  return caseOf(root, name).children.map((child) => child.name);
}

/** What a reader gets of text with characters that XML does not have. */
const READABLE = HOSTILE.replaceAll(/[\u0007\ud800]/g, '\ufffd');

describe('the strict reader', () => {
  const bad = [
    '<a>',
    '<a></b>',
    '<a>&</a>',
    '<a>&nope;</a>',
    '<a x="1" x="2"/>',
    '<a x=1/>',
    '<a>]]></a>',
    '<a>\u0001</a>',
    '<a/><b/>',
  ];
  for (const text of bad) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => readXml(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`));
    });
  }

  test('reads back what is written', () => {
    const tree = readXml(
      xmlDocument(element('a', { x: `"'<>&\n\t\r${HOSTILE}` }, [element('b', {}, [HOSTILE]), element('c', {})])),
    );
    assert.equal(tree.attributes.get('x'), `"'<>&\n\t\r${READABLE}`);
    assert.deepEqual(
      tree.children.map(({ name, text }) => [name, text]),
      [
        ['b', READABLE],
        ['c', ''],
      ],
    );
  });
});

describe('junitReport', () => {
  test('fails what is new or flaky, skips what is known, passes what is fixed', (context) => {
    const root = read(reportOf(writeSampleFolder(temporaryFolder(context))));
    assert.deepEqual(outcome(root, 'new.a-b.c'), ['failure', 'system-out']);
    assert.deepEqual(outcome(root, 'flaky.a-b.c'), ['failure', 'system-out']);
    assert.deepEqual(outcome(root, 'known.a-b.c'), ['skipped', 'system-out']);
    assert.deepEqual(outcome(root, 'fixed.a-b.c'), ['system-out']);
    assert.deepEqual(outcome(root, 'expired.a-b.c'), ['failure']);
    assert.deepEqual(outcome(root, 'panic.split-queue-getbuf.bug'), ['failure']);
  });

  test('says why, word for word', (context) => {
    const root = read(reportOf(writeSampleFolder(temporaryFolder(context))));
    const message = (name: string): string | undefined => caseOf(root, name).children[0]?.attributes.get('message');
    assert.equal(message('new.a-b.c'), `critical: ${READABLE}`);
    assert.equal(message('known.a-b.c'), `known: ${READABLE} (https://example.org/1, until 2026-03-02)`);
    assert.match(message('expired.a-b.c') ?? '', /it was accepted until 2026-03-01: for a while$/);
    assert.match(message('flaky.a-b.c') ?? '', /\(flaky\)$/);
    const [failure] = caseOf(root, 'new.a-b.c').children;
    assert.match(failure?.text ?? '', /size +8 +4096 +<\n[\s\S]*\nnpx vringfuzz replay .*crash-[0-9a-f]{40}\n$/);
    const [, steps] = caseOf(root, 'new.a-b.c').children;
    assert.match(steps?.text ?? '', /^configuration .*\n {3}0 {2}create the queue\n[\s\S]*violation unmap-mismatch/);
  });

  test('has a suite a target, one passing case where nothing is new, and counts that add up', (context) => {
    const root = read(reportOf(writeSampleFolder(temporaryFolder(context))));
    const suites = elements(root, 'testsuite');
    assert.deepEqual(
      suites.map(({ attributes }) =>
        ['name', 'tests', 'failures', 'skipped', 'errors'].map((key) => attributes.get(key)),
      ),
      [
        ['canary', '1', '1', '0', '0'],
        ['packed_ring_fuzzer', '1', '0', '0', '0'],
        ['split_ring_fuzzer', '6', '4', '1', '0'],
        ['crashes', '1', '0', '0', '0'],
      ],
    );
    for (const suite of [root, ...suites]) {
      assert.equal(elements(suite, 'testcase').length, Number(suite.attributes.get('tests')));
      assert.equal(elements(suite, 'failure').length, Number(suite.attributes.get('failures')));
      assert.equal(elements(suite, 'skipped').length, Number(suite.attributes.get('skipped')));
    }
    assert.deepEqual(outcome(root, 'no new finding'), []);
    const packed = suites[1] ?? assert.fail();
    assert.equal(packed.attributes.get('timestamp'), '2026-03-02T10:00:00');
    assert.equal(packed.attributes.get('time'), '120.500');
  });

  test('makes an error of files that could not be read', (context) => {
    const report = reportOf(temporaryFolder(context));
    assert.deepEqual(outcome(read(report), 'every file could be read'), []);
    const root = read({ ...report, problems: [{ file: 'x.json', message: HOSTILE }] });
    const [error] = caseOf(root, 'every file could be read').children;
    assert.deepEqual([error?.name, error?.text], ['error', `x.json: ${READABLE}`]);
    assert.equal(root.attributes.get('errors'), '1');
  });

  test('keeps the end of steps that are too long for a server', (context) => {
    const report = reportOf(writeSampleFolder(temporaryFolder(context)));
    const targets = report.targets.map((target) => ({
      ...target,
      buckets: target.buckets.map((bucket) => {
        const { shown } = bucket;
        const sidecar = shown?.sidecar ?? null;
        const trace = sidecar?.trace ?? null;
        if (shown === null || sidecar === null || trace === null) return bucket;
        const long = {
          number: 99,
          title: 'x',
          events: Array.from({ length: 9000 }, (_, k) => ({ kind: 'load', text: `e${k}` })),
        };
        return { ...bucket, shown: { ...shown, sidecar: { ...sidecar, trace: { ...trace, steps: [long] } } } };
      }),
    }));
    const steps = caseOf(read({ ...report, targets }), 'new.a-b.c').children[1]?.text ?? '';
    assert.ok(steps.length < 66_000);
    assert.match(steps, /\n\(the beginning is left out\)\n {8}load[\s\S]* e8999\n$/);
  });
});
