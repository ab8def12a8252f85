// A step in a few plain sentences: who did what, what the device changed in the middle of it, and what was wrong with it.

import type { Trace, TraceStep } from '../../../verdict/trace.js';
import { bounceAddress, place } from '../../../verdict/event-text.js';
import type { DeviceWriteData } from '../../../verdict/trace-data.js';
import { callWords } from './call-words.js';
import { numberText } from './field-text.js';
import { useOf } from './ledger-rows.js';
import { counted, type Item, listText, ofType, type Segment, segmentsOf } from './step-items.js';
import { stateAt, type TraceState } from './trace-state.js';

/** What of a finding the words need. */
export interface ToldFinding {
  readonly claim: string;
  readonly shape: string;
  /** The ring field that it is about, or null. */
  readonly field: string | null;
}

/** Calls of which more are summed up: the list of events has them all. */
const MOST_CALLS = 4;

/** The sentences for the step of that index. Empty where the trace has no data. */
export function plainWords(trace: Trace, index: number, finding: ToldFinding): readonly string[] {
  const step = trace.steps[index];
  if (step === undefined) return [];
  const state = stateAt(trace, { step: index, events: step.events.length });
  const waiting = waitingText(step);
  const told = segmentGroups(segmentsOf(step)).flatMap((group) => groupWords(group, step, state));
  const sentences =
    told.length > MOST_CALLS + 2 ? [...told.slice(0, MOST_CALLS), summedUp(told.length - MOST_CALLS)] : told;
  const all = [...(waiting === '' ? [] : [waiting]), ...sentences];
  const violation = step.events.some(({ kind }) => kind === 'violation') ? [violationText(finding, state)] : [];
  if (all.length === 0 && violation.length === 0) return ['Nothing happens: there is nothing that it could act on.'];
  return [...all, ...violation];
}

/** What only prepares something, or waits for its moment. */
function waitingText({ operation }: TraceStep): string {
  if (operation?.deferred === true) {
    return 'The device waits with this: it does it in the middle of a later call, at the moment that was placed before.';
  }
  if (operation?.name === 'arm-load') {
    return 'Prepares a race: just before the driver makes that load, the device changes the very field that it reads.';
  }
  if (operation?.name === 'defer') return 'Prepares a race: the next thing that the device does waits for that moment.';
  if (operation?.name === 'fail') return 'Prepares a failure: the platform refuses that request when its turn comes.';
  return '';
}

/** Calls of the same name in a row. */
function segmentGroups(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const groups: Segment[][] = [];
  for (const segment of segments) {
    const group = groups.at(-1);
    if (group !== undefined && group[0]?.call === segment.call) group.push(segment);
    else groups.push([segment]);
  }
  return groups;
}

function groupWords(group: readonly Segment[], step: TraceStep, state: TraceState): readonly string[] {
  const items = group.flatMap((segment) => segment.items);
  const call = group[0]?.call ?? null;
  const writes = ofType(items, 'device-write');
  if (call === null) return outsideWords(items, step, state);
  const race = writes.length === 0 ? [] : [`In the middle of it the device writes ${writesText(writes, state)}.`];
  return [callWords(call, group), ...race];
}

/** Outside the driver: the device, and the client's own use of the DMA API. */
function outsideWords(items: readonly Item[], step: TraceStep, state: TraceState): readonly string[] {
  const writes = ofType(items, 'device-write');
  const reads = ofType(items, 'device-read');
  const sentences: string[] = [];
  if (reads.length > 0 && writes.length === 0) sentences.push(`The device reads ${counted(reads.length, 'buffer')}.`);
  if (writes.length > 0) {
    const who = step.operation?.by === 'hostile' ? 'The hostile device' : 'The device';
    const read = reads.length > 0 ? `reads ${counted(reads.length, 'buffer')} and ` : '';
    sentences.push(`${who} ${read}writes ${writesText(writes, state)}.`);
  }
  const dma = clientWords(items);
  return dma === '' ? sentences : [...sentences, dma];
}

function clientWords(items: readonly Item[]): string {
  const maps = ofType(items, 'map');
  const failed = maps.filter(({ entry }) => entry === null).length;
  const copies = ofType(items, 'copy').reduce((sum, { size }) => sum + size, 0);
  const parts = [
    ...(maps.length > failed ? [`maps ${counted(maps.length - failed, 'buffer')} itself`] : []),
    ...(failed > 0 ? [`fails to map ${counted(failed, 'buffer')}`] : []),
    ...ofType(items, 'sync').map(({ size, for: whom }) => `syncs ${counted(size, 'byte')} for the ${whom}`),
    ...(ofType(items, 'unmap').length > 0
      ? [`ends ${counted(ofType(items, 'unmap').length, 'mapping')} of its own`]
      : []),
  ];
  if (parts.length === 0) return '';
  return `The client ${listText(parts)}${copies === 0 ? '' : `; ${counted(copies, 'byte')} are copied to or from bounce slots`}.`;
}

/** Ring fields by name and value, buffers by whose they are. */
function writesText(writes: readonly DeviceWriteData[], state: TraceState): string {
  const fields = writes.flatMap(({ field, value, size }) =>
    field !== null && value !== undefined && size <= 8 ? [`${field} = ${numberText(field, value)}`] : [],
  );
  const others = writes
    .filter(({ field, size }) => field === null || size > 8)
    .map(
      ({ at, size, field }) => `${counted(size, 'byte')} ${field === null ? whereText(at, state) : `from ${field} on`}`,
    );
  return listText([...others, ...fields], 4);
}

/** Whose memory it is; the address where nobody knows. */
function whereText(at: number, state: TraceState): string {
  if (state.ring?.areas.some((area) => at >= area.at && at < area.at + area.size) === true) return 'of the ring';
  const holds = (start: number | null, size: number): boolean => start !== null && at >= start && at < start + size;
  const latestFirst = [...state.ledger.values()].reverse();
  const buffer = latestFirst.find(({ map }) => holds(map.cpu, map.size));
  if (buffer !== undefined) return `into ${useOf(buffer)}`;
  const bounced = latestFirst.find(({ map }) => holds(bounceAddress(map.dma ?? 0), map.size));
  return bounced === undefined ? `at ${place(at)}` : `into the bounce slot of ${useOf(bounced)}`;
}

function violationText({ claim, shape, field }: ToldFinding, state: TraceState): string {
  const mapping = state.violation?.mapping ?? null;
  const entry = mapping === null ? undefined : state.ledger.get(mapping);
  const about =
    entry === undefined
      ? ''
      : ` It is about mapping #${entry.entry} (${useOf(entry)}, ${counted(entry.map.size, 'byte')}).`;
  const where = field === null || shape.includes(field.replace(/\[\d+\]/, '[]')) ? '' : ` The ring field is ${field}.`;
  return `This breaks the claim “${claim}”: ${shape}.${where}${about}`;
}

function summedUp(count: number): string {
  return `And ${count} more such things; the events have them all.`;
}
