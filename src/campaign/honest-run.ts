// The silence gate: honest devices only, under every configuration. An oracle that fires here is a false alarm, or the
// driver is wrong without any help from the device; and no queue may break that nobody broke.

import { FAIL_ENABLE, FAIL_NOTIFY } from '../platform/failures.js';
import type { ForeignDriver } from '../platform/driver-module.js';
import { HEADER_SIZE } from '../scenario/configuration.js';
import { OPERATION_TABLES, operationCode } from '../scenario/operations.js';
import { RECORD_SIZE } from '../scenario/scenario.js';
import type { TargetSpec } from '../target/target-spec.js';
import type { Trace } from '../verdict/trace.js';
import type { Finding } from '../verdict/verdict.js';
import { executeTraced, foreignRunner } from '../world/execute.js';
import { Runner } from '../world/runner.js';
import { HonestInputs, xorshift } from './honest-inputs.js';

export interface HonestOptions {
  /** Scenario targets (hasHonestInputs); they take turns. */
  readonly targets: readonly TargetSpec[];
  readonly runs: number;
  /** From 1 to 2^32 - 1. */
  readonly seed: number;
  /** Which inputs are run and counted; all when absent. `runs` of them must come. The bytes are valid until it returns. */
  readonly wanted?: (target: TargetSpec, bytes: Uint8Array) => boolean;
  /** The driver that is run, where it is not our own. */
  readonly driver?: ForeignDriver | null;
}

export type HonestFailure = { readonly target: string; readonly bytes: Uint8Array } & (
  | { readonly kind: 'finding'; readonly finding: Finding; readonly trace: Trace }
  | { readonly kind: 'harness-bug'; readonly message: string; readonly stack: string }
);

export interface HonestResult {
  /** Executions done; fewer than asked for after a failure. */
  readonly runs: number;
  /** Configurations that were run, and that there are, over all targets. */
  readonly configurations: number;
  readonly configurationsInAll: number;
  /** Buffers that the client handed to the queue: shows that the runs were not empty. */
  readonly buffers: number;
  readonly failure: HonestFailure | null;
}

/** Runs the gate until it is through or something fires. */
export function runHonest(options: HonestOptions): HonestResult {
  const random = xorshift(options.seed);
  const sources = options.targets.map((target) => new HonestInputs(target, random));
  const gate = new Gate(options.driver ?? null);
  let runs = 0;
  let failure: HonestFailure | null = null;
  for (let turn = 0; runs < options.runs && failure === null; turn++) {
    const source = sources[turn % sources.length];
    if (source === undefined) break;
    const bytes = source.next();
    if (options.wanted?.(source.target, bytes) === false) continue;
    failure = gate.run(source.target, bytes);
    runs++;
  }
  const configurations = sources.reduce((sum, source) => sum + source.configurations, 0);
  const configurationsInAll = sources.reduce((sum, source) => sum + source.configurationsInAll, 0);
  return { runs, configurations, configurationsInAll, buffers: gate.buffers, failure };
}

/** Executes inputs, and watches that the queue breaks only where platform or client broke it. */
class Gate {
  buffers = 0;
  private readonly runner: Runner;
  private target!: TargetSpec;
  private bytes!: Uint8Array;
  private wasBroken = false;
  private reasons = 0;
  private readonly onStep = (step: number): void => {
    if (step > 0) this.watch(step - 1);
  };

  constructor(private readonly driver: ForeignDriver | null) {
    this.runner = driver === null ? new Runner() : foreignRunner(driver);
  }

  run(target: TargetSpec, bytes: Uint8Array): HonestFailure | null {
    const { runner } = this;
    this.target = target;
    this.bytes = bytes;
    this.wasBroken = false;
    this.reasons = 0;
    try {
      runner.run(target, bytes, null, this.onStep);
      this.buffers += runner.world.caseFile.buffers.count;
      return null;
    } catch (error) {
      return failureOf({ target, bytes: bytes.slice(), driver: this.driver }, error);
    }
  }

  /** After `step`: a queue that is newly broken must have a reason. */
  private watch(step: number): void {
    const { device, failures, session } = this.runner.world;
    const broken = session.driver.isBroken();
    const reasons = failures.injected(FAIL_NOTIFY) + failures.injected(FAIL_ENABLE);
    const explained = this.wasBroken || reasons !== this.reasons || this.isBreak(step);
    // Where a reset failed the device stays stopped, and what it left in the ring is nobody's word.
    if (broken && !explained && device.running)
      throw new BrokenQueue(this.runner.world.config.packed, step, this.driver);
    this.wasBroken = broken;
    this.reasons = reasons;
  }

  private isBreak(step: number): boolean {
    const table = OPERATION_TABLES[this.target.operations];
    const byte = this.bytes[HEADER_SIZE + (step - 1) * RECORD_SIZE] ?? 0;
    return step > 0 && table[byte % table.length] === operationCode('break');
  }
}

/** The gate's own finding: no oracle fired, but the queue is broken. */
class BrokenQueue extends Error {
  readonly finding: Finding;

  constructor(packed: boolean, step: number, driver: ForeignDriver | null) {
    super(`honest device broke the queue in step ${step}`);
    const layout = packed ? 'packed' : 'split';
    this.finding = {
      oracle: 'silence-gate',
      claim: 'an honest device never breaks the queue',
      severity: 'high',
      shape: 'honest device broke the queue',
      bucket: `silence-gate.${driver?.module.name ?? `${layout}-queue`}.honest-device-broke-the-queue`,
      site: { file: driver?.module.name ?? `src/driver/${layout}-queue.ts`, function: 'isBroken' },
      call: 'isBroken',
      step,
      expected: { broken: false },
      got: { broken: true },
      ...(driver === null ? {} : { driver: driver.identity }),
    };
  }
}

/** Runs the input again for its verdict and trace. */
function failureOf(
  { target, bytes, driver }: { target: TargetSpec; bytes: Uint8Array; driver: ForeignDriver | null },
  error: unknown,
): HonestFailure {
  const { verdict, trace } = executeTraced(target, bytes, driver === null ? {} : { driver });
  const where = { target: target.name, bytes };
  if (verdict.kind === 'finding') return { ...where, kind: 'finding', finding: verdict.finding, trace };
  if (verdict.kind === 'harness-bug') return { ...where, ...verdict };
  if (error instanceof BrokenQueue) return { ...where, kind: 'finding', finding: error.finding, trace };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return {
    ...where,
    kind: 'harness-bug',
    message: `not repeated by a second run: ${message}`,
    stack: stack ?? message,
  };
}
