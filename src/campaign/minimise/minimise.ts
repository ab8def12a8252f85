// A failing input made small in process: the same bucket with as little as can be. Deterministic: what decides is the
// verdict of an execution and a count of them; the clock only ends a search that a slow execution would draw out, and then
// the result is what was reached, which is as right as any.

import type { TargetSpec } from '../../target/target-spec.js';
import type { Harness } from '../harness.js';
import { type Fate, fateOf } from '../replay/fate.js';
import { TimeLimitError, withinTime } from '../replay/time-limit.js';
import { shrinkRaw } from './raw-form.js';
import { shrinkRecords } from './record-form.js';
import { BudgetSpent, Trials } from './trials.js';

export interface MinimiseOptions {
  readonly harness: Harness;
  readonly target: TargetSpec;
  /** Loads the harness anew after an execution in it was stopped half-way. */
  readonly renew: () => Harness;
  /** Most executions. */
  readonly trials?: number;
  /** Most seconds. */
  readonly seconds?: number;
  /** Milliseconds after which the input itself counts as one that does not end. */
  readonly hangLimit?: number;
}

export interface Minimised {
  readonly bytes: Uint8Array;
  /** The bucket of the original and of the result. */
  readonly bucket: string;
  /** Executions made. */
  readonly trials: number;
  /** False where the search ended before nothing could be taken away any more. */
  readonly complete: boolean;
}

const MOST_TRIALS = 30_000;
const MOST_SECONDS = 20;
const HANG_LIMIT = 5000;
/** Milliseconds after which the search is interrupted to see whether an execution hangs. */
const SLICE = 1000;
/** Where most of the search is executions that hang. */
const HANG_SLICE = 300;

/** The smallest input of the same bucket, or null where the input fails on nothing. `bytes` is not changed. */
export function minimise(bytes: Uint8Array, options: MinimiseOptions): Minimised | null {
  const search = new Search(options);
  const bucket = search.fateOf(bytes);
  if (bucket === null) return null;
  const result = search.shrink(bytes, bucket);
  // A slow machine can make an execution look like one that hangs; the result is asked once more, with all the time.
  if (bucket !== 'hang' || search.fateOf(result.bytes) === 'hang') return result;
  return { ...result, bytes: Uint8Array.from(bytes), complete: false };
}

class Search {
  private harness: Harness;
  private readonly deadline: number;

  constructor(private readonly options: MinimiseOptions) {
    this.harness = options.harness;
    this.deadline = Date.now() + (options.seconds ?? MOST_SECONDS) * 1000;
  }

  /** What an input comes to, a hang included. */
  fateOf(bytes: Uint8Array): Fate {
    try {
      return withinTime(this.options.hangLimit ?? HANG_LIMIT, () => fateOf(this.harness, this.options.target, bytes));
    } catch (error) {
      if (!(error instanceof TimeLimitError)) throw error;
      this.harness = this.options.renew();
      return 'hang';
    }
  }

  shrink(original: Uint8Array, bucket: string): Minimised {
    const { target, trials: most = MOST_TRIALS } = this.options;
    const bytes = Uint8Array.from(original);
    const trials = new Trials(bytes, (candidate) => fateOf(this.harness, target, candidate) === bucket, {
      trials: most,
      deadline: this.deadline,
    });
    const slice = bucket === 'hang' ? HANG_SLICE : SLICE;
    for (;;) {
      try {
        const result = withinTime(slice, () => shrunk(target, bytes, (candidate) => trials.keeps(candidate)));
        return { bytes: result, bucket, trials: trials.count, complete: true };
      } catch (error) {
        if (error instanceof BudgetSpent) return { bytes: trials.best, bucket, trials: trials.count, complete: false };
        if (!(error instanceof TimeLimitError)) throw error;
        this.harness = this.options.renew();
        trials.interrupted(slice / 2, bucket === 'hang');
      }
    }
  }
}

function shrunk(target: TargetSpec, bytes: Uint8Array, keeps: (bytes: Uint8Array) => boolean): Uint8Array {
  return target.form === 'raw' ? shrinkRaw(bytes, keeps) : shrinkRecords(bytes, target.operations, keeps);
}
