// What a target prints about a finding when no campaign reads its events: under OSS-Fuzz and ClusterFuzzLite, or when the
// engine was started by hand. The engine's own artifact is then the only stored input, and this text the only story.

import { findingText } from '../../report/finding-text.js';
import type { Trace } from '../../verdict/trace.js';
import type { Finding } from '../../verdict/verdict.js';
import { writeFully } from '../engine/run-context.js';

export interface StandaloneFinding {
  readonly target: string;
  readonly finding: Finding;
  /** Null when the harness could not run the input again. */
  readonly trace: Trace | null;
}

/** The steps, with the events of the one in which it happened, and what the oracle says. */
export function standaloneReport({ target, finding, trace }: StandaloneFinding): string {
  const last = trace === null ? null : { ...trace, steps: trace.steps.map((step) => withEvents(step, finding.step)) };
  const text = findingText({ ...finding, target, seed: null, bug: null, trace: last });
  const advice =
    'The engine writes the input to a file (crash-...). In a checkout of vringfuzz:\n' +
    `  npx vringfuzz describe FILE --target ${target}\n`;
  return `\n${text}\n${advice}`;
}

export function printStandalone(found: StandaloneFinding): void {
  writeFully(2, standaloneReport(found));
}

function withEvents(step: Trace['steps'][number], number: number): Trace['steps'][number] {
  return step.number === number ? step : { ...step, events: [] };
}
