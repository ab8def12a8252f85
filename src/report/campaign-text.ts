// A campaign as text: its status while it runs, each bucket as it is met, the tables at the end.

import { knownUpstream } from '../campaign/known-issues.js';
import { formatDuration } from '../campaign/duration.js';
import type {
  CampaignResult,
  CampaignStatus,
  FindingResult,
  FoundBucket,
} from '../campaign/fuzzing/campaign-result.js';
import type { Trace } from '../verdict/trace.js';
import type { Colours } from './colours.js';
import { type FindingDocument, findingText } from './finding-text.js';
import { shellWord } from './shell-word.js';
import type { StatusForms } from './status-line.js';
import { grouped, textTable } from './text-table.js';

/** Where a target stands, in some lines and in one. */
export function statusForms(status: CampaignStatus): StatusForms {
  const { target, share, workers, newBuckets, knownBuckets } = status;
  const elapsed = formatDuration(status.seconds);
  const processes = workers === 0 ? 'starting' : workers === 1 ? '1 worker' : `${grouped(workers)} workers`;
  const executions = `${grouped(status.executions)} executions  ${grouped(status.executionsPerSecond)}/s`;
  const coverage = `edges ${ofTotal(status.edges, status.totalEdges)}  states ${grouped(status.states)}`;
  const corpus = `features ${grouped(status.features)}  corpus ${grouped(status.corpus)}`;
  const buckets = `${grouped(newBuckets)} new, ${grouped(knownBuckets)} known`;
  const stable = percentText(status.stability);
  const sinceNew = lastNewText(status.secondsSinceNew);
  return {
    lines: [
      `${target}  ${elapsed}${share === null ? '' : ` of ${formatDuration(share)}`}  ${processes}`,
      `  speed      ${executions}`,
      `  coverage   ${coverage}  ${corpus}`,
      `  buckets    ${buckets}`,
      `  last new   ${sinceNew}`,
      `  stability  ${stable}`,
    ],
    line: [
      target,
      share === null ? elapsed : `${elapsed}/${formatDuration(share)}`,
      executions,
      ...[coverage, corpus, `buckets ${buckets}`, `last new ${sinceNew}`, `stability ${stable}`, processes],
    ].join('  '),
  };
}

/** The table of all targets, and where something was met, that of the buckets. */
export function campaignTable(result: CampaignResult): string {
  const header = ['target', 'executions', 'exec/s', 'edges', 'features', 'corpus', 'findings'];
  const rows = result.targets.map((row) => [
    row.target,
    ...[row.executions, row.executionsPerSecond, row.edges, row.features, row.corpus].map(grouped),
    findingsText(row.findings),
  ]);
  return textTable(header, rows) + stopRuleText(result);
}

/** Where a stop rule was asked for: what it says of each target; empty otherwise. */
function stopRuleText({ targets }: CampaignResult): string {
  const ruled = targets.filter(({ workedOut }) => workedOut !== null);
  if (ruled.length === 0) return '';
  const lines = ruled.map(({ target, discoveryBound, workedOut }) => {
    const chance =
      discoveryBound === null ? 'no sample' : `something new with at most ${discoveryBound.toExponential(1)}`;
    return `  ${target}: ${workedOut === true ? 'worked out' : 'worth more time'} (${chance})`;
  });
  return `\nstop rule, for the next execution of each target:\n${lines.join('\n')}\n`;
}

/** All buckets that a campaign met, most frequent first; empty without any. */
export function bucketTable(result: CampaignResult): string {
  const rows = result.targets.flatMap(({ target, findings }) =>
    [...findings]
      .sort((a, b) => b.executions - a.executions)
      .map(({ bucket, executions, known }) => [bucket, grouped(executions), standingText(bucket, known), target]),
  );
  return rows.length === 0 ? '' : textTable(['bucket', 'executions', 'standing', 'target'], rows);
}

function standingText(bucket: string, known: boolean): string {
  if (known) return 'known';
  return knownUpstream(bucket) === null ? 'new' : 'new, known upstream';
}

export interface FoundTextOptions {
  /** The whole story is told, and not only where to read it. */
  readonly inFull: boolean;
  /** The sidecar beside the stored input, when there is one. */
  readonly sidecar: FindingDocument | null;
  /** Further arguments for the commands to paste, such as `--bug ID`. */
  readonly commandArguments: readonly string[];
  readonly colours: Colours;
}

/** What was met, and how to look at it again. */
export function foundText(target: string, found: FoundBucket, options: FoundTextOptions): string {
  const { bold, red } = options.colours;
  if (found.standing === 'known') return `${target}: known issue: ${found.bucket}${issueText(found)}\n`;
  const headline = `${target}: ${found.stillFails ? 'still fails: ' : ''}${HEADLINES[found.kind]}${found.claim}`;
  const expired = found.standing === 'expired' ? `${issueText(found).trim()}\n` : upstreamText(found.bucket);
  if (!options.inFull)
    return `${bold(red(headline))}\n${indented(expired)}  bucket ${found.bucket}\n${indented(placeText(found))}`;
  const story = options.sidecar === null ? '' : `${findingText(withLastEvents(options.sidecar), options.colours)}\n`;
  const stack = found.stack === '' ? '' : `${found.stack}\n\n`;
  const commands = found.file === null ? '' : commandsText(found.file, options.commandArguments);
  return `\n${bold(red(headline))}\n${expired}\n${story}${stack}${placeText(found)}${commands}\n`;
}

const HEADLINES: Readonly<Record<FoundBucket['kind'], string>> = {
  finding: 'finding: ',
  hang: 'hang, against the claim: ',
  'harness-bug': 'vringfuzz itself failed, which says nothing about the driver, against the claim: ',
};

/** For those who maintain the driver it is nothing new: told, and nothing else follows from it. */
function upstreamText(bucket: string): string {
  const issue = knownUpstream(bucket);
  return issue === null ? '' : `known upstream: ${issue.reason}, ${issue.issue}\n`;
}

/** What known-issues.json says of the bucket. */
function issueText({ standing, issue }: FoundBucket): string {
  if (issue === null) return '';
  const { reason, issue: link, expires } = issue;
  return standing === 'known'
    ? ` (accepted until ${expires}: ${reason}, ${link})`
    : `It was accepted as known until ${expires}, and that date is over: ${reason}, ${link}`;
}

function placeText({ file, input, problem }: FoundBucket): string {
  if (file !== null) return `stored in ${file}\n`;
  const bytes = input === null ? '' : ` In base64 it is:\n${input}`;
  return `The input could not be stored: ${problem}.${bytes}\n`;
}

function commandsText(file: string, commandArguments: readonly string[]): string {
  const line = (command: string): string =>
    ['  npx vringfuzz', command, shellWord(file), ...commandArguments.map(shellWord)].join(' ');
  return `\n${line('replay')}\n${line('describe')}\n`;
}

/** The trace with the events of the step in which it happened: the others are a `describe` away. */
function withLastEvents(document: FindingDocument): FindingDocument {
  const { trace, step } = document;
  return trace === null ? document : { ...document, trace: onlyEventsOf(trace, step) };
}

function onlyEventsOf(trace: Trace, step: number): Trace {
  return { ...trace, steps: trace.steps.map((each) => (each.number === step ? each : { ...each, events: [] })) };
}

function findingsText(findings: readonly FindingResult[]): string {
  const known = findings.filter((finding) => finding.known).length;
  return `${grouped(findings.length - known)}${known === 0 ? '' : ` (+${grouped(known)} known)`}`;
}

function ofTotal(count: number, total: number): string {
  return total === 0 ? grouped(count) : `${grouped(count)} of ${grouped(total)}`;
}

function lastNewText(seconds: number | null): string {
  return seconds === null ? 'nothing yet' : `${formatDuration(seconds)} ago`;
}

/** Rounded down: only what is perfect reads 100 %. */
function percentText(share: number | null): string {
  return share === null ? 'not checked yet' : `${(Math.floor(share * 10_000) / 100).toString()} %`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
