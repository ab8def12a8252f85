// The floor of everything: bytes in, verdict out. Pure and synchronous: no clock, randomness or I/O below this line.

import { failException } from '../oracle/panic.js';
import { DriverStopped, silence, Violation } from '../oracle/oracle.js';
import { describeScenario } from '../scenario/describe.js';
import type { TargetSpec } from '../target/target-spec.js';
import type { Trace } from '../verdict/trace.js';
import { type Finding, OK, type Verdict } from '../verdict/verdict.js';
import { findingOf } from './finding.js';
import { Runner } from './runner.js';
import { TraceRecorder } from './trace-recorder.js';

export { STATE_FEEDBACK_SIZE } from './state-feedback.js';

export interface ExecuteOptions {
  /** STATE_FEEDBACK_SIZE bytes, one set to 1 per step by queue state and operation; the caller clears them. */
  readonly feedback?: Uint8Array;
  /** Ids of oracles that stay silent: shows which others see the same bug. */
  readonly disabledOracles?: readonly string[];
}

const NO_ORACLES: readonly string[] = [];

const runner = new Runner();

/** Runs one input. The same bytes give the same verdict in any process and order. */
export function execute(target: TargetSpec, bytes: Uint8Array, options?: ExecuteOptions): Verdict {
  return run(target, bytes, options, null);
}

/** Runs one input and keeps what happened, readably. Slow. */
export function executeTraced(
  target: TargetSpec,
  bytes: Uint8Array,
  options?: ExecuteOptions,
): { readonly verdict: Verdict; readonly trace: Trace } {
  const recorder = new TraceRecorder();
  const { configuration, titles } = titlesOf(target, bytes);
  recorder.configuration = configuration;
  runner.world.trace = recorder;
  const verdict = run(target, bytes, options, (step) => {
    recorder.step(step, titles[step] ?? 'teardown: stop the device, take all buffers back, destroy the queue');
  });
  runner.world.trace = null;
  if (verdict.kind === 'finding') recorder.event('violation', violationText(verdict.finding));
  return { verdict, trace: recorder.finish(verdict.kind === 'finding' ? verdict.finding.bucket : verdict.kind) };
}

function run(
  target: TargetSpec,
  bytes: Uint8Array,
  options: ExecuteOptions | undefined,
  onStep: ((step: number) => void) | null,
): Verdict {
  silence(options?.disabledOracles ?? NO_ORACLES);
  const feedback = options?.feedback ?? null;
  try {
    if (target.form === 'raw') runner.runRaw(target, bytes, feedback, onStep);
    else runner.run(target, bytes, feedback, onStep);
    return OK;
  } catch (error) {
    return verdictOf(error);
  }
}

function verdictOf(error: unknown): Verdict {
  const { caseFile } = runner.world;
  if (error instanceof Violation) return { kind: 'finding', finding: findingOf(error, caseFile, runner.step) };
  if (error instanceof DriverStopped) return OK;
  if (!(error instanceof Error)) return { kind: 'harness-bug', message: String(error), stack: '' };
  if (!thrownByDriver(error)) return { kind: 'harness-bug', message: error.message, stack: error.stack ?? '' };
  try {
    failException(error);
    return OK;
  } catch (violation) {
    if (!(violation instanceof Violation)) throw violation;
    // The site is where the exception came from, not where it was caught.
    if (error.stack !== undefined) violation.stack = error.stack;
    return { kind: 'finding', finding: findingOf(violation, caseFile, runner.step) };
  }
}

/** Whether the exception was thrown in the code under test. */
function thrownByDriver(error: Error): boolean {
  const frame = (error.stack ?? '').split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  return /[/\\]src[/\\](driver|dma)[/\\]/.test(frame);
}

/** Titles of the steps, the creation's first. */
function titlesOf(target: TargetSpec, bytes: Uint8Array): { configuration: string; titles: string[] } {
  const { configuration, steps } = describeScenario(target, bytes);
  if (target.form === 'scenario') return { configuration, titles: ['create the queue', ...steps] };
  const overlay = 'device lays the input over the ring, client handles completions';
  return {
    configuration,
    titles: ['create the queue', 'client adds buffers', overlay, 'client adds buffers', overlay],
  };
}

function violationText(finding: Finding): string {
  return `${finding.oracle}: ${finding.shape}`;
}
