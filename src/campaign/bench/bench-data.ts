// The data of a benchmark: lines of JSON that are only ever appended, one a finished trial, so that a benchmark which is
// killed loses nothing and one that is started again goes on. Every line stands for itself: what was measured, under which
// condition, on which code.

import { appendFileSync, existsSync, readFileSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

import { contentOrNull, makeFolder, writeFailure } from '../atomic-file.js';
import { UsageError } from '../errors.js';
import { type EngineName, ENGINES } from './engines.js';
import type { Trigger, TrialOutcome } from './trial.js';

/** Version of the lines. */
export const DATA_SCHEMA = 1;
export const DATA_FILE = 'trials.jsonl';

/**
 * What a trial starts from: the committed inputs of the bug's target but for its showing seed; of those, the ones that do
 * not show the bug; nothing.
 */
export const CORPORA = ['committed', 'silent', 'none'] as const;
export type CorpusKind = (typeof CORPORA)[number];

/** Everything but the engine that results depend on and that people choose. */
export interface Condition {
  readonly corpus: CorpusKind;
  readonly limitSeconds: number;
}

export interface Machine {
  /** Model of the processor. */
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
}

/** One run of the command. */
export interface Session {
  readonly kind: 'session';
  readonly schema: number;
  readonly session: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly machine: Machine;
  /** Trials at a time. */
  readonly jobs: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly inputFormat: number;
}

/** A bug as it was measured. */
export interface BugLine {
  readonly kind: 'bug';
  readonly bug: string;
  readonly identity: string;
  readonly title: string;
  readonly origin: string;
  readonly area: string;
  readonly target: string;
  readonly oracles: readonly string[];
  /** Name and version of the driver that it was measured on, where that is not our own. */
  readonly driver?: string;
  /** Statements of the patch that can be executed; 0 where nobody can tell. */
  readonly probes: number;
  /** Committed inputs of the target without the showing seed, and how many of them show the bug. */
  readonly committed: number;
  readonly showing: number;
}

export interface TrialLine extends Condition, TrialOutcome {
  readonly kind: 'trial';
  readonly session: number;
  readonly engine: EngineName;
  readonly bug: string;
  readonly identity: string;
  /** Its number, from 1, which is the engine's seed. */
  readonly trial: number;
  readonly triggered: (Trigger & { readonly expected: boolean }) | null;
}

export interface BenchData {
  readonly sessions: readonly Session[];
  /** The last line of each bug. */
  readonly bugs: ReadonlyMap<string, BugLine>;
  /** The last one of each engine, bug, condition and number. */
  readonly trials: readonly TrialLine[];
}

/** Equal for trials of which the later one replaces the earlier. */
export function trialKey({ engine, bug, corpus, limitSeconds, trial }: Omit<TrialLine, keyof TrialOutcome>): string {
  return [engine, bug, corpus, limitSeconds, trial].join(' ');
}

/** Reads a folder's data; empty where there is none. Throws UsageError for lines of another version. */
export function readBenchData(folder: string): BenchData {
  const file = join(folder, DATA_FILE);
  const text = contentOrNull(file)?.toString('utf8') ?? '';
  const sessions: Session[] = [];
  const bugs = new Map<string, BugLine>();
  const trials = new Map<string, TrialLine>();
  // What follows the last newline is the torn line of a killed process.
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const value = parsed(file, index + 1, line);
    if (value.kind === 'session') sessions.push(value);
    else if (value.kind === 'bug') bugs.set(value.bug, value);
    else trials.set(trialKey(value), value);
  }
  const [unknown] = sessions.filter(({ schema }) => schema !== DATA_SCHEMA);
  if (unknown !== undefined) {
    throw new UsageError(
      `${file} is of version ${unknown.schema}, this vringfuzz reads ${DATA_SCHEMA}: name another --out`,
    );
  }
  return { sessions, bugs, trials: [...trials.values()] };
}

/** The data of a folder that must have some. Throws UsageError. */
export function requireBenchData(folder: string): BenchData {
  if (!existsSync(join(folder, DATA_FILE))) {
    throw new UsageError(`${folder} holds no ${DATA_FILE}: name the --out folder of an earlier benchmark`);
  }
  const data = readBenchData(folder);
  if (data.trials.length === 0) throw new UsageError(`${join(folder, DATA_FILE)} holds no finished trial`);
  return data;
}

/** Makes the folder, and drops a torn last line. Throws EnvironmentError; UsageError for a folder of something else. */
export function prepareDataFolder(folder: string): void {
  makeFolder(folder);
  const file = join(folder, DATA_FILE);
  try {
    if (!existsSync(file)) {
      if (readdirSync(folder).some((name) => !name.startsWith('.'))) {
        throw new UsageError(`${folder} holds files but no ${DATA_FILE}: name a new folder, or that of a benchmark`);
      }
      return;
    }
    const content = readFileSync(file);
    const end = content.lastIndexOf(0x0a) + 1;
    if (end < content.length) truncateSync(file, end);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw writeFailure(file, error);
  }
}

/** One write a line: a killed process leaves a whole line or the start of one. Throws EnvironmentError. */
export function appendLine(folder: string, line: Session | BugLine | TrialLine): void {
  const file = join(folder, DATA_FILE);
  try {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  } catch (error) {
    throw writeFailure(file, error);
  }
}

function parsed(file: string, number: number, text: string): Session | BugLine | TrialLine {
  try {
    const value = JSON.parse(text) as Session | BugLine | TrialLine;
    if (value.kind === 'session' || value.kind === 'bug') return value;
    if (ENGINES.includes(value.engine) && CORPORA.includes(value.corpus)) return value;
  } catch {
    // Told below.
  }
  throw new UsageError(`${file}, line ${number}, is no line of a benchmark: name another --out, or remove that line`);
}
