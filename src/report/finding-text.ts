// A finding as text: what happened step by step, then what the oracle says about it. Made from values alone, so that a
// crash sidecar reads like the run that wrote it.

import type { Trace, TraceStep } from '../verdict/trace.js';
import type { Finding, MappingRecord } from '../verdict/verdict.js';
import { type Colours, PLAIN } from './colours.js';
import { formatNumber, numbersTable } from './numbers-table.js';

/** What findingText needs; a crash sidecar (src/campaign/crashes/sidecar.ts) is one. */
export interface FindingDocument extends Finding {
  readonly target: string;
  readonly seed: number | null;
  readonly bug: string | null;
  readonly trace: Trace | null;
}

/** The whole story of a finding, in lines that end in a newline. */
export function findingText(document: FindingDocument, colours: Colours = PLAIN): string {
  const build = document.bug === null ? '' : `, build with bug ${document.bug}`;
  const seed = document.seed === null ? '' : `, seed ${document.seed}`;
  const steps = document.trace === null ? '' : `${traceText(document.trace, colours)}\n`;
  return `target         ${document.target}${build}${seed}\n${steps}${verdictText(document, colours)}`;
}

/** The configuration and the numbered steps, each with its events. */
export function traceText(trace: Trace, colours: Colours = PLAIN): string {
  const steps = trace.steps.map((step) => stepText(step, colours)).join('');
  return `configuration  ${trace.configuration}\n${steps}`;
}

/** What the oracle says: claim, numbers side by side, where in the driver. */
export function verdictText(finding: Finding, colours: Colours = PLAIN): string {
  const { site } = finding;
  const line = site.line === undefined ? '' : ` (line ${site.line})`;
  const rows: readonly (readonly [label: string, text: string])[] = [
    ['claim', finding.claim],
    ['severity', finding.severity],
    ['shape', finding.shape],
    ['driver', `${site.file}:${site.function}${line}`],
    ['call', `${finding.call}, step ${finding.step}`],
    ...(finding.field === undefined ? [] : [['ring field', finding.field] as const]),
    ...(finding.mapping === undefined ? [] : [['mapping', mappingText(finding.mapping)] as const]),
    ['bucket', finding.bucket],
  ];
  const title = colours.bold(colours.red(`FINDING ${finding.oracle}`));
  const lines = rows.map(([label, text]) => `  ${colours.dim(label.padEnd(10))}  ${text}`);
  return `${[title, ...lines, ...comparisonLines(finding, colours)].join('\n')}\n`;
}

function stepText(step: TraceStep, colours: Colours): string {
  const title = `${String(step.number).padStart(4)}  ${colours.bold(step.title)}\n`;
  const events = step.events.map((event) => {
    const line = `        ${event.kind.padEnd(9)} ${event.text}`;
    return `${eventColour(event.kind, colours)(line)}\n`;
  });
  return title + events.join('');
}

/** The device and what goes wrong stand out from what the driver does. */
function eventColour(kind: string, colours: Colours): (text: string) => string {
  if (kind === 'violation') return colours.red;
  if (kind === 'device') return colours.magenta;
  if (kind === 'fail') return colours.yellow;
  return (text) => text;
}

function mappingText(mapping: MappingRecord): string {
  return Object.entries(mapping)
    .map(([key, value]: [string, number | string]) => `${key}=${formatNumber(key, value)}`)
    .join(' ');
}

/** The table of expected and got, aligned; rows that differ are marked. */
function comparisonLines(finding: Finding, colours: Colours): readonly string[] {
  const rows = numbersTable(finding.expected, finding.got);
  if (rows.length === 0) return [];
  const keyWidth = Math.max(...rows.map((row) => row.key.length));
  const expectedWidth = Math.max('expected'.length, ...rows.map((row) => row.expected.length));
  const gotWidth = Math.max('got'.length, ...rows.map((row) => row.got.length));
  const lines = rows.map((row) => {
    const cells = `${row.key.padEnd(keyWidth)}  ${row.expected.padEnd(expectedWidth)}  ${row.got.padEnd(gotWidth)}`;
    return row.differs ? colours.red(`    ${cells}  <`) : `    ${cells.trimEnd()}`;
  });
  const header = `    ${''.padEnd(keyWidth)}  ${'expected'.padEnd(expectedWidth)}  got`;
  return ['', colours.dim(header), ...lines];
}
