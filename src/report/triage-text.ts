// What triage found out, as one table: a line a bucket, the one to look at first on top.

import type { TriagedBucket } from '../campaign/triage/triaged-bucket.js';
import { runsOf } from '../campaign/triage/triaged-bucket.js';
import { knownUpstream } from '../campaign/known-issues.js';
import type { BucketStatus } from '../campaign/crashes/triage-record.js';
import type { Severity } from '../verdict/verdict.js';
import { type Colours, PLAIN } from './colours.js';

const HEADER = ['', 'status', 'severity', 'target', 'bucket', 'inputs', 'same', 'bytes', ''] as const;
/** Columns of numbers. */
const RIGHT: readonly number[] = [0, 5, 6, 7];
const COLUMN_STATUS = 1;
const COLUMN_SEVERITY = 2;

/** The table, in lines that end in a newline; one line where there is no bucket. */
export function triageTable(buckets: readonly TriagedBucket[], colours: Colours = PLAIN): string {
  if (buckets.length === 0) return 'no findings\n';
  const rows = buckets.map((bucket, index) => rowOf(bucket, index, buckets));
  const widths = HEADER.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const padded = (row: readonly string[]): string[] =>
    row.map((cell, column) =>
      RIGHT.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
  const line = (cells: readonly string[]): string => `${cells.join('  ').trimEnd()}\n`;
  const head = colours.dim(line(padded(HEADER)).trimEnd());
  const lines = rows.map((row, index) => line(coloured(padded(row), buckets[index], colours)));
  return `${head}\n${lines.join('')}`;
}

/** `3 buckets: 2 new, 1 known; 14 inputs`. */
export function triageSummary(buckets: readonly TriagedBucket[]): string {
  const statuses: readonly BucketStatus[] = ['new', 'flaky', 'known', 'fixed'];
  const counts = statuses
    .map((status) => [buckets.filter((bucket) => bucket.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${count} ${status}`);
  const inputs = buckets
    .filter(({ status }) => status !== 'fixed')
    .reduce((sum, bucket) => sum + bucket.inputs.length, 0);
  const all = `${buckets.length} ${buckets.length === 1 ? 'bucket' : 'buckets'}`;
  return `${all}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}; ${inputs} failing ${inputs === 1 ? 'input' : 'inputs'}\n`;
}

function rowOf(bucket: TriagedBucket, index: number, all: readonly TriagedBucket[]): readonly string[] {
  const { runs, reproduced } = runsOf(bucket);
  return [
    String(index + 1),
    bucket.status,
    bucket.finding?.severity ?? '?',
    bucket.target,
    bucket.bucket,
    String(bucket.inputs.length),
    `${reproduced}/${runs}`,
    bucket.minimised === null ? '-' : String(bucket.minimised.bytes.length),
    noteOf(bucket, all),
  ];
}

function noteOf(bucket: TriagedBucket, all: readonly TriagedBucket[]): string {
  const { status, expired, issue, sameAs, target } = bucket;
  const notes: string[] = [];
  if (expired && issue !== null) notes.push(`accepted until ${issue.expires}, which is over`);
  if (status === 'known' && issue !== null) notes.push(`until ${issue.expires}: ${issue.issue}`);
  const upstream = status === 'new' ? knownUpstream(bucket.bucket) : null;
  if (upstream !== null) notes.push(`known upstream: ${upstream.issue}`);
  if (status === 'fixed' && issue !== null) notes.push('its entry in known-issues.json can go');
  if (sameAs !== null) {
    const row = all.findIndex((other) => other.bucket === sameAs && other.target === target) + 1;
    notes.push(`${status === 'fixed' ? 'ends now in' : 'probably same cause as'} ${row > 0 ? String(row) : sameAs}`);
  }
  return notes.join('; ');
}

const STATUS_COLOURS: Readonly<Record<BucketStatus, keyof Colours & ('red' | 'yellow' | 'dim' | 'green')>> = {
  new: 'red',
  flaky: 'yellow',
  known: 'dim',
  fixed: 'green',
};
const GRAVE: readonly (Severity | undefined)[] = ['critical', 'high'];

function coloured(cells: readonly string[], bucket: TriagedBucket | undefined, colours: Colours): readonly string[] {
  if (bucket === undefined) return cells;
  return cells.map((cell, column) => {
    if (column === COLUMN_STATUS) return colours[STATUS_COLOURS[bucket.status]](cell);
    return column === COLUMN_SEVERITY && GRAVE.includes(bucket.finding?.severity) ? colours.bold(cell) : cell;
  });
}
