// Replays thousands of inputs in seconds. A watchdog costs more than an execution, so a batch of inputs shares one, and
// nothing is traced that need not be; what is not plainly ok is looked at again, alone and with a trace.

import type { Builds } from '../bugs/builds.js';
import { type Harness, findTarget } from '../harness.js';
import { placedHarness } from './placed-harness.js';
import {
  HANG_LIMIT,
  type ReplayOptions,
  type ReplayResult,
  type UntimedOptions,
  replay,
  replayUntimed,
} from './replay.js';
import type { ReplayInput } from './replay-inputs.js';
import { TimeLimitError, withinTime } from './time-limit.js';

/** Inputs under one watchdog: what it costs is then a few microseconds an input, and a batch takes milliseconds. */
const BATCH = 64;

/** Without `traced`, only inputs that are not ok are traced. */
export interface ReplayManyOptions extends ReplayOptions, UntimedOptions {}

export interface ReplayedInput {
  readonly input: ReplayInput;
  /** Id of the planted bug in the build that judged it. */
  readonly bug: string | null;
  readonly result: ReplayResult;
}

/** The results in the order of the inputs. */
export function* replayMany(
  inputs: readonly ReplayInput[],
  builds: Builds,
  options: ReplayManyOptions,
): Generator<ReplayedInput> {
  for (let start = 0; start < inputs.length;) {
    const batch = oneBuild(inputs.slice(start, start + BATCH));
    start += batch.length;
    yield* replayBatch(batch, builds, options);
  }
}

function* replayBatch(
  batch: readonly ReplayInput[],
  builds: Builds,
  options: ReplayManyOptions,
): Generator<ReplayedInput> {
  const { harness, bug } = builds.forInput(batch[0]?.bug ?? null);
  const { results, hung } = withoutTimeLimitEach(batch, harness, options);
  // The harness was stopped in the middle of something.
  if (hung) builds.renew(bug);
  for (const [index, input] of batch.entries()) {
    const quick = results[index];
    const result = quick !== undefined && isFinal(quick, options) ? quick : alone(input, builds, options);
    yield { input, bug, result };
  }
}

/** Replays the batch within the time that one run may take; where that ends it, the results so far. */
function withoutTimeLimitEach(
  batch: readonly ReplayInput[],
  harness: Harness,
  options: ReplayManyOptions,
): { readonly results: readonly ReplayResult[]; readonly hung: boolean } {
  const results: ReplayResult[] = [];
  try {
    withinTime(options.hangLimit ?? HANG_LIMIT, () => {
      for (const { target, bytes, placement } of batch) {
        const placed = placedHarness(harness, placement);
        results.push(replayUntimed(placed, findTarget(harness.targets, target), bytes, options));
      }
    });
    return { results, hung: false };
  } catch (error) {
    if (!(error instanceof TimeLimitError)) throw error;
    return { results, hung: true };
  }
}

/** Whether nothing more is to be learnt by a traced run. */
function isFinal(result: ReplayResult, { traced }: ReplayManyOptions): boolean {
  // Runs that differ already say so; another round might hide it.
  return traced || result.verdict === 'ok' || result.same < result.runs;
}

function alone(input: ReplayInput, builds: Builds, options: ReplayManyOptions): ReplayResult {
  const { harness, bug } = builds.forInput(input.bug);
  const placed = placedHarness(harness, input.placement);
  const result = replay(placed, findTarget(harness.targets, input.target), input.bytes, options);
  if (result.verdict === 'hang') builds.renew(bug);
  return result;
}

/** The inputs at the start that the same build judges. */
function oneBuild(inputs: readonly ReplayInput[]): readonly ReplayInput[] {
  const other = inputs.findIndex((input) => input.bug !== inputs[0]?.bug);
  return other < 0 ? inputs : inputs.slice(0, other);
}
