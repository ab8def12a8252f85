// The trace as a list: every step a line, the current one with its events. A click or the arrow keys go anywhere.

import type { TraceStep } from '../../../verdict/trace.js';
import { eventLines } from '../model/event-lines.js';
import { element, heading } from './dom.js';

/** An event of a step, or null for the end of the step. */
export type Place = { readonly step: number; readonly event: number | null };

export class StepList {
  readonly root = element('section', { class: 'steps', attributes: { 'aria-labelledby': 'steps' } });
  private readonly list = element('ol');
  private shown: readonly TraceStep[] = [];

  constructor(private readonly onGo: (place: Place) => void) {
    this.root.append(heading(3, 'Trace', 'steps'), this.list);
  }

  update(steps: readonly TraceStep[], place: Place): void {
    const hadFocus = this.list.contains(document.activeElement);
    this.shown = steps;
    this.list.replaceChildren(...steps.map((step, index) => this.stepElement(step, index, place)));
    const current = this.list.querySelector<HTMLElement>('button[aria-current]');
    if (hadFocus) current?.focus({ preventScroll: true });
    if (current !== null) scrollInto(current, this.root);
  }

  private stepElement(step: TraceStep, index: number, place: Place): HTMLElement {
    const isCurrent = index === place.step;
    const violated = step.events.some(({ kind }) => kind === 'violation');
    const open = element(
      'button',
      {
        class: 'step',
        attributes: { type: 'button', ...(isCurrent && place.event === null ? { 'aria-current': 'step' } : {}) },
        onClick: () => {
          this.onGo({ step: index, event: null });
        },
      },
      [
        element('span', { class: 'index', text: String(step.number) }),
        element('span', { class: 'title', text: step.title }),
        ...(violated ? [element('span', { class: 'tag violation', text: 'violation' })] : []),
      ],
    );
    const names = [
      `by-${step.operation?.by ?? 'nobody'}`,
      ...(isCurrent ? ['here'] : []),
      ...(violated ? ['violation'] : []),
    ];
    const item = element('li', { class: names.join(' ') }, [open]);
    if (isCurrent && step.events.length > 0) item.append(this.events(index, place));
    return item;
  }

  private events(index: number, place: Place): HTMLElement {
    const step = this.shown[index];
    const lines = step === undefined ? [] : eventLines(step);
    const items = lines.map(({ kind, text, by, during }, event) => {
      const isCurrent = place.event === event;
      const later = place.event !== null && event > place.event;
      const open = element(
        'button',
        {
          class: 'event',
          attributes: { type: 'button', ...(isCurrent ? { 'aria-current': 'true' } : {}) },
          onClick: () => {
            this.onGo({ step: index, event });
          },
        },
        [
          element('span', { class: 'kind', text: kind }),
          element('span', { class: 'text', text }),
          ...(during === null
            ? []
            : [element('span', { class: 'tag race', text: 'race', title: `in the middle of ${during}()` })]),
        ],
      );
      return element('li', { class: `${by}${later ? ' later' : ''}` }, [open]);
    });
    return element('ol', { class: 'events', attributes: { 'aria-label': 'Events of this step' } }, items);
  }
}

/** Scrolls the list, never the page. */
function scrollInto(line: HTMLElement, list: HTMLElement): void {
  const [inner, outer] = [line.getBoundingClientRect(), list.getBoundingClientRect()];
  const margin = 40;
  if (inner.top < outer.top + margin) list.scrollTop -= outer.top + margin - inner.top;
  else if (inner.bottom > outer.bottom - margin) list.scrollTop += inner.bottom - outer.bottom + margin;
}
