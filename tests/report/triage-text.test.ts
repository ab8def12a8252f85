// The table of triage, the page of a bucket and what minimising says, from values.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { TriagedBucket } from '../../src/campaign/triage/triaged-bucket.js';
import { bucketReadme } from '../../src/report/bucket-readme.js';
import { type MinimisedDocument, minimisedText } from '../../src/report/minimised-text.js';
import { triageSummary, triageTable } from '../../src/report/triage-text.js';
import { sampleFinding } from '../campaign/crashes/sample-finding.js';

function bucket(changes: Partial<TriagedBucket> = {}): TriagedBucket {
  return {
    target: 'split_ring_fuzzer',
    bucket: 'bucket-a',
    folder: '/crashes/split_ring_fuzzer/bucket-a',
    status: 'new',
    issue: null,
    expired: false,
    finding: sampleFinding(),
    bug: null,
    inputs: [{ file: '/crashes/split_ring_fuzzer/bucket-a/crash-1', size: 260, runs: 10, reproduced: 10 }],
    minimised: {
      name: 'minimised-1',
      bytes: new Uint8Array(8),
      trace: {
        configuration: 'split num=4',
        steps: [{ number: 1, title: 'client adds [in 8]', events: [{ kind: 'map', text: 'map 8 bytes' }] }],
        hash: '0'.repeat(16),
      },
    },
    sameAs: null,
    ...changes,
  };
}

const ISSUE = { bucket: 'bucket-a', reason: 'being fixed', issue: 'https://example.org/7', expires: '2026-06-30' };

function page(changes: Partial<TriagedBucket> = {}): string {
  const options = { shownFolder: 'crashes/split_ring_fuzzer/bucket-a', sameAsFolder: null, commandArguments: [] };
  return bucketReadme(bucket(changes), options);
}

describe('the table', () => {
  test('has aligned columns and says what follows from another row', () => {
    const rows = [
      bucket(),
      bucket({ bucket: 'bucket-longer', sameAs: 'bucket-a', minimised: null }),
      bucket({ bucket: 'c', status: 'known', issue: ISSUE }),
      bucket({ bucket: 'd', status: 'new', issue: ISSUE, expired: true }),
      bucket({ bucket: 'e', status: 'fixed', finding: null, issue: ISSUE, sameAs: 'elsewhere' }),
    ];
    assert.equal(
      triageTable(rows),
      `   status  severity  target             bucket         inputs   same  bytes
1  new     high      split_ring_fuzzer  bucket-a            1  10/10      8
2  new     high      split_ring_fuzzer  bucket-longer       1  10/10      -  probably same cause as 1
3  known   high      split_ring_fuzzer  c                   1  10/10      8  until 2026-06-30: https://example.org/7
4  new     high      split_ring_fuzzer  d                   1  10/10      8  accepted until 2026-06-30, which is over
5  fixed   ?         split_ring_fuzzer  e                   1  10/10      8  its entry in known-issues.json can go; ends now in elsewhere
`,
    );
    assert.equal(triageSummary(rows), '5 buckets: 3 new, 1 known, 1 fixed; 4 failing inputs\n');
  });

  test('of nothing is one line', () => {
    assert.equal(triageTable([]), 'no findings\n');
  });
});

describe('the page of a bucket', () => {
  test('has claim, severity, numbers side by side, steps, site, commands and inputs', () => {
    const text = page();
    const parts = [
      '# unmap-mismatch: every unmap has the size of its map\n',
      '**new**: 10 of 10 runs ended here.',
      '| severity | high (7.5) |',
      'write outside a mapping',
      '[CWE-823](https://cwe.mitre.org/data/definitions/823.html)',
      '| where in the driver | `src/driver/split-queue.ts:detach`, line 7 |',
      '| size | **8** | **4096** | < |',
      '| dma | 0x1000 | 0x1000 |  |',
      'The minimised input (8 bytes, made of 260)',
      '1. client adds \\[in 8\\]',
      'npx vringfuzz replay crashes/split_ring_fuzzer/bucket-a/minimised-1',
      'npx vringfuzz triage --promote bucket-a --target split_ring_fuzzer',
      '| `crash-1` | 260 | 10 of 10 |',
    ];
    for (const part of parts) assert.ok(text.includes(part), `${part}\n${text}`);
  });

  test('says what became of it', () => {
    assert.match(page({ status: 'known', issue: ISSUE }), /\*\*known\*\*.*accepted until 2026-06-30: being fixed/);
    assert.match(page({ issue: ISSUE, expired: true }), /was accepted until 2026-06-30, which is over/);
    assert.match(page({ status: 'flaky' }), /\*\*flaky\*\*/);
    const fixed = page({ status: 'fixed', finding: null, minimised: null, sameAs: 'bucket-b', issue: ISSUE });
    assert.match(fixed, /\*\*fixed\*\*.*They end in \[bucket-b\]\(\.\.\/bucket-b\/README\.md\) now\..*can go/);
    assert.doesNotMatch(fixed, /--promote/);
    assert.match(page({ sameAs: 'bucket-b' }), /Probably of the same cause as \[bucket-b\]/);
  });

  test('takes nothing from a sidecar for Markdown, and quotes for the shell', () => {
    const evil = page({
      bucket: "a'b | <img>",
      finding: sampleFinding({ claim: '<script>*x*</script>\n# no heading' }),
    });
    assert.ok(evil.startsWith('# unmap-mismatch: &lt;script&gt;\\*x\\*&lt;/script&gt; \\# no heading\n'), evil);
    assert.ok(evil.includes("--promote 'a'\\''b | <img>' --target"));
  });

  test('lists no more inputs than one reads', () => {
    const inputs = Array.from({ length: 120 }, (_, index) => ({
      file: `/f/${index}`,
      size: 1,
      runs: 1,
      reproduced: 1,
    }));
    assert.match(page({ inputs }), /And 70 more\./);
  });
});

describe('the text of minimising', () => {
  const document: MinimisedDocument = {
    file: 'f',
    target: 'split_ring_fuzzer',
    bug: null,
    bucket: 'b',
    before: { bytes: 260, steps: 64 },
    after: { bytes: 8, steps: 1 },
    trials: 70,
    complete: true,
    seconds: 0.123,
    stored: 'x/minimised-1',
  };

  test('says from what to what, and where it is', () => {
    assert.equal(
      minimisedText(document),
      'minimised  f  b\n    64 steps, 260 bytes -> 1 step, 8 bytes  (70 executions, 0.1 s)\n    stored as x/minimised-1\n',
    );
    const raw = { before: { bytes: 60, steps: null }, after: { bytes: 1, steps: null } };
    assert.match(minimisedText({ ...document, ...raw, complete: false }), /60 bytes -> 1 byte .*, cut short\)/);
    assert.match(minimisedText({ ...document, stored: null }), /not stored/);
    assert.equal(minimisedText({ ...document, bucket: null, after: null }), 'ok  f  fails on nothing\n');
  });
});
