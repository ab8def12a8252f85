// The record of a target's campaigns: what is written is what is read, and nothing else is taken for one.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import {
  CAMPAIGN_FILE,
  readCampaignRecord,
  writeCampaignRecord,
} from '../../../src/campaign/crashes/campaign-record.js';
import { UsageError } from '../../../src/campaign/errors.js';
import { temporaryFolder } from '../bugs/planted-bugs.js';
import { sampleRecord } from './sample-record.js';

describe('campaign record', () => {
  test('reads what it wrote', (context) => {
    const folder = temporaryFolder(context);
    assert.equal(readCampaignRecord(folder), null);
    const record = sampleRecord();
    writeCampaignRecord(folder, record);
    assert.deepEqual(readCampaignRecord(folder), record);
  });

  test('reads one without what need not be there', (context) => {
    const folder = temporaryFolder(context);
    const { repeated: _r, lastFindAt: _f, lastBucketAt: _b, lastHangAt: _h, coverage: _c, ...record } = sampleRecord();
    writeCampaignRecord(folder, { ...record, stability: null, sample: null });
    assert.deepEqual(readCampaignRecord(folder), { ...record, stability: null, sample: null });
  });

  test('reads the driver that it is of', (context) => {
    const folder = temporaryFolder(context);
    const record = sampleRecord({
      driver: { name: 'linux-6.12', version: '6.12.1', source: 'linux:6.12', sha256: 'a'.repeat(64) },
    });
    writeCampaignRecord(folder, record);
    assert.deepEqual(readCampaignRecord(folder), record);
  });

  const damages: readonly (readonly [field: string, value: unknown, message: RegExp])[] = [
    ['schema', 2, /"schema" is 2, this vringfuzz reads 1/],
    ['executions', 1.5, /"executions" must be an integer/],
    ['seeds', ['1'], /"seeds" must be a list of integers/],
    ['buckets', [{ bucket: 'a' }], /"oracle" must be a non-empty string/],
    ['sample', 5, /"sample" must be an object/],
    ['coverage', { build: 'x' }, /"totalEdges" must be an integer/],
    ['driver', { name: 'x' }, /"version" must be a non-empty string/],
    ['repeated', 'many', /"repeated" must be an integer/],
  ];
  for (const [field, value, message] of damages) {
    test(`refuses ${field}: ${JSON.stringify(value)}`, (context) => {
      const folder = temporaryFolder(context);
      const path = join(folder, CAMPAIGN_FILE);
      writeCampaignRecord(folder, sampleRecord());
      writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), [field]: value }));
      assert.throws(
        () => readCampaignRecord(folder),
        (error) => error instanceof UsageError && error.message.startsWith(path) && message.test(error.message),
      );
    });
  }
});
