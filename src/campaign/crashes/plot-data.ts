// crashes/<target>/plot_data: how a campaign grew over time, in the columns of AFL++ (afl-plot reads it), two more at the end.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

import { contentOrNull, writeAtomically, writeFailure } from '../atomic-file.js';

export const PLOT_FILE = 'plot_data';

/** One line of the file. */
export interface PlotRow {
  /** Seconds of fuzzing since the first campaign began. */
  readonly relative_time: number;
  readonly cycles_done: number;
  readonly cur_item: number;
  readonly corpus_count: number;
  readonly pending_total: number;
  readonly pending_favs: number;
  /** Per cent of the instrumented edges that were reached. */
  readonly map_size: number;
  /** Distinct buckets. */
  readonly saved_crashes: number;
  readonly saved_hangs: number;
  readonly max_depth: number;
  readonly execs_per_sec: number;
  readonly total_execs: number;
  readonly edges_found: number;
  /** Executions that ended in a finding. */
  readonly total_crashes: number;
  /** Workers. */
  readonly servers_count: number;
  /** Not in AFL++: libFuzzer's `ft:` and the queue states reached. */
  readonly features: number;
  readonly states: number;
}

export const PLOT_COLUMNS: readonly (keyof PlotRow)[] = [
  'relative_time',
  'cycles_done',
  'cur_item',
  'corpus_count',
  'pending_total',
  'pending_favs',
  'map_size',
  'saved_crashes',
  'saved_hangs',
  'max_depth',
  'execs_per_sec',
  'total_execs',
  'edges_found',
  'total_crashes',
  'servers_count',
  'features',
  'states',
];

/** The first line of the file. */
export const PLOT_HEADER = `# ${PLOT_COLUMNS.join(', ')}\n`;

/** A row as a line; all columns are numbers, the percentage with two decimals and a per cent sign, as AFL++ writes it. */
export function plotLine(row: PlotRow): string {
  const cells = PLOT_COLUMNS.map((column) => {
    const value = row[column];
    if (column === 'map_size') return `${value.toFixed(2)}%`;
    return column === 'execs_per_sec' ? value.toFixed(2) : String(Math.round(value));
  });
  return `${cells.join(', ')}\n`;
}

/** Begins the file anew. Throws EnvironmentError. */
export function startPlot(folder: string): void {
  writeAtomically(join(folder, PLOT_FILE), Buffer.from(PLOT_HEADER));
}

/** Makes the file ready for further rows: without what a kill cut off, and with its header. Throws EnvironmentError. */
export function resumePlot(folder: string): void {
  const path = join(folder, PLOT_FILE);
  const text = contentOrNull(path)?.toString('utf8') ?? '';
  if (!text.startsWith(PLOT_HEADER)) startPlot(folder);
  else if (!text.endsWith('\n')) writeAtomically(path, Buffer.from(text.slice(0, text.lastIndexOf('\n') + 1)));
}

/** Adds a row at the end. Throws EnvironmentError. */
export function appendPlot(folder: string, row: PlotRow): void {
  const path = join(folder, PLOT_FILE);
  try {
    appendFileSync(path, plotLine(row));
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/** All complete rows of a target's folder; a line that was cut off by a kill is left out. Empty without a file. */
export function readPlot(folder: string): readonly PlotRow[] {
  const content = contentOrNull(join(folder, PLOT_FILE));
  if (content === null) return [];
  const lines = content.toString('utf8').split('\n');
  // What follows the last newline was cut off.
  return lines.slice(0, -1).flatMap((line) => {
    if (line.startsWith('#')) return [];
    const values = line.split(',').map((cell) => Number.parseFloat(cell));
    if (values.length !== PLOT_COLUMNS.length || !values.every(Number.isFinite)) return [];
    return [
      Object.fromEntries(PLOT_COLUMNS.map((column, index) => [column, values[index] ?? 0])) as unknown as PlotRow,
    ];
  });
}
