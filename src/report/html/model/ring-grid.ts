// The ring as tables: one for each area, a cell for each field, with its value in words, who wrote it last, and what the
// step did to it.

import type { RingArea, RingData, RingField } from '../../../verdict/trace-data.js';
import type { Trace } from '../../../verdict/trace.js';
import { fieldText, flagsText } from './field-text.js';
import type { Stamp, Writer } from './guest-bytes.js';
import type { TraceState } from './trace-state.js';

export interface GridCell {
  /** `desc[2].addr`. */
  readonly field: string;
  /** Without area and entry: `addr`. */
  readonly label: string;
  readonly text: string;
  /** What the value means, in the specification's words; empty where it is only a number. */
  readonly meaning: string;
  /** `both`: the device changed a part of what the driver wrote, or the other way round. Null: zero since it was handed out. */
  readonly writer: Writer | 'both' | null;
  /** The latest write of any of its bytes. */
  readonly stamp: Stamp | null;
  readonly changed: boolean;
  readonly written: boolean;
  readonly loaded: boolean;
  /** The event at this point touches it. */
  readonly current: boolean;
}

export interface GridRow {
  readonly index: number;
  readonly cells: readonly GridCell[];
  readonly inUse: boolean;
}

export interface GridTable {
  readonly name: string;
  /** Labels of the columns; empty for an area without entries. */
  readonly columns: readonly string[];
  readonly rows: readonly GridRow[];
  /** Fields that are there once. */
  readonly single: readonly GridCell[];
}

/** More entries than these in use are too many to look at: then only those that matter at this point count. */
const MANY_IN_USE = 40;

/** The tables at a point; `everUsed` is usedAddresses() of the same trace. Empty before there is a ring. */
export function ringGrid(state: TraceState, everUsed: ReadonlySet<number>): readonly GridTable[] {
  const { ring } = state;
  if (ring === null) return [];
  return ring.areas.map((area) => tableOf(area, ring, state, everUsed));
}

/** Addresses of bytes that the driver read or that somebody made non-zero, anywhere in the trace. */
export function usedAddresses(trace: Trace): ReadonlySet<number> {
  const used = new Set<number>();
  const add = (at: number, size: number): void => {
    for (let k = 0; k < size; k++) used.add(at + k);
  };
  for (const { events } of trace.steps) {
    for (const { data } of events) {
      if (data?.type === 'load') add(data.at, data.size);
      else if (data?.type === 'store' && data.value !== 0) add(data.at, data.size);
      else if (data?.type === 'device-write') addDeviceWrite(used, data.at, data.size, data.bytes);
    }
  }
  return used;
}

function addDeviceWrite(used: Set<number>, at: number, size: number, bytes: string | undefined): void {
  for (let k = 0; k < size; k++) if (bytes === undefined || bytes.slice(2 * k, 2 * k + 2) !== '00') used.add(at + k);
}

function tableOf(area: RingArea, ring: RingData, state: TraceState, everUsed: ReadonlySet<number>): GridTable {
  const repeated = area.fields.filter(({ stride }) => stride !== undefined);
  const single = area.fields.filter(({ stride }) => stride === undefined);
  const count = repeated.length === 0 ? 0 : ring.num;
  const rows = Array.from({ length: count }, (_, index): GridRow => {
    const cells = repeated.map((field) => cellOf(field, index, ring, state));
    const inUse = repeated.some((field) => touches(everUsed, addressOf(field, index), field.size));
    return { index, cells, inUse };
  });
  return {
    name: area.name,
    columns: repeated.map(({ name }) => labelOf(name)),
    rows: rows.filter(({ inUse }) => inUse).length > MANY_IN_USE ? rows.map(narrowed) : rows,
    single: single.map((field) => cellOf(field, null, ring, state)),
  };
}

function narrowed(row: GridRow): GridRow {
  const matters = row.cells.some((cell) => cell.changed || cell.loaded || cell.current || cell.writer === 'driver');
  return { ...row, inUse: row.inUse && matters };
}

function cellOf(field: RingField, index: number | null, ring: RingData, state: TraceState): GridCell {
  const at = addressOf(field, index ?? 0);
  const { memory } = state;
  const addresses = Array.from({ length: field.size }, (_, k) => at + k);
  const value = memory.value(at, field.size);
  const label = labelOf(field.name);
  const stamps = addresses.flatMap((address) => memory.at(address) ?? []);
  return {
    field: index === null ? field.name : field.name.replace('[]', `[${index}]`),
    label,
    text: value === null ? '?' : fieldText(label, value),
    meaning: value === null ? 'not in the trace' : flagsText(field.name, ring.packed, value),
    writer: writerOf(stamps),
    stamp: stamps.reduce<Stamp | null>(
      (latest, stamp) => (latest === null || stamp.step >= latest.step ? stamp : latest),
      null,
    ),
    changed: addresses.some((address) => memory.changedInStep(address)),
    written: addresses.some((address) => memory.writtenInStep(address)),
    loaded: addresses.some((address) => memory.loadedInStep(address)),
    current: isTouchedBy(state, at, field.size),
  };
}

function isTouchedBy({ last }: TraceState, at: number, size: number): boolean {
  if (last === null || (last.type !== 'load' && last.type !== 'store' && last.type !== 'device-write')) return false;
  return last.at < at + size && at < last.at + last.size;
}

/** Bytes of which one is zero since it was handed out count for the writer of the others. */
function writerOf(stamps: readonly Stamp[]): GridCell['writer'] {
  const writers = new Set(stamps.map(({ by }) => by));
  if (writers.size === 2) return 'both';
  return [...writers][0] ?? null;
}

function addressOf(field: RingField, index: number): number {
  return field.at + index * (field.stride ?? 0);
}

function touches(addresses: ReadonlySet<number>, at: number, size: number): boolean {
  for (let k = 0; k < size; k++) if (addresses.has(at + k)) return true;
  return false;
}

/** `desc[].addr` is `addr`, `avail.ring[]` is `ring`. */
function labelOf(name: string): string {
  return name.replace('[]', '').replace(/^.*\./, '');
}
