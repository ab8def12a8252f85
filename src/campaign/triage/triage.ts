// Triage of a crashes folder: runs every input again, puts it where it ends now, makes one of each bucket small, and says
// which of them somebody has to look at. Reads everything first; what it writes is in write-triage.ts.

import { basename } from 'node:path';

import type { Finding } from '../../verdict/verdict.js';
import type { Builds } from '../bugs/builds.js';
import type { BucketFolder, CrashFolder, FolderProblem } from '../crashes/crash-folder.js';
import { bucketFolder } from '../crashes/crash-store.js';
import type { KnownIssues } from '../known-issues.js';
import { type MinimisedInput, minimiseInput } from '../minimise/minimise-input.js';
import { failureOf } from '../replay/failure.js';
import type { ReplayResult } from '../replay/replay.js';
import { replayMany } from '../replay/replay-many.js';
import { type LinkedBucket, linkCauses } from './link-causes.js';
import { type StoredInput, storedInputs } from './stored-inputs.js';
import { type TriagedBucket, type TriagedInput, byRank, statusOf } from './triaged-bucket.js';

export interface TriageOptions {
  readonly builds: Builds;
  readonly known: KnownIssues;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** Runs of each input. */
  readonly times: number;
  /** Milliseconds after which a run counts as endless. */
  readonly hangLimit: number;
  /** Only this target. */
  readonly target: string | undefined;
}

/** A bucket and what is to be stored of it. */
export interface BucketTriage {
  readonly triaged: Omit<TriagedBucket, 'minimised'>;
  /** Null where nothing fails any more. */
  readonly smallest: MinimisedInput | null;
}

export interface Triage {
  readonly buckets: readonly BucketTriage[];
  readonly problems: readonly FolderProblem[];
}

interface JudgedInput {
  readonly input: StoredInput;
  readonly result: ReplayResult;
  /** Id of the planted bug in the build that judged it. */
  readonly bug: string | null;
  /** How it fails now; null where it does not. */
  readonly finding: Finding | null;
}

/** With the inputs that end in the bucket. */
interface TriagedGroup extends BucketTriage {
  readonly group: readonly JudgedInput[];
}

/** Judges everything in the folder. Throws UsageError for a bug of the options that cannot be built. */
export function triage(crashes: CrashFolder, options: TriageOptions): Triage {
  const { inputs, problems } = storedInputs(crashes, options.target, options.builds);
  const judged = judge(inputs, options);
  const groups = groupsOf(judged);
  const failing = linked(
    [...groups.values()].map((group) => triageGroup(group, crashes, options)),
    options.builds,
  );
  const homes = new Set(inputs.map(({ home }) => home));
  const fixed = [...homes]
    .filter((home) => !groups.has(groupKey(targetOf(home, inputs), home.bucket)))
    .map((home) => fixedBucket(home, judged, options));
  return { buckets: [...failing, ...fixed], problems };
}

function judge(inputs: readonly StoredInput[], options: TriageOptions): readonly JudgedInput[] {
  const { times, hangLimit, builds } = options;
  const judged: JudgedInput[] = [];
  for (const { result, bug } of replayMany(inputs, builds, { times, hangLimit, traced: true })) {
    const input = inputs[judged.length];
    if (input === undefined) throw new Error('more results than inputs');
    // Not the trace: those of some thousand inputs are a lot.
    judged.push({ input, bug, result: { ...result, trace: null }, finding: failureOf(result, hangLimit) });
  }
  return judged;
}

/** Inputs by the bucket they end in now; one that only sometimes fails stays in the bucket that it was stored in. */
function groupsOf(judged: readonly JudgedInput[]): ReadonlyMap<string, readonly JudgedInput[]> {
  const groups = new Map<string, JudgedInput[]>();
  for (const each of judged) {
    const bucket = bucketNow(each);
    if (bucket === null) continue;
    const key = groupKey(each.input.target, bucket);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return groups;
}

function bucketNow({ input, result, finding }: JudgedInput): string | null {
  if (finding !== null) return finding.bucket;
  return result.same < result.runs ? input.home.bucket : null;
}

function groupKey(target: string, bucket: string): string {
  return `${target} ${bucket}`;
}

function targetOf(home: BucketFolder, inputs: readonly StoredInput[]): string {
  return inputs.find((input) => input.home === home)?.target ?? '';
}

/** The same with what they have in common; a flaky bucket has no experiments to show for it. */
function linked(buckets: readonly TriagedGroup[], builds: Builds): readonly BucketTriage[] {
  const steady = [...buckets]
    .sort((a, b) => byRank(a.triaged, b.triaged))
    .flatMap(({ triaged, smallest, group }): readonly LinkedBucket[] => {
      if (smallest === null || triaged.finding === null) return [];
      const { target, bucket, bug, finding } = triaged;
      const inputs = group.map(({ input }) => input.bytes);
      return [{ target, bucket, bug, finding, bytes: smallest.bytes, placement: smallest.placement, inputs }];
    });
  const causes = linkCauses(steady, builds);
  return buckets.map(({ triaged, smallest }) => {
    const index = steady.findIndex(({ target, bucket }) => target === triaged.target && bucket === triaged.bucket);
    return { triaged: { ...triaged, sameAs: causes[index] ?? null }, smallest };
  });
}

function triageGroup(group: readonly JudgedInput[], crashes: CrashFolder, options: TriageOptions): TriagedGroup {
  const sorted = [...group].sort(bySize);
  const found = sorted.filter(({ input }) => !input.minimised);
  const listed = (found.length > 0 ? found : sorted).map(triagedInput);
  const [first] = sorted;
  if (first === undefined) throw new Error('a bucket without inputs');
  const steady = sorted.find(({ result }) => result.same === result.runs && result.verdict !== 'ok');
  const result = steady === undefined ? null : minimised(steady, options.builds);
  const bucket = bucketNow(first) ?? '';
  const { target } = first.input;
  const home = group.find(({ input }) => input.home.bucket === bucket)?.input.home;
  return {
    triaged: {
      target,
      bucket,
      folder: home?.folder ?? bucketFolder(crashes.folder, target, bucket),
      ...statusOf(bucket, listed, options.known, options.today),
      finding: result?.finding ?? first.finding,
      bug: (steady ?? first).bug,
      inputs: listed,
      sameAs: null,
    },
    smallest: result,
    group: sorted,
  };
}

/** What does not end is expensive to make small, so once is enough. */
function minimised({ input, result }: JudgedInput, builds: Builds): MinimisedInput | null {
  const once = input.minimised && result.verdict === 'hang';
  return minimiseInput(input, builds, once ? { trials: 0 } : {});
}

/** A bucket in which nothing ends any more: its inputs pass, or fail otherwise. */
function fixedBucket(home: BucketFolder, judged: readonly JudgedInput[], options: TriageOptions): BucketTriage {
  const own = judged.filter(({ input }) => input.home === home).sort(bySize);
  const found = own.filter(({ input }) => !input.minimised);
  const sidecar = [...(home.minimised === null ? [] : [home.minimised]), ...home.inputs]
    .map((input) => input.sidecar)
    .find((candidate) => candidate !== null);
  return {
    triaged: {
      target: own[0]?.input.target ?? '',
      bucket: home.bucket,
      folder: home.folder,
      status: 'fixed',
      issue: options.known.accepted(home.bucket, options.today) ?? options.known.expired(home.bucket, options.today),
      expired: false,
      finding: sidecar ?? null,
      bug: own[0]?.bug ?? null,
      inputs: (found.length > 0 ? found : own).map((each) => ({ ...triagedInput(each), reproduced: 0 })),
      sameAs: own.find(({ finding }) => finding !== null)?.finding?.bucket ?? null,
    },
    smallest: null,
  };
}

function triagedInput({ input, result }: JudgedInput): TriagedInput {
  const { same, runs, verdict } = result;
  const sometimes = verdict === 'ok' ? runs - same : same;
  return { file: input.file, size: input.bytes.length, runs, reproduced: sometimes };
}

/** What its bytes alone repeat, then the smallest, first; of two alike, by name, so that the choice never changes. */
function bySize(a: JudgedInput, b: JudgedInput): number {
  const placed = [a, b].map(({ input }) => (input.placement === undefined ? 0 : 1));
  if (placed[0] !== placed[1]) return (placed[0] ?? 0) - (placed[1] ?? 0);
  const names = [basename(a.input.file), basename(b.input.file)] as const;
  return a.input.bytes.length - b.input.bytes.length || (names[0] < names[1] ? -1 : 1);
}
