// Makes the function that the engine calls for every input. The only place where verdicts meet the engine: a finding is
// stored first, then thrown, because nothing after the throw is under our control.

// First, so that a run without the -h option (an OSS-Fuzz wrapper, for example) is tuned as well.
import { instrumentedEdges, edgeCounters } from './tune.js';

import { writeCrash } from '../src/campaign/crashes/crash-store.js';
import { type RunContext, type StoredInput, readRunContext, writeEvent } from '../src/campaign/engine/run-context.js';
import { messageOf } from '../src/campaign/errors.js';
import { harnessBugFinding } from '../src/campaign/crashes/harness-bug.js';
import type { TargetSpec } from '../src/target/target-spec.js';
import { targetByName } from '../src/target/targets.js';
import type { Finding, Verdict } from '../src/verdict/verdict.js';
import { type ExecuteOptions, STATE_FEEDBACK_SIZE, execute, executeTraced } from '../src/world/execute.js';
import { reportCoverageAtExit } from './coverage-report.js';
import { Heartbeat } from './heartbeat.js';
import { registerStateFeedback } from './state-feedback.js';

/** The entry point of one target: `export const fuzz = fuzzTarget('split_ring_fuzzer')`. */
export function fuzzTarget(name: string): (data: Buffer) => void {
  const target = targetByName(name);
  if (target === undefined) {
    throw new Error(`no target is named ${name}`);
  }
  const run = readRunContext();
  const feedback = registerStateFeedback(STATE_FEEDBACK_SIZE);
  const options: ExecuteOptions = feedback === null ? {} : { feedback };
  const heartbeat = new Heartbeat(run?.parent ?? null);
  writeEvent({
    kind: 'ready',
    edges: instrumentedEdges(),
    stateFeedback: feedback !== null,
    tuned: edgeCounters !== null,
  });
  if (run !== null) {
    reportCoverageAtExit({ run, heartbeat, feedback, replay: (bytes) => void execute(target, bytes, options) });
  }
  return (data) => {
    heartbeat.beat();
    const verdict = execute(target, data, options);
    if (verdict.kind !== 'ok') {
      fail(target, Uint8Array.from(data), verdict, run);
    }
  };
}

/** Stores, reports, throws. */
function fail(
  target: TargetSpec,
  bytes: Uint8Array,
  verdict: Exclude<Verdict, { kind: 'ok' }>,
  run: RunContext | null,
): never {
  if (verdict.kind === 'harness-bug') {
    const { message, stack } = verdict;
    writeEvent({ kind: 'harness-bug', message, stack, ...store(target, bytes, harnessBugFinding(message), run) });
    throw engineError(`harness bug: ${message}`, stack);
  }
  const { oracle, bucket, claim, site } = verdict.finding;
  writeEvent({ kind: 'finding', oracle, bucket, claim, ...store(target, bytes, verdict.finding, run) });
  throw engineError(
    `${oracle}: ${claim} [${bucket}]`,
    `    at ${site.function} (${site.file}:${String(site.line ?? 1)}:1)`,
  );
}

/** Without a campaign the engine's own artifact is the only one. */
function store(target: TargetSpec, bytes: Uint8Array, finding: Finding, run: RunContext | null): StoredInput {
  const input = Buffer.from(bytes).toString('base64');
  if (run === null) {
    return { file: null, problem: 'there is no campaign', input };
  }
  const { crashes: directory, seed, bug } = run;
  try {
    const { file } = writeCrash({
      directory,
      target: target.name,
      bytes,
      finding,
      trace: traceOf(target, bytes),
      seed,
      bug,
    });
    return { file, problem: '', input };
  } catch (error) {
    return { file: null, problem: messageOf(error), input };
  }
}

/** The readable trace; a harness that fails has none, and its input must be kept all the same. */
function traceOf(target: TargetSpec, bytes: Uint8Array): ReturnType<typeof executeTraced>['trace'] | null {
  try {
    return executeTraced(target, bytes).trace;
  } catch {
    return null;
  }
}

/** ClusterFuzz knows a JavaScript crash by the name `Jazzer.js`, and groups crashes by the frames that follow. */
function engineError(message: string, frames: string): Error {
  const error = new Error(message);
  error.name = 'Jazzer.js';
  error.stack = `${error.name}: ${message}\n${frames}`;
  return error;
}
