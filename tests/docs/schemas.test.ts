// The published schemas against documents that vringfuzz writes, and against what its own readers refuse.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { CAMPAIGN_FILE, type CampaignRecord, writeCampaignRecord } from '../../src/campaign/crashes/campaign-record.js';
import { writeCrash } from '../../src/campaign/crashes/crash-store.js';
import { PLACED_SIDECAR_SCHEMA, SIDECAR_SCHEMA, readSidecar } from '../../src/campaign/crashes/sidecar.js';
import { TRIAGE_FILE, writeTriageRecord } from '../../src/campaign/crashes/triage-record.js';
import { loadKnownIssues } from '../../src/campaign/known-issues.js';
import { REPORT_SCHEMA_ID } from '../../src/report/formats/json-report.js';
import { temporaryFolder } from '../campaign/bugs/planted-bugs.js';
import { sampleFinding } from '../campaign/crashes/sample-finding.js';
import { compiled, complaints, schemaNames, schemaText, undescribed } from '../report/formats/schemas.js';
import { campaignRecord, canaryFinding, triageRecord } from '../report/sample-folder.js';

type Document = Record<string, unknown>;

function parsed(file: string): Document {
  return JSON.parse(readFileSync(file, 'utf8')) as Document;
}

/** Valid, and with no other field. */
function assertDescribed(name: string, document: Document): void {
  assert.deepEqual(complaints(compiled(name), document), [], name);
  assert.deepEqual(undescribed(name, document), [], name);
}

/** Every field that the schema requires, and that cannot be null, is missed by the reader too. */
function assertSameRequirements(name: string, document: Document, read: (text: string) => unknown): void {
  const schema = JSON.parse(schemaText(name)) as { required: readonly string[]; properties: Record<string, unknown> };
  const needed = schema.required.filter((field) => !JSON.stringify(schema.properties[field]).includes('"null"'));
  assert.ok(needed.length > 0);
  read(JSON.stringify(document));
  for (const field of needed) {
    const { [field]: _missing, ...rest } = document;
    assert.ok(complaints(compiled(name), rest).length > 0, field);
    assert.throws(() => read(JSON.stringify(rest)), new RegExp(field), `${name}: ${field}`);
  }
}

describe('schemas', () => {
  test('have an id that says name and version, and compile without a meaningless keyword', () => {
    assert.ok(schemaNames().length >= 6);
    for (const name of schemaNames()) {
      const { $id, title } = JSON.parse(schemaText(name)) as { $id: string; title: string };
      assert.equal($id, `urn:vringfuzz:schema:${name.replace(/-(\d+)$/, ':$1')}`);
      assert.ok(title.length > 10);
      assert.equal(typeof compiled(name), 'function');
    }
    assert.ok(schemaNames().includes(REPORT_SCHEMA_ID.split(':').slice(-2).join('-')));
  });
});

describe('sidecar', () => {
  test('of a real finding, and of one with every field', (context) => {
    const directory = temporaryFolder(context);
    const canary = canaryFinding();
    const options = { directory, target: 'canary', seed: 1, bug: null };
    const real = writeCrash({ ...options, ...canary });
    const full = writeCrash({ ...options, bytes: Uint8Array.of(1), finding: sampleFinding(), trace: null, seed: null });
    for (const { sidecar } of [real, full]) assertDescribed(`sidecar-${SIDECAR_SCHEMA}`, parsed(sidecar));
  });

  test('of a finding with a placement', (context) => {
    const directory = temporaryFolder(context);
    const placed = { directory, target: 'canary', seed: null, bug: null, placement: 'map:3,unmap:4:desc[2].len=0x9' };
    const { sidecar } = writeCrash({ ...placed, ...canaryFinding() });
    assertDescribed(`sidecar-${PLACED_SIDECAR_SCHEMA}`, parsed(sidecar));
  });

  test('of version 1, as vringfuzz 0.1.0 wrote it', (context) => {
    const file = join(temporaryFolder(context), 'x.json');
    const { mapping, field, ...finding } = sampleFinding();
    const trace = {
      configuration: 'c',
      hash: 'h',
      steps: [{ number: 1, title: 't', events: [{ kind: 'map', text: 'm' }] }],
    };
    const document: Document = {
      ...{ schema: 1, inputFormat: 2, target: 'canary', seed: 42, bug: null, ...finding, mapping, field, trace },
      versions: { vringfuzz: '0.1.0', node: '20.0.0', engine: null },
      ...{ sha1: 'a'.repeat(40), size: 4, createdAt: '2026-03-01T10:00:00.000Z' },
    };
    assertDescribed('sidecar-1', document);
    writeFileSync(file, JSON.stringify(document));
    assert.equal(readSidecar(file).sha1, document['sha1']);
  });

  test('lacks nothing that the reader needs', (context) => {
    const directory = temporaryFolder(context);
    const { sidecar } = writeCrash({ directory, target: 'canary', seed: 1, bug: 'b', ...canaryFinding() });
    assertSameRequirements(`sidecar-${SIDECAR_SCHEMA}`, parsed(sidecar), (text) => {
      writeFileSync(sidecar, text);
      return readSidecar(sidecar);
    });
  });
});

/** What only the next campaign reads. */
const RESUMABLE: Partial<CampaignRecord> = {
  buckets: [{ bucket: 'b', oracle: 'o', executions: 1, firstSeconds: 0.5, first: 'crash-1', smallest: 'crash-2' }],
  repeated: 100,
  lastFindAt: '2026-03-01T10:00:00.000Z',
  lastBucketAt: '2026-03-01T10:00:01.000Z',
  coverage: { build: 'f00d', totalEdges: 9, totalStates: 3, edges: 'AAA=', states: 'AA==', sampled: '' },
};

describe('records', () => {
  test('campaign.json', (context) => {
    const folder = temporaryFolder(context);
    const buckets = [{ bucket: 'b', oracle: 'o', executions: 1, firstSeconds: 0.5 }];
    for (const record of [
      campaignRecord('canary', { buckets }),
      campaignRecord('canary', { sample: null, stability: null }),
      campaignRecord('canary', RESUMABLE),
    ]) {
      writeCampaignRecord(folder, record);
      assertDescribed('campaign-1', parsed(join(folder, CAMPAIGN_FILE)));
    }
  });

  test('triage.json', (context) => {
    const folder = temporaryFolder(context);
    for (const record of [triageRecord('new'), triageRecord('flaky', { minimised: 'm', sameAs: 's', bug: 'b' })]) {
      writeTriageRecord(folder, record);
      assertDescribed('triage-1', parsed(join(folder, TRIAGE_FILE)));
    }
  });

  test('known-issues.json', (context) => {
    const file = join(temporaryFolder(context), 'known-issues.json');
    const entry = { bucket: 'b', reason: 'r', issue: 'i', expires: '2026-12-31' };
    const read = (text: string): number => {
      writeFileSync(file, text);
      return loadKnownIssues(file).all.length;
    };
    const document = { schema: 1, issues: [entry] };
    assertDescribed('known-issues-1', document);
    assertSameRequirements('known-issues-1', document, read);
    for (const expires of ['2026-13-01', 'soon']) {
      const wrong = { schema: 1, issues: [{ ...entry, expires }] };
      assert.ok(complaints(compiled('known-issues-1'), wrong).length > 0);
      assert.throws(() => read(JSON.stringify(wrong)), /expires/);
    }
  });
});
