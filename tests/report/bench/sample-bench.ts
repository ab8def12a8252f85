// A small benchmark's data, made up: two bugs, two engines, three trials of each.

import type { BenchData, BugLine, CorpusKind, Session, TrialLine } from '../../../src/campaign/bench/bench-data.js';
import type { EngineName } from '../../../src/campaign/bench/engines.js';
import type { KillMatrix } from '../../../src/campaign/bench/kill-matrix.js';

export const SESSION: Session = {
  ...{ kind: 'session', schema: 1, session: 1, startedAt: '2026-03-01T10:00:00.000Z', jobs: 1, inputFormat: 1 },
  machine: { processor: 'Test <CPU> | 1', cores: 4, memoryGiB: 16, system: 'Linux 6.1' },
  versions: { vringfuzz: '0.1.0', node: '20.0.0', jsfuzz: '1.0.15' },
};

export function bugLine(bug: string, changes: Partial<BugLine> = {}): BugLine {
  return {
    ...{ kind: 'bug', bug, identity: 'f00d', title: `title of ${bug}`, origin: 'tests', area: 'driver' },
    ...{ target: 'split_ring_fuzzer', oracles: ['heap'], probes: 1, committed: 10, showing: 0 },
    ...changes,
  };
}

interface Made {
  readonly engine: EngineName;
  readonly bug: string;
  readonly trial: number;
  /** Null for one that ran out of time. */
  readonly seconds: number | null;
  readonly corpus?: CorpusKind;
  readonly oracle?: string;
}

export function trialLine({ engine, bug, trial, seconds, corpus = 'none', oracle = 'heap' }: Made): TrialLine {
  const last = { executions: 1000 * (seconds ?? 60), seconds: seconds ?? 60 };
  const trigger = { ...last, oracle, bucket: `${oracle}.b`, input: 'AAAA', expected: oracle === 'heap' };
  return {
    ...{ kind: 'trial', session: 1, engine, bug, identity: 'f00d', trial, corpus, limitSeconds: 60, startSeconds: 1.5 },
    reached: { executions: 1, seconds: 0.001 },
    triggered: seconds === null ? null : trigger,
    last,
  };
}

/** Ours finds both bugs, in 2 and 4 seconds; the other one finds `fast` in 20 and `slow` never. */
export function sampleData(): BenchData {
  const times: readonly (readonly [EngineName, string, readonly (number | null)[]])[] = [
    ['vringfuzz', 'fast', [1, 2, 3]],
    ['vringfuzz', 'slow', [4, 4.5, null]],
    ['jsfuzz', 'fast', [10, 20, 30]],
    ['jsfuzz', 'slow', [null, null, null]],
  ];
  const trials = times.flatMap(([engine, bug, seconds]) =>
    seconds.map((each, index) => trialLine({ engine, bug, trial: index + 1, seconds: each })),
  );
  const bugs = [bugLine('fast', { showing: 2 }), bugLine('slow', { probes: 0 })];
  return { sessions: [SESSION], bugs: new Map(bugs.map((bug) => [bug.bug, bug])), trials };
}

export const MATRIX: KillMatrix = {
  schema: 1,
  oracles: ['heap', 'token', 'panic'],
  bounds: { inputs: 30, attempts: 10_000, found: 20 },
  rows: [
    {
      ...{
        bug: 'fast',
        identity: 'f00d',
        intended: 'heap',
        inputs: 10,
        alone: 'heap',
        aloneOnSeed: true,
        harnessBugs: 0,
      },
      cells: [{ oracle: 'heap', fires: 10, first: 10 }],
    },
    {
      ...{
        bug: 'slow',
        identity: 'f00d',
        intended: 'token',
        inputs: 8,
        alone: null,
        aloneOnSeed: true,
        harnessBugs: 0,
      },
      cells: [
        { oracle: 'heap', fires: 3, first: 0 },
        { oracle: 'token', fires: 8, first: 8 },
      ],
    },
  ],
};
