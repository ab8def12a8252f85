// Keeps a trace while it happens, and makes its hash. Used only when somebody asked for a trace.

import type { Trace, TraceEvent, TraceSink, TraceStep } from '../verdict/trace.js';

export class TraceRecorder implements TraceSink {
  configuration = '';
  private readonly steps: { number: number; title: string; events: TraceEvent[] }[] = [];

  step(number: number, title: string): void {
    this.steps.push({ number, title, events: [] });
  }

  event(kind: string, text: string): void {
    this.steps[this.steps.length - 1]?.events.push({ kind, text });
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
}

/** FNV-1a in two 32-bit lanes with different offsets: 64 bits against chance, not against an attacker. */
class TextHash {
  private low = 0x811c9dc5;
  private high = 0x1b873593;

  add(text: string): void {
    for (let i = 0; i <= text.length; i++) {
      const code = i === text.length ? 0x0a : text.charCodeAt(i);
      this.low = Math.imul(this.low ^ code, 0x01000193);
      this.high = Math.imul(this.high ^ (code + 0x5bd1), 0x01000193) ^ (this.low >>> 15);
    }
  }

  hex(): string {
    return (this.high >>> 0).toString(16).padStart(8, '0') + (this.low >>> 0).toString(16).padStart(8, '0');
  }
}
