// A table whose columns can be sorted by, with the keyboard as with the mouse. Rows can be chosen.

import { type Child, element } from './dom.js';

export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row) => Child;
  /** What rows are sorted by; a column without it cannot be sorted by. */
  readonly key?: (row: Row) => number | string;
  /** Numbers stand at the right, and are sorted from the largest first. */
  readonly numeric?: boolean;
}

export interface TableOptions<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly onChoose?: (row: Row) => void;
}

export class SortableTable<Row> {
  readonly root: HTMLTableElement;
  private readonly body = element('tbody');
  private readonly rowElements = new Map<Row, HTMLTableRowElement>();
  private sortedBy: Column<Row> | null = null;
  private descending = false;

  constructor(private readonly options: TableOptions<Row>) {
    const caption = element('caption', { class: 'hidden', text: options.caption });
    const heads = options.columns.map((column) => this.head(column));
    this.root = element('table', { class: 'rows' }, [
      caption,
      element('thead', {}, [element('tr', {}, heads)]),
      this.body,
    ]);
    for (const row of options.rows) this.rowElements.set(row, this.rowElement(row));
    this.body.append(...this.rowElements.values());
  }

  /** Marks the chosen row. */
  choose(row: Row): void {
    for (const [each, shown] of this.rowElements) {
      if (each === row) shown.setAttribute('aria-current', 'true');
      else shown.removeAttribute('aria-current');
    }
  }

  private head(column: Column<Row>): HTMLTableCellElement {
    const head = element('th', { class: column.numeric === true ? 'number' : '', attributes: { scope: 'col' } });
    if (column.key === undefined) {
      head.textContent = column.label;
      return head;
    }
    head.setAttribute('aria-sort', 'none');
    head.append(
      element('button', {
        text: column.label,
        attributes: { type: 'button' },
        onClick: () => {
          this.sort(column, head);
        },
      }),
    );
    return head;
  }

  private sort(column: Column<Row>, head: HTMLElement): void {
    this.descending = this.sortedBy === column ? !this.descending : column.numeric === true;
    this.sortedBy = column;
    for (const other of this.root.querySelectorAll('th[aria-sort]')) other.setAttribute('aria-sort', 'none');
    head.setAttribute('aria-sort', this.descending ? 'descending' : 'ascending');
    const { key } = column;
    if (key === undefined) return;
    const sorted = [...this.options.rows].sort((a, b) => compare(key(a), key(b)) * (this.descending ? -1 : 1));
    this.body.append(...sorted.flatMap((row) => this.rowElements.get(row) ?? []));
  }

  private rowElement(row: Row): HTMLTableRowElement {
    const { columns, onChoose } = this.options;
    const cells = columns.map(({ cell, numeric }, index) => {
      const content = cell(row);
      const names = numeric === true ? 'number' : '';
      // The first cell says which row it is, and opens it.
      return index === 0 && onChoose !== undefined
        ? element('th', { class: names, attributes: { scope: 'row' } }, [
            element('button', { class: 'open', attributes: { type: 'button' } }, [content]),
          ])
        : element('td', { class: names }, [content]);
    });
    const made = element('tr', { class: onChoose === undefined ? '' : 'choosable' }, cells);
    if (onChoose !== undefined) {
      made.addEventListener('click', (event) => {
        // A link in a row leads where it says.
        if (!(event.target instanceof HTMLAnchorElement)) onChoose(row);
      });
    }
    return made;
  }
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
