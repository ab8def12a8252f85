// What a campaign and the engine process it starts tell each other.
//
// Downwards: one environment variable with the run's context. Upwards: event lines on stderr, because that pipe always
// exists, keeps its order with the engine's own lines, and works on a full disk.

import { writeSync } from 'node:fs';

import type { Finding } from '../../verdict/verdict.js';

/** What the fuzz target needs to know about the run it is part of. */
export interface RunContext {
  /** Process id of the campaign: without it the engine process has no reason to live. */
  readonly parent: number;
  /** The process ends when it has met this many distinct new buckets; null never. */
  readonly stopAfter: number | null;
  /** Buckets that are not new: those of accepted known issues, and those that the campaign has already counted. */
  readonly notNew: readonly string[];
  /** Length of the smallest stored input of each bucket: only smaller ones are worth telling. */
  readonly smallest: Readonly<Record<string, number>>;
  /** What names the driver from outside that is fuzzed (resolveDriver takes it); absent for our own. */
  readonly driver?: string;
  /** Every input is run as small-workload.ts has it; absent but in a comparison of speeds. */
  readonly small?: true;
  /** Random inputs before the engine's own; absent where there is a corpus. */
  readonly warmUp?: WarmUp;
}

/** What fuzz/warm-up.ts does. */
export interface WarmUp {
  readonly seed: number;
  readonly executions: number;
  /** Bytes. */
  readonly maxLength: number;
  /** Corpus folder for inputs that cover something new. */
  readonly folder: string;
}

/** Enough for V8 to compile the harness, and about a second of it. */
export const WARM_UP_EXECUTIONS = 8192;

/** One thing the engine process reports. */
export type RunEvent =
  | { readonly kind: 'addon'; readonly variant: 'stock' | 'patched' }
  | { readonly kind: 'environment'; readonly message: string }
  /** The target is loaded: what is instrumented and which feedback is on. */
  | {
      readonly kind: 'ready';
      readonly edges: number;
      readonly states: number;
      readonly stateFeedback: boolean;
      readonly tuned: boolean;
    }
  | ProgressEvent
  | FindingEvent
  | HarnessBugEvent
  | UnstableEvent
  /** The process ends, because it has met as many new buckets as it was to. */
  | { readonly kind: 'limit' };

/** About once a second, and as the process ends. */
export interface ProgressEvent {
  readonly kind: 'progress';
  readonly executions: number;
  /** Since the first execution. */
  readonly seconds: number;
  /** Executions that ended in each bucket since the last progress event; those without any are left out. */
  readonly hits: Readonly<Record<string, number>>;
  /** Executions that were made twice, and how many of them behaved alike. */
  readonly repeated: number;
  readonly alike: number;
  /** Executions that `maps.sampled` is made of. */
  readonly samples: number;
  /** Null where nothing is new in them. */
  readonly maps: CoverageMaps | null;
}

/** What this process has covered so far, in the text of coverage-maps.ts. */
export interface CoverageMaps {
  /** One bit an edge, one bit a queue state. */
  readonly edges: string;
  readonly states: string;
  /** For each edge, then each state: in how many sampled executions it was seen; 2 stands for more than one. */
  readonly sampled: string;
}

/** The first input of a bucket in this process, or one smaller than all before. */
export interface FindingEvent {
  readonly kind: 'finding';
  readonly finding: Finding;
  /** Base64. */
  readonly input: string;
}

export interface HarnessBugEvent {
  readonly kind: 'harness-bug';
  readonly finding: Finding;
  readonly stack: string;
  /** Base64. */
  readonly input: string;
}

/** An input did not behave alike twice: a defect of the harness, sent for the first such input only. */
export interface UnstableEvent {
  readonly kind: 'unstable';
  /** What differed. */
  readonly difference: string;
  /** Base64. */
  readonly input: string;
}

const CONTEXT_VARIABLE = 'VRINGFUZZ_RUN';
const DRIVER_VARIABLE = 'VRINGFUZZ_DRIVER';
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

/**
 * Environment of an engine process that no campaign watches, such as one that the engine starts by itself to merge.
 * @param driver what names a driver from outside; null for our own.
 */
export function standaloneEnvironment(driver: string | null): Record<string, string> {
  return driver === null ? {} : { [DRIVER_VARIABLE]: driver };
}

/** What names the driver of a process without a campaign; undefined for what its target says. */
export function standaloneDriver(): string | undefined {
  return process.env[DRIVER_VARIABLE];
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
export function writeFully(fd: number, text: string): void {
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
