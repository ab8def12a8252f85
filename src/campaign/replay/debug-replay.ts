// One input under a debugger: this process waits for it, then stops where the step of the finding starts. The engine is
// not involved, so nothing is instrumented and every line is where the sources have it.

import inspector from 'node:inspector';
import { join } from 'node:path';

import type { TargetSpec } from '../../target/target-spec.js';
import type { Runner } from '../../world/runner.js';
import type { Build, Builds } from '../bugs/builds.js';
import { EnvironmentError, messageOf } from '../errors.js';
import { findTarget } from '../harness.js';
import { placedHarness, placementFor } from './placed-harness.js';
import { type ReplayResult, replay } from './replay.js';
import type { ReplayInput } from './replay-inputs.js';

export interface DebuggerAddress {
  readonly host: string;
  readonly port: number;
}

/** Node's own: anybody who reaches the port can run code here, so it stays on this machine. */
export const DEFAULT_DEBUGGER: DebuggerAddress = { host: '127.0.0.1', port: 9229 };

export interface DebugOptions {
  /** Where to listen. */
  readonly address: DebuggerAddress;
  readonly hangLimit: number;
  readonly note: (message: string) => void;
}

/** Runs the input once to know where to stop, then again under the debugger. Returns the result of the first run. */
export function debugReplay(input: ReplayInput, builds: Builds, options: DebugOptions): ReplayResult {
  const { hangLimit, note } = options;
  const build = builds.forInput(input.bug);
  const target = findTarget(build.harness.targets, input.target);
  const result = replay(placedHarness(build.harness, input.placement), target, input.bytes, { times: 1, hangLimit });
  // A debugger has all the time there is, so an endless run can be looked at as well.
  if (result.verdict === 'hang') builds.renew(build.bug);
  const step = result.finding?.step ?? 0;
  const url = listen(options.address);
  note(`waiting for a debugger at ${url}`);
  note('open chrome://inspect, or attach an editor to that port, or type: node inspect HOST:PORT');
  note(`it stops at the start of step ${step}${titleOf(result, step)}${siteOf(result)}`);
  inspector.waitForDebugger();
  runUntil(build, target, input, step);
  return result;
}

function listen({ host, port }: DebuggerAddress): string {
  try {
    inspector.open(port, host, false);
  } catch (error) {
    throw new EnvironmentError(`cannot listen for a debugger at ${host}:${port}: ${messageOf(error)}`);
  }
  const url = inspector.url();
  if (url === undefined) {
    throw new EnvironmentError(`cannot listen for a debugger at ${host}:${port}: choose another with --inspect-port`);
  }
  return url;
}

function runUntil({ root }: Build, target: TargetSpec, { bytes, placement }: ReplayInput, step: number): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- which build it is, is only known when it runs
  const world = require(join(root, 'src', 'world', 'runner.js')) as { readonly Runner: new () => Runner };
  const runner = new world.Runner();
  runner.world.placement = placementFor(placement);
  const stopAt = (current: number): void => {
    // Step out of here: the next line performs the step.
    if (current === step) debugger;
  };
  try {
    runner.play(target, bytes, null, stopAt);
  } catch {
    // What the oracle threw: told from the first run.
  }
}

function titleOf({ trace }: ReplayResult, step: number): string {
  const title = trace?.steps.find(({ number }) => number === step)?.title;
  return title === undefined ? '' : ` (${title})`;
}

function siteOf({ finding }: ReplayResult): string {
  if (finding === null) return '';
  const { file, line } = finding.site;
  return `; the finding is in ${finding.site.function}, ${file}${line === undefined ? '' : `:${line}`}`;
}
