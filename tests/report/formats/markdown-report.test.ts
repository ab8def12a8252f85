// The Markdown report: what the summary page of a job says, that no text breaks out of it, and that it fits.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { markdownReport } from '../../../src/report/formats/markdown-report.js';
import { block, code, inline } from '../../../src/report/formats/markdown-text.js';
import { temporaryFolder } from '../../campaign/bugs/planted-bugs.js';
import { HOSTILE, reportOf, writeSampleFolder } from '../sample-folder.js';

describe('markdownReport', () => {
  test('begins with what is new', (context) => {
    const text = markdownReport(reportOf(writeSampleFolder(temporaryFolder(context))));
    assert.equal(text.split('\n')[0], '## vringfuzz: 4 new, 1 flaky, 1 known, 1 fixed, 1 accepted too long');
  });

  test('has a row a target with its numbers', (context) => {
    const text = markdownReport(reportOf(writeSampleFolder(temporaryFolder(context))));
    const rate = Math.round(1_234_567 / 120.5).toLocaleString('en-US');
    assert.ok(
      text.includes(`| \`split_ring_fuzzer\` | 1,234,567 | ${rate} | 640 | 200 | 3,100 | 512 | 100.00 % | 2m00s |\n`),
    );
    assert.ok(text.includes('| `canary` | - | - | - | - | - | - | - | - |\n'));
  });

  test('has the residual-risk line, together and for each target', (context) => {
    const text = markdownReport(reportOf(writeSampleFolder(temporaryFolder(context))));
    assert.ok(
      text.includes(
        '**Residual risk.** Good-Turing estimate that the next execution reaches a new edge or state: ' +
          '1.2e-4 (24 seen in only one of 200,000 executions); ends in a new bucket: ' +
          '4.1e-7 (1 seen in only one of 2,469,134 executions).\n',
      ),
      text,
    );
    const row = /^\| `packed_ring_fuzzer` \| 1\.2e-4 .*\| below 2\.4e-6 at 95 % \(none in 1,234,567 executions\) \|$/m;
    assert.match(text, row);
  });

  test('has a row a bucket, the gravest new one first, with the command to paste', (context) => {
    const text = markdownReport(reportOf(writeSampleFolder(temporaryFolder(context))));
    const rows = text.split('\n').filter((line) => /^\| (\*\*)?(new|known|fixed|flaky)/.test(line));
    assert.equal(rows.length, 7);
    assert.match(rows[1] ?? '', /^\| \*\*new\*\* \| critical \| `new` \| `src\/driver\/split-queue\.ts:7 detach` \| /);
    assert.match(rows[1] ?? '', /\| `npx vringfuzz replay [^|`]*crash-[0-9a-f]{40}` \| 2 \| 17 \|$/);
    // A pipe that is not escaped ends a cell.
    for (const row of rows) assert.equal(row.match(/(?<!\\)\|/g)?.length, 10, row);
  });

  test('folds numbers and steps of what is new or flaky, and of nothing else', (context) => {
    const text = markdownReport(reportOf(writeSampleFolder(temporaryFolder(context))));
    const titles = [...text.matchAll(/^<details><summary><b>(.*?)<\/b>/gm)].map(([, bucket]) => bucket?.split('.')[0]);
    assert.deepEqual(titles, ['unmap-mismatch', 'new', 'expired', 'flaky']);
    assert.ok(text.includes('| **size** | **`8`** | **`4096`** |\n'));
    assert.ok(text.includes('| dma | `0x1000` | `0x1000` |\n'));
    assert.match(text, /```text\nconfiguration {2}split[\s\S]*violation unmap-mismatch/);
    assert.equal(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length);
  });

  test('lets no text break out of its place', (context) => {
    const text = markdownReport(reportOf(writeSampleFolder(temporaryFolder(context))));
    const prose = text.replaceAll(/^```text\n[\s\S]*?^```$/gm, '');
    assert.doesNotMatch(prose, /<script/);
    assert.ok(prose.includes('a \\| b &lt;script&gt;alert("1 &amp; 2")&lt;/script&gt; \\]\\]&gt; \\`'), prose);
  });

  test('of an empty folder says so', (context) => {
    const text = markdownReport(reportOf(temporaryFolder(context)));
    assert.match(
      text,
      /^## vringfuzz: no new finding\n\nNothing was fuzzed yet: `.*` has no folder of a target\.\n\nNo findings\.\n/,
    );
  });

  test('names what could not be read', (context) => {
    const report = {
      ...reportOf(temporaryFolder(context)),
      problems: [{ file: 'a_b.json', message: 'not valid JSON' }],
    };
    assert.ok(
      markdownReport(report).endsWith(
        '### Not read\n\nThe rest of the folder is reported.\n\n- a\\_b.json: not valid JSON\n',
      ),
    );
  });

  test('fits into a page: the last findings keep their row and lose their steps', (context) => {
    const report = reportOf(writeSampleFolder(temporaryFolder(context)));
    const [first] = report.buckets;
    const sidecar = first?.shown?.sidecar ?? assert.fail();
    const trace = { configuration: 'c', hash: 'h', steps: [{ number: 1, title: 't'.repeat(60_000), events: [] }] };
    const shown = { ...(first?.shown ?? assert.fail()), sidecar: { ...sidecar, trace } };
    const buckets = Array.from({ length: 30 }, (_, k) => ({ ...(first ?? assert.fail()), bucket: `b.${k}`, shown }));
    const text = markdownReport({ ...report, buckets });
    assert.ok(Buffer.byteLength(text) < 1024 * 1024);
    const folded = text.match(/<summary><b>/g)?.length ?? 0;
    assert.ok(folded >= 10, String(folded));
    assert.ok(text.includes(`The steps of ${30 - folded} more findings are left out: the page would be too long.\n`));
    assert.ok(text.includes('`b.29`'));
  });
});

describe('text', () => {
  test('in a cell stays one line and no markup', () => {
    assert.doesNotMatch(inline(HOSTILE), /\n|<|(?<!\\)[|`*_[\]]|@user/);
  });

  test('as code is closed by a longer fence than it holds', () => {
    assert.equal(code('a`b'), '`` a`b ``');
    assert.equal(code(''), '');
    assert.equal(code('a|b'), '`a\\|b`');
    assert.equal(block('```\nx'), '````text\n```\nx\n````\n');
  });
});
