// The state of memory, ledger and buffers at any point of a trace, rebuilt from its data alone. Always from the start: a
// trace has some thousand events, and what is computed anew cannot be stale.

import type {
  DeviceWriteData,
  EventData,
  MapData,
  MarkData,
  RingData,
  ViolationData,
} from '../../../verdict/trace-data.js';
import type { Trace, TraceStep } from '../../../verdict/trace.js';
import { bytesOf, bytesOfHex, GuestBytes, type Stamp } from './guest-bytes.js';

/** A point in a trace: after the first `events` events of the step of that index. */
export interface Position {
  readonly step: number;
  readonly events: number;
}

export interface LedgerEntry {
  readonly map: MapData;
  readonly entry: number;
  /** Number of the step that mapped it. */
  readonly mappedIn: number;
  /** Number of the step that ended it, null while it is live. */
  endedIn: number | null;
  /** The step in progress mapped, unmapped or synced it. */
  touched: boolean;
}

export type BufferState = 'offered' | 'in flight' | 'returned' | 'refused';

export class TraceState {
  memory = new GuestBytes();
  ring: RingData | null = null;
  /** By ledger number, in the order of mapping. */
  readonly ledger = new Map<number, LedgerEntry>();
  readonly buffers = new Map<number, BufferState>();
  /** Coherent allocations: address to size. */
  readonly coherent = new Map<number, number>();
  /** The driver call in progress. */
  call: string | null = null;
  violation: ViolationData | null = null;
  /** The last event; what it touched is marked. */
  last: EventData | null = null;
  private step = 0;

  /** A queue is created. Where a trace holds several runs, each begins with that, on memory and numbers of its own. */
  restart(): void {
    this.memory = new GuestBytes();
    this.ring = null;
    this.ledger.clear();
    this.buffers.clear();
    this.coherent.clear();
    this.call = null;
    this.violation = null;
  }

  beginStep(number: number): void {
    this.step = number;
    this.last = null;
    this.memory.beginStep();
    for (const entry of this.ledger.values()) entry.touched = false;
  }

  event(data: EventData): void {
    this.last = data;
    this.take(data);
  }

  mark(data: MarkData): void {
    if (data.type === 'ring') this.ring = data;
    else if (data.type === 'recycled') this.buffers.set(data.token, 'returned');
    else if (data.type !== 'transport') this.take(data);
  }

  /** Live although its buffer is no longer the device's. */
  isLeaked({ map, endedIn, entry }: LedgerEntry): boolean {
    if (endedIn !== null) return false;
    if (this.violation?.mapping === entry && /leak|teardown/.test(this.violation.oracle)) return true;
    const buffer = this.buffers.get(map.token);
    // While the call that gives a buffer back is running, its mappings are still ending.
    return this.call === null && (buffer === 'returned' || buffer === 'refused');
  }

  private take(data: EventData): void {
    switch (data.type) {
      case 'call':
        this.call = data.call;
        break;
      case 'return':
        this.ended(data.call, data.token ?? 0, data.refused === true);
        break;
      case 'load':
        this.memory.load(data.at, data.size);
        break;
      case 'store':
        this.memory.write(data.at, bytesOf(data.value, data.size), this.stamp('driver'));
        break;
      case 'device-write':
        this.deviceWrote(data);
        break;
      case 'coherent':
        if (data.cpu === null) break;
        this.coherent.set(data.cpu, data.size);
        this.memory.clear(data.cpu, wholePages(data.size));
        break;
      case 'coherent-free':
        this.coherent.delete(data.cpu);
        break;
      case 'violation':
        this.violated(data);
        break;
      default:
        this.dma(data);
        break;
    }
  }

  private dma(data: EventData): void {
    if (data.type === 'map' && data.entry !== null) {
      const { entry, token } = data;
      this.ledger.set(entry, { map: data, entry, mappedIn: this.step, endedIn: null, touched: true });
      if (token > 0 && !this.buffers.has(token)) this.buffers.set(token, 'offered');
    }
    if ((data.type !== 'unmap' && data.type !== 'sync') || data.entry === null) return;
    const entry = this.ledger.get(data.entry);
    if (entry === undefined) return;
    entry.touched = true;
    if (data.type === 'unmap') entry.endedIn = this.step;
  }

  private deviceWrote(data: DeviceWriteData): void {
    const { at } = data;
    // Buffers and bounce slots are not shown byte by byte.
    const end = this.coherentEnd(at);
    if (end === null) return;
    const size = Math.min(data.size, end - at, MOST_BYTES);
    this.memory.write(at, writtenBytes(data, size), this.stamp('device'));
  }

  /** The end of the coherent allocation that holds an address, or null. */
  private coherentEnd(address: number): number | null {
    for (const [cpu, size] of this.coherent) {
      const end = cpu + wholePages(size);
      if (address >= cpu && address < end) return end;
    }
    return null;
  }

  private ended(call: string, token: number, refused: boolean): void {
    this.call = null;
    if (token === 0) return;
    if (call === 'addSgs') this.buffers.set(token, refused ? 'refused' : 'in flight');
    else this.buffers.set(token, 'returned');
  }

  /** The ledger as the oracle saw it: the unmap that was judged did not take place. */
  private violated(data: ViolationData): void {
    this.violation = data;
    for (const entry of this.ledger.values()) {
      if (data.live.includes(entry.entry)) entry.endedIn = null;
      else entry.endedIn ??= this.step;
    }
  }

  private stamp(by: Stamp['by']): Stamp {
    return { by, step: this.step, during: by === 'device' ? this.call : null };
  }
}

/** The state at a point; whatever lies beyond the end of the trace is its end. */
export function stateAt(trace: Trace, position: Position): TraceState {
  const state = new TraceState();
  trace.steps.forEach((step, index) => {
    if (index < position.step) play(state, step, step.events.length);
    else if (index === position.step) play(state, step, position.events);
  });
  return state;
}

/** The first `count` events of a step, and the marks up to there. */
function play(state: TraceState, step: TraceStep, count: number): void {
  if (step.operation?.name === 'create') state.restart();
  state.beginStep(step.number);
  const marks = step.marks ?? [];
  let next = 0;
  for (let k = 0; k <= step.events.length && k <= count; k++) {
    for (let mark = marks[next]; mark !== undefined && mark.before <= k; mark = marks[++next]) state.mark(mark.data);
    const data = k < count ? step.events[k]?.data : undefined;
    if (data !== undefined) state.event(data);
  }
}

/** Whether the trace carries data: those of old sidecars have texts only. */
export function hasData(trace: Trace): boolean {
  return trace.steps.some(({ events }) => events.some(({ data }) => data !== undefined));
}

const PAGE = 4096;
/** All of coherent memory: more is no write of a device. */
const MOST_BYTES = 0x10000;

/** Null for bytes that the trace does not spell out. */
function writtenBytes({ bytes, value, size }: DeviceWriteData, count: number): readonly (number | null)[] {
  if (bytes !== undefined) return bytesOfHex(bytes).slice(0, count);
  if (value !== undefined && (size === 1 || size === 2 || size === 4 || size === 8)) return bytesOf(value, count);
  return Array.from({ length: count }, () => null);
}

function wholePages(size: number): number {
  return Math.ceil(size / PAGE) * PAGE;
}
