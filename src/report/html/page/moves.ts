// Moves through a trace, as values: where each of them leads, and which key asks for it.

import type { Trace } from '../../../verdict/trace.js';
import type { Place } from './step-list.js';

export type Move = 'first' | 'back' | 'forward' | 'last' | 'violation' | 'event-back' | 'event-forward';

/** Where a move leads; at an end it leads nowhere else. */
export function moved(trace: Trace, from: Place, move: Move): Place {
  const last = trace.steps.length - 1;
  switch (move) {
    case 'first':
      return { step: 0, event: null };
    case 'back':
      return { step: Math.max(0, from.step - 1), event: null };
    case 'forward':
      return { step: Math.min(last, from.step + 1), event: null };
    case 'last':
      return { step: last, event: null };
    case 'violation':
      return violationPlace(trace);
    case 'event-back':
      return eventBack(trace, from);
    case 'event-forward':
      return eventForward(trace, from);
  }
}

/** The end of the step in which the claim fails; of the trace where it fails in none. */
export function violationPlace(trace: Trace): Place {
  const step = trace.steps.findIndex(({ events }) => events.some(({ kind }) => kind === 'violation'));
  return { step: step < 0 ? Math.max(0, trace.steps.length - 1) : step, event: null };
}

/** The end of a step is the same point as its last event. */
function eventBack(trace: Trace, { step, event }: Place): Place {
  const at = event ?? eventCount(trace, step) - 1;
  if (at > 0) return { step, event: at - 1 };
  return step === 0 ? { step, event: eventCount(trace, 0) > 0 ? 0 : null } : { step: step - 1, event: null };
}

function eventForward(trace: Trace, { step, event }: Place): Place {
  if (event !== null && event < eventCount(trace, step) - 1) return { step, event: event + 1 };
  if (step >= trace.steps.length - 1) return { step, event: null };
  return { step: step + 1, event: eventCount(trace, step + 1) > 0 ? 0 : null };
}

function eventCount(trace: Trace, step: number): number {
  return trace.steps[step]?.events.length ?? 0;
}

/** Up, down, Home and End belong to the page until the explorer has the focus. */
export function moveForKey(key: string, inside: boolean): Move | null {
  if (key === 'ArrowLeft') return 'back';
  if (key === 'ArrowRight') return 'forward';
  if (!inside) return null;
  switch (key) {
    case 'Home':
      return 'first';
    case 'End':
      return 'last';
    case 'ArrowUp':
      return 'event-back';
    case 'ArrowDown':
      return 'event-forward';
    case 'v':
      return 'violation';
    default:
      return null;
  }
}
