// The DMA ledger as a table: what is mapped, what ended when, what leaked, and which mapping the finding is about.

import { type LedgerRow, type TableDescriptor, ledgerRows } from '../model/ledger-rows.js';
import type { TraceState } from '../model/trace-state.js';
import { element, heading } from './dom.js';
import { counted } from '../model/step-items.js';

/** A ledger of up to so many mappings is shown whole. */
const SMALL = 24;

const HEADS = ['#', 'for', 'state', 'direction', 'bytes', 'DMA address', 'memory'] as const;

const DIRECTIONS: Readonly<Record<string, string>> = {
  TO_DEVICE: '→ device',
  FROM_DEVICE: '← device',
  BIDIRECTIONAL: '↔ both',
};

export class LedgerView {
  readonly root = element('section', { class: 'ledger', attributes: { 'aria-labelledby': 'ledger' } });
  private readonly summary = element('p', { class: 'summary' });
  private readonly toggle = element('button', {
    class: 'small',
    attributes: { type: 'button', 'aria-pressed': 'false' },
  });
  private readonly holder = element('div', { class: 'scroll' });
  private showAll = false;
  /** Tables whose descriptors are shown, by ledger number. */
  private readonly open = new Set<number>();
  private again: () => void = () => undefined;

  constructor() {
    this.toggle.addEventListener('click', () => {
      this.showAll = !this.showAll;
      this.toggle.setAttribute('aria-pressed', String(this.showAll));
      this.again();
    });
    const head = element('div', { class: 'panel-head' }, [
      heading(3, 'DMA ledger', 'ledger'),
      this.summary,
      this.toggle,
    ]);
    this.root.append(head, this.holder);
  }

  /** Another trace: nothing of the last one stays open. */
  reset(): void {
    this.open.clear();
  }

  /** `violated` is the mapping that the finding is about, where it is to be marked. */
  update(state: TraceState, violated: number | null, packed: boolean): void {
    this.again = (): void => {
      this.update(state, violated, packed);
    };
    const rows = ledgerRows(state, violated);
    const hiding = rows.length > SMALL && !this.showAll;
    const shown = hiding ? rows.filter((row) => row.status !== 'ended' || row.touched || row.violated) : rows;
    this.summary.textContent = summaryOf(rows, state);
    this.toggle.hidden = rows.length <= SMALL;
    this.toggle.textContent = this.showAll ? 'Only live and touched' : `All ${rows.length} mappings`;
    this.holder.replaceChildren(
      rows.length === 0 ? element('p', { class: 'hint', text: 'Nothing has been mapped.' }) : this.table(shown, packed),
    );
  }

  private table(rows: readonly LedgerRow[], packed: boolean): HTMLElement {
    const heads = HEADS.map((text) => element('th', { text, attributes: { scope: 'col' } }));
    const body = rows.flatMap((row) => [
      this.row(row),
      ...(row.table !== null && this.open.has(row.entry) ? [tableRow(row.table, packed)] : []),
    ]);
    return element('table', { class: 'rows mappings' }, [
      element('caption', { class: 'hidden', text: 'Mappings in the order in which they were made' }),
      element('thead', {}, [element('tr', {}, heads)]),
      element('tbody', {}, body),
    ]);
  }

  private row(row: LedgerRow): HTMLTableRowElement {
    const names = [row.status, ...(row.touched ? ['touched'] : []), ...(row.violated ? ['violated'] : [])];
    const use = row.table === null ? element('span', { text: row.use }) : this.tableToggle(row);
    const carried =
      row.descriptors.length === 0 ? [] : [element('span', { class: 'carried', text: row.descriptors.join(' ') })];
    return element('tr', { class: names.join(' '), attributes: { 'data-entry': String(row.entry) } }, [
      element('th', { text: String(row.entry), attributes: { scope: 'row' } }),
      element('td', {}, [use, ...carried]),
      element('td', { class: 'state', text: stateText(row), title: historyOf(row) }),
      element('td', { text: DIRECTIONS[row.direction] ?? row.direction, title: `${row.direction}, ${row.kind}` }),
      element('td', { class: 'number', text: String(row.size) }),
      element('td', { class: 'data', text: row.dma }),
      element('td', { class: 'data', text: row.memory }),
    ]);
  }

  private tableToggle({ entry, use }: LedgerRow): HTMLElement {
    const open = this.open.has(entry);
    return element('button', {
      class: 'small',
      text: `${open ? '▾' : '▸'} ${use}`,
      attributes: { type: 'button', 'aria-expanded': String(open) },
      onClick: () => {
        if (open) this.open.delete(entry);
        else this.open.add(entry);
        this.again();
        this.holder.querySelector<HTMLElement>(`[data-entry="${entry}"] button`)?.focus();
      },
    });
  }
}

function summaryOf(rows: readonly LedgerRow[], { buffers }: TraceState): string {
  const inFlight = [...buffers].filter(([, state]) => state === 'in flight').map(([token]) => token);
  const leaked = rows.filter(({ status }) => status === 'leaked').length;
  const live = rows.filter(({ status }) => status === 'live').length;
  const flight =
    inFlight.length === 0
      ? 'no buffer in flight'
      : `in flight: ${inFlight.length > 8 ? counted(inFlight.length, 'buffer') : `buffer ${inFlight.join(', ')}`}`;
  return [flight, `${live} live`, ...(leaked === 0 ? [] : [`${leaked} leaked`])].join(' · ');
}

function stateText({ status, endedIn, violated }: LedgerRow): string {
  const state = status === 'ended' ? `ended in ${endedIn ?? '?'}` : status;
  return violated ? `${state} ◀ violated` : state;
}

function historyOf({ mappedIn, endedIn, violated }: LedgerRow): string {
  const end = endedIn === null ? '' : `, ended in step ${endedIn}`;
  return `mapped in step ${mappedIn}${end}${violated ? '; the violation is about it' : ''}`;
}

/** The descriptors of an indirect table, as it was mapped. */
function tableRow(table: readonly TableDescriptor[], packed: boolean): HTMLElement {
  const [first, second] = packed ? ['id', 'flags'] : ['flags', 'next'];
  const lines = table.map(({ addr, len, tail }, index) =>
    element('div', {
      text: `${index}: addr ${addr}, len ${len}, ${first} 0x${tail[0].toString(16)}, ${second} 0x${tail[1].toString(16)}`,
    }),
  );
  return element('tr', { class: 'inside' }, [element('td', { attributes: { colspan: String(HEADS.length) } }, lines)]);
}
