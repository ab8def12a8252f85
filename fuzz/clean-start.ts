// Makes executions independent of a failed one before them. A finding leaves the pooled driver in the middle of a life, and
// the next creation of its queue then clears more than usual: not another verdict, but other counts of edges, which the
// engine would take for something that the next input does.

import { HEADER_SIZE } from '../src/scenario/configuration.js';
import type { TargetSpec } from '../src/target/target-spec.js';
import { execute } from '../src/world/execute.js';

export class CleanStart {
  /** Configuration of the failed execution: its queue is the one that must be cleared. */
  private readonly header = new Uint8Array(HEADER_SIZE);
  private failed = false;

  /** @param clearCounters as the engine does before each execution. */
  constructor(
    private readonly target: TargetSpec,
    private readonly clearCounters: () => void,
  ) {}

  /** After an execution that failed. */
  afterFailure(bytes: Uint8Array): void {
    this.header.fill(0);
    this.header.set(bytes.subarray(0, HEADER_SIZE));
    this.failed = true;
  }

  /** Before an execution for which the engine has cleared the counters. */
  ensure(): void {
    if (!this.failed) return;
    this.failed = false;
    // Creation and teardown alone, which leave what every whole execution leaves.
    execute(this.target, this.header);
    this.clearCounters();
  }

  /** Before a second execution of the same input. */
  again(): void {
    this.ensure();
    this.clearCounters();
  }
}
