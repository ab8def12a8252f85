// The bar above the explorer: the moves as buttons, where one stands, and which input of the bucket is shown.

import type { Trace } from '../../../verdict/trace.js';
import { button, element } from './dom.js';
import type { Move } from './moves.js';
import type { Place } from './step-list.js';

export interface InputChoice {
  readonly label: string;
  readonly choose: () => void;
}

const BUTTONS: readonly (readonly [move: Move, sign: string, label: string])[] = [
  ['first', '|◀', 'First step (Home)'],
  ['back', '◀', 'One step back (left arrow)'],
  ['forward', '▶', 'One step forward (right arrow)'],
  ['last', '▶|', 'Last step (End)'],
  ['violation', 'To the violation', 'To the violation'],
  ['event-back', '▲', 'One event back (up arrow)'],
  ['event-forward', '▼', 'One event forward (down arrow)'],
];

export class StepTools {
  readonly root = element('div', {
    class: 'tools',
    attributes: { role: 'toolbar', 'aria-label': 'Steps of the trace' },
  });
  private readonly buttons = new Map<Move, HTMLButtonElement>();
  private readonly where = element('span', { class: 'where' });
  private readonly select = element('select', { attributes: { 'aria-label': 'Input of this bucket' } });
  private choices: readonly InputChoice[] = [];

  constructor(onMove: (move: Move) => void) {
    for (const [move, sign, label] of BUTTONS) {
      const made = button(sign, label, () => {
        onMove(move);
      });
      this.buttons.set(move, made);
    }
    const step = (moves: readonly Move[]): HTMLElement[] => moves.flatMap((move) => this.buttons.get(move) ?? []);
    this.root.append(
      ...step(['first', 'back']),
      this.where,
      ...step(['forward', 'last', 'violation']),
      element('span', { class: 'label', text: 'event' }),
      ...step(['event-back', 'event-forward']),
      this.select,
    );
    this.select.addEventListener('change', () => {
      this.choices[this.select.selectedIndex]?.choose();
    });
  }

  inputs(choices: readonly InputChoice[]): void {
    this.choices = choices;
    this.select.replaceChildren(...choices.map(({ label }) => element('option', { text: label })));
    this.select.hidden = choices.length < 2;
  }

  update(trace: Trace | null, place: Place): void {
    this.root.hidden = trace === null && this.select.hidden;
    const last = (trace?.steps.length ?? 0) - 1;
    for (const [move, made] of this.buttons) {
      const atStart = place.step <= 0 && (move === 'first' || move === 'back');
      const atEnd = place.step >= last && (move === 'forward' || move === 'last');
      // Not `disabled`: a button that loses the focus while one steps with it takes the keyboard away.
      made.setAttribute('aria-disabled', String(trace === null || atStart || atEnd));
    }
    const number = trace?.steps[place.step]?.number;
    const end = trace?.steps[last]?.number;
    this.where.textContent = number === undefined ? 'no trace' : `step ${number} of ${end ?? number}`;
  }
}
