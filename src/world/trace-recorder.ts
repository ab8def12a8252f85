// Keeps a trace while it happens, and makes its hash. Used only when somebody asked for a trace.

import { eventKind, eventText } from '../verdict/event-text.js';
import { type EventData, type MarkData, RAW_BYTES } from '../verdict/trace-data.js';
import type { StepOperation, Trace, TraceEvent, TraceMark, TraceSink, TraceStep } from '../verdict/trace.js';

interface OpenStep {
  readonly number: number;
  readonly title: string;
  readonly operation: StepOperation;
  readonly events: TraceEvent[];
  marks?: TraceMark[];
}

export class TraceRecorder implements TraceSink {
  configuration = '';
  private readonly steps: OpenStep[] = [];
  private rawBytes = 0;

  step(number: number, title: string, operation: StepOperation): void {
    // Each run spells out its own bytes: a reader begins anew with it.
    if (number === 0) this.rawBytes = 0;
    this.steps.push({ number, title, operation, events: [] });
  }

  /** Drops the runs before the last one, where there are several; `withFirst` keeps the first as well. */
  keepLastRun(withFirst: boolean): void {
    const { steps } = this;
    const starts = steps.flatMap(({ number }, k) => (number === 0 ? [k] : []));
    const from = starts[withFirst ? 1 : 0];
    const last = starts.at(-1);
    if (from !== undefined && last !== undefined) steps.splice(from, last - from);
  }

  event(data: EventData): void {
    this.steps.at(-1)?.events.push({ kind: eventKind(data), text: eventText(data), data: this.bounded(data) });
  }

  mark(data: MarkData): void {
    const step = this.steps.at(-1);
    if (step === undefined) return;
    (step.marks ??= []).push({ before: step.events.length, data });
  }

  /** The finished trace; `verdict` is hashed along. */
  finish(verdict: string): Trace {
    const hash = new TextHash();
    hash.add(this.configuration);
    for (const step of this.steps) {
      hash.add(`${step.number} ${step.title}`);
      for (const event of step.events) hash.add(`${event.kind} ${event.text}`);
    }
    hash.add(verdict);
    const steps: readonly TraceStep[] = this.steps;
    return { configuration: this.configuration, steps, hash: hash.hex() };
  }

  /** Without its bytes where the trace has spelled out enough. */
  private bounded(data: EventData): EventData {
    if ((data.type !== 'device-write' && data.type !== 'map') || data.bytes === undefined) return data;
    const length = data.bytes.length / 2;
    if (this.rawBytes + length <= RAW_BYTES) {
      this.rawBytes += length;
      return data;
    }
    const { bytes: _bytes, ...rest } = data;
    return rest;
  }
}

/** FNV-1a in two 32-bit lanes with different offsets: 64 bits against chance, not against an attacker. */
class TextHash {
  private low = 0x811c9dc5;
  private high = 0x1b873593;

  add(text: string): void {
    // Locals: with fields this loop took half of the time of a traced execution.
    let { low, high } = this;
    for (let i = 0; i <= text.length; i++) {
      const code = i === text.length ? 0x0a : text.charCodeAt(i);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ (code + 0x5bd1), 0x01000193) ^ (low >>> 15);
    }
    this.low = low;
    this.high = high;
  }

  hex(): string {
    return (this.high >>> 0).toString(16).padStart(8, '0') + (this.low >>> 0).toString(16).padStart(8, '0');
  }
}
