// The whole crashes folder as one value: what triage ranks, what reports show and what a campaign replays first. What is
// wrong with one file is a problem in the list; the rest is read all the same.

import { type Dirent, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ALL_TARGETS } from '../../target/targets.js';
import { isDriverFolder } from '../drivers/driver-folder.js';
import { UsageError, messageOf } from '../errors.js';
import { CAMPAIGN_FILE, type CampaignRecord, readCampaignRecord } from './campaign-record.js';
import { STATS_FILE } from './fuzzer-stats.js';
import { PLOT_FILE, type PlotRow, readPlot } from './plot-data.js';
import { type Sidecar, readSidecar, sidecarPath } from './sidecar.js';
import { TRIAGE_FILE, type TriageRecord, readTriageRecord } from './triage-record.js';

export { STATS_FILE };
const README = 'README.md';
const INPUT = /^(crash|minimised)-[0-9a-f]{40}$/;
/** Of writes that a kill cut off. */
const LEFTOVER = /^\..*\.tmp$/;
/** A record that a campaign could not read and moved away, with its plot. */
const MOVED_ASIDE = /^(campaign|plot_data)\.unreadable(-\d+)?\.(json|txt)$/;

export interface StoredInputFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Null when there is none or it cannot be used; the latter is among the problems. */
  readonly sidecar: Sidecar | null;
}

export interface BucketFolder {
  /** The sidecars' name for it; the folder's own where no sidecar can be read. */
  readonly bucket: string;
  readonly folder: string;
  /** By name; at least one, or a minimised one. */
  readonly inputs: readonly StoredInputFile[];
  readonly minimised: StoredInputFile | null;
  readonly triage: TriageRecord | null;
}

export interface TargetFolder {
  readonly target: string;
  readonly folder: string;
  readonly campaign: CampaignRecord | null;
  readonly plot: readonly PlotRow[];
  readonly buckets: readonly BucketFolder[];
}

/** A file that could not be used, and what to do about it. */
export interface FolderProblem {
  readonly file: string;
  readonly message: string;
}

export interface CrashFolder {
  readonly folder: string;
  readonly targets: readonly TargetFolder[];
  readonly problems: readonly FolderProblem[];
}

/** Whether a file of that name is an input that vringfuzz stored. */
export function isInputName(name: string): boolean {
  return INPUT.test(name);
}

/** Reads `crashes/` or another folder of that layout. Throws UsageError when the folder itself cannot be read. */
export function readCrashFolder(folder: string): CrashFolder {
  const problems: FolderProblem[] = [];
  const targets: TargetFolder[] = [];
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (ALL_TARGETS.some((target) => target.name === entry.name) && entry.isDirectory()) {
      targets.push(readTarget(entry.name, path, problems));
    } else if (entry.name !== README && !(isDriverFolder(entry.name) && entry.isDirectory())) {
      problems.push({ file: path, message: 'not the folder of a target: left alone' });
    }
  }
  return { folder, targets, problems };
}

function readTarget(target: string, folder: string, problems: FolderProblem[]): TargetFolder {
  const buckets: BucketFolder[] = [];
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const bucket = readBucket(entry.name, path, problems);
      if (bucket !== null) buckets.push(bucket);
    } else if (![CAMPAIGN_FILE, PLOT_FILE, STATS_FILE].includes(entry.name) && !MOVED_ASIDE.test(entry.name)) {
      problems.push({ file: path, message: 'not a file of vringfuzz: left alone' });
    }
  }
  const campaign = attempt(join(folder, CAMPAIGN_FILE), problems, () => readCampaignRecord(folder));
  return { target, folder, campaign, plot: readPlot(folder), buckets };
}

function readBucket(name: string, folder: string, problems: FolderProblem[]): BucketFolder | null {
  const inputs: StoredInputFile[] = [];
  const minimised: StoredInputFile[] = [];
  const names = entriesOf(folder).map((entry) => entry.name);
  for (const each of names) {
    const path = join(folder, each);
    if (isInputName(each)) {
      const input = readInput(path, problems);
      if (input !== null) (each.startsWith('crash') ? inputs : minimised).push(input);
    } else if (!isCompanion(each, names)) {
      problems.push({ file: path, message: 'not a file of vringfuzz: left alone' });
    }
  }
  const triage = attempt(join(folder, TRIAGE_FILE), problems, () => readTriageRecord(folder));
  if (inputs.length === 0 && minimised.length === 0) return null;
  const chosen = minimised.find(({ file }) => file.endsWith(triage?.minimised ?? '')) ?? minimised[0] ?? null;
  const bucket = [...inputs, ...minimised].find(({ sidecar }) => sidecar !== null)?.sidecar?.bucket ?? name;
  return { bucket, folder, inputs, minimised: chosen, triage };
}

/** Files that lie beside inputs. */
function isCompanion(name: string, names: readonly string[]): boolean {
  if (name === README || name === TRIAGE_FILE) return true;
  return name.endsWith('.json') && names.includes(name.slice(0, -'.json'.length));
}

function readInput(file: string, problems: FolderProblem[]): StoredInputFile | null {
  const bytes = attempt(file, problems, () => Uint8Array.from(readFileSync(file)));
  if (bytes === null) return null;
  const path = sidecarPath(file);
  let sidecar: Sidecar | null = null;
  try {
    sidecar = readSidecar(path);
  } catch (error) {
    problems.push({ file: path, message: messageOf(error) });
  }
  return { file, bytes, sidecar };
}

/** `read`'s value, or null and one more problem. */
function attempt<T>(file: string, problems: FolderProblem[], read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    problems.push({ file, message: messageOf(error) });
    return null;
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !LEFTOVER.test(entry.name) && entry.name !== '.gitkeep')
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new UsageError(`cannot read ${folder}: ${messageOf(error)}`);
  }
}
