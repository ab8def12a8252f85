// What a campaign and the engine process it starts tell each other.
//
// Downwards: one environment variable with the run's context. Upwards: event lines on stderr, because that pipe always
// exists, keeps its order with the engine's own lines, and works on a full disk.

import { writeSync } from 'node:fs';

/** What the fuzz target needs to know about the run it is part of. */
export interface RunContext {
  /** Folder of findings; each goes to `<crashes>/<target>/<bucket>/`. */
  readonly crashes: string;
  readonly seed: number;
  /** Id of the planted bug that this build holds. */
  readonly bug: string | null;
  /** Process id of the campaign: without it the engine process has no reason to live. */
  readonly parent: number;
  /** Corpus folders of this run, to count covered edges at its end. */
  readonly corpus: readonly string[];
}

/** One thing the engine process reports. */
export type RunEvent =
  | { readonly kind: 'addon'; readonly variant: 'stock' | 'patched' }
  | { readonly kind: 'environment'; readonly message: string }
  /** The target is loaded: what is instrumented and which feedback is on. */
  | { readonly kind: 'ready'; readonly edges: number; readonly stateFeedback: boolean; readonly tuned: boolean }
  | { readonly kind: 'progress'; readonly executions: number; readonly seconds: number }
  | FindingEvent
  | HarnessBugEvent
  | CoverageEvent;

export interface FindingEvent extends StoredInput {
  readonly kind: 'finding';
  readonly oracle: string;
  readonly bucket: string;
  readonly claim: string;
}

export interface HarnessBugEvent extends StoredInput {
  readonly kind: 'harness-bug';
  readonly message: string;
  readonly stack: string;
}

/** Where an input is, or itself: whatever happens to the disk, it is not lost. */
export interface StoredInput {
  /** Null when it could not be written. */
  readonly file: string | null;
  /** Why not; empty otherwise. */
  readonly problem: string;
  /** Base64; null when nobody knows the input. */
  readonly input: string | null;
}

/** Sent as the process exits. */
export interface CoverageEvent {
  readonly kind: 'coverage';
  /** Distinct instrumented edges of the driver that the run's corpus reaches. */
  readonly edges: number;
  /** Distinct state counters that it reaches. */
  readonly states: number;
  readonly executions: number;
  /** From the first execution to the last. */
  readonly seconds: number;
}

const CONTEXT_VARIABLE = 'VRINGFUZZ_RUN';
const EVENT_PREFIX = 'vringfuzz-event ';

/** Environment of an engine process. */
export function contextEnvironment(context: RunContext): Record<string, string> {
  return { [CONTEXT_VARIABLE]: JSON.stringify(context) };
}

/** The context of this process, or null when the engine was started by hand. */
export function readRunContext(): RunContext | null {
  const text = process.env[CONTEXT_VARIABLE];
  return text === undefined ? null : (JSON.parse(text) as RunContext);
}

/** Reports to the campaign; silent when there is none. */
export function writeEvent(event: RunEvent): void {
  if (process.env[CONTEXT_VARIABLE] !== undefined) {
    writeFully(2, `${EVENT_PREFIX}${JSON.stringify(event)}\n`);
  }
}

/** The event in a line of stderr, or null when the line is the engine's own. */
export function parseEvent(line: string): RunEvent | null {
  const at = line.indexOf(EVENT_PREFIX);
  if (at < 0) {
    return null;
  }
  try {
    return JSON.parse(line.slice(at + EVENT_PREFIX.length)) as RunEvent;
  } catch {
    return null;
  }
}

/** Blocks until all is written: the event loop does not run while the engine does. */
function writeFully(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        return;
      }
    }
  }
}
