// The engine as a tool: it merges folders of inputs by what each adds (libFuzzer's -merge=1), and counts what a folder
// covers. Its children must not know of a campaign (src/campaign/engine/run-context.ts): the engine starts them through a
// shell, and a fuzz target whose parent is not the campaign ends itself.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { engineArguments } from '../engine/engine-flags.js';
import { standaloneEnvironment } from '../engine/run-context.js';
import { LineSplitter, NO_STATUS, readStatusLine } from '../engine/engine-output.js';
import { EnvironmentError } from '../errors.js';

export interface MergeEngineOptions {
  /** Compiled tree that holds `src/` and `fuzz/`. */
  readonly root: string;
  readonly target: string;
  /** Of the longest input in bytes: nothing may be cut. */
  readonly maxLength: number;
  /** A folder of its own. */
  readonly temporary: string;
  /** The driver from outside whose coverage counts, or null. */
  readonly driver: LoadedDriver | null;
}

export interface Coverage {
  /** Code edges of the driver and state counters that are reached at all. */
  readonly points: number;
  /** The same, each in every class of how often: what inputs are kept for. */
  readonly features: number;
}

/** Lines kept for the message when the engine fails. */
const TAIL_LINES = 20;
/** The same every time: nothing is drawn, and no run differs from the next. */
const SEED = 1;

export class MergeEngine {
  private child: ChildProcess | null = null;
  private stopped = false;

  constructor(private readonly options: MergeEngineOptions) {}

  /** What the inputs of these folders reach together. Throws EnvironmentError when the engine does not run to its end. */
  async coverage(folders: readonly string[]): Promise<Coverage> {
    // The engine writes to the first folder.
    const scratch = this.folder('scratch');
    let status = NO_STATUS;
    await this.run([scratch, ...folders], ['-runs=0'], (line) => {
      status = readStatusLine(line, status) ?? status;
    });
    return { points: status.coverage, features: status.features };
  }

  /** Copies to `output` each input of the others that adds a feature to what is there. Throws EnvironmentError. */
  async merge(output: string, inputs: readonly string[]): Promise<void> {
    await this.run([output, ...inputs], ['-merge=1'], () => undefined);
  }

  /** Ends what is running at once: all that it writes to is temporary. */
  stop(): void {
    this.stopped = true;
    const pid = this.child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }

  private async run(
    corpus: readonly string[],
    rawFlags: readonly string[],
    onLine: (line: string) => void,
  ): Promise<void> {
    const { root, target, maxLength, driver } = this.options;
    const outside = driver === null ? {} : { instrumented: driver.instrumented };
    const options = { root, target, corpus, seed: SEED, maxLength, rawFlags, ...outside };
    const args = engineArguments(options, this.folder('artifacts'));
    const tail: string[] = [];
    const code = await this.spawnAndWait(args, (line) => {
      onLine(line);
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
    });
    if (this.stopped) throw new EnvironmentError('the merge was stopped: the corpus is as it was');
    if (code !== 0) throw new EnvironmentError(failure(target, code, tail));
  }

  private spawnAndWait(args: readonly string[], onLine: (line: string) => void): Promise<number | null> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, {
        // Those that the engine starts get it as well.
        env: { ...process.env, ...standaloneEnvironment(this.options.driver?.handle ?? null) },
        stdio: ['ignore', 'ignore', 'pipe'],
        // A group of its own: its children end with it.
        detached: process.platform !== 'win32',
      });
      this.child = child;
      if (this.stopped) this.stop();
      const lines = new LineSplitter(onLine);
      child.stderr.setEncoding('utf8');
      child.stderr.on('data', (chunk: string) => {
        lines.push(chunk);
      });
      child.on('error', reject);
      child.on('close', (code) => {
        this.child = null;
        lines.end();
        resolve(code);
      });
    });
  }

  private folder(name: string): string {
    const folder = join(this.options.temporary, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}

function failure(target: string, code: number | null, tail: readonly string[]): string {
  const said = tail
    .map((line) => line.replace(/^vringfuzz: /, '').trim())
    .filter((line) => line !== '')
    .slice(-3)
    .join(' | ');
  const how = code === null ? 'was ended by a signal' : `ended with exit code ${code}`;
  return `${target}: the fuzzing engine ${how}: ${said}; the corpus is as it was (vringfuzz doctor says more)`;
}
