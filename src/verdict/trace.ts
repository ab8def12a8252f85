// The readable record of one execution: numbered steps, each with what happened during it. Only kept on request.

import type { EventData, MarkData } from './trace-data.js';

export interface TraceEvent {
  /** `call`, `map`, `unmap`, `sync`, `copy`, `load`, `store`, `device`, `heap`, `coherent`, `violation`. */
  readonly kind: string;
  readonly text: string;
  /** The same as numbers; absent in traces that were written before there was any. */
  readonly data?: EventData;
}

/** Something that is no event, at its place among the events of a step. */
export interface TraceMark {
  /** It happened before the event of that index, or after the last one. */
  readonly before: number;
  readonly data: MarkData;
}

export interface StepOperation {
  /** Name of the scenario's operation, or `create`, `teardown`, `epilogue`, `raw-add`, `raw-overlay`. */
  readonly name: string;
  /** Who acts: the driver's client, the honest device, the hostile one; `placement` only prepares a later event. */
  readonly by: 'client' | 'device' | 'hostile' | 'placement';
  /** The device does this later, in the middle of a call, because of a `defer` before. */
  readonly deferred?: true;
}

export interface TraceStep {
  /** From 1; 0 is the creation of the queue, the last is its teardown. */
  readonly number: number;
  readonly title: string;
  readonly events: readonly TraceEvent[];
  readonly operation?: StepOperation;
  readonly marks?: readonly TraceMark[];
}

export interface Trace {
  /** One line that names the configuration. */
  readonly configuration: string;
  readonly steps: readonly TraceStep[];
  /** 16 hex digits over configuration, titles, texts and verdict: equal for equal behaviour, in any process. */
  readonly hash: string;
}

/** Takes what happens as it happens. */
export interface TraceSink {
  /**
   * Only calls, mappings, requests to the transport, and where the device writes: no other access to memory, and nothing that
   * memory holds.
   */
  readonly brief?: boolean;
  event(data: EventData): void;
  /** What readers of numbers need between the events; no part of the hash. */
  mark(data: MarkData): void;
}
