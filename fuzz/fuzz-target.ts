// Makes the function that the engine calls for every input. The only place where verdicts meet the engine.

// First, so that a run without the -h option (an OSS-Fuzz wrapper, for example) is tuned as well.
import { edgeCounters, instrumentedEdges } from './tune.js';

import { readRunContext, standaloneDriver, writeEvent } from '../src/campaign/engine/run-context.js';
import { SMALL_LENGTH, smallInput } from '../src/campaign/engine/small-workload.js';
import { findingError, harnessBugError } from '../src/campaign/integration/crash-header.js';
import { printStandalone } from '../src/campaign/integration/standalone-report.js';
import { projectRoot } from '../src/campaign/paths.js';
import type { TargetSpec } from '../src/target/target-spec.js';
import { targetByName } from '../src/target/targets.js';
import type { Verdict } from '../src/verdict/verdict.js';
import { type ExecuteOptions, STATE_FEEDBACK_SIZE, execute, executeTraced } from '../src/world/execute.js';
import { resolveDriver } from '../src/campaign/drivers/resolve-driver.js';
import { CampaignTarget } from './campaign-target.js';
import { EngineDriver } from './engine-driver.js';
import { registerStateFeedback } from './state-feedback.js';
import { warmUp } from './warm-up.js';

type Failure = Exclude<Verdict, { kind: 'ok' }>;

type Fuzz = (data: Buffer) => void;

/**
 * The entry point of one target: `export const fuzz = fuzzTarget('split_ring_fuzzer')`. In a campaign `around` wraps each
 * execution, for those who count them in their own way.
 */
export function fuzzTarget(name: string, around: (run: Fuzz) => Fuzz = (run) => run): Fuzz {
  const target = targetByName(name);
  if (target === undefined) {
    throw new Error(`no target is named ${name}`);
  }
  const feedback = registerStateFeedback(STATE_FEEDBACK_SIZE);
  const run = readRunContext();
  if (run === null) return standalone(target, feedback);
  const driver = run.driver === undefined ? null : new EngineDriver(resolveDriver(run.driver));
  const edges = driver?.counters ?? edgeCounters;
  const edgeCount = driver?.counters?.length ?? instrumentedEdges();
  writeEvent({
    kind: 'ready',
    edges: edges === null ? 0 : edgeCount,
    states: feedback?.length ?? 0,
    stateFeedback: feedback !== null,
    tuned: edgeCounters !== null,
  });
  const instruments = { feedback, edges, edgeCount, driver };
  const campaignTarget = new CampaignTarget(target, run, instruments, throwFailure);
  const fuzz = around(
    small(run.small === true, (data) => {
      campaignTarget.run(data);
    }),
  );
  if (run.warmUp !== undefined) warmUp(run.warmUp, campaignTarget.beforeEngine(fuzz));
  return fuzz;
}

/** The same function, over the small workload that an input stands for. */
function small(wanted: boolean, fuzz: Fuzz): Fuzz {
  if (!wanted) return fuzz;
  const input = Buffer.alloc(SMALL_LENGTH);
  return (data) => {
    smallInput(data, input);
    fuzz(input);
  };
}

/** Without a campaign the first finding ends the process: the engine's own artifact is the only stored input. */
function standalone(target: TargetSpec, feedback: Uint8Array | null): Fuzz {
  const name = standaloneDriver() ?? target.driver;
  const driver = name === undefined ? null : new EngineDriver(resolveDriver(name));
  const under: ExecuteOptions = driver === null ? {} : { driver: driver.driver };
  const options: ExecuteOptions = feedback === null ? under : { ...under, feedback };
  return (data) => {
    const verdict = execute(target, data, options);
    driver?.afterExecution();
    if (verdict.kind === 'ok') return;
    if (verdict.kind === 'finding') {
      const { finding } = verdict;
      printStandalone({ target: target.name, finding, trace: traceOf(target, Uint8Array.from(data), under) });
    }
    throwFailure(verdict);
  };
}

function throwFailure(failure: Failure): never {
  if (failure.kind === 'harness-bug') throw harnessBugError(failure.message, failure.stack);
  throw findingError(failure.finding, projectRoot());
}

/** The readable trace; a harness that fails has none. */
function traceOf(
  target: TargetSpec,
  bytes: Uint8Array,
  options: ExecuteOptions,
): ReturnType<typeof executeTraced>['trace'] | null {
  try {
    return executeTraced(target, bytes, options).trace;
  } catch {
    return null;
  }
}
