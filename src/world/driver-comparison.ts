// Runs one scenario on the hardened driver and on another one, and compares what the two do. The oracles judge both runs.

import type { CaseFile } from '../oracle/case-file.js';
import { driverDivergence } from '../oracle/driver-divergence.js';
import { Violation } from '../oracle/oracle.js';
import type { ForeignDriver, KnownDifference } from '../platform/driver-module.js';
import { SPLIT_DESC_FLAGS, SPLIT_DESCRIPTOR_SIZE } from '../spec/split-layout.js';
import type { TargetSpec } from '../target/target-spec.js';
import type { EventData } from '../verdict/trace-data.js';
import type { TraceSink } from '../verdict/trace.js';
import { DeedLog, type PartsWays } from './deed-log.js';
import { hardenedDriverLike } from './own-driver.js';
import { Runner } from './runner.js';

export interface ComparedInput {
  readonly target: TargetSpec;
  readonly bytes: Uint8Array;
  readonly feedback: Uint8Array | null;
  readonly onStep: ((step: number) => void) | null;
  /** Gets the events of both runs. */
  readonly sink: TraceSink | null;
}

export class DriverComparison {
  private readonly log = new DeedLog();
  private readonly reference: Runner;
  private readonly partsWays: PartsWays | null;
  /** Scenarios so far in which the drivers parted in a known way. */
  parted = 0;

  constructor(
    driver: ForeignDriver,
    private readonly other: Runner,
  ) {
    this.reference = new Runner(hardenedDriverLike(driver));
    this.partsWays = partsWaysOf(driver.module.knownDifferences ?? []);
  }

  /**
   * Throws what either run throws, or a Violation at the first difference. `turn` is told whose run begins: what is thrown
   * is about that one.
   */
  play(input: ComparedInput, turn: (runner: Runner) => void): void {
    const { log, reference, other } = this;
    turn(reference);
    log.record(reference.world.caseFile, input.sink);
    run(reference, log, { ...input, feedback: null });
    turn(other);
    log.compare(other.world.caseFile, input.sink, this.partsWays);
    try {
      run(other, log, input);
      log.end();
    } catch (error) {
      // What a known hole brings about is for the targets that look for holes.
      if (!(error instanceof Violation) || !log.hasParted || error.oracle === driverDivergence) throw error;
    }
    if (log.hasParted) this.parted++;
  }
}

function run(runner: Runner, log: DeedLog, { target, bytes, feedback, onStep }: ComparedInput): void {
  runner.world.trace = log;
  try {
    runner.play(target, bytes, feedback, onStep);
  } finally {
    runner.world.trace = null;
  }
}

function partsWaysOf(differences: readonly KnownDifference[]): PartsWays | null {
  if (differences.length === 0) return null;
  return (data, c) => data.type === 'device-write' && differences.some((each) => begins(each, data, c));
}

/** Whether the device's write is what that difference takes. */
function begins({ layout }: KnownDifference, data: EventData & { type: 'device-write' }, c: CaseFile): boolean {
  const { ring } = c;
  if (ring.num === 0 || (layout === 'packed') !== ring.packed) return false;
  for (let at = data.at; at < data.at + data.size; at++) {
    const offset = at - ring.descriptorArea;
    if (offset < 0 || offset >= ring.num * SPLIT_DESCRIPTOR_SIZE) continue;
    if ((offset & (SPLIT_DESCRIPTOR_SIZE - 2)) === SPLIT_DESC_FLAGS) return true;
  }
  return false;
}
