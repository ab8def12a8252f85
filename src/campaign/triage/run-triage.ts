// One run of `vringfuzz triage`: takes inputs from elsewhere in, judges every folder of findings that was named, and writes
// down what came of it. Nothing that is wrong with one file keeps the rest from being judged.

import { resolve } from 'node:path';

import type { Builds } from '../bugs/builds.js';
import type { FolderProblem } from '../crashes/crash-folder.js';
import { UsageError } from '../errors.js';
import { KnownIssues, loadKnownIssues } from '../known-issues.js';
import { importInputs } from './import-inputs.js';
import { type Place, crashFolderAt, placeOf } from './places.js';
import { triage } from './triage.js';
import { type TriagedBucket, byRank, needsAttention } from './triaged-bucket.js';
import { writeTriage } from './write-triage.js';

export interface TriageRunOptions {
  /** Folders as they were named; none for the crashes folder alone. */
  readonly paths: readonly string[];
  /** Where inputs from elsewhere go. */
  readonly crashes: string;
  /** Only this target; the target of inputs from elsewhere. */
  readonly target: string | undefined;
  /** As `--known-issues` names it. */
  readonly knownIssues: string | undefined;
  readonly builds: Builds;
  readonly times: number;
  /** Milliseconds after which a run counts as endless. */
  readonly hangLimit: number;
  readonly now: Date;
  /** Options that commands on the pages need, such as `--bugs DIR`. */
  readonly commandArguments: readonly string[];
}

export interface TriageRun {
  /** Of all folders, by rank. */
  readonly buckets: readonly TriagedBucket[];
  /** Inputs from elsewhere: how many were copied, and those that fail on nothing. */
  readonly copied: number;
  readonly passing: readonly string[];
  /** What is wrong with files, each naming its file. */
  readonly problems: readonly string[];
  /** What could not be written, each naming its file. */
  readonly failures: readonly string[];
  /** Entries of known-issues.json that are over. */
  readonly notes: readonly string[];
}

export function runTriage(options: TriageRunOptions): TriageRun {
  const problems: string[] = [];
  const failures: string[] = [];
  const day = options.now.toISOString().slice(0, 10);
  const known = readableIssues(options.knownIssues, problems);
  const places = options.paths.map(placeOf);
  const elsewhere = places.flatMap((place) => (place.kind === 'elsewhere' ? [place.path] : []));
  const { crashes, builds, target, hangLimit, times } = options;
  const imported = elsewhere.length === 0 ? null : importInputs(elsewhere, { crashes, builds, target, hangLimit });
  problems.push(...(imported?.problems ?? []));
  failures.push(...(imported?.failures ?? []).map(problemText));

  const buckets: TriagedBucket[] = [];
  for (const { folder, target: only } of foldersOf(places, options)) {
    const read = crashFolderAt(folder);
    const judged = triage(read, { builds, known, today: day, times, hangLimit, target: only });
    const written = writeTriage(judged.buckets, {
      commandArguments: options.commandArguments,
      now: options.now.toISOString(),
    });
    buckets.push(...written.buckets);
    problems.push(...[...read.problems, ...judged.problems].map(problemText));
    failures.push(...written.failures.map(problemText));
  }
  return {
    buckets: buckets.sort(byRank),
    copied: imported?.copied.size ?? 0,
    passing: imported?.passing ?? [],
    problems,
    failures,
    notes: overNotes(known, day, buckets),
  };
}

/**
 * 3 the harness itself failed, 77 something is new, expired or flaky, 1 something could not be written, 2 a file could not
 * be used; else 0. The first of these that holds.
 */
export function triageExitCode({ buckets, failures, problems }: TriageRun): number {
  const open = buckets.filter(needsAttention);
  if (open.some(({ finding }) => finding?.oracle === 'harness-bug')) return 3;
  if (open.length > 0) return 77;
  if (failures.length > 0) return 1;
  return problems.length > 0 ? 2 : 0;
}

/** Each folder of findings once; the one that inputs from elsewhere went to is triaged as well. */
function foldersOf(
  places: readonly Place[],
  { crashes, target }: TriageRunOptions,
): readonly { readonly folder: string; readonly target: string | undefined }[] {
  const folders = new Map<string, string | undefined>();
  if (places.length === 0 || places.some(({ kind }) => kind === 'elsewhere')) folders.set(resolve(crashes), target);
  for (const place of places) {
    if (place.kind === 'elsewhere') continue;
    const same = !folders.has(place.folder) || folders.get(place.folder) === place.target;
    folders.set(place.folder, same ? (place.target ?? target) : target);
  }
  return [...folders].map(([folder, only]) => ({ folder, target: only }));
}

/** None where the file cannot be used: what it would accept is then new. */
function readableIssues(path: string | undefined, problems: string[]): KnownIssues {
  try {
    return loadKnownIssues(path);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push(`${error.message}; nothing counts as known`);
    return new KnownIssues([]);
  }
}

function overNotes(known: KnownIssues, day: string, buckets: readonly TriagedBucket[]): readonly string[] {
  return known.all
    .filter(({ expires }) => expires < day)
    .map(({ bucket, expires }) => {
      const open = buckets.some((each) => each.bucket === bucket && each.status !== 'fixed');
      return `known issue ${bucket} was accepted until ${expires}, which is over${open ? '' : '; nothing here fails in it'}`;
    });
}

/** Most messages name the file already. */
function problemText({ file, message }: FolderProblem): string {
  return message.includes(file) ? message : `${file}: ${message}`;
}
