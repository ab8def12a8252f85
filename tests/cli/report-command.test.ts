// `vringfuzz report` as a process: every format, the same text for the same folders, and damaged folders.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';

import { CAMPAIGN_FILE } from '../../src/campaign/crashes/campaign-record.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { compiled, complaints, sarifSchema } from '../report/formats/schemas.js';
import { elements, readXml } from '../report/formats/xml-reader.js';
import { writeSampleFolder } from '../report/sample-folder.js';
import { type CliRun, isRefused, runCli } from './run-cli.js';

const ISSUES = { schema: 1, issues: [{ bucket: 'new.a-b.c', reason: 'r', issue: 'i', expires: '2999-12-31' }] };

/** A report of that folder; the project's own corpus and known issues stay out of it. */
function report(context: TestContext, crashes: string, ...more: readonly string[]): CliRun {
  const corpus = temporaryFolder(context);
  const known = join(corpus, 'known.json');
  writeFileSync(known, JSON.stringify(ISSUES));
  const ours = more.includes('--known-issues') ? [] : ['--known-issues', known];
  return runCli('report', '--crashes', crashes, '--corpus', corpus, ...ours, ...more);
}

function bucketsOf(run: CliRun): readonly { readonly bucket: string; readonly status: string }[] {
  return (JSON.parse(run.stdout) as { buckets: { bucket: string; status: string }[] }).buckets;
}

describe('every format', () => {
  const formats: readonly (readonly [name: string, holds: (text: string) => void])[] = [
    ['json', (text) => assert.deepEqual(complaints(compiled('report-1'), JSON.parse(text)), [])],
    ['sarif', (text) => assert.deepEqual(complaints(sarifSchema(), JSON.parse(text)), [])],
    ['junit', (text) => assert.equal(elements(readXml(text), 'testsuite').length, 4)],
    ['markdown', (text) => assert.match(text, /^## vringfuzz: /)],
    ['html', (text) => assert.match(text, /^<!doctype html>/i)],
  ];
  for (const [format, holds] of formats) {
    test(`${format}: complete, the same each time, and the same in a file`, (context) => {
      const crashes = writeSampleFolder(temporaryFolder(context));
      const first = report(context, crashes, '--format', format);
      assert.deepEqual([first.status, first.stderr], [0, '']);
      holds(first.stdout);
      const file = join(temporaryFolder(context), 'new', 'report');
      const second = report(context, crashes, '--format', format, '--output', file);
      assert.deepEqual([second.status, second.stdout, second.stderr], [0, '', '']);
      assert.equal(readFileSync(file, 'utf8'), first.stdout);
      assert.deepEqual(readdirSync(join(file, '..')), ['report']);
    });

    test(`${format}: of a folder without findings`, (context) => {
      const run = report(context, temporaryFolder(context), '--format', format);
      assert.deepEqual([run.status, run.stderr], [0, '']);
      assert.notEqual(run.stdout, '');
    });
  }
});

test('takes the known issues and the corpus that it is told', (context) => {
  const crashes = writeSampleFolder(temporaryFolder(context));
  const corpus = temporaryFolder(context);
  mkdirSync(join(corpus, 'split_ring_fuzzer', 'regression'), { recursive: true });
  writeFileSync(join(corpus, 'split_ring_fuzzer', 'regression', 'a'), 'four');
  const run = report(context, crashes, '--format', 'json', '--corpus', corpus);
  assert.equal(bucketsOf(run).find(({ bucket }) => bucket === 'new.a-b.c')?.status, 'known');
  const { targets } = JSON.parse(run.stdout) as { targets: { target: string; corpus: object | null }[] };
  assert.deepEqual(targets.find(({ target }) => target === 'split_ring_fuzzer')?.corpus, {
    ...{ seed: 0, regression: 1, generated: 0, bytes: 4 },
  });
});

describe('what cannot be read is named, and the rest is reported', () => {
  const damages: readonly (readonly [name: string, damage: (crashes: string) => void, message: RegExp])[] = [
    ['a corrupt sidecar', (crashes) => write(crashes, sidecarIn(crashes), '{"schema"'), /new\.a-b\.c.*not valid JSON/],
    [
      'a sidecar of a newer version',
      (crashes) => write(crashes, sidecarIn(crashes), '{"schema": 99}'),
      /"schema" is 99/,
    ],
    [
      'a foreign file',
      (crashes) => write(crashes, 'split_ring_fuzzer/notes.txt', 'x'),
      /notes\.txt: not a file of vringfuzz/,
    ],
    [
      'a foreign folder',
      (crashes) => mkdirSync(join(crashes, 'other_fuzzer')),
      /other_fuzzer: not the folder of a target/,
    ],
    [
      'an unreadable campaign.json',
      (crashes) => write(crashes, `split_ring_fuzzer/${CAMPAIGN_FILE}`, '[]'),
      /campaign\.json: the document must be an object/,
    ],
    [
      'a campaign.json of a newer version',
      (crashes) => write(crashes, `split_ring_fuzzer/${CAMPAIGN_FILE}`, '{"schema": 99}'),
      /campaign\.json: "schema" is 99, this vringfuzz reads 1/,
    ],
    [
      'an unreadable triage.json',
      (crashes) => write(crashes, 'split_ring_fuzzer/known.a-b.c/triage.json', '{'),
      /triage\.json: not valid JSON/,
    ],
  ];
  for (const [name, damage, message] of damages) {
    test(name, (context) => {
      const crashes = writeSampleFolder(temporaryFolder(context));
      damage(crashes);
      const run = report(context, crashes, '--format', 'json');
      assert.equal(run.status, 1, run.stderr);
      const lines = run.stderr.trimEnd().split('\n');
      assert.equal(lines.length, 2, run.stderr);
      assert.match(lines[0] ?? '', message);
      assert.equal(lines[1], 'vringfuzz: 1 file could not be used; the rest is reported');
      assert.deepEqual(complaints(compiled('report-1'), JSON.parse(run.stdout)), []);
      assert.ok(bucketsOf(run).some(({ bucket }) => bucket === 'flaky.a-b.c'));
      assert.ok(bucketsOf(run).some(({ bucket }) => bucket === 'new.a-b.c'));
    });
  }

  test('an unreadable known-issues.json', (context) => {
    const folder = temporaryFolder(context);
    const known = join(folder, 'known.json');
    writeFileSync(known, '{"schema": 1, "issues": [{"bucket": "b"}]}');
    const run = report(context, writeSampleFolder(folder), '--format', 'json', '--known-issues', known);
    assert.equal(run.status, 1);
    assert.match(run.stderr, /^vringfuzz: .*known\.json: issues\[0\]: "reason" must be a non-empty string/);
    assert.ok(bucketsOf(run).length > 0);
  });
});

describe('wrong use', () => {
  const cases: readonly (readonly [name: string, args: (folder: string) => readonly string[], message: RegExp])[] = [
    ['no format', () => ['report'], /required option '--format <name>' not specified/],
    [
      'an unknown format',
      () => ['report', '--format', 'pdf'],
      /Allowed choices are html, json, sarif, junit, markdown/,
    ],
    [
      'a folder that is not there',
      (folder) => ['report', '--format', 'json', '--crashes', join(folder, 'nowhere')],
      /no such folder: .*nowhere; fuzz first .*--crashes DIR/,
    ],
    [
      'a corpus that is not there',
      (folder) => ['report', '--format', 'json', '--crashes', folder, '--corpus', join(folder, 'nowhere')],
      /no such folder: .*nowhere/,
    ],
    [
      'known issues that are not there',
      (folder) => ['report', '--format', 'json', '--crashes', folder, '--known-issues', join(folder, 'nowhere')],
      /no such file: .*nowhere/,
    ],
    [
      'an output among the findings',
      (folder) => ['report', '--format', 'json', '--crashes', folder, '--output', join(folder, 'x', 'report.json')],
      /--output .*report\.json lies in the folder of findings/,
    ],
  ];
  for (const [name, args, message] of cases) {
    test(name, (context) => {
      const run = runCli(...args(temporaryFolder(context)));
      assert.ok(isRefused(run, message), JSON.stringify(run));
    });
  }

  test('an output that cannot be written leaves nothing behind', (context) => {
    const folder = temporaryFolder(context);
    const crashes = join(folder, 'crashes');
    mkdirSync(join(folder, 'taken'));
    mkdirSync(crashes);
    const run = runCli('report', '--format', 'json', '--crashes', crashes, '--output', join(folder, 'taken'));
    assert.deepEqual([run.status, run.stdout], [1, '']);
    assert.match(run.stderr, /^vringfuzz: cannot write .*taken: a folder of that name is in the way \(EISDIR\)/);
    assert.deepEqual(readdirSync(folder).sort(), ['crashes', 'taken']);
    assert.equal(existsSync(join(folder, 'taken', 'x')), false);
  });
});

function write(crashes: string, file: string, text: string): void {
  writeFileSync(join(crashes, file), text);
}

/** One of the two sidecars of the bucket `new`. */
function sidecarIn(crashes: string): string {
  const folder = join('split_ring_fuzzer', 'new.a-b.c');
  const name = readdirSync(join(crashes, folder)).find((each) => each.endsWith('.json')) ?? assert.fail();
  return join(folder, name);
}
