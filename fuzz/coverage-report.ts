// Counts what a run covered, as its process exits. libFuzzer's own `cov:` adds up code edges and state counters and
// cannot be split, and it clears all counters before each execution. So the corpus, which holds an input for everything
// covered, is run once more over counters that nobody clears.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { type RunContext, writeEvent } from '../src/campaign/engine/run-context.js';
import type { Heartbeat } from './heartbeat.js';
import { edgeCounters, instrumentedEdges } from './tune.js';

export interface CoverageSources {
  readonly run: RunContext;
  readonly heartbeat: Heartbeat;
  readonly feedback: Uint8Array | null;
  /** Runs one input with all counters on. */
  readonly replay: (bytes: Uint8Array) => void;
}

/** Sends one coverage event when the process exits, whatever ended the run but a kill, a hang or lack of memory. */
export function reportCoverageAtExit({ run, heartbeat, feedback, replay }: CoverageSources): void {
  process.on('exit', () => {
    const { executions } = heartbeat;
    const seconds = heartbeat.seconds();
    for (const bytes of inputs(run.corpus)) {
      replay(bytes);
    }
    const edges = edgeCounters === null ? 0 : countNonZero(edgeCounters, instrumentedEdges());
    const states = feedback === null ? 0 : countNonZero(feedback, feedback.length);
    writeEvent({ kind: 'coverage', edges, states, executions, seconds });
  });
}

/** All inputs of the corpus; what disappears meanwhile is left out. */
function* inputs(folders: readonly string[]): Generator<Uint8Array> {
  for (const folder of folders) {
    for (const name of filesOf(folder)) {
      try {
        yield readFileSync(join(folder, name));
      } catch {
        continue;
      }
    }
  }
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function countNonZero(counters: Uint8Array, length: number): number {
  let count = 0;
  for (let index = 0; index < length; index++) {
    count += counters[index] === 0 ? 0 : 1;
  }
  return count;
}
