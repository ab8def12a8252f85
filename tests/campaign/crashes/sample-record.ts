// A campaign's record for tests, with every field.

import { CAMPAIGN_SCHEMA, type CampaignRecord } from '../../../src/campaign/crashes/campaign-record.js';

export function sampleRecord(changes: Partial<CampaignRecord> = {}): CampaignRecord {
  return {
    schema: CAMPAIGN_SCHEMA,
    target: 'split_ring_fuzzer',
    bug: 'V01',
    startedAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T01:00:00.000Z',
    campaigns: 2,
    seeds: [1, 2],
    seconds: 3600.5,
    executions: 1_000_000,
    edges: 500,
    states: 600,
    features: 4000,
    corpus: 1000,
    lastNewSeconds: 1800,
    stability: 1,
    sample: { executions: 1000, species: 900, singletons: 10 },
    buckets: [
      {
        ...{ bucket: 'a.b.c', oracle: 'a', executions: 12, firstSeconds: 3.25 },
        ...{ first: 'crash-1', smallest: 'crash-2' },
      },
      { bucket: 'd.e.f', oracle: 'd', executions: 1, firstSeconds: 4 },
    ],
    repeated: 976,
    lastFindAt: '2026-01-01T00:30:00.000Z',
    lastBucketAt: '2026-01-01T00:20:00.000Z',
    lastHangAt: '2026-01-01T00:10:00.000Z',
    coverage: { build: 'x', totalEdges: 8, totalStates: 8, edges: 'AA==', states: '', sampled: '' },
    ...changes,
  };
}
