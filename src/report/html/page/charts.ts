// How a campaign grew: four charts over the same time, zoomed together.

import type uPlotType from 'uplot';

import type { PlotColumns } from '../model/page-data.js';
import { button, element } from './dom.js';
import { colour, onThemeChange } from './theme.js';
import { durationText, grouped } from './words.js';

declare const uPlot: typeof uPlotType;

interface Line {
  readonly label: string;
  readonly colour: string;
  readonly values: (plot: PlotColumns) => readonly number[];
  /** A value counts until the next one. */
  readonly stepped?: boolean;
}

const CHARTS: readonly { readonly title: string; readonly lines: readonly Line[] }[] = [
  {
    title: 'Edges and queue states',
    lines: [
      { label: 'edges', colour: '--driver', values: (plot) => plot.edges },
      { label: 'states', colour: '--both', values: (plot) => plot.states },
    ],
  },
  { title: 'Features', lines: [{ label: 'features', colour: '--driver', values: (plot) => plot.features }] },
  {
    title: 'Distinct buckets',
    lines: [{ label: 'buckets', colour: '--violation', values: (plot) => plot.buckets, stepped: true }],
  },
  {
    title: 'Executions per second',
    lines: [{ label: 'executions/s', colour: '--device', values: (plot) => plot.rate }],
  },
];

const HEIGHT = 150;

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Seconds between two lines of the time axis. */
const TIME_STEPS = [
  1,
  2,
  5,
  10,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
];

export class Charts {
  readonly root = element('div', { class: 'charts' });
  private readonly grid = element('div', { class: 'chart-grid' });
  private readonly plots: uPlotType[] = [];
  private time: readonly number[] = [];

  constructor() {
    const zoom = (factor: number) => (): void => {
      this.zoom(factor);
    };
    const all = (): void => {
      this.showAll();
    };
    this.root.append(
      element('div', { class: 'chart-tools', attributes: { role: 'toolbar', 'aria-label': 'Zoom of the charts' } }, [
        button('+', 'Zoom in', zoom(0.5)),
        button('−', 'Zoom out', zoom(2)),
        button('All', 'Show all of the time', all),
        element('span', {
          class: 'hint',
          text: 'Drag over a chart to zoom all four; double-click for all of the time.',
        }),
      ]),
      this.grid,
    );
    onThemeChange(() => {
      for (const plot of this.plots) plot.redraw(false);
    });
    new ResizeObserver(() => {
      for (const plot of this.plots) plot.setSize({ width: this.width(plot), height: HEIGHT });
    }).observe(this.grid);
  }

  show(plot: PlotColumns): void {
    for (const old of this.plots.splice(0)) old.destroy();
    this.grid.replaceChildren();
    this.time = plot.time;
    for (const { title, lines } of CHARTS) {
      const holder = element('figure', {}, [element('figcaption', { text: title })]);
      this.grid.append(holder);
      const columns = [plot.time, ...lines.map(({ values }) => values(plot))].map((column) => [...column]);
      this.plots.push(new uPlot(optionsOf(lines), columns as uPlotType.AlignedData, holder));
    }
    for (const each of this.plots) each.setSize({ width: this.width(each), height: HEIGHT });
  }

  private width(plot: uPlotType): number {
    return plot.root.parentElement?.clientWidth ?? 400;
  }

  private zoom(factor: number): void {
    const { min, max } = this.plots[0]?.scales['x'] ?? {};
    if (typeof min !== 'number' || typeof max !== 'number') return;
    const [first, last] = [this.time[0] ?? 0, this.time.at(-1) ?? 1];
    const middle = (min + max) / 2;
    const half = (Math.max(max - min, 1) * factor) / 2;
    const range = { min: Math.max(first, middle - half), max: Math.min(last, middle + half) };
    for (const plot of this.plots) plot.setScale('x', range);
  }

  private showAll(): void {
    const range = { min: this.time[0] ?? 0, max: this.time.at(-1) ?? 1 };
    for (const plot of this.plots) plot.setScale('x', range);
  }
}

function optionsOf(lines: readonly Line[]): uPlotType.Options {
  const axis = (values: uPlotType.Axis.DynamicValues, size: number): uPlotType.Axis => ({
    stroke: () => colour('--muted'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
    values,
    size,
  });
  return {
    width: 400,
    height: HEIGHT,
    cursor: { sync: { key: 'campaign', scales: ['x', null] }, points: { size: 6 } },
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] } },
    axes: [
      { ...axis((_, ticks) => ticks.map(shortTime), 28), incrs: TIME_STEPS, space: 52 },
      axis((_, ticks) => ticks.map(shortNumber), 46),
    ],
    series: [
      { label: 'time', value: (_, value: number | null) => (value === null ? '–' : durationText(value)) },
      ...lines.map(seriesOf),
    ],
  };
}

function seriesOf({ label, colour: name, stepped }: Line): uPlotType.Series {
  const paths = stepped === true ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return {
    label,
    stroke: () => colour(name),
    width: 1.5,
    points: { show: false },
    value: (_, value: number | null) => (value === null ? '–' : grouped(value)),
    ...(paths === undefined ? {} : { paths }),
  };
}

/** `30s`, `10m`, `1.5h`, `2d`: the largest unit that it is at least one of. */
function shortTime(seconds: number): string {
  const [size, unit] = UNITS.find(([least]) => seconds >= least) ?? [1, 's'];
  return `${Number((seconds / size).toFixed(2))}${unit}`;
}

const UNITS: readonly (readonly [seconds: number, unit: string])[] = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [60, 'm'],
];

/** `12k`, `3.4M`: axes have no room for more. */
function shortNumber(value: number): string {
  if (!Number.isInteger(value)) return '';
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  return value >= 1e4 ? `${Number((value / 1e3).toPrecision(3))}k` : String(value);
}
