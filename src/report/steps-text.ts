// One execution as text: its steps, and what the oracles say about it.

import type { Trace } from '../verdict/trace.js';
import type { Verdict } from '../verdict/verdict.js';
import type { Colours } from './colours.js';
import { findingText, traceText } from './finding-text.js';

export interface ShownExecution {
  readonly target: string;
  /** Id of the planted bug in the build, or null. */
  readonly bug: string | null;
  readonly verdict: Verdict;
  readonly trace: Trace | null;
}

/** Numbered steps with their events, then the finding or `OK`. */
export function stepsText({ target, bug, verdict, trace }: ShownExecution, colours: Colours): string {
  if (verdict.kind === 'finding') return findingText({ ...verdict.finding, target, seed: null, bug, trace }, colours);
  const steps = trace === null ? '' : `${traceText(trace, colours)}\n`;
  const head = `target         ${target}${bug === null ? '' : `, build with bug ${bug}`}\n`;
  const end = verdict.kind === 'ok' ? colours.green('OK') : colours.red(`HARNESS BUG ${verdict.message}`);
  return `${head}${steps}${end}\n`;
}
