// What a trial and the process that runs it tell each other: one environment variable downwards, lines on stderr upwards.
// The same for every engine, so that all are timed and counted by one piece of code (fuzz/engines/trial-meter.ts).

import { writeFully } from '../engine/run-context.js';

/** What the process of a trial is told. */
export interface TrialContext {
  /** Name of the target. */
  readonly target: string;
  /** From the first execution on. */
  readonly limitSeconds: number;
  readonly seed: number;
  /** Bytes. */
  readonly maxLength: number;
  /** Folders of inputs to start from. */
  readonly corpus: readonly string[];
  /** What names the driver from outside; absent for that of the build. */
  readonly driver?: string;
  /** When the process was started, in milliseconds since 1970. */
  readonly spawnedAt: number;
  /** Process id that must stay the parent's: without it nobody wants the result. Null where another process is between. */
  readonly parent: number | null;
}

/** Executions and seconds since the first one. */
export interface Moment {
  readonly executions: number;
  readonly seconds: number;
}

export type TrialEvent =
  /** The first execution begins. @property startSeconds since the process was started. */
  | { readonly kind: 'started'; readonly startSeconds: number }
  | ({ readonly kind: 'reached' } & Moment)
  | ({ readonly kind: 'triggered'; readonly oracle: string; readonly bucket: string; readonly input: string } & Moment)
  /** The time is over. */
  | ({ readonly kind: 'censored' } & Moment)
  | { readonly kind: 'harness-bug'; readonly message: string };

const VARIABLE = 'VRINGFUZZ_TRIAL';
const PREFIX = 'vringfuzz-trial ';

export function trialEnvironment(context: TrialContext): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(context) };
}

/** Throws where the process was not started by the benchmark. */
export function readTrialContext(): TrialContext {
  const text = process.env[VARIABLE];
  if (text === undefined) throw new Error('started by hand: this file is an engine of vringfuzz bench');
  return JSON.parse(text) as TrialContext;
}

/** Blocks until it is written: the process may end right after. */
export function writeTrialEvent(event: TrialEvent): void {
  writeFully(2, `${PREFIX}${JSON.stringify(event)}\n`);
}

/** The event in a line of stderr, or null where the line is the engine's own. */
export function parseTrialEvent(line: string): TrialEvent | null {
  const at = line.indexOf(PREFIX);
  if (at < 0) return null;
  try {
    return JSON.parse(line.slice(at + PREFIX.length)) as TrialEvent;
  } catch {
    return null;
  }
}
