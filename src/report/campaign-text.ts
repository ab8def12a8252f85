// A campaign as text: its status while it runs, each finding as it comes, the table at the end.

import { formatDuration } from '../campaign/duration.js';
import type { EngineEnd, StoredFinding } from '../campaign/engine/engine-end.js';
import type { EngineStatus } from '../campaign/engine/engine-output.js';
import type { CampaignResult } from '../campaign/fuzz-campaign.js';
import type { Trace } from '../verdict/trace.js';
import type { Colours } from './colours.js';
import { type FindingDocument, findingText } from './finding-text.js';
import { grouped, textTable } from './text-table.js';

/** Where a target stands, in one line. */
export function statusText(target: string, status: EngineStatus, elapsed: number, share: number | null): string {
  const time = share === null ? formatDuration(elapsed) : `${formatDuration(elapsed)}/${formatDuration(share)}`;
  return [
    target,
    time,
    `${grouped(status.executions)} executions`,
    `${grouped(status.executionsPerSecond)}/s`,
    // libFuzzer counts edges and states together while it runs.
    `edges+states ${grouped(status.coverage)}`,
    `features ${grouped(status.features)}`,
    `corpus ${grouped(status.corpus)}`,
  ].join('  ');
}

/** The table of all targets. */
export function campaignTable(result: CampaignResult): string {
  const header = ['target', 'executions', 'exec/s', 'edges', 'features', 'corpus', 'findings'];
  const rows = result.targets.map((row) => [
    row.target,
    ...[row.executions, row.executionsPerSecond, row.edges, row.features, row.corpus, row.findings.length].map(grouped),
  ]);
  return textTable(header, rows);
}

export interface EndTextOptions {
  /** The sidecar beside the stored input, when there is one. */
  readonly sidecar: FindingDocument | null;
  /** Further arguments for the commands to paste, such as `--bug ID`. */
  readonly commandArguments: readonly string[];
  readonly colours: Colours;
}

/** What ended a target before its limit, what it did, and how to look at it again; empty when the limit did. */
export function endText(target: string, end: EngineEnd, options: EndTextOptions): string {
  if (end.kind === 'done' || end.kind === 'failed') {
    return '';
  }
  const { finding } = end;
  const headline = `${target}: ${HEADLINES[end.kind]}${finding.claim}`;
  const story = options.sidecar === null ? '' : `${findingText(withLastEvents(options.sidecar), options.colours)}\n`;
  const stack = end.kind === 'harness-bug' && end.stack !== '' ? `${end.stack}\n\n` : '';
  return `\n${options.colours.bold(options.colours.red(headline))}\n\n${story}${stack}${whereText(finding, options)}\n`;
}

const HEADLINES: Readonly<Record<'finding' | 'hang' | 'harness-bug', string>> = {
  finding: 'finding: ',
  hang: 'hang, against the claim: ',
  'harness-bug': 'vringfuzz itself failed, which says nothing about the driver, against the claim: ',
};

function whereText(finding: StoredFinding, { commandArguments }: EndTextOptions): string {
  if (finding.file === null) {
    const bytes = finding.input === null ? '' : `In base64 it is:\n${finding.input}\n`;
    return `The input could not be stored: ${finding.problem}. ${bytes}`.trimEnd() + '\n';
  }
  const paste = (command: string): string =>
    ['  npx vringfuzz', command, shellWord(finding.file ?? ''), ...commandArguments.map(shellWord)].join(' ');
  return `stored in ${finding.file}\n\n${paste('replay')}\n${paste('describe')}\n`;
}

/** The trace with the events of the step in which it happened: the others are a `describe` away. */
function withLastEvents(document: FindingDocument): FindingDocument {
  const { trace, step } = document;
  return trace === null ? document : { ...document, trace: onlyEventsOf(trace, step) };
}

function onlyEventsOf(trace: Trace, step: number): Trace {
  return { ...trace, steps: trace.steps.map((each) => (each.number === step ? each : { ...each, events: [] })) };
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
