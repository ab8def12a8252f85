// An add that returns what a test says, for the oracles that judge it.

import { CALL_ADD } from '../../src/oracle/calls.js';
import { JudgeBench } from './judge-bench.js';

/** Judges an add of two pieces that returns `result`, in a queue prepared by `prepare`. */
export function addReturning(
  result: number,
  prepare: (bench: JudgeBench) => void,
  packed = false,
  indirect = false,
): () => void {
  const bench = new JudgeBench(packed, { indirect });
  const token = bench.offer([8], [8]);
  bench.begin(CALL_ADD, token);
  prepare(bench);
  return () => {
    bench.call.added(token, result, bench.c.model.broken);
  };
}
