// What the end of an engine process means: from its exit code, its events and the file it left.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Finding } from '../../verdict/verdict.js';
import { hangFinding, harnessBugFinding, memoryFinding } from '../crashes/harness-bug.js';
import { TIMEOUT_SECONDS } from './engine-flags.js';
import type { RunEvent } from './run-context.js';

export type EngineEnd =
  /** The limit was reached, or the run was stopped. */
  | { readonly kind: 'done' }
  /** As many new buckets were met as the process was to meet. */
  | { readonly kind: 'limit' }
  | Death
  /** The engine did not run: a matter of the machine, not of the target. */
  | { readonly kind: 'failed'; readonly message: string };

/** What ended the process in the middle of an execution. */
export interface Death {
  readonly kind: 'hang' | 'harness-bug';
  readonly finding: Finding;
  /** Empty where there is none. */
  readonly stack: string;
  /** The engine's copy of the input in progress; null when it left none. */
  readonly input: Uint8Array | null;
}

/** All that is known about a process that ended. */
export interface RunRecord {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly events: readonly RunEvent[];
  /** The last lines of stderr that were not understood. */
  readonly tail: readonly string[];
  /** Whether it was asked to end. */
  readonly stopped: boolean;
  /** Folder that holds the engine's own copy of the last input. */
  readonly artifacts: string;
}

const EXIT_HANG = 70;
const EXIT_MEMORY = 71;
const EXIT_FINDING = 77;

export function judgeEnd(record: RunRecord): EngineEnd {
  if (record.events.some(({ kind }) => kind === 'limit')) return { kind: 'limit' };
  switch (record.code) {
    case 0:
      return { kind: 'done' };
    case EXIT_HANG:
      return { kind: 'hang', finding: hangFinding(TIMEOUT_SECONDS), stack: '', input: artifact(record) };
    case EXIT_MEMORY:
      return { kind: 'harness-bug', finding: memoryFinding(), stack: '', input: artifact(record) };
    case EXIT_FINDING: {
      // The target throws only after it said so: something threw where nothing may throw.
      const stack = uncaughtException(record.tail);
      const finding = harnessBugFinding(stack.split('\n')[0] ?? '');
      return { kind: 'harness-bug', finding, stack, input: artifact(record) };
    }
    default:
      return record.stopped ? { kind: 'done' } : { kind: 'failed', message: failure(record) };
  }
}

function artifact({ artifacts }: RunRecord): Uint8Array | null {
  const name = readdirSync(artifacts)[0];
  return name === undefined ? null : Uint8Array.from(readFileSync(join(artifacts, name)));
}

/** Message and stack that the engine printed for an exception. */
function uncaughtException(tail: readonly string[]): string {
  const start = tail.findIndex((line) => line.includes('Uncaught Exception:'));
  if (start < 0) {
    return 'the process crashed';
  }
  const frames = tail.slice(start + 1).findIndex((line) => !line.startsWith('    at '));
  const lines = tail.slice(start, frames < 0 ? undefined : start + 1 + frames);
  return lines.join('\n').replace(/^.*Uncaught Exception: /, '');
}

function failure({ code, signal, events, tail }: RunRecord): string {
  for (const event of events) {
    if (event.kind === 'environment') {
      return event.message;
    }
  }
  const how = signal === null ? `with exit code ${String(code)}` : `by ${signal}`;
  const said = tail
    .filter((line) => line.trim() !== '')
    .slice(-3)
    .join(' | ');
  return `the fuzzing engine ended ${how}${said === '' ? '' : `: ${said}`}`;
}
