// plot_data as columns for charts, thinned out: a night of one row every few seconds is more than a screen has pixels.

import type { PlotRow } from '../../campaign/crashes/plot-data.js';
import type { PlotColumns } from './model/page-data.js';

/** Most points of a chart. */
const MOST_POINTS = 400;

/** Null for less than two rows: a point is no growth. */
export function plotColumns(rows: readonly PlotRow[]): PlotColumns | null {
  const increasing = rows.filter((row, k) => k === 0 || row.relative_time > (rows[k - 1]?.relative_time ?? 0));
  if (increasing.length < 2) return null;
  const kept = thinned(increasing);
  return {
    time: kept.map(({ last }) => last.relative_time),
    edges: kept.map(({ last }) => last.edges_found),
    states: kept.map(({ last }) => last.states),
    features: kept.map(({ last }) => last.features),
    buckets: kept.map(({ last }) => last.saved_crashes),
    rate: kept.map(({ rate }) => Math.round(rate)),
  };
}

/** What grows is taken where a stretch ends, what goes up and down as its mean: no stretch hides the end or a drop. */
function thinned(rows: readonly PlotRow[]): readonly { readonly last: PlotRow; readonly rate: number }[] {
  const points = Math.min(MOST_POINTS, rows.length);
  return Array.from({ length: points }, (_, k) => {
    const from = Math.floor((k * rows.length) / points);
    const stretch = rows.slice(from, Math.floor(((k + 1) * rows.length) / points));
    const rate = stretch.reduce((sum, row) => sum + row.execs_per_sec, 0) / stretch.length;
    return { last: stretch.at(-1) as PlotRow, rate };
  });
}
