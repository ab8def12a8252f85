// Traces for the explorer's tests: scenarios in words of operations, run in plain Node.

import { type Configuration, encodeConfiguration } from '../../../src/scenario/configuration.js';
import type { Operation } from '../../../src/scenario/operations.js';
import { encodeScenario } from '../../../src/scenario/scenario.js';
import { targetByName } from '../../../src/target/targets.js';
import type { Trace } from '../../../src/verdict/trace.js';
import type { Verdict } from '../../../src/verdict/verdict.js';
import { executeTraced } from '../../../src/world/execute.js';

export type Record = readonly [operation: Operation, a?: number, b?: number, c?: number];

/** Runs a scenario on the split ring's target, or another one whose operations are those of rings. */
export function traced(
  configuration: Partial<Configuration>,
  records: readonly Record[],
  name = configuration.packed === true ? 'packed_ring_fuzzer' : 'split_ring_fuzzer',
): { readonly verdict: Verdict; readonly trace: Trace } {
  const target = targetByName(name);
  if (target === undefined) throw new Error(`no target ${name}`);
  const steps = records.map(([operation, a = 0, b = 0, c = 0]) => ({ operation, a, b, c }));
  return executeTraced(target, encodeScenario('ring', { header: encodeConfiguration(configuration), steps }));
}
