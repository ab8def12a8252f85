// The survival plot as one SVG file without scripts or references: the share of trials that have not exposed their bug yet,
// over seconds on a logarithmic scale, one line an engine.

import type { EngineName } from '../../campaign/bench/engines.js';
import { type XmlElement, element, xmlDocument } from '../formats/xml-text.js';
import type { SurvivalLine, SurvivalPanel } from './survival-panels.js';

const WIDTH = 900;
const PANEL_HEIGHT = 320;
const PLOT = { left: 62, right: 250, top: 36, bottom: 46 } as const;
/** Seconds at the left edge: what is faster lies on it. */
const FIRST = 0.01;

/** Colours that people with any colour vision tell apart (Okabe and Ito), and a dash for print. */
const STYLES: Readonly<Record<EngineName, readonly [colour: string, dash: string]>> = {
  vringfuzz: ['#0072b2', ''],
  'jazzer-stock': ['#d55e00', '8 3'],
  jsfuzz: ['#009e73', '2 3'],
  'fast-check': ['#cc79a7', '10 3 2 3'],
  random: ['#595959', '4 4'],
};

export function survivalPlot(panels: readonly SurvivalPanel[]): string {
  const height = Math.max(1, panels.length) * PANEL_HEIGHT;
  const size = { width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}` };
  const font = { 'font-family': 'sans-serif', 'font-size': 12 };
  return xmlDocument(
    element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...size, ...font, role: 'img' }, [
      element('title', {}, ['Share of trials that have not exposed their bug yet, over seconds']),
      element('rect', { width: WIDTH, height, fill: '#ffffff' }),
      ...panels.map((panel, index) =>
        element('g', { transform: `translate(0 ${index * PANEL_HEIGHT})` }, panelParts(panel)),
      ),
    ]),
  );
}

class Scale {
  readonly left = PLOT.left;
  readonly right = WIDTH - PLOT.right;
  readonly top = PLOT.top;
  readonly bottom = PANEL_HEIGHT - PLOT.bottom;

  constructor(private readonly limit: number) {}

  x(seconds: number): number {
    const share = Math.log(Math.max(seconds, FIRST) / FIRST) / Math.log(this.limit / FIRST);
    return rounded(this.left + Math.min(1, share) * (this.right - this.left));
  }

  y(survival: number): number {
    return rounded(this.bottom - survival * (this.bottom - this.top));
  }

  /** Powers of ten, and the limit. */
  get ticks(): readonly number[] {
    const powers = Array.from({ length: 9 }, (_, index) => FIRST * 10 ** index);
    return [...powers.filter((power) => power < 0.7 * this.limit), this.limit];
  }
}

function panelParts({ title, limitSeconds, lines }: SurvivalPanel): readonly XmlElement[] {
  const scale = new Scale(Math.max(limitSeconds, 10 * FIRST));
  const { left, right, bottom } = scale;
  return [
    label(title, { x: left, y: 20, 'font-size': 14, 'font-weight': 'bold' }),
    ...axes(scale),
    label('seconds since the first execution', { x: (left + right) / 2, y: bottom + 36, 'text-anchor': 'middle' }),
    ...lines.map((line) => curve(line, scale, limitSeconds)),
    ...lines.flatMap((line, index) => legend(line, { x: right + 16, y: scale.top + 12 + 34 * index })),
  ];
}

function axes(scale: Scale): readonly XmlElement[] {
  const { left, right, top, bottom } = scale;
  const grid = '#dddddd';
  const vertical = scale.ticks.flatMap((tick) => {
    const x = scale.x(tick);
    return [
      element('line', { x1: x, y1: top, x2: x, y2: bottom, stroke: grid }),
      label(String(Number(tick.toPrecision(3))), { x, y: bottom + 16, 'text-anchor': 'middle' }),
    ];
  });
  const horizontal = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const y = scale.y(share);
    return [
      element('line', { x1: left, y1: y, x2: right, y2: y, stroke: grid }),
      label(`${100 * share} %`, { x: left - 8, y: y + 4, 'text-anchor': 'end' }),
    ];
  });
  const frame = element('path', { d: `M${left} ${top}V${bottom}H${right}`, fill: 'none', stroke: '#333333' });
  return [...vertical, ...horizontal, frame];
}

/** A staircase, down at each exposure and flat up to the limit. */
function curve({ engine, steps }: SurvivalLine, scale: Scale, limitSeconds: number): XmlElement {
  const stairs = steps.map(({ time, survival }) => `H${scale.x(time)}V${scale.y(survival)}`);
  const d = `M${scale.left} ${scale.y(1)}${stairs.join('')}H${scale.x(limitSeconds)}`;
  return element('path', { d, fill: 'none', ...stroke(engine) });
}

function legend({ engine, trials, steps }: SurvivalLine, at: { x: number; y: number }): readonly XmlElement[] {
  const left = steps.at(-1)?.survival ?? 1;
  const { x, y } = at;
  return [
    element('line', { x1: x, y1: y - 4, x2: x + 30, y2: y - 4, ...stroke(engine) }),
    label(engine, { x: x + 38, y }),
    label(`${trials} trials, ${(100 * left).toFixed(1)} % not exposed`, { x: x + 38, y: y + 14, 'font-size': 11 }),
  ];
}

function stroke(engine: EngineName): XmlElement['attributes'] {
  const [colour, dash] = STYLES[engine];
  return { stroke: colour, 'stroke-width': 2, ...(dash === '' ? {} : { 'stroke-dasharray': dash }) };
}

function label(text: string, attributes: XmlElement['attributes']): XmlElement {
  return element('text', attributes, [text]);
}

function rounded(value: number): number {
  return Math.round(100 * value) / 100;
}
