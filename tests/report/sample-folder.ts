// A crashes folder with everything that a report can meet: real findings of the canary with their traces, buckets of every
// status, campaigns with and without findings, and text that no format may let through as markup.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { type CampaignRecord, writeCampaignRecord } from '../../src/campaign/crashes/campaign-record.js';
import { readCrashFolder } from '../../src/campaign/crashes/crash-folder.js';
import { writeCrash } from '../../src/campaign/crashes/crash-store.js';
import { PLOT_COLUMNS, PLOT_FILE, PLOT_HEADER, type PlotRow, plotLine } from '../../src/campaign/crashes/plot-data.js';
import {
  type BucketStatus,
  TRIAGE_SCHEMA,
  type TriageRecord,
  writeTriageRecord,
} from '../../src/campaign/crashes/triage-record.js';
import { KnownIssues } from '../../src/campaign/known-issues.js';
import { type Report, buildReport } from '../../src/report/report-model.js';
import { encodeConfiguration } from '../../src/scenario/configuration.js';
import { type Step, encodeScenario } from '../../src/scenario/scenario.js';
import { targetByName } from '../../src/target/targets.js';
import type { Trace } from '../../src/verdict/trace.js';
import type { Finding } from '../../src/verdict/verdict.js';
import { executeTraced } from '../../src/world/execute.js';
import { sampleFinding } from '../campaign/crashes/sample-finding.js';

/** Text that would break out of a cell, an element, a string or a placeholder. */
export const HOSTILE = 'a | b <script>alert("1 & 2")</script> ]]> `code` {0} [x](y) \u0007\ud800 @user\n# end';

/** On the day of the newest record. */
export const DAY = '2026-03-02';
const TIME = `${DAY}T10:00:00.000Z`;

export const KNOWN = new KnownIssues([
  { bucket: 'known.a-b.c', reason: HOSTILE, issue: 'https://example.org/1', expires: DAY },
  { bucket: 'expired.a-b.c', reason: 'for a while', issue: 'https://example.org/2', expires: '2026-03-01' },
]);

/** Four single buffers come and go: the canary's fourth unmap names the wrong direction. */
export function canaryFinding(): { readonly bytes: Uint8Array; readonly finding: Finding; readonly trace: Trace } {
  const steps: Step[] = ['add', 'complete', 'get', 'add', 'complete', 'get', 'add', 'complete', 'get']
    .concat(['add', 'complete', 'get'])
    .map((operation) => ({ operation: operation as Step['operation'], a: 0, b: 0, c: 0 }));
  const bytes = encodeScenario('ring', { header: encodeConfiguration({ backEnd: 'direct', num: 8 }), steps });
  const canary = targetByName('canary');
  if (canary === undefined) throw new Error('no canary');
  const { verdict, trace } = executeTraced(canary, bytes);
  if (verdict.kind !== 'finding') throw new Error(`the canary ends in ${verdict.kind}`);
  return { bytes, finding: verdict.finding, trace };
}

export function campaignRecord(target: string, changes: Partial<CampaignRecord> = {}): CampaignRecord {
  return {
    schema: 1,
    target,
    bug: null,
    startedAt: '2026-03-01T10:00:00.000Z',
    updatedAt: TIME,
    campaigns: 2,
    seeds: [7],
    seconds: 120.5,
    executions: 1_234_567,
    edges: 640,
    states: 200,
    features: 3100,
    corpus: 512,
    lastNewSeconds: 90,
    stability: 1,
    sample: { executions: 100_000, species: 840, singletons: 12 },
    buckets: [],
    ...changes,
  };
}

export function plotRow(second: number, changes: Partial<PlotRow> = {}): PlotRow {
  const zero = Object.fromEntries(PLOT_COLUMNS.map((column) => [column, 0])) as unknown as PlotRow;
  return { ...zero, relative_time: second, total_execs: second * 1000, map_size: 12.34, ...changes };
}

/** Writes the folder `<folder>/crashes`; returns its path. */
export function writeSampleFolder(folder: string): string {
  const crashes = join(folder, 'crashes');
  const canary = canaryFinding();
  const add = (target: string, finding: Finding, byte: number, trace: Trace | null = canary.trace): string =>
    dirname(
      writeCrash({ directory: crashes, target, bytes: Uint8Array.of(byte, 2, 3), finding, trace, seed: 3, bug: null })
        .file,
    );
  const named = (oracle: string, changes: Partial<Finding> = {}): Finding =>
    sampleFinding({ oracle, bucket: `${oracle}.a-b.c`, ...changes });

  writeCrash({ directory: crashes, target: 'canary', ...canary, seed: null, bug: 'a-bug' });
  add('split_ring_fuzzer', named('new', { severity: 'critical', claim: HOSTILE, field: 'desc[2].len' }), 1);
  add('split_ring_fuzzer', named('new', { severity: 'critical', claim: HOSTILE }), 9, null);
  for (const [status, byte] of [
    ['known', 2],
    ['fixed', 3],
    ['flaky', 4],
  ] as const) {
    writeTriageRecord(add('split_ring_fuzzer', named(status), byte), triageRecord(status));
  }
  add('split_ring_fuzzer', named('expired', { severity: 'low', site: { file: 'unknown', function: '' } }), 5, null);
  const split = join(crashes, 'split_ring_fuzzer');
  writeCampaignRecord(split, campaignRecord('split_ring_fuzzer', { buckets: BUCKETS }));
  writeFileSync(join(split, PLOT_FILE), PLOT_HEADER + [0, 5, 10].map((second) => plotLine(plotRow(second))).join(''));
  mkdirSync(join(crashes, 'packed_ring_fuzzer'));
  writeCampaignRecord(join(crashes, 'packed_ring_fuzzer'), campaignRecord('packed_ring_fuzzer'));
  return crashes;
}

const BUCKETS: CampaignRecord['buckets'] = [
  { bucket: 'new.a-b.c', oracle: 'new', executions: 17, firstSeconds: 3.5 },
  { bucket: 'known.a-b.c', oracle: 'known', executions: 1, firstSeconds: 4 },
  // Counted, and no input of it is stored.
  { bucket: 'panic.split-queue-getbuf.bug', oracle: 'panic', executions: 2, firstSeconds: 9 },
];

export function triageRecord(status: BucketStatus, changes: Partial<TriageRecord> = {}): TriageRecord {
  return {
    schema: TRIAGE_SCHEMA,
    target: 'split_ring_fuzzer',
    bucket: `${status}.a-b.c`,
    status,
    bug: null,
    inputs: 1,
    runs: 10,
    reproduced: status === 'fixed' ? 0 : status === 'flaky' ? 4 : 10,
    minimised: null,
    sameAs: null,
    triagedAt: TIME,
    ...changes,
  };
}

/** The report of a folder, with the known issues above, as of their day. */
export function reportOf(crashes: string, known: KnownIssues = KNOWN): Report {
  const folder = readCrashFolder(crashes);
  // Sidecars carry the time at which the test wrote them; the days of the known issues are fixed.
  const targets = folder.targets.map((target) => ({
    ...target,
    buckets: target.buckets.map((bucket) => ({
      ...bucket,
      inputs: bucket.inputs.map((input) => ({
        ...input,
        sidecar: input.sidecar === null ? null : { ...input.sidecar, createdAt: TIME },
      })),
    })),
  }));
  return buildReport({ ...folder, targets }, { known, version: '1.2.3', today: DAY, corpus: new Map() });
}
