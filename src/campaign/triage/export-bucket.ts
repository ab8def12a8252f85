// One finding as a folder that can leave this machine: for the people who maintain the driver. Everything in it is made
// anew, from runs made now: what does not fail every time is not sent to anybody.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { DriverIdentity } from '../../platform/driver-module.js';
import { bucketReadme } from '../../report/bucket-readme.js';
import { traceText } from '../../report/finding-text.js';
import { makeFolder, writeAtomically } from '../atomic-file.js';
import type { Builds } from '../bugs/builds.js';
import type { CrashFolder } from '../crashes/crash-folder.js';
import { writeInput } from '../crashes/crash-store.js';
import { UsageError, messageOf } from '../errors.js';
import { KnownIssues } from '../known-issues.js';
import { versions } from '../versions.js';
import { findBucket } from './promote.js';
import { type BucketTriage, triage } from './triage.js';
import { runsOf } from './triaged-bucket.js';

/** Runs of each input. */
const TIMES = 10;
/** Milliseconds after which a run counts as endless. */
const HANG_LIMIT = 10_000;

export interface ExportOptions {
  readonly bucket: string;
  /** Where several targets have the bucket. */
  readonly target: string | undefined;
  /** A folder that is not there yet, or empty. */
  readonly output: string;
  readonly builds: Builds;
  /** The driver from outside that was run; null for our own. */
  readonly driver: DriverIdentity | null;
  /** Options that the commands on the page need. */
  readonly commandArguments: readonly string[];
}

export interface Exported {
  /** Names of the files, in order. */
  readonly files: readonly string[];
  readonly runs: number;
}

/** Throws UsageError where there is no such bucket, or nothing of it fails in every run; EnvironmentError on a full disk. */
export function exportBucket(crashes: CrashFolder, options: ExportOptions): Exported {
  const { output, builds, bucket } = options;
  checkEmpty(output);
  const { target, home } = findBucket(crashes, options);
  const targets = crashes.targets
    .filter((folder) => folder.target === target)
    .map((folder) => ({ ...folder, buckets: [home] }));
  const judged = triage(
    { ...crashes, targets },
    { builds, known: new KnownIssues([]), today: '', times: TIMES, hangLimit: HANG_LIMIT, target },
  );
  const found = judged.buckets.find(({ triaged }) => triaged.bucket === bucket);
  if (found === undefined || found.triaged.status !== 'new' || found.smallest === null) {
    throw new UsageError(
      `not every run of ${bucket} ends in it now${found === undefined ? '' : ` (${found.triaged.status})`}: see vringfuzz triage`,
    );
  }
  makeFolder(output);
  write(found, options);
  return { files: sums(output), runs: runsOf(found.triaged).runs };
}

function checkEmpty(folder: string): void {
  let names: readonly string[] = [];
  try {
    if (existsSync(folder)) names = readdirSync(folder);
  } catch (error) {
    throw new UsageError(`--out ${folder} is not a folder: ${messageOf(error)}; name a new one`);
  }
  if (names.length > 0) throw new UsageError(`--out ${folder} has files in it: name a new folder`);
}

function write({ triaged, smallest }: BucketTriage, { output, driver, commandArguments }: ExportOptions): void {
  if (smallest === null) return;
  const { bytes, finding, trace, bug, placement } = smallest;
  const { target } = triaged;
  const { file } = writeInput(output, 'minimised', { target, bytes, finding, trace, seed: null, bug, placement });
  const name = file.slice(output.length + 1);
  const page = bucketReadme(
    { ...triaged, minimised: { name, bytes, trace, placement }, sameAs: null },
    { shownFolder: '.', sameAsFolder: null, commandArguments, ran: { facts: facts(driver), setup: setup(driver) } },
  );
  writeAtomically(join(output, 'README.md'), Buffer.from(page));
  if (trace !== null) writeAtomically(join(output, 'trace.txt'), Buffer.from(traceText(trace)));
}

function facts(driver: DriverIdentity | null): readonly (readonly [string, string])[] {
  const { vringfuzz, node } = versions();
  return [
    ['vringfuzz', vringfuzz],
    ['node', node],
    ...(driver === null
      ? ([['driver', `that of vringfuzz ${vringfuzz}`]] as const)
      : ([
          ['driver', `${driver.name} ${driver.version}`],
          ['named with', `--driver ${driver.source}`],
          ['SHA-256 of its source', driver.sha256],
        ] as const)),
  ];
}

function setup(driver: DriverIdentity | null): readonly string[] {
  const { vringfuzz } = versions();
  return [
    `# vringfuzz ${vringfuzz} for node 20 or newer, and these files in the current folder`,
    ...(driver === null ? [] : [`# ${driver.name}: a source with SHA-256 ${driver.sha256}`]),
    ...(driver?.source.startsWith('linux:') === true ? ['npx vringfuzz linux build --source TREE'] : []),
  ];
}

/** Checks and names everything in the folder. */
function sums(folder: string): readonly string[] {
  const names = readdirSync(folder).sort();
  const lines = names.map((name) => {
    const sum = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    return `${sum}  ${name}\n`;
  });
  writeAtomically(join(folder, 'SHA256SUMS'), Buffer.from(lines.join('')));
  return [...names, 'SHA256SUMS'];
}
