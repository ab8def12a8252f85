// crashes/<target>/<bucket>/README.md: one finding for a driver's author, who has never seen vringfuzz: what is claimed, what
// the device gains, the few steps that show it, what disagrees, where in the driver, and how to see it again. Made of
// values alone, and without a clock: the same bucket gives the same page.

import { basename, relative } from 'node:path';

import type { TriagedBucket, TriagedInput } from '../campaign/triage/triaged-bucket.js';
import { runsOf } from '../campaign/triage/triaged-bucket.js';
import { ORACLES } from '../oracle/registry.js';
import type { Finding } from '../verdict/verdict.js';
import { traceText } from './finding-text.js';
import { block, code, inline, table } from './formats/markdown-text.js';
import { formatNumber, numbersTable } from './numbers-table.js';
import { securitySeverity } from './security-severity.js';
import { gainClassOf } from './severity-classes.js';
import { shellWord } from './shell-word.js';

/** Inputs listed by name; a bucket can have thousands. */
const MOST_INPUTS = 50;

export interface ReadmeOptions {
  /** How the folder of the bucket is written in commands. */
  readonly shownFolder: string;
  /** Name of the folder of the bucket with the same cause, where there is one. */
  readonly sameAsFolder: string | null;
  /** Options that the commands need to find the build, such as `--bugs DIR`. */
  readonly commandArguments: readonly string[];
  /** For a page that leaves this machine: what was run. */
  readonly ran?: WhatRan;
}

export interface WhatRan {
  /** Name and value, such as a version. */
  readonly facts: readonly (readonly [string, string])[];
  /** What has to be typed before the commands work elsewhere. */
  readonly setup: readonly string[];
}

/** The page. */
export function bucketReadme(bucket: TriagedBucket, options: ReadmeOptions): string {
  const { finding } = bucket;
  const title = finding === null ? inline(bucket.bucket) : `${inline(finding.oracle)}: ${inline(finding.claim)}`;
  const sections = [
    `# ${title}\n`,
    statusText(bucket, options),
    finding === null ? 'No sidecar of its inputs could be read.\n' : factsTable(bucket, finding),
    finding === null ? '' : disagreement(finding),
    steps(bucket),
    commands(bucket, options),
    options.ran === undefined ? inputsText(bucket) : exportedText(bucket, options.ran),
    options.ran === undefined
      ? 'Written by `vringfuzz triage`, which replaces this page; notes of your own belong in another file.\n'
      : 'Written by `vringfuzz export`.\n',
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function statusText(bucket: TriagedBucket, { sameAsFolder }: ReadmeOptions): string {
  const { status, expired, issue, sameAs } = bucket;
  const { runs, reproduced } = runsOf(bucket);
  const link = sameAs === null ? '' : `[${inline(sameAs)}](../${encodeURIComponent(sameAsFolder ?? sameAs)}/README.md)`;
  const lines: string[] = [];
  if (status === 'fixed') {
    lines.push('**fixed**: no input ends in this bucket any more.');
    if (sameAs !== null) lines.push(`They end in ${link} now.`);
    if (issue !== null) lines.push('Its entry in known-issues.json can go.');
  } else {
    lines.push(`**${status}**: ${reproduced} of ${runs} runs ended here.`);
    if (status === 'flaky') lines.push('Not every run did, which an input and a driver alone cannot explain.');
    if (issue !== null) {
      const until = expired
        ? `was accepted until ${inline(issue.expires)}, which is over`
        : `accepted until ${inline(issue.expires)}`;
      lines.push(`Known-issues.json: ${until}: ${inline(issue.reason)} (${inline(issue.issue)}).`);
    }
    if (sameAs !== null) lines.push(`Probably of the same cause as ${link}, which is the one to look at first.`);
  }
  return `${lines.join(' ')}\n`;
}

function factsTable(bucket: TriagedBucket, finding: Finding): string {
  const { site, mapping, field } = finding;
  const gain = gainClassOf(finding.oracle);
  const cwe = ORACLES.find(({ id }) => id === finding.oracle)?.cwe;
  const line = site.line === undefined ? '' : `, line ${site.line}`;
  const rows: (readonly [string, string])[] = [
    ['severity', `${finding.severity} (${securitySeverity(finding.severity)})`],
    ...(gain === null ? [] : [['the device gains', `${inline(gain.name)}. ${inline(gain.gain)}`] as const]),
    ...(cwe === undefined
      ? []
      : [['weakness', `[CWE-${cwe}](https://cwe.mitre.org/data/definitions/${cwe}.html)`] as const]),
    ['what is wrong', inline(finding.shape)],
    ['where in the driver', `${code(`${site.file}:${site.function}`)}${line}`],
    ['during', `${code(finding.call)}, step ${finding.step}`],
    ...(field === undefined ? [] : [['ring field', code(field)] as const]),
    ...(mapping === undefined
      ? []
      : [
          [
            'mapping',
            Object.entries(mapping)
              .map(([key, value]: [string, number | string]) => code(`${key}=${formatNumber(key, value)}`))
              .join(' '),
          ] as const,
        ]),
    ['target', `${code(bucket.target)}${bucket.bug === null ? '' : `, build with bug ${code(bucket.bug)}`}`],
    ['bucket', code(bucket.bucket)],
  ];
  return table(['', ''], rows, 2);
}

function disagreement(finding: Finding): string {
  const rows = numbersTable(finding.expected, finding.got).map(({ key, expected, got, differs }) => {
    const cell = (text: string): string => (differs ? `**${inline(text)}**` : inline(text));
    return [inline(key), cell(expected), cell(got), differs ? '<' : ''];
  });
  if (rows.length === 0) return '';
  return `## What disagrees\n\n${table(['', 'expected', 'got', ''], rows, 4)}`;
}

function steps({ minimised, inputs }: TriagedBucket): string {
  if (minimised === null) return '';
  const { bytes, trace, placement } = minimised;
  const original = inputs[0]?.size ?? 0;
  const placed = placement === undefined ? '' : `; ${code(placement)} happens besides, see docs/systematic.md`;
  const size = `${bytes.length} bytes${original > bytes.length ? `, made of ${original}` : ''}${placed}`;
  if (trace === null) return `## Steps\n\nThe minimised input (${size}) has no trace.\n`;
  const title = trace.steps.map(({ number, title: text }) => `${number}. ${inline(text)}\n`).join('');
  return `## Steps\n\nThe minimised input (${size}):\n\n${title}\n${block(traceText(trace))}`;
}

function commands(bucket: TriagedBucket, { shownFolder, commandArguments, ran }: ReadmeOptions): string {
  const name = bucket.minimised?.name ?? (bucket.inputs[0] === undefined ? '' : basename(bucket.inputs[0].file));
  if (name === '') return '';
  const rest = commandArguments.map((word) => ` ${shellWord(word)}`).join('');
  const file = shellWord(`${shownFolder}/${name}`);
  const promote = `npx vringfuzz triage --promote ${shellWord(bucket.bucket)} --target ${bucket.target}${rest}`;
  const lasting = bucket.status !== 'fixed' && bucket.minimised?.placement === undefined && ran === undefined;
  return `## Again\n\n${block(
    [
      ...(ran?.setup ?? []),
      `npx vringfuzz replay ${file}${rest}`,
      `npx vringfuzz describe ${file}${rest}`,
      ...(lasting ? [promote] : []),
    ].join('\n'),
  )}`;
}

/** The input as text, for a mail without attachments, and what it was run on. */
function exportedText({ minimised }: TriagedBucket, { facts }: WhatRan): string {
  const base64 = minimised === null ? '' : Buffer.from(minimised.bytes).toString('base64');
  const again = `base64 -d > ${minimised?.name ?? ''} <<< ${base64}`;
  const rows = facts.map(([name, value]) => [inline(name), code(value)]);
  return [
    minimised === null ? '' : `## The input as text\n\n${block(again)}`,
    `## What was run\n\n${table(['', ''], rows, 2)}`,
  ].join('\n');
}

function inputsText({ inputs, folder }: TriagedBucket): string {
  const shown = inputs.slice(0, MOST_INPUTS).map((input) => inputRow(input, folder));
  const more = inputs.length > MOST_INPUTS ? `\nAnd ${inputs.length - MOST_INPUTS} more.\n` : '';
  return `## Inputs\n\n${table(['input', 'bytes', 'runs that ended here'], shown)}${more}`;
}

function inputRow({ file, size, runs, reproduced }: TriagedInput, folder: string): readonly string[] {
  return [code(relative(folder, file).replaceAll('\\', '/')), String(size), `${reproduced} of ${runs}`];
}
