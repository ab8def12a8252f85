// The JSON report against its published schema, and against the folder that it was made from.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { PLOT_FILE, PLOT_HEADER, plotLine } from '../../../src/campaign/crashes/plot-data.js';
import { jsonReport } from '../../../src/report/formats/json-report.js';
import type { Report } from '../../../src/report/report-model.js';
import { temporaryFolder } from '../../campaign/bugs/planted-bugs.js';
import { HOSTILE, canaryFinding, plotRow, reportOf, writeSampleFolder } from '../sample-folder.js';
import { compiled, complaints } from './schemas.js';

interface Document {
  readonly summary: { readonly buckets: Readonly<Record<string, number>>; readonly executions: number };
  readonly targets: readonly { readonly growth: { readonly recorded: number; readonly rows: number[][] } | null }[];
  readonly buckets: readonly Readonly<Record<string, unknown>>[];
}

const validate = compiled('report-1');

/** Parsed, after it was checked. */
function documentOf(report: Report): Document {
  const document = JSON.parse(jsonReport(report)) as Document;
  assert.deepEqual(complaints(validate, document), []);
  return document;
}

describe('jsonReport', () => {
  test('has every bucket with its finding and its trace', (context) => {
    const { buckets, summary } = documentOf(reportOf(writeSampleFolder(temporaryFolder(context))));
    assert.deepEqual(summary.buckets, { new: 4, flaky: 1, known: 1, fixed: 1 });
    assert.equal(summary.executions, 2 * 1_234_567);
    const canary = buckets.find(({ target }) => target === 'canary') ?? {};
    const { finding, trace } = canaryFinding();
    assert.deepEqual(canary['trace'], JSON.parse(JSON.stringify(trace)));
    const told = canary['finding'] as Readonly<Record<string, unknown>>;
    assert.deepEqual([told['expected'], told['got'], told['site']], [finding.expected, finding.got, finding.site]);
    assert.deepEqual([canary['securitySeverity'], canary['cwe'], told['bug']], [9.1, 823, 'a-bug']);
    assert.match(String(canary['replay']), /^npx vringfuzz replay .*crash-[0-9a-f]{40}$/);
    assert.ok(buckets.some(({ claim }) => claim === HOSTILE));
  });

  test('says which known issue has expired', (context) => {
    const { buckets } = documentOf(reportOf(writeSampleFolder(temporaryFolder(context))));
    const issues = buckets.map(({ knownIssue }) => knownIssue as { expired: boolean } | null);
    assert.deepEqual(
      issues.map((issue) => issue?.expired).filter((expired) => expired !== undefined),
      [true, false],
    );
  });

  test('keeps at most 500 points of a long campaign, the first and the last among them', (context) => {
    const crashes = writeSampleFolder(temporaryFolder(context));
    const rows = Array.from({ length: 4321 }, (_, index) => plotLine(plotRow(index * 5)));
    writeFileSync(join(crashes, 'split_ring_fuzzer', PLOT_FILE), PLOT_HEADER + rows.join(''));
    const { growth } = documentOf(reportOf(crashes)).targets.find((target) => target.growth !== null) ?? assert.fail();
    assert.deepEqual([growth?.recorded, growth?.rows.length], [4321, 500]);
    assert.deepEqual([growth?.rows[0]?.[0], growth?.rows.at(-1)?.[0]], [0, 4320 * 5]);
  });

  test('of an empty folder is valid and empty', (context) => {
    const { buckets, targets } = documentOf(reportOf(temporaryFolder(context)));
    assert.deepEqual([buckets, targets], [[], []]);
  });
});

test('the schema refuses what a reader could not rely on', (context) => {
  const text = jsonReport(reportOf(writeSampleFolder(temporaryFolder(context))));
  const broken: readonly ((document: Record<string, unknown>) => void)[] = [
    (document) => delete document['summary'],
    (document) => (document['schema'] = 2),
    (document) => (document['more'] = 1),
    (document) => ((document['buckets'] as Record<string, unknown>[])[0]!['status'] = 'old'),
    (document) => ((document['buckets'] as Record<string, unknown>[])[0]!['severity'] = 'bad'),
  ];
  for (const damage of broken) {
    const document = JSON.parse(text) as Record<string, unknown>;
    damage(document);
    assert.equal(complaints(validate, document).length > 0, true, damage.toString());
  }
});
