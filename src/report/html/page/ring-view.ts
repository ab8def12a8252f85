// Ring memory as a grid: a table an area, a cell a field. Colour and sign say who wrote it last; what the step did to it is
// marked. Of large rings the entries in use are shown, until the reader asks for all.

import type { RingData } from '../../../verdict/trace-data.js';
import { type GridCell, type GridRow, type GridTable, ringGrid } from '../model/ring-grid.js';
import type { TraceState } from '../model/trace-state.js';
import { element, heading } from './dom.js';

/** Rings of up to this size are shown whole. */
const SMALL = 16;

const SIGNS = { driver: '■', device: '▲', both: '◆' } as const;

export class RingView {
  readonly root = element('section', { class: 'ring', attributes: { 'aria-labelledby': 'ring' } });
  private readonly summary = element('p', { class: 'summary' });
  private readonly toggle = element('button', {
    class: 'small',
    attributes: { type: 'button', 'aria-pressed': 'false' },
  });
  private readonly tables = element('div', { class: 'ring-tables' });
  private showAll = false;
  private again: () => void = () => undefined;

  constructor() {
    this.toggle.addEventListener('click', () => {
      this.showAll = !this.showAll;
      this.toggle.setAttribute('aria-pressed', String(this.showAll));
      this.again();
    });
    const head = element('div', { class: 'panel-head' }, [
      heading(3, 'Ring memory', 'ring'),
      this.summary,
      this.toggle,
    ]);
    this.root.append(head, legend(), this.tables);
  }

  /** `violated` is the field that the finding is about, where it is to be marked. */
  update(state: TraceState, everUsed: ReadonlySet<number>, violated: string | null): void {
    this.again = (): void => {
      this.update(state, everUsed, violated);
    };
    const { ring } = state;
    this.tables.replaceChildren();
    if (ring === null) {
      this.summary.textContent = 'The device has not been given a ring yet.';
      this.toggle.hidden = true;
      return;
    }
    const grid = ringGrid(state, everUsed);
    const hiding = ring.num > SMALL && !this.showAll;
    this.summary.textContent = summaryOf(ring, grid, hiding);
    this.toggle.hidden = ring.num <= SMALL;
    this.toggle.textContent = this.showAll ? 'Only entries in use' : `All ${ring.num} entries`;
    // Areas without entries need one line each: they stand above the others.
    const sorted = [...grid].sort((a, b) => Number(a.columns.length > 0) - Number(b.columns.length > 0));
    this.tables.append(...sorted.map((table) => tableElement(table, hiding, violated)));
  }
}

function summaryOf({ packed, num }: RingData, grid: readonly GridTable[], hiding: boolean): string {
  const ring = `${packed ? 'Packed' : 'Split'} ring of ${num}`;
  if (!hiding) return ring;
  const shown = grid
    .filter(({ rows }) => rows.length > 0)
    .map(({ name, rows }) => `${rows.filter(isShown).length} ${name}`);
  return `${ring}; in use: ${shown.join(', ')}`;
}

function isShown({ inUse, cells }: GridRow): boolean {
  return inUse || cells.some(({ changed, current }) => changed || current);
}

function tableElement(table: GridTable, hiding: boolean, violated: string | null): HTMLElement {
  const rows = hiding
    ? table.rows.filter((row) => isShown(row) || row.cells.some(({ field }) => field === violated))
    : table.rows;
  const parts: HTMLElement[] = [];
  if (table.single.length > 0) parts.push(singles(table.single, violated));
  if (rows.length > 0) {
    const heads = ['', ...table.columns].map((text) => element('th', { text, attributes: { scope: 'col' } }));
    const body = rows.map(({ index, cells }) =>
      element('tr', {}, [
        element('th', { text: String(index), attributes: { scope: 'row' } }),
        ...cells.map((cell) => cellElement('td', cell, violated)),
      ]),
    );
    parts.push(
      element('table', { class: 'grid' }, [
        element('caption', { class: 'hidden', text: `Entries of ${table.name}` }),
        element('thead', {}, [element('tr', {}, heads)]),
        element('tbody', {}, body),
      ]),
    );
  } else if (table.columns.length > 0) parts.push(element('p', { class: 'hint', text: 'no entry in use' }));
  const names = table.columns.length === 0 ? 'area strip' : `area ${table.name}`;
  return element('div', { class: names }, [element('h4', { text: table.name }), ...parts]);
}

/** Fields that are there once, in a line above the entries. */
function singles(cells: readonly GridCell[], violated: string | null): HTMLElement {
  const pairs = cells.map((cell) =>
    element('span', { class: 'pair' }, [
      element('span', { class: 'label', text: cell.label }),
      cellElement('span', cell, violated),
    ]),
  );
  return element('div', { class: 'singles' }, pairs);
}

function cellElement(tag: 'td' | 'span', cell: GridCell, violated: string | null): HTMLElement {
  const isViolated = cell.field === violated;
  const names = [
    'cell',
    `by-${cell.writer ?? 'nobody'}`,
    ...(cell.changed ? ['changed'] : cell.written ? ['written'] : []),
    ...(cell.loaded ? ['loaded'] : []),
    ...(cell.current ? ['current'] : []),
    ...(isViolated ? ['violated'] : []),
  ];
  const said = historyOf(cell, isViolated);
  const meaning = cell.meaning === '' ? [] : [element('span', { class: 'meaning', text: cell.meaning })];
  const sign = cell.writer === null ? '' : SIGNS[cell.writer];
  return element(
    tag,
    { class: names.join(' '), title: `${cell.field}: ${said}`, attributes: { 'data-field': cell.field } },
    [
      element('span', { class: 'sign', text: sign, attributes: { 'aria-hidden': 'true' } }),
      element('span', { class: 'value', text: cell.text }),
      ...meaning,
      element('span', { class: 'hidden', text: ` (${said})` }),
    ],
  );
}

/** Who wrote it, when, and what the step did to it. */
function historyOf({ writer, stamp, changed, written, loaded }: GridCell, violated: boolean): string {
  const who =
    writer === null
      ? 'written by nobody'
      : writer === 'both'
        ? 'written by driver and device'
        : `written by the ${writer}`;
  const when = stamp === null ? '' : ` in step ${stamp.step}`;
  const race = stamp?.during ? `, in the middle of ${stamp.during}()` : '';
  const parts = [
    ...(changed ? ['changed in this step'] : written ? ['written again in this step'] : []),
    ...(loaded ? ['read by the driver in this step'] : []),
    ...(violated ? ['the violation is about this field'] : []),
  ];
  return [`${who}${when}${race}`, ...parts].join('; ');
}

function legend(): HTMLElement {
  const entry = (names: string, sign: string, text: string): HTMLElement =>
    element('span', { class: `cell ${names}` }, [
      element('span', { class: 'sign', text: sign }),
      element('span', { class: 'value', text }),
    ]);
  return element('div', { class: 'legend', attributes: { 'aria-label': 'Legend' } }, [
    'last written by',
    entry('by-driver', SIGNS.driver, 'driver'),
    entry('by-device', SIGNS.device, 'device'),
    entry('by-both', SIGNS.both, 'both'),
    entry('by-nobody', '', 'nobody'),
    'in this step',
    entry('by-nobody changed', '', 'changed'),
    entry('by-nobody loaded', '', 'read by the driver'),
    entry('by-nobody violated', '', 'violated'),
  ]);
}
