// Runs one trial: one engine on the build of one bug in a process of its own, until an oracle fires or the time is over.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { LineSplitter } from '../engine/engine-output.js';
import { makeTemporaryFolder } from '../folders.js';
import { type EngineName, engineCommand } from './engines.js';
import { type Moment, type TrialEvent, parseTrialEvent, trialEnvironment } from './trial-events.js';

export interface TrialOptions {
  readonly engine: EngineName;
  /** Compiled tree with the bug and its probes in it. */
  readonly root: string;
  readonly target: string;
  readonly seed: number;
  readonly limitSeconds: number;
  /** Bytes. */
  readonly maxLength: number;
  /** Folders of inputs to start from. */
  readonly corpus: readonly string[];
  /** The driver from outside that the bug is in, or null. */
  readonly driver: LoadedDriver | null;
}

export interface Trigger extends Moment {
  readonly oracle: string;
  readonly bucket: string;
  /** Base64. */
  readonly input: string;
}

/** What a trial came to. Seconds count from the first execution. */
export interface TrialOutcome {
  /** From the start of the process to the first execution. */
  readonly startSeconds: number;
  /** When a line of the patch was first executed; null where none was. */
  readonly reached: Moment | null;
  /** When an oracle first fired; null where the time was over before. */
  readonly triggered: Trigger | null;
  /** How far the trial went. */
  readonly last: Moment;
}

export type TrialEnd =
  | { readonly kind: 'done'; readonly outcome: TrialOutcome }
  /** The engine did not run, or the harness failed. */
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'stopped' };

/** After the limit, for the start of the engine and an execution that does not end. */
const GRACE_SECONDS = 30;
const TAIL_LINES = 20;

export class Trial {
  private child: ChildProcess | null = null;
  private readonly tail: string[] = [];
  private startSeconds: number | null = null;
  private reached: Moment | null = null;
  private triggered: Trigger | null = null;
  private censored: Moment | null = null;
  private harnessBug: string | null = null;
  private overdue = false;
  private stopped = false;

  constructor(private readonly options: TrialOptions) {}

  /** Throws EnvironmentError where there is no temporary folder. */
  async run(): Promise<TrialEnd> {
    const folder = makeTemporaryFolder('trial');
    try {
      await this.spawnAndWait(folder);
      return this.end();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Ends it at once; it then counts for nothing. */
  stop(): void {
    this.stopped = true;
    this.kill();
  }

  private spawnAndWait(folder: string): Promise<void> {
    const { options } = this;
    const found = join(folder, 'found');
    mkdirSync(found);
    const command = engineCommand(options.engine, { ...options, folder, found });
    const { driver, ...plain } = options;
    const context = {
      ...plain,
      ...(driver === null ? {} : { driver: driver.handle }),
      spawnedAt: Date.now(),
      parent: command.executesItself ? process.pid : null,
    };
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [...command.arguments], {
        cwd: folder,
        env: { ...process.env, ...command.environment, ...trialEnvironment(context) },
        stdio: ['ignore', 'ignore', 'pipe'],
        // A group of its own: Ctrl-C reaches this process alone, and a process that the engine starts ends with it.
        detached: process.platform !== 'win32',
      });
      this.child = child;
      const timer = setTimeout(
        () => {
          this.overdue = true;
          this.kill();
        },
        (options.limitSeconds + GRACE_SECONDS) * 1000,
      );
      const lines = new LineSplitter((line) => this.readLine(line));
      child.stderr.setEncoding('utf8');
      child.stderr.on('data', (chunk: string) => lines.push(chunk));
      child.on('error', (error) => this.tail.push(error.message));
      child.on('close', () => {
        clearTimeout(timer);
        lines.end();
        this.kill();
        resolve();
      });
    });
  }

  private readLine(line: string): void {
    const event = parseTrialEvent(line);
    if (event !== null) {
      this.readEvent(event);
      return;
    }
    if (line.trim() === '' || line.startsWith('vringfuzz-event ')) return;
    this.tail.push(line.slice(0, 500));
    if (this.tail.length > TAIL_LINES) this.tail.shift();
  }

  private readEvent(event: TrialEvent): void {
    switch (event.kind) {
      case 'started':
        this.startSeconds = event.startSeconds;
        return;
      case 'reached':
        this.reached = momentOf(event);
        return;
      case 'triggered': {
        const { kind: _kind, ...trigger } = event;
        this.triggered ??= trigger;
        break;
      }
      case 'censored':
        this.censored = momentOf(event);
        break;
      case 'harness-bug':
        this.harnessBug = event.message;
    }
    // The process that executes has ended itself: what started it, and waits for it, may end too.
    this.kill();
  }

  /** The whole group. */
  private kill(): void {
    const id = this.child?.pid;
    if (id === undefined) return;
    try {
      process.kill(process.platform === 'win32' ? id : -id, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }

  private end(): TrialEnd {
    const { startSeconds, reached, triggered } = this;
    if (this.stopped) return { kind: 'stopped' };
    const last = triggered === null ? this.censored : momentOf(triggered);
    if (this.harnessBug !== null) return { kind: 'failed', message: `the harness failed: ${this.harnessBug}` };
    if (startSeconds === null || last === null) return { kind: 'failed', message: this.failure() };
    return { kind: 'done', outcome: { startSeconds, reached, triggered, last } };
  }

  private failure(): string {
    const { limitSeconds, engine } = this.options;
    const said = this.tail.slice(-3).join(' | ');
    const what = this.overdue
      ? `${engine} did not end within ${limitSeconds + GRACE_SECONDS} s`
      : `${engine} ended on its own`;
    return said === '' ? what : `${what}: ${said}`;
  }
}

function momentOf({ executions, seconds }: Moment): Moment {
  return { executions, seconds };
}
