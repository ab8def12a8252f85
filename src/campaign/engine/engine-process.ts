// Runs the engine on one target in a process of its own and tells how it ended.

import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

import { makeTemporaryFolder } from '../folders.js';
import { type EngineEnd, type InputOrigin, type RunRecord, judgeEnd } from './engine-end.js';
import { type EngineRunOptions, engineArguments } from './engine-flags.js';
import { type EngineStatus, LineSplitter, NO_STATUS, readStatusLine } from './engine-output.js';
import { type CoverageEvent, type RunEvent, contextEnvironment, parseEvent } from './run-context.js';

export interface EngineProcessOptions extends EngineRunOptions, InputOrigin {
  readonly onStatus?: (status: EngineStatus) => void;
  /** What the fuzz target says about an engine that it does not know. */
  readonly onWarning?: (text: string) => void;
}

export interface EngineOutcome {
  readonly end: EngineEnd;
  readonly executions: number;
  readonly executionsPerSecond: number;
  /** Distinct instrumented edges of the driver that the corpus reaches; null when the process could not count them. */
  readonly edges: number | null;
  readonly features: number;
  readonly corpus: number;
  /** The fuzzing itself, without start and corpus loading; null when it did not reach its limit. */
  readonly loop: { readonly executions: number; readonly seconds: number } | null;
  /** What the process reported about itself. */
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
  private rate = 0;
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
    const { crashes, seed, bug, corpus } = this.options;
    const context = { crashes, seed, bug, parent: process.pid, corpus };
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
      this.update(status);
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
      this.rate = Math.round(event.executions / Math.max(event.seconds, 0.001));
      this.update({ ...this.status, executions: event.executions });
    } else {
      this.events.push(event);
    }
  }

  private update(status: EngineStatus): void {
    // libFuzzer divides by whole seconds: the target's own clock is better.
    this.status = this.rate === 0 ? status : { ...status, executionsPerSecond: this.rate };
    this.options.onStatus?.(this.status);
  }

  private outcome(ended: Pick<RunRecord, 'code' | 'signal' | 'artifacts'> & { seconds: number }): EngineOutcome {
    const { status, events } = this;
    const coverage = events.find((event): event is CoverageEvent => event.kind === 'coverage');
    const executions = Math.max(coverage?.executions ?? 0, status.executions);
    const seconds = coverage?.seconds ?? ended.seconds;
    const record = { ...ended, events, tail: this.tail, stopped: this.stopped, origin: this.options };
    return {
      end: judgeEnd(record),
      executions,
      executionsPerSecond: seconds > 0 ? Math.round(executions / seconds) : 0,
      edges: coverage?.edges ?? null,
      features: status.features,
      corpus: status.corpus,
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
