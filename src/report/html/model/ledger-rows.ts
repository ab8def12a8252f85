// The DMA ledger at a point of a trace, as the rows of a table.

import { bounceAddress, place } from '../../../verdict/event-text.js';
import { hexText } from './field-text.js';
import type { LedgerEntry, TraceState } from './trace-state.js';

export type LedgerStatus = 'live' | 'ended' | 'leaked';

export interface LedgerRow {
  readonly entry: number;
  readonly status: LedgerStatus;
  /** `buffer 3`, `table of buffer 3`, `client`. */
  readonly use: string;
  readonly direction: string;
  readonly size: number;
  readonly dma: string;
  /** Where the bytes are, with the bounce slot where there is one. */
  readonly memory: string;
  readonly kind: string;
  readonly mappedIn: number;
  readonly endedIn: number | null;
  /** The step in progress mapped, synced or ended it. */
  readonly touched: boolean;
  /** The finding is about it. */
  readonly violated: boolean;
  /** Ring descriptors that carry its address, such as `desc[2]`. */
  readonly descriptors: readonly string[];
  /** Descriptors of an indirect table, null for other mappings and where the trace leaves them out. */
  readonly table: readonly TableDescriptor[] | null;
}

export interface TableDescriptor {
  readonly addr: string;
  readonly len: number;
  /** The last four bytes: flags and next (split), id and flags (packed). */
  readonly tail: readonly [number, number];
}

/** In the order of mapping; `violated` is the ledger number that the finding is about, or null. */
export function ledgerRows(state: TraceState, violated: number | null): readonly LedgerRow[] {
  const carriers = descriptorsByAddress(state);
  return [...state.ledger.values()].map((each): LedgerRow => {
    const { map, entry, mappedIn, endedIn, touched } = each;
    const dma = map.dma ?? 0;
    return {
      entry,
      status: state.isLeaked(each) ? 'leaked' : endedIn === null ? 'live' : 'ended',
      use: useOf(each),
      direction: map.direction,
      size: map.size,
      dma: hexText(dma),
      memory: memoryText(map.cpu, dma),
      kind: map.kind,
      mappedIn,
      endedIn,
      touched,
      violated: entry === violated,
      descriptors: endedIn === null ? (carriers.get(dma) ?? []) : [],
      table: map.bytes === undefined ? null : tableOf(map.bytes),
    };
  });
}

/** What a mapping is for. */
export function useOf({ map }: LedgerEntry): string {
  if (map.bytes !== undefined || map.kind === 'single') return map.token > 0 ? `table of buffer ${map.token}` : 'table';
  if (map.owner === 'client') return 'client';
  return map.token > 0 ? `buffer ${map.token}` : 'driver';
}

function memoryText(cpu: number, dma: number): string {
  const slot = bounceAddress(dma);
  return slot === null ? hexText(cpu) : `${hexText(cpu)} via ${place(slot)}`;
}

/** Only descriptors that somebody wrote. */
function descriptorsByAddress({ ring, memory }: TraceState): ReadonlyMap<number, readonly string[]> {
  const carriers = new Map<number, string[]>();
  const field = ring?.areas[0]?.fields.find(({ name }) => name === 'desc[].addr');
  if (ring === null || field === undefined) return carriers;
  for (let index = 0; index < ring.num; index++) {
    const at = field.at + index * (field.stride ?? 0);
    const value = memory.at(at) === undefined ? null : memory.value(at, field.size);
    if (value === null || value === 0n) continue;
    const names = carriers.get(Number(value)) ?? [];
    names.push(`desc[${index}]`);
    carriers.set(Number(value), names);
  }
  return carriers;
}

function tableOf(digits: string): readonly TableDescriptor[] {
  const bytes = Uint8Array.from({ length: digits.length >> 1 }, (_, k) =>
    Number.parseInt(digits.slice(2 * k, 2 * k + 2), 16),
  );
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length >> 4 }, (_, k): TableDescriptor => {
    const at = 16 * k;
    return {
      addr: hexText(view.getBigUint64(at, true)),
      len: view.getUint32(at + 8, true),
      tail: [view.getUint16(at + 12, true), view.getUint16(at + 14, true)],
    };
  });
}
