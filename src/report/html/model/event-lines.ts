// The events of a step as lines of a list: who acts, and what the device does in the middle of a driver call.

import type { TraceEvent, TraceStep } from '../../../verdict/trace.js';

export interface EventLine {
  readonly kind: string;
  readonly text: string;
  /** Whose doing it is: of the calls, the DMA API and the heap it is the driver's or its client's. */
  readonly by: 'driver' | 'device' | 'violation';
  /** The driver call in whose middle the device acts: a race. Null for everything else. */
  readonly during: string | null;
}

export function eventLines(step: TraceStep): readonly EventLine[] {
  const returns = new Set((step.marks ?? []).flatMap(({ before, data }) => (data.type === 'return' ? [before] : [])));
  let call: string | null = null;
  return step.events.map((event, index): EventLine => {
    if (returns.has(index)) call = null;
    const { data } = event;
    if (data?.type === 'call') call = data.call;
    if (data?.type === 'return') call = null;
    const by = event.kind === 'device' ? 'device' : event.kind === 'violation' ? 'violation' : 'driver';
    return { kind: event.kind, text: textOf(event), by, during: by === 'device' ? call : null };
  });
}

/** The text of the trace, except where it names only the first of many bytes. */
function textOf({ text, data }: TraceEvent): string {
  if (data?.type !== 'device-write' || data.field === null || data.size <= 8) return text;
  return `device writes ${data.size} bytes from ${data.field} on`;
}
