// A trace as the page carries it: the text of an event is left out where it follows from the data, which is nearly
// always, and a report of many findings stays small.

import { eventKind, eventText } from '../../../verdict/event-text.js';
import type { EventData } from '../../../verdict/trace-data.js';
import type { Trace, TraceEvent, TraceStep } from '../../../verdict/trace.js';

/** Only the data; or kind and text, with the data where there is any. */
export type PackedEvent = EventData | readonly [kind: string, text: string, data?: EventData];

export interface PackedStep extends Omit<TraceStep, 'events'> {
  readonly events: readonly PackedEvent[];
}

export interface PackedTrace {
  readonly configuration: string;
  readonly steps: readonly PackedStep[];
}

export function packTrace(trace: Trace): PackedTrace {
  const steps = trace.steps.map((step) => ({ ...step, events: step.events.map(packEvent) }));
  return { configuration: trace.configuration, steps };
}

/** The same trace again; its hash is of no use to a page. */
export function unpackTrace({ configuration, steps }: PackedTrace): Trace {
  return { configuration, steps: steps.map((step) => ({ ...step, events: step.events.map(unpackEvent) })), hash: '' };
}

function packEvent({ kind, text, data }: TraceEvent): PackedEvent {
  if (data === undefined) return [kind, text];
  return kind === eventKind(data) && text === eventText(data) ? data : [kind, text, data];
}

function unpackEvent(packed: PackedEvent): TraceEvent {
  if ('type' in packed) return { kind: eventKind(packed), text: eventText(packed), data: packed };
  const [kind, text, data] = packed;
  return data === undefined ? { kind, text } : { kind, text, data };
}
