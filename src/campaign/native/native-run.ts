// Runs the native harness and takes its rate, by the lines that libFuzzer prints as for every other engine process.

import { spawn } from 'node:child_process';

import { LineSplitter } from '../engine/engine-output.js';
import { EnvironmentError } from '../errors.js';

export interface NativeRun {
  readonly program: string;
  readonly corpus: string;
  readonly runs: number;
  readonly seed: number;
  /** Bytes. */
  readonly maxLength: number;
}

export interface NativeRate {
  readonly executionsPerSecond: number;
  /** Executions that the ledger ended, of all with the corpus. */
  readonly violations: number;
}

/** Lines kept for the message when the program fails. */
const TAIL_LINES = 5;

/** Throws EnvironmentError where it does not run to its end. */
export async function nativeRate(options: NativeRun): Promise<NativeRate> {
  const { program, corpus, runs, seed, maxLength } = options;
  const limits = [`-runs=${runs}`, `-seed=${seed}`, `-max_len=${maxLength}`];
  const args = [corpus, ...limits, '-len_control=0', '-reduce_inputs=0'];
  const marks: { readonly executions: number; readonly at: number }[] = [];
  const tail: string[] = [];
  let violations = 0;
  const lines = new LineSplitter((line) => {
    const mark = /^#(\d+)\s+(?:INITED|DONE)\b/.exec(line);
    if (mark !== null) marks.push({ executions: Number(mark[1]), at: performance.now() });
    violations = Number(/^native: (\d+) executions ended/.exec(line)?.[1] ?? violations);
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (chunk: string) => {
      lines.push(chunk);
    });
    child.on('error', reject);
    child.on('close', (status) => {
      lines.end();
      resolve(status);
    });
  });
  const [start, end] = marks;
  if (code !== 0 || start === undefined || end === undefined) {
    throw new EnvironmentError(`the native harness ended with ${code ?? 'a signal'}: ${tail.join(' | ')}`);
  }
  const seconds = (end.at - start.at) / 1000;
  return { executionsPerSecond: (end.executions - start.executions) / seconds, violations };
}
