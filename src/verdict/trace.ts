// The readable record of one execution: numbered steps, each with what happened during it. Only kept on request.

export interface TraceEvent {
  /** `call`, `map`, `unmap`, `sync`, `copy`, `load`, `store`, `device`, `heap`, `coherent`, `fail`, `note`, `violation`. */
  readonly kind: string;
  readonly text: string;
}

export interface TraceStep {
  /** From 1; 0 is the creation of the queue, the last is its teardown. */
  readonly number: number;
  readonly title: string;
  readonly events: readonly TraceEvent[];
}

export interface Trace {
  /** One line that names the configuration. */
  readonly configuration: string;
  readonly steps: readonly TraceStep[];
  /** 16 hex digits over configuration, steps and verdict: equal for equal behaviour, in any process. */
  readonly hash: string;
}

/** Takes what happens as it happens. */
export interface TraceSink {
  event(kind: string, text: string): void;
}
