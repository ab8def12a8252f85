// A step cut into what happened in each driver call and what happened between calls: the unit in which one tells it.

import type { EventData, MarkData, ReturnData } from '../../../verdict/trace-data.js';
import type { TraceStep } from '../../../verdict/trace.js';

export type Item = EventData | MarkData;

export interface Segment {
  /** Null for what happened outside the driver. */
  readonly call: string | null;
  readonly items: readonly Item[];
  /** Null where the call returned nothing, or did not return. */
  readonly result: ReturnData | null;
}

/** In order; the violation is in none of them. */
export function segmentsOf(step: TraceStep): readonly Segment[] {
  const segments: Segment[] = [];
  let call: string | null = null;
  let items: Item[] = [];
  const close = (result: ReturnData | null): void => {
    if (call !== null || items.length > 0) segments.push({ call, items, result });
    call = null;
    items = [];
  };
  for (const item of itemsOf(step)) {
    if (item.type === 'call') {
      close(null);
      call = item.call;
    } else if (item.type === 'return') close(item.result === '' ? null : item);
    else if (item.type !== 'violation') items.push(item);
  }
  close(null);
  return segments;
}

/** Events and marks in the order in which they happened. */
function itemsOf(step: TraceStep): readonly Item[] {
  const items: Item[] = [];
  const marks = step.marks ?? [];
  for (let k = 0; k <= step.events.length; k++) {
    for (const mark of marks) if (mark.before === k) items.push(mark.data);
    const data = step.events[k]?.data;
    if (data !== undefined) items.push(data);
  }
  return items;
}

/** The items of one type. */
export function ofType<T extends Item['type']>(items: readonly Item[], type: T): readonly Extract<Item, { type: T }>[] {
  return items.filter((item): item is Extract<Item, { type: T }> => item.type === type);
}

/** `a`, `a and b`, `a, b and c`; beyond `most` the rest as a number. */
export function listText(words: readonly string[], most = 5): string {
  if (words.length > most) return `${words.slice(0, most - 1).join(', ')} and ${words.length - most + 1} more`;
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** `1 byte`, `3 bytes`, `4,096 bytes`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
