// The floor of everything: bytes in, verdict out. Pure and synchronous: no clock, randomness or I/O below this line.

import type { TargetSpec } from '../target/target-spec.js';
import type { Trace } from '../verdict/trace.js';
import { OK, type Verdict } from '../verdict/verdict.js';

/** Length of the state-feedback map that `execute` counts into, in bytes. */
export const STATE_FEEDBACK_SIZE = 4096;

export interface ExecuteOptions {
  /** STATE_FEEDBACK_SIZE counters, incremented per step by a hash of queue state and operation; never wraps to 0. */
  readonly feedback?: Uint8Array;
  /** Ids of oracles that stay silent: shows which others see the same bug. */
  readonly disabledOracles?: readonly string[];
}

/** Runs one input. The same bytes give the same verdict in any process and order. */
export function execute(target: TargetSpec, bytes: Uint8Array, options?: ExecuteOptions): Verdict {
  void target;
  void bytes;
  void options;
  return OK;
}

/** Runs one input and keeps what happened, readably. Slow. */
export function executeTraced(
  target: TargetSpec,
  bytes: Uint8Array,
  options?: ExecuteOptions,
): { readonly verdict: Verdict; readonly trace: Trace } {
  return { verdict: execute(target, bytes, options), trace: { configuration: '', steps: [], hash: '0'.repeat(16) } };
}
