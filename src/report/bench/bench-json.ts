// The benchmark as one JSON document (docs/schemas/bench-1.schema.json).

import type { BenchData, Session } from '../../campaign/bench/bench-data.js';
import type { BenchSummary } from '../../campaign/bench/bench-summary.js';
import { type KillMatrix, neverAlone } from '../../campaign/bench/kill-matrix.js';

/** Version of the document. */
export const BENCH_SCHEMA = 1;

export interface BenchDocument extends BenchSummary {
  readonly schema: number;
  /** The runs that took part. */
  readonly sessions: readonly Omit<Session, 'kind' | 'schema'>[];
  readonly killMatrix: (KillMatrix & { readonly neverAlone: readonly string[] }) | null;
  /** What was left out or failed, and why. */
  readonly problems: readonly string[];
}

export function benchDocument(
  data: BenchData,
  summary: BenchSummary,
  matrix: KillMatrix | null,
  problems: readonly string[],
): BenchDocument {
  return {
    schema: BENCH_SCHEMA,
    sessions: data.sessions.map(({ kind: _kind, schema: _schema, ...session }) => session),
    ...summary,
    killMatrix: matrix === null ? null : { ...matrix, neverAlone: neverAlone(matrix) },
    problems,
  };
}
