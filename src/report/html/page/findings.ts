// The table of buckets: what somebody has to look at first stands first, and any column can be sorted by.

import type { FindingData, PageData } from '../model/page-data.js';
import { element, heading } from './dom.js';
import { type Column, SortableTable } from './sortable-table.js';
import { durationText, grouped } from './words.js';

const SEVERITIES: readonly FindingData['severity'][] = ['critical', 'high', 'medium', 'low'];
const STATUSES: readonly FindingData['status'][] = ['new', 'flaky', 'known', 'fixed'];

export class FindingsTable {
  readonly root = element('section', { attributes: { 'aria-labelledby': 'findings' } });
  private readonly table: SortableTable<FindingData>;

  constructor(data: PageData, onChoose: (finding: FindingData) => void) {
    const { findings } = data;
    this.table = new SortableTable({ caption: 'Findings by bucket', columns: COLUMNS, rows: findings, onChoose });
    const count = findings.length === 0 ? '' : ` (${findings.length})`;
    this.root.append(heading(2, `Findings${count}`, 'findings'));
    if (findings.length === 0) {
      const text = `No findings in ${data.folder}: no execution broke a claim, or none was stored.`;
      this.root.append(element('p', { class: 'empty', text }));
    } else this.root.append(element('div', { class: 'scroll tall' }, [this.table.root]));
  }

  choose(finding: FindingData): void {
    this.table.choose(finding);
  }
}

const COLUMNS: readonly Column<FindingData>[] = [
  { label: 'oracle', cell: ({ oracle }) => oracle, key: ({ oracle }) => oracle },
  {
    label: 'severity',
    cell: ({ severity }) => element('span', { class: `severity ${severity ?? 'none'}`, text: severity ?? '–' }),
    key: ({ severity }) => SEVERITIES.indexOf(severity) + (severity === null ? SEVERITIES.length + 1 : 0),
  },
  {
    label: 'status',
    cell: ({ status, issue }) =>
      element('span', { class: `status ${status}`, text: issue?.over === true ? `${status}, expired` : status }),
    key: ({ status }) => STATUSES.indexOf(status),
  },
  {
    label: 'shape',
    cell: ({ inputs, bucket }) => inputs[0]?.finding?.shape ?? bucket,
    key: ({ inputs, bucket }) => inputs[0]?.finding?.shape ?? bucket,
  },
  { label: 'driver site', cell: ({ site }) => element('code', { text: site || '–' }), key: ({ site }) => site },
  { label: 'target', cell: ({ target }) => target, key: ({ target }) => target },
  {
    label: 'executions',
    cell: ({ executions }) => (executions === null ? '–' : grouped(executions)),
    key: ({ executions }) => executions ?? -1,
    numeric: true,
  },
  {
    label: 'first after',
    cell: ({ firstSeconds }) => (firstSeconds === null ? '–' : durationText(firstSeconds)),
    key: ({ firstSeconds }) => firstSeconds ?? Number.MAX_SAFE_INTEGER,
  },
  {
    label: 'same as',
    cell: ({ sameAs }) => element('code', { text: sameAs ?? '' }),
    key: ({ sameAs }) => sameAs ?? '',
  },
];
