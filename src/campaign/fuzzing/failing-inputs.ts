// Inputs that once failed, run again before the engine starts: every stored crash of a target that belongs to the fuzzed
// build, and every committed regression input. In plain Node: a second is enough for hundreds of them.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import type { Finding } from '../../verdict/verdict.js';
import { INPUT_FORMAT } from '../corpus/input-format.js';
import { isInputName } from '../crashes/crash-folder.js';
import { safeFileName } from '../crashes/crash-store.js';
import { memoryFinding } from '../crashes/harness-bug.js';
import { type Sidecar, sidecarOf, sidecarPath } from '../crashes/sidecar.js';
import { TIMEOUT_SECONDS } from '../engine/engine-flags.js';
import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { messageOf } from '../errors.js';
import { type Harness, findTarget, loadHarness } from '../harness.js';
import { failureOf } from '../replay/failure.js';
import { type ReplayResult, replay } from '../replay/replay.js';

export interface ReplayPlan {
  /** Compiled tree that is fuzzed. */
  readonly root: string;
  readonly target: string;
  /** Id of the planted bug in `root`. */
  readonly bug: string | null;
  /** The driver that was fuzzed, where it is not that of `root`. */
  readonly driver?: LoadedDriver | null;
  /** Folder of findings. */
  readonly crashes: string;
  /** Folder of committed regression inputs; null leaves them out. */
  readonly regression: string | null;
}

export interface StillFailing {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly finding: Finding;
  readonly kind: Exclude<ReplayResult['verdict'], 'ok'>;
  /** Of a harness bug; empty otherwise. */
  readonly stack: string;
  /** It lies in the folder of its bucket, and has a sidecar. */
  readonly isStored: boolean;
}

export interface ReplayedInputs {
  readonly stillFailing: readonly StillFailing[];
  /** Stored crashes that do not fail any more. */
  readonly fixed: readonly OldInput[];
  /** Files that cannot be used, or that are left out, one line each. */
  readonly problems: readonly string[];
}

export interface OldInput {
  readonly file: string;
  /** The folder that it lies in. */
  readonly bucket: string;
}

interface Candidate {
  readonly file: string;
  readonly isCrash: boolean;
  readonly sidecar: Sidecar | 'missing' | 'unusable';
}

const LIMIT_MILLISECONDS = TIMEOUT_SECONDS * 1000;
const OUT_OF_MEMORY = memoryFinding().bucket;

export function replayFailingInputs(plan: ReplayPlan): ReplayedInputs {
  const problems: string[] = [];
  const stillFailing: StillFailing[] = [];
  const fixed: OldInput[] = [];
  let harness: Harness | null = null;
  for (const candidate of [...crashesOf(plan, problems), ...regressionsOf(plan)]) {
    if (basename(dirname(candidate.file)) === OUT_OF_MEMORY) {
      problems.push(
        `${candidate.file} is not run again: it would take the memory of this process; the engine may meet it`,
      );
      continue;
    }
    const bytes = contentOf(candidate.file, problems);
    if (bytes === null) continue;
    harness ??= loadHarness(plan.root, { driver: plan.driver ?? null });
    const target = findTarget(harness.targets, plan.target);
    const result = replay(harness, target, bytes, { times: 1, hangLimit: LIMIT_MILLISECONDS });
    // What was stopped half-way is in no known state.
    if (result.verdict === 'hang') harness = loadHarness(plan.root, { fresh: true, driver: plan.driver ?? null });
    const finding = failureOf(result, LIMIT_MILLISECONDS);
    if (finding !== null) stillFailing.push(failing(candidate, bytes, result, finding));
    else if (isFixed(candidate)) fixed.push({ file: candidate.file, bucket: basename(dirname(candidate.file)) });
  }
  return { stillFailing, fixed, problems };
}

function failing(
  { file, isCrash, sidecar }: Candidate,
  bytes: Uint8Array,
  result: ReplayResult,
  finding: Finding,
): StillFailing {
  const isHome = basename(dirname(file)) === safeFileName(finding.bucket);
  return {
    ...{ file, bytes, finding, stack: result.problem?.stack ?? '' },
    kind: result.verdict === 'ok' ? 'finding' : result.verdict,
    isStored: isCrash && isHome && sidecar !== 'missing',
  };
}

/** An input without a usable sidecar may belong to another build, where it fails. */
function isFixed({ isCrash, sidecar }: Candidate): boolean {
  return isCrash && typeof sidecar === 'object';
}

/** Stored crashes whose sidecar names the fuzzed build, or that have no usable one. */
function crashesOf(plan: ReplayPlan, problems: string[]): readonly Candidate[] {
  const folder = join(plan.crashes, plan.target);
  return foldersOf(folder).flatMap((bucket) =>
    filesOf(join(folder, bucket))
      .filter((name) => name.startsWith('crash-') && isInputName(name))
      .flatMap((name) => crash(join(folder, bucket, name), plan.bug, problems)),
  );
}

function crash(file: string, bug: string | null, problems: string[]): readonly Candidate[] {
  try {
    const sidecar = sidecarOf(file) ?? 'missing';
    // What needs more than its bytes is not for an engine to meet; triage judges it.
    if (sidecar !== 'missing' && sidecar.placement !== undefined) return [];
    return sidecar === 'missing' || sidecar.bug === bug ? [{ file, isCrash: true, sidecar }] : [];
  } catch (error) {
    problems.push(messageOf(error));
    return hasOtherFormat(sidecarPath(file)) ? [] : [{ file, isCrash: true, sidecar: 'unusable' }];
  }
}

/** Bytes of another version mean something else: they are never run. */
function hasOtherFormat(sidecar: string): boolean {
  try {
    const { inputFormat } = JSON.parse(readFileSync(sidecar, 'utf8')) as { readonly inputFormat?: unknown };
    return inputFormat !== undefined && inputFormat !== INPUT_FORMAT;
  } catch {
    return false;
  }
}

function regressionsOf({ regression }: ReplayPlan): readonly Candidate[] {
  if (regression === null) return [];
  return filesOf(regression)
    .filter((name) => !name.startsWith('.') && !/\.(json|txt|md)$/.test(name))
    .map((name) => ({ file: join(regression, name), isCrash: false, sidecar: 'missing' }));
}

function contentOf(file: string, problems: string[]): Uint8Array | null {
  try {
    return Uint8Array.from(readFileSync(file));
  } catch (error) {
    problems.push(`cannot read ${file}: ${messageOf(error)}`);
    return null;
  }
}

function foldersOf(folder: string): readonly string[] {
  return namesOf(folder, (entry) => entry.isDirectory());
}

function filesOf(folder: string): readonly string[] {
  return namesOf(folder, (entry) => entry.isFile());
}

function namesOf(folder: string, wanted: (entry: { isDirectory(): boolean; isFile(): boolean }) => boolean): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter(wanted);
  return entries.map(({ name }) => name).sort();
}
