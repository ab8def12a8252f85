// Executions of one input under many placements. A watchdog costs more than an execution, so a batch shares one.

import type { TargetSpec } from '../../target/target-spec.js';
import type { Verdict } from '../../verdict/verdict.js';
import type { Placement } from '../../world/placement.js';
import type { Builds } from '../bugs/builds.js';
import { messageOf } from '../errors.js';
import { findTarget } from '../harness.js';
import { HANG_LIMIT, type Outcome as TracedOutcome } from '../replay/replay.js';
import type { ReplayInput } from '../replay/replay-inputs.js';
import { TimeLimitError, withinTime } from '../replay/time-limit.js';

const BATCH = 64;

export type Outcome = Verdict | { readonly kind: 'hang' };

export interface TrialOptions {
  /** Ids of oracles that say nothing. */
  readonly silenced: readonly string[];
}

export interface TrialInput {
  readonly target: TargetSpec;
  readonly bytes: Uint8Array;
}

export class Trials {
  /** Id of the planted bug in the build, or null. */
  readonly bug: string | null;

  constructor(
    private readonly builds: Builds,
    private readonly sidecarBug: string | null,
    private readonly options: TrialOptions,
  ) {
    this.bug = builds.forInput(sidecarBug).bug;
  }

  /** The input as the build has it. */
  inputOf({ target, bytes }: ReplayInput): TrialInput {
    return { target: findTarget(this.builds.forInput(this.sidecarBug).harness.targets, target), bytes };
  }

  /** Runs the input with each placement, in order. */
  run(input: TrialInput, placements: readonly Placement[], onOutcome: (outcome: Outcome, index: number) => void): void {
    let next = 0;
    while (next < placements.length) {
      const end = Math.min(next + BATCH, placements.length);
      try {
        withinTime(HANG_LIMIT, () => {
          for (; next < end; next++) onOutcome(this.verdictOf(input, placements[next]), next);
        });
      } catch (error) {
        if (!(error instanceof TimeLimitError)) throw error;
        onOutcome({ kind: 'hang' }, next);
        next++;
        // It was stopped in the middle of something.
        this.builds.renew(this.bug);
      }
    }
  }

  /** One execution with all that happens in it. */
  traced(input: TrialInput, placement: Placement): TracedOutcome {
    const { harness } = this.builds.forInput(this.sidecarBug);
    try {
      return withinTime(HANG_LIMIT, () => harness.executeTraced(input.target, input.bytes, this.with(placement)));
    } catch (error) {
      if (error instanceof TimeLimitError) return 'hang';
      return { verdict: harnessBug(error), trace: null };
    }
  }

  private verdictOf({ target, bytes }: TrialInput, placement: Placement | undefined): Verdict {
    try {
      return this.builds.forInput(this.sidecarBug).harness.execute(target, bytes, this.with(placement ?? {}));
    } catch (error) {
      return harnessBug(error);
    }
  }

  private with(placement: Placement): { readonly placement: Placement; readonly disabledOracles: readonly string[] } {
    return { placement, disabledOracles: this.options.silenced };
  }
}

function harnessBug(error: unknown): Verdict {
  const stack = error instanceof Error ? (error.stack ?? error.message) : '';
  return { kind: 'harness-bug', message: messageOf(error), stack };
}
