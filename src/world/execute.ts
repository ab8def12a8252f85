// The floor of everything: bytes in, verdict out. Pure and synchronous: no clock, randomness or I/O below this line.

import { driverDivergence } from '../oracle/driver-divergence.js';
import { layoutDivergence } from '../oracle/layout-divergence.js';
import { failException } from '../oracle/panic.js';
import { DriverStopped, silence, Violation } from '../oracle/oracle.js';
import { nameOfCompared } from '../scenario/differential.js';
import type { ForeignDriver } from '../platform/driver-module.js';
import { describeConfiguration } from '../scenario/configuration.js';
import type { TargetSpec } from '../target/target-spec.js';
import type { Trace, TraceSink } from '../verdict/trace.js';
import type { ViolationData } from '../verdict/trace-data.js';
import { type Finding, OK, type Verdict } from '../verdict/verdict.js';
import { type ComparedInput, DriverComparison } from './driver-comparison.js';
import { findingOf, stackOf } from './finding.js';
import type { Placement } from './placement.js';
import { Runner } from './runner.js';
import type { Repeat, SeenFindings } from './seen-findings.js';
import { plannedSteps, TEARDOWN } from './planned-steps.js';
import { TraceRecorder } from './trace-recorder.js';

export { STATE_FEEDBACK_SIZE } from './state-feedback.js';

export interface ExecuteOptions {
  /** STATE_FEEDBACK_SIZE bytes, one set to 1 per step by queue state and operation; the caller clears them. */
  readonly feedback?: Uint8Array;
  /** Ids of oracles that stay silent: shows which others see the same bug. */
  readonly disabledOracles?: readonly string[];
  /** What happens besides what the bytes say, at counted places. */
  readonly placement?: Placement;
  /** The driver under test where it is not our own. Each has a world of its own, which is kept. */
  readonly driver?: ForeignDriver;
}

const NO_ORACLES: readonly string[] = [];

const ownRunner = new Runner();
const comparisons = new WeakMap<ForeignDriver, DriverComparison>();
/** Where a comparison sends the events of both runs. */
let sink: TraceSink | null = null;
const foreignRunners = new WeakMap<ForeignDriver, Runner>();
/** Of the execution in progress, or of the last one. */
let runner = ownRunner;
/** Ledger entry of the last finding, -1 for none: a finding itself carries the mapping's values. */
let violated = -1;

/**
 * What executions of that driver run in: for those who drive it by themselves. Builds its world where no execution has.
 * Throws whatever the module throws.
 */
export function foreignRunner(driver: ForeignDriver): Runner {
  let known = foreignRunners.get(driver);
  if (known === undefined) {
    known = new Runner(driver);
    foreignRunners.set(driver, known);
  }
  return known;
}

/** Runs one input. The same bytes give the same verdict in any process and order. */
export function execute(target: TargetSpec, bytes: Uint8Array, options?: ExecuteOptions): Verdict {
  return run(target, bytes, options, null);
}

/**
 * Runs one input for somebody who counts: a finding that `seen` knows is told by its bucket alone, which is several times
 * cheaper; any other one in full, by a second run, and remembered.
 */
export function executeCounted(
  target: TargetSpec,
  bytes: Uint8Array,
  seen: SeenFindings,
  options?: ExecuteOptions,
): Verdict | Repeat {
  let key = '';
  try {
    runInput(target, bytes, options, null);
    return OK;
  } catch (error) {
    if (error instanceof DriverStopped) return OK;
    if (error instanceof Error) key = seen.keyOf(error, runner.world.caseFile);
    const repeat = seen.get(key);
    if (repeat !== null) return repeat;
  }
  seen.onSecondRun();
  const verdict = execute(target, bytes, options);
  if (verdict.kind === 'finding' && key !== '') seen.remember(key, verdict.finding.bucket);
  return verdict;
}

/** Runs one input and keeps what happened, readably. Slow. */
export function executeTraced(
  target: TargetSpec,
  bytes: Uint8Array,
  options?: ExecuteOptions,
): { readonly verdict: Verdict; readonly trace: Trace } {
  const recorder = new TraceRecorder();
  runner = options?.driver === undefined ? ownRunner : foreignRunner(options.driver);
  const { configuration, steps } = plannedSteps(target, bytes, options?.placement?.epilogue === true);
  recorder.configuration = configuration;
  if (target.comparesDrivers === true) sink = recorder;
  else runner.world.trace = recorder;
  const verdict = run(target, bytes, options, (step) => {
    const { title, operation } = steps[step] ?? TEARDOWN;
    recorder.step(step, step === 0 ? `${title}${runTitle(target, bytes)}` : title, operation);
  });
  runner.world.trace = null;
  sink = null;
  if (options?.driver !== undefined && target.form !== 'differential') {
    recorder.configuration = describeConfiguration(runner.world.config);
  }
  if (verdict.kind === 'finding') {
    recorder.event(violationData(verdict.finding));
    // Of several runs the one in which it happened, and the one that it was compared with.
    const { oracle } = verdict.finding;
    recorder.keepLastRun(oracle === layoutDivergence.id || oracle === driverDivergence.id);
  }
  return { verdict, trace: recorder.finish(verdict.kind === 'finding' ? verdict.finding.bucket : verdict.kind) };
}

/** Where an input runs on several configurations: which one begins. */
function runTitle(target: TargetSpec, bytes: Uint8Array): string {
  if (target.form !== 'differential') return '';
  const { run: number } = runner.script;
  return `, ${number === 0 ? 'reference' : `configuration ${number}`}: ${nameOfCompared(bytes, number)}`;
}

function run(
  target: TargetSpec,
  bytes: Uint8Array,
  options: ExecuteOptions | undefined,
  onStep: ((step: number) => void) | null,
): Verdict {
  try {
    runInput(target, bytes, options, onStep);
    return OK;
  } catch (error) {
    return verdictOf(error);
  }
}

function runInput(
  target: TargetSpec,
  bytes: Uint8Array,
  options: ExecuteOptions | undefined,
  onStep: ((step: number) => void) | null,
): void {
  runner = options?.driver === undefined ? ownRunner : foreignRunner(options.driver);
  silence(options?.disabledOracles ?? NO_ORACLES);
  runner.world.placement = options?.placement ?? null;
  const feedback = options?.feedback ?? null;
  if (target.comparesDrivers === true) compare({ target, bytes, feedback, onStep, sink }, options);
  else runner.play(target, bytes, feedback, onStep);
}

function compare(input: ComparedInput, options: ExecuteOptions | undefined): void {
  const driver = options?.driver;
  if (driver === undefined)
    throw new Error(`${input.target.name} compares a driver with ours: name one with --driver, such as linux`);
  let comparison = comparisons.get(driver);
  if (comparison === undefined) {
    comparison = new DriverComparison(driver, foreignRunner(driver));
    comparisons.set(driver, comparison);
  }
  comparison.play(input, (turn) => {
    runner = turn;
  });
}

function verdictOf(error: unknown): Verdict {
  if (error instanceof Violation) return findingVerdict(error);
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
    return findingVerdict(violation);
  }
}

function findingVerdict(violation: Violation): Verdict {
  const { world } = runner;
  violated = violation.evidence.mapping ?? -1;
  return { kind: 'finding', finding: findingOf(violation, world.caseFile, runner.step, world.foreign) };
}

/** Whether the exception was thrown in the code under test. */
function thrownByDriver(error: Error): boolean {
  const { foreign } = runner.world;
  const stack = stackOf(error, foreign);
  const frame = stack.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  if (foreign !== null && foreign.frames(frame).length > 0) return true;
  return /[/\\]src[/\\](driver|dma)[/\\]/.test(frame);
}

/** The finding as the last event, with the ledger as it stood. */
function violationData({ oracle, shape }: Finding): ViolationData {
  const { ledger } = runner.world.caseFile;
  const live = Array.from({ length: ledger.liveCount }, (_, k) => ledger.liveAt(k)).sort((a, b) => a - b);
  return { type: 'violation', oracle, shape, mapping: violated < 0 ? null : violated, live };
}
