// Inputs for the world's tests, and what a run of them comes to: one line an input, the same in every process.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { committedCorpus } from '../../src/campaign/paths.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import type { Verdict } from '../../src/verdict/verdict.js';
import { executeTraced } from '../../src/world/execute.js';
import { seededRandom } from '../dma/fakes.js';

/** Inputs a target. */
export const INPUTS = 500;

/** Pseudo-random inputs of 0 to 260 bytes. */
export function seededInputs(count: number, seed: number): readonly Uint8Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => Uint8Array.from({ length: random(261) }, () => random(256)));
}

/** The committed seeds of a target; none where there is no corpus. */
export function seedInputs(target: TargetSpec): readonly Uint8Array[] {
  const folder = join(committedCorpus(), target.name, 'seed');
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => Uint8Array.from(readFileSync(join(folder, name))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Everything that the determinism tests run for a target. */
export function inputsOf(target: TargetSpec): readonly Uint8Array[] {
  return [...seededInputs(INPUTS, 2021), ...seedInputs(target)];
}

/** Verdict and trace hash in one line. */
export function outcomeOf(target: TargetSpec, bytes: Uint8Array): string {
  const { verdict, trace } = executeTraced(target, bytes);
  return `${verdictLine(verdict)} ${trace.hash}`;
}

/** A verdict in one line, without the driver's line numbers. */
export function verdictLine(verdict: Verdict): string {
  if (verdict.kind === 'ok') return 'ok';
  if (verdict.kind === 'harness-bug') return `harness-bug ${verdict.message}`;
  const { bucket, step, call, expected, got } = verdict.finding;
  return `${bucket} step ${step} ${call} ${JSON.stringify(expected)} ${JSON.stringify(got)}`;
}
