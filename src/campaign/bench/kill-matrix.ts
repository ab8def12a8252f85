// Which oracle sees which bug, apart from who is first. Each failing input is judged by every oracle alone, with all others
// silent, and once more with only its first oracle silent. The search for failing inputs is bounded and the same on every
// machine, so that a blank cell means: not within that bound.

import { ORACLES } from '../../oracle/registry.js';
import { type BenchBuild, type LoadedBuild, withHarness } from './bench-build.js';
import { failingInputs } from './failing-inputs.js';

/** Version of the document. */
export const MATRIX_SCHEMA = 1;

/** One oracle on one bug. */
export interface MatrixCell {
  readonly oracle: string;
  /** Failing inputs on which it fires with all others silent. */
  readonly fires: number;
  /** Those on which it is the first. */
  readonly first: number;
}

export interface MatrixRow {
  readonly bug: string;
  /** Names the code that was judged. */
  readonly identity: string;
  /** As bug.json names it: it must see the showing seed first. */
  readonly intended: string;
  /** Failing inputs judged. */
  readonly inputs: number;
  readonly cells: readonly MatrixCell[];
  /** The only oracle with which any of the inputs fails; null where there are several. */
  readonly alone: string | null;
  /** With its first oracle silent, the showing seed passes. */
  readonly aloneOnSeed: boolean;
  /** Executions in which the harness failed instead, which say nothing: there should be none. */
  readonly harnessBugs: number;
}

export interface MatrixBounds {
  /** Failing inputs judged, at most, besides those of trials. */
  readonly inputs: number;
  /** Executions of the search for them, at most. */
  readonly attempts: number;
  /** Inputs that trials found, at most. */
  readonly found: number;
}

export interface KillMatrix {
  readonly schema: number;
  readonly oracles: readonly string[];
  readonly bounds: MatrixBounds;
  readonly rows: readonly MatrixRow[];
}

export const DEFAULT_BOUNDS: MatrixBounds = { inputs: 30, attempts: 10_000, found: 20 };

const ORACLE_IDS = ORACLES.map(({ id }) => id);

export function killMatrix(rows: readonly MatrixRow[], bounds: MatrixBounds): KillMatrix {
  return { schema: MATRIX_SCHEMA, oracles: ORACLE_IDS, bounds, rows };
}

/** @param found inputs that trials ended with. */
export function matrixRow(build: BenchBuild, found: readonly Uint8Array[], bounds: MatrixBounds): MatrixRow {
  return withHarness(build, (loaded) => {
    const judge = new Judge(loaded);
    const candidates = [
      build.showing,
      ...found.slice(0, bounds.found),
      ...failingInputs(build.bug, loaded.harness, bounds).map(({ bytes }) => bytes),
    ];
    const inputs = distinct(candidates).filter((bytes) => judge.first(bytes, []) !== null);
    return rowOf(build, inputs, judge);
  });
}

function rowOf({ bug, identity, showing }: BenchBuild, inputs: readonly Uint8Array[], judge: Judge): MatrixRow {
  const fires = new Map<string, number>();
  const first = new Map<string, number>();
  /** Oracles without which every input so far passes. */
  const needed = new Set<string>(inputs.length === 0 ? [] : ORACLE_IDS);
  for (const bytes of inputs) {
    const name = judge.first(bytes, []) ?? '';
    count(first, name);
    for (const oracle of ORACLE_IDS) {
      const others = ORACLE_IDS.filter((id) => id !== oracle);
      if (judge.first(bytes, others) === oracle) count(fires, oracle);
      // Silencing one that is not the first changes nothing.
      if (oracle !== name || judge.first(bytes, [oracle]) !== null) needed.delete(oracle);
    }
  }
  const cells = ORACLE_IDS.map((oracle) => ({
    oracle,
    fires: fires.get(oracle) ?? 0,
    first: first.get(oracle) ?? 0,
  })).filter((cell) => cell.fires + cell.first > 0);
  const seedOracle = judge.first(showing, []);
  return {
    bug: bug.id,
    identity,
    intended: bug.oracles[0] ?? '',
    inputs: inputs.length,
    cells,
    alone: [...needed][0] ?? null,
    aloneOnSeed: seedOracle !== null && judge.first(showing, [seedOracle]) === null,
    harnessBugs: judge.harnessBugs,
  };
}

/** Oracles of the registry that no bug needs: each of its bugs fails by another one as well. */
export function neverAlone({ oracles, rows }: KillMatrix): readonly string[] {
  return oracles.filter((oracle) => !rows.some(({ alone }) => alone === oracle));
}

class Judge {
  harnessBugs = 0;

  constructor(private readonly build: LoadedBuild) {}

  /** The oracle that the input ends with, or null where it passes. */
  first(bytes: Uint8Array, silent: readonly string[]): string | null {
    const { harness, target } = this.build;
    const verdict = harness.execute(target, bytes, { disabledOracles: silent });
    if (verdict.kind === 'harness-bug') this.harnessBugs++;
    return verdict.kind === 'finding' ? verdict.finding.oracle : null;
  }
}

function distinct(inputs: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(inputs.map((bytes) => [Buffer.from(bytes).toString('latin1'), bytes])).values()];
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
