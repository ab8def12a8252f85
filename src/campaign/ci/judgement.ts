// What a stage's exit code and output mean for the gate, and one line that says it.

import { type KnownIssues, today } from '../known-issues.js';
import type { CampaignResult } from '../fuzzing/campaign-result.js';
import type { StageName } from './tiers.js';

export interface StageJudgement {
  readonly status: 'passed' | 'failed' | 'problem' | 'stopped';
  /** What the stage asks the whole run to exit with. */
  readonly code: number;
  /** One line. */
  readonly detail: string;
}

export interface StageEnd {
  readonly name: StageName;
  /** Null when it was killed. */
  readonly exitCode: number | null;
  /** Its standard output. */
  readonly output: string;
  /** Whether the run was asked to end. */
  readonly stopped: boolean;
  readonly knownIssues: KnownIssues;
  /** Id of the planted bug that the run is about, or null for the driver as it is. */
  readonly bug: string | null;
  /** Whether it is about a driver from outside. */
  readonly isForeign: boolean;
}

interface ReplayDocument {
  readonly files: readonly { readonly file: string; readonly verdict: string; readonly bucket: string | null }[];
}

interface TriageDocument {
  readonly buckets: readonly {
    readonly bucket: string;
    readonly status: string;
    readonly expired: boolean;
    readonly bug: string | null;
  }[];
}

const FINDING = 77;
const ENVIRONMENT = 1;

/** What exit codes say where the output does not say more. */
const MEANINGS: ReadonlyMap<number, string> = new Map([
  [0, 'ok'],
  [1, 'the machine did not allow it'],
  [2, 'wrong use, or a file that cannot be used'],
  [3, 'vringfuzz itself failed'],
  [70, 'an execution does not end'],
  [77, 'a finding'],
]);

export function judgeStage(end: StageEnd): StageJudgement {
  const { name, exitCode, stopped } = end;
  if (exitCode === null) {
    return stopped
      ? { status: 'stopped', code: 0, detail: 'stopped' }
      : { status: 'problem', code: ENVIRONMENT, detail: 'killed; see its log' };
  }
  const judged = judgedByOutput(end);
  if (judged !== null) return judged;
  const detail = MEANINGS.get(exitCode) ?? `exit code ${exitCode}`;
  const status = exitCode === 0 ? 'passed' : [3, 70, FINDING].includes(exitCode) ? 'failed' : 'problem';
  // A report is not complete: the findings decide, but it must not go unseen.
  return { status, code: name === 'report' && exitCode !== 0 ? ENVIRONMENT : exitCode, detail };
}

/** Null where the output says nothing that the exit code does not. */
function judgedByOutput(end: StageEnd): StageJudgement | null {
  try {
    if (end.name === 'replay') return judgeReplay(JSON.parse(end.output) as ReplayDocument, end);
    if (end.name === 'fuzz') return judgeFuzz(JSON.parse(end.output) as CampaignResult, end);
    if (end.name === 'merge') return judgeMerge(end);
    if (end.name === 'triage') return judgeTriage(JSON.parse(end.output) as TriageDocument, end);
  } catch (error) {
    // A stage that failed early printed nothing: its exit code says why.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return null;
}

/** Replay knows nothing of accepted buckets: a regression of one of them does not fail the gate. */
function judgeReplay({ files }: ReplayDocument, { exitCode, knownIssues }: StageEnd): StageJudgement {
  const failing = files.filter(({ verdict }) => verdict !== 'ok');
  const accepted = failing.filter(({ bucket }) => bucket !== null && knownIssues.accepted(bucket, today()) !== null);
  const left = failing.filter((file) => !accepted.includes(file));
  const known = accepted.length === 0 ? '' : `, ${accepted.length} fail as accepted`;
  if (left.length === 0 && (exitCode === 0 || exitCode === FINDING)) {
    return {
      status: 'passed',
      code: 0,
      detail: `${files.length - failing.length} of ${files.length} inputs ok${known}`,
    };
  }
  const first = left[0];
  const detail =
    first === undefined ? 'see its log' : `${left.length} fail, first ${first.file} (${first.bucket ?? first.verdict})`;
  return { status: 'failed', code: exitCode ?? FINDING, detail: `${detail}${known}` };
}

function judgeFuzz({ targets }: CampaignResult, { exitCode }: StageEnd): StageJudgement | null {
  if (exitCode === null || ![0, 3, 70, FINDING].includes(exitCode)) return null;
  const executions = targets.reduce((sum, target) => sum + target.executions, 0);
  const findings = targets.flatMap((target) => target.findings);
  const known = findings.filter((finding) => finding.known).length;
  const detail =
    `${executions} executions of ${targets.length} targets, ` +
    `${findings.length - known} new and ${known} accepted ${findings.length === 1 ? 'bucket' : 'buckets'}`;
  return { status: exitCode === 0 ? 'passed' : 'failed', code: exitCode, detail: detail + stopRuleText(targets) };
}

/** What the stop rule says: a target that it did not end is worth more time, which is no failure. */
function stopRuleText(targets: CampaignResult['targets']): string {
  const ruled = targets.filter(({ workedOut }) => workedOut !== null);
  if (ruled.length === 0) return '';
  const left = ruled.filter(({ workedOut }) => workedOut === false).map(({ target }) => target);
  return left.length === 0 ? ', all worked out' : `, worth more time: ${left.join(', ')}`;
}

/** Inputs that failed were counted as they were found, and a driver with accepted holes makes them every night. */
function judgeMerge({ exitCode, isForeign }: StageEnd): StageJudgement | null {
  if (!isForeign || exitCode !== FINDING) return null;
  return { status: 'passed', code: 0, detail: 'merged; the inputs that fail are among the findings' };
}

/** Findings of other builds, left in the folder by somebody who tried a planted bug, say nothing about this one. */
function judgeTriage(document: TriageDocument, { exitCode, bug }: StageEnd): StageJudgement {
  const buckets = document.buckets.filter((bucket) => bucket.bug === bug);
  const count = (status: string): number => buckets.filter((bucket) => bucket.status === status).length;
  const expired = buckets.filter((bucket) => bucket.expired).length;
  const parts = ['new', 'known', 'fixed', 'flaky'].map((status) => `${count(status)} ${status}`);
  const others = document.buckets.length - buckets.length;
  const detail = [
    ...parts,
    ...(expired === 0 ? [] : [`${expired} accepted too long`]),
    ...(others === 0 ? [] : [`${others} of other builds`]),
  ].join(', ');
  const failing = count('new') + count('flaky') + expired > 0;
  const code = exitCode === FINDING && !failing ? 0 : (exitCode ?? ENVIRONMENT);
  return { status: code === 0 ? 'passed' : code === FINDING || code === 3 ? 'failed' : 'problem', code, detail };
}
