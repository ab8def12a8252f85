// Decides which attempts at a platform service fail. A scenario arms it with a position and a pattern, so that the same
// bytes always fail the same attempts; somebody who tries out every place (src/world/placement-run.ts) has the last word.
// Indexed tables in a hot path: every index is a FailureKind, hence the `!`.

import { FAILURE_KINDS, type FailureKind, type FailureSource } from '../platform/failures.js';

/** Attempts that one pattern covers. */
export const FAILURE_PATTERN_LENGTH = 8;

/** Decides over what the scenario armed, attempt by attempt. */
export interface FailurePlan {
  /** `attempt` counts those of its kind from 1; `armed` says whether the scenario makes it fail. */
  decide(kind: FailureKind, attempt: number, armed: boolean): boolean;
}

export class FailureInjector implements FailureSource {
  /** Null in every execution but those of somebody who places failures. */
  plan: FailurePlan | null = null;
  /** Attempts since reset(). */
  private readonly attemptCount = new Int32Array(FAILURE_KINDS);
  /** Attempts that were made to fail since reset(). */
  private readonly injectedCount = new Int32Array(FAILURE_KINDS);
  /** The attempt that bit 0 of the pattern stands for. */
  private readonly firstAttempt = new Int32Array(FAILURE_KINDS);
  /** Bit j set: attempt firstAttempt + j fails. 0 when nothing is armed. */
  private readonly pattern = new Uint8Array(FAILURE_KINDS);

  reset(): void {
    this.plan = null;
    for (let kind = 0; kind < FAILURE_KINDS; kind++) {
      this.attemptCount[kind] = 0;
      this.injectedCount[kind] = 0;
      this.firstAttempt[kind] = 0;
      this.pattern[kind] = 0;
    }
  }

  /**
   * After `skip` further attempts of that kind, attempt j (0 to 7) fails where bit j of `mask` is set; a mask without
   * any such bit counts as 1. Replaces what was armed for that kind before.
   */
  arm(kind: FailureKind, skip: number, mask: number): void {
    const pattern = mask & ((1 << FAILURE_PATTERN_LENGTH) - 1);
    this.firstAttempt[kind] = this.attemptCount[kind]! + skip;
    this.pattern[kind] = pattern === 0 ? 1 : pattern;
  }

  /** From now on everything works. The counters go on. */
  release(): void {
    this.plan = null;
    this.pattern.fill(0);
  }

  fails(kind: FailureKind): boolean {
    const attempt = this.attemptCount[kind]!;
    this.attemptCount[kind] = attempt + 1;
    let fails = this.isArmed(kind, attempt);
    if (this.plan !== null) fails = this.plan.decide(kind, attempt + 1, fails);
    if (fails) this.injectedCount[kind]!++;
    return fails;
  }

  /** Attempts of that kind since the last reset, failed ones included. */
  attempts(kind: FailureKind): number {
    return this.attemptCount[kind]!;
  }

  /** Attempts of that kind that were made to fail since the last reset. */
  injected(kind: FailureKind): number {
    return this.injectedCount[kind]!;
  }

  private isArmed(kind: FailureKind, attempt: number): boolean {
    const pattern = this.pattern[kind]!;
    if (pattern === 0) return false;
    const position = attempt - this.firstAttempt[kind]!;
    if (position < 0 || position >= FAILURE_PATTERN_LENGTH) return false;
    return ((pattern >> position) & 1) !== 0;
  }
}
