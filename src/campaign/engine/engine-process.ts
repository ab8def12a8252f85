// Runs the engine on one target in a process of its own and tells how it ended.

import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

import { makeTemporaryFolder } from '../folders.js';
import { type EngineEnd, type RunRecord, judgeEnd } from './engine-end.js';
import { type EngineRunOptions, engineArguments } from './engine-flags.js';
import { type EngineStatus, LineSplitter, NO_STATUS, readStatusLine } from './engine-output.js';
import { type ProgressEvent, type RunContext, type RunEvent, contextEnvironment, parseEvent } from './run-context.js';

export interface EngineProcessOptions extends EngineRunOptions {
  /** What the process is told besides its command line. */
  readonly context: Omit<RunContext, 'parent'>;
  readonly onStatus?: (status: EngineStatus) => void;
  readonly onEvent?: (event: RunEvent) => void;
  /** What the fuzz target says about an engine that it does not know. */
  readonly onWarning?: (text: string) => void;
}

export interface EngineOutcome {
  readonly end: EngineEnd;
  readonly executions: number;
  /** From the first execution to the last. */
  readonly seconds: number;
  /** The fuzzing itself, without start and corpus loading; null when it did not reach its limit. */
  readonly loop: { readonly executions: number; readonly seconds: number } | null;
  /** What the process reported about itself, but for its progress. */
  readonly events: readonly RunEvent[];
}

/** Between the request to end and force. */
const GRACE_MILLISECONDS = 5000;
/** Lines kept for the message when the engine fails. */
const TAIL_LINES = 200;

export class EngineProcess {
  private child: ChildProcess | null = null;
  private status: EngineStatus = NO_STATUS;
  private readonly events: RunEvent[] = [];
  private readonly loopMarks: { readonly executions: number; readonly at: number }[] = [];
  private readonly tail: string[] = [];
  private progress: ProgressEvent | null = null;
  private stopped = false;
  private killTimer: NodeJS.Timeout | null = null;

  constructor(private readonly options: EngineProcessOptions) {}

  /** Runs to the end. Never rejects for what the engine does: see EngineEnd. */
  async run(): Promise<EngineOutcome> {
    const artifacts = makeTemporaryFolder('artifacts');
    const startedAt = Date.now();
    try {
      const { code, signal } = await this.spawnAndWait(artifacts);
      return this.outcome({ code, signal, artifacts, seconds: (Date.now() - startedAt) / 1000 });
    } finally {
      rmSync(artifacts, { recursive: true, force: true });
    }
  }

  /** Ends the run: cleanly at first, by force after a grace or when asked again. */
  stop(): void {
    if (this.stopped) {
      this.child?.kill('SIGKILL');
      return;
    }
    this.stopped = true;
    // While it runs synchronously the engine knows SIGINT only.
    this.child?.kill('SIGINT');
    this.killTimer = setTimeout(() => this.child?.kill('SIGKILL'), GRACE_MILLISECONDS);
  }

  private spawnAndWait(artifacts: string): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const context = { ...this.options.context, parent: process.pid };
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, engineArguments(this.options, artifacts), {
        env: { ...process.env, ...contextEnvironment(context) },
        stdio: ['ignore', 'ignore', 'pipe'],
        // A group of its own: Ctrl-C reaches this process alone, which then ends the child once and in order.
        detached: process.platform !== 'win32',
      });
      this.child = child;
      if (this.stopped) {
        child.kill('SIGKILL');
      }
      const lines = new LineSplitter((line) => this.readLine(line));
      child.stderr.setEncoding('utf8');
      child.stderr.on('data', (chunk: string) => lines.push(chunk));
      child.on('error', reject);
      child.on('close', (code, signal) => {
        lines.end();
        if (this.killTimer !== null) {
          clearTimeout(this.killTimer);
        }
        resolve({ code, signal });
      });
    });
  }

  private readLine(line: string): void {
    const event = parseEvent(line);
    if (event !== null) {
      this.readEvent(event);
      return;
    }
    const status = readStatusLine(line, this.status);
    if (status !== null) {
      const { executionsPerSecond } = this.progress === null ? status : this.status;
      this.update({ ...status, executionsPerSecond });
      if (/^#\d+\s+(INITED|DONE)\b/.test(line)) {
        this.loopMarks.push({ executions: status.executions, at: performance.now() });
      }
      return;
    }
    const warning = /^WARNING: vringfuzz: (.*)/.exec(line)?.[1];
    if (warning !== undefined) {
      this.options.onWarning?.(warning);
    }
    this.tail.push(line);
    if (this.tail.length > TAIL_LINES) {
      this.tail.shift();
    }
  }

  private readEvent(event: RunEvent): void {
    if (event.kind === 'progress') {
      this.update({ ...this.status, ...this.speed(event), executions: event.executions });
      this.progress = event;
    } else {
      this.events.push(event);
    }
    this.options.onEvent?.(event);
  }

  /** Since the last report: libFuzzer divides by whole seconds since its start. */
  private speed({ executions, seconds }: ProgressEvent): Pick<EngineStatus, 'executionsPerSecond'> | null {
    const before = this.progress ?? { executions: 0, seconds: 0 };
    const elapsed = seconds - before.seconds;
    return elapsed < 0.1 ? null : { executionsPerSecond: Math.round((executions - before.executions) / elapsed) };
  }

  private update(status: EngineStatus): void {
    this.status = status;
    this.options.onStatus?.(status);
  }

  private outcome(ended: Pick<RunRecord, 'code' | 'signal' | 'artifacts'> & { seconds: number }): EngineOutcome {
    const { events, progress } = this;
    const record = { ...ended, events, tail: this.tail, stopped: this.stopped };
    return {
      end: judgeEnd(record),
      executions: Math.max(progress?.executions ?? 0, this.status.executions),
      seconds: progress?.seconds ?? ended.seconds,
      loop: this.loop(),
      events,
    };
  }

  private loop(): EngineOutcome['loop'] {
    const [start, end] = this.loopMarks;
    if (start === undefined || end === undefined) {
      return null;
    }
    return { executions: end.executions - start.executions, seconds: (end.at - start.at) / 1000 };
  }
}
