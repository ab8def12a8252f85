// What the end of an engine process means: from its exit code, its events and the file it left.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Finding } from '../../verdict/verdict.js';
import { writeCrash } from '../crashes/crash-store.js';
import { messageOf } from '../errors.js';
import { hangFinding, harnessBugFinding, memoryFinding } from '../crashes/harness-bug.js';
import { TIMEOUT_SECONDS } from './engine-flags.js';
import type { RunEvent, StoredInput } from './run-context.js';

/** A finding and where its input is. */
export interface StoredFinding extends StoredInput {
  readonly oracle: string;
  readonly bucket: string;
  readonly claim: string;
}

export type EngineEnd =
  /** The limit was reached, or the run was stopped. */
  | { readonly kind: 'done' }
  | { readonly kind: 'finding'; readonly finding: StoredFinding }
  | { readonly kind: 'hang'; readonly finding: StoredFinding }
  | { readonly kind: 'harness-bug'; readonly finding: StoredFinding; readonly stack: string }
  /** The engine did not run: a matter of the machine, not of the target. */
  | { readonly kind: 'failed'; readonly message: string };

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
  readonly origin: InputOrigin;
}

/** Where an input comes from and where it is kept. */
export interface InputOrigin {
  /** Folder of findings. */
  readonly crashes: string;
  readonly target: string;
  readonly seed: number;
  /** Id of the planted bug in the build. */
  readonly bug: string | null;
}

const EXIT_HANG = 70;
const EXIT_MEMORY = 71;
const EXIT_FINDING = 77;

export function judgeEnd(record: RunRecord): EngineEnd {
  for (const event of record.events) {
    if (event.kind === 'finding') {
      return { kind: 'finding', finding: event };
    }
    if (event.kind === 'harness-bug') {
      const { message, stack, file, problem, input } = event;
      return { kind: 'harness-bug', finding: { ...harnessBugFinding(message), file, problem, input }, stack };
    }
  }
  switch (record.code) {
    case 0:
      return { kind: 'done' };
    case EXIT_HANG:
      return { kind: 'hang', finding: keepArtifact(record, hangFinding(TIMEOUT_SECONDS)) };
    case EXIT_MEMORY:
      return { kind: 'harness-bug', finding: keepArtifact(record, memoryFinding()), stack: '' };
    case EXIT_FINDING: {
      // No verdict came with it: something threw where nothing may throw.
      const stack = uncaughtException(record.tail);
      const message = stack.split('\n')[0] ?? '';
      return { kind: 'harness-bug', finding: keepArtifact(record, harnessBugFinding(message)), stack };
    }
    default:
      return record.stopped ? { kind: 'done' } : { kind: 'failed', message: failure(record) };
  }
}

/** Moves the engine's copy of the input to the crashes folder. */
function keepArtifact({ artifacts, origin }: RunRecord, finding: Finding): StoredFinding {
  const { oracle, bucket, claim } = finding;
  const name = readdirSync(artifacts)[0];
  if (name === undefined) {
    return { oracle, bucket, claim, file: null, problem: 'the engine left no copy of it', input: null };
  }
  const bytes = readFileSync(join(artifacts, name));
  const { crashes: directory, target, seed, bug } = origin;
  const input = bytes.toString('base64');
  try {
    const { file } = writeCrash({ directory, target, bytes, finding, trace: null, seed, bug });
    return { oracle, bucket, claim, file, problem: '', input };
  } catch (error) {
    return { oracle, bucket, claim, file: null, problem: messageOf(error), input };
  }
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
