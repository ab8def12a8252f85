// What a finding claims and says: its facts, the fields that disagree side by side, and the commands to paste.

import type { FindingData, InputData, ShownFinding } from '../model/page-data.js';
import { type Child, element, link } from './dom.js';
import { counted } from '../model/step-items.js';
import { dateText, durationText } from './words.js';

/** Claim, severity and facts of the bucket. */
export function findingHead(finding: FindingData): HTMLElement {
  const { oracle, severity, status, claim } = finding;
  const title = element('div', { class: 'finding-title' }, [
    element('span', { class: `severity ${severity ?? 'none'}`, text: severity ?? 'severity unknown' }),
    element('h2', { text: oracle, attributes: { id: 'explorer' } }),
    element('span', { class: `status ${status}`, text: status }),
  ]);
  return element('header', { class: 'finding' }, [
    title,
    element('p', { class: 'claim', text: claim }),
    facts(bucketFacts(finding)),
  ]);
}

function bucketFacts(finding: FindingData): readonly Fact[] {
  const { source, issue, sameAs, executions, firstSeconds, reproduced } = finding;
  return [
    ['bucket', element('code', { text: finding.bucket })],
    ['target', finding.target],
    ...(source === null ? [] : [['source', source] as const]),
    ...(sameAs === null ? [] : [['probably the same as', element('code', { text: sameAs })] as const]),
    ...(executions === null
      ? []
      : [['seen in', `${counted(executions, 'execution')}${firstAfter(firstSeconds)}`] as const]),
    ...(reproduced === null
      ? []
      : [['reproduced', `${reproduced.times} of ${counted(reproduced.runs, 'run')}`] as const]),
    ...(issue === null ? [] : [['known issue', issueText(issue)] as const]),
  ];
}

function firstAfter(seconds: number | null): string {
  return seconds === null ? '' : `, first after ${durationText(seconds)}`;
}

function issueText(issue: NonNullable<FindingData['issue']>): HTMLElement {
  const until = issue.over ? `, expired on ${issue.expires}` : `, until ${issue.expires}`;
  return element('span', {}, [`${issue.reason} (`, link(issue.link), `)${until}`]);
}

/** What the chosen input says: where and in which call. */
export function inputHead({ finding }: InputData): HTMLElement {
  return finding === null
    ? element('p', { class: 'hint', text: 'No sidecar of this input can be read.' })
    : facts(inputFacts(finding));
}

/** Why something is missing; nothing where it is not. */
export function inputNote({ note }: InputData): readonly HTMLElement[] {
  return note === null ? [] : [element('p', { class: 'note', text: note })];
}

export function inputCommands(input: InputData): HTMLElement {
  const lines = ['replay', 'describe'].map((command) =>
    element('code', { class: 'command', text: `npx vringfuzz ${command} ${input.arguments}` }),
  );
  return element('div', { class: 'commands', attributes: { 'aria-label': 'Commands to paste' } }, lines);
}

function inputFacts(finding: ShownFinding): readonly Fact[] {
  const { shape, site, call, step, field, mapping, bug, seed, createdAt } = finding;
  return [
    ['shape', shape],
    ['driver', element('code', { text: site })],
    ['call', element('code', { text: `${call}, step ${step}` })],
    ...(field === null ? [] : [['ring field', element('code', { text: field })] as const]),
    ...(mapping === null ? [] : [['mapping', element('code', { text: mapping })] as const]),
    ...(bug === null ? [] : [['build', `with planted bug ${bug}`] as const]),
    ...(seed === null ? [] : [['engine seed', String(seed)] as const]),
    ...(createdAt === null ? [] : [['stored', dateText(createdAt)] as const]),
  ];
}

/** Expected and got, side by side. */
export function comparison({ rows }: ShownFinding): HTMLElement {
  if (rows.length === 0) return element('p', { class: 'hint', text: 'The oracle compares no values.' });
  const heads = ['', 'expected', 'got', ''].map((text) => element('th', { text, attributes: { scope: 'col' } }));
  const body = rows.map(({ key, expected, got, differs }) =>
    element('tr', { class: differs ? 'differs' : '' }, [
      element('th', { text: key, attributes: { scope: 'row' } }),
      element('td', { text: expected }),
      element('td', { text: got }),
      element('td', { text: differs ? '≠' : '', title: differs ? 'they disagree' : '' }),
    ]),
  );
  return element('table', { class: 'comparison' }, [
    element('caption', { text: 'What disagrees' }),
    element('thead', {}, [element('tr', {}, heads)]),
    element('tbody', {}, body),
  ]);
}

type Fact = readonly [name: string, value: Child];

function facts(all: readonly Fact[]): HTMLElement {
  const pairs = all.map(([name, value]) =>
    element('div', {}, [element('dt', { text: name }), element('dd', {}, [value])]),
  );
  return element('dl', { class: 'facts' }, pairs);
}
