// One thing that a driver did, as the trace tells of it: what another driver's must have in common with it, and its words.

import { DATA_BASE } from '../memory/layout.js';
import type { Deed } from '../oracle/driver-divergence.js';
import type {
  CallData,
  MapData,
  RecycledData,
  ReturnData,
  SyncData,
  TransportData,
  UnmapData,
} from '../verdict/trace-data.js';

/** The event as it was told; as a number, the hash of the ring. */
export type Recorded = CallData | ReturnData | MapData | UnmapData | SyncData | TransportData | RecycledData | number;

/** There is no other. */
export const END: Deed = { kind: 'end', text: 'nothing more' };

/** Of what is said of an event, what two drivers must have in common. */
export function isSame(due: Recorded, got: Recorded): boolean {
  if (typeof due === 'number' || typeof got === 'number') return due === got;
  switch (due.type) {
    case 'call':
      return got.type === 'call' && due.call === got.call;
    case 'return':
      return got.type === 'return' && due.call === got.call && due.result === got.result;
    case 'map':
      return got.type === 'map' && isSameMap(due, got);
    case 'unmap':
      return got.type === 'unmap' && due.entry === got.entry && due.size === got.size && isSameKind(due, got);
    case 'sync':
      return got.type === 'sync' && due.entry === got.entry && due.size === got.size && due.for === got.for;
    case 'transport':
      return got.type === 'transport' && due.request === got.request && due.ok === got.ok;
    case 'recycled':
      return got.type === 'recycled' && due.token === got.token;
  }
}

function isSameMap(due: MapData, got: MapData): boolean {
  const samePlace = due.cpu === got.cpu || (isTable(due) && isTable(got));
  const sameFate = (due.entry === null) === (got.entry === null);
  return samePlace && sameFate && due.size === got.size && due.owner === got.owner && isSameKind(due, got);
}

function isSameKind(due: MapData | UnmapData, got: MapData | UnmapData): boolean {
  return due.direction === got.direction && due.kind === got.kind;
}

/** Tables lie in private memory, each driver's at a place of its own. */
function isTable({ cpu }: MapData): boolean {
  return cpu < DATA_BASE;
}

export function deedOf(what: Recorded): Deed {
  if (typeof what === 'number') {
    return { kind: 'ring', text: `ring as written: ${what.toString(16).padStart(8, '0')}` };
  }
  switch (what.type) {
    case 'call':
      return { kind: 'call', text: what.call };
    case 'return':
      return { kind: 'result', text: `${what.call}() = ${what.result}` };
    case 'map': {
      const place = isTable(what) ? 'a table' : `0x${what.cpu.toString(16)}`;
      const done = what.entry === null ? ', refused' : '';
      const text = `${what.owner} maps ${what.size} bytes of ${place} ${what.direction} ${what.kind}${done}`;
      return { kind: 'mapping', text };
    }
    case 'unmap': {
      const text = `unmaps ${what.size} bytes of mapping ${what.entry ?? 'none'} ${what.direction} ${what.kind}`;
      return { kind: 'unmapping', text };
    }
    case 'sync':
      return { kind: 'sync', text: `syncs ${what.size} bytes of mapping ${what.entry ?? 'none'} for the ${what.for}` };
    case 'transport':
      return { kind: 'transport', text: `${what.request}${what.ok ? '' : ', refused'}` };
    case 'recycled':
      return { kind: 'given back', text: `token ${what.token} given back` };
  }
}
