// The plain replay loop: executions a second of the harness alone, without engine and instrumentation.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { TargetSpec } from '../../target/target-spec.js';
import { execute } from '../../world/execute.js';

export interface ReplayRate {
  readonly inputs: number;
  readonly executionsPerSecond: number;
  /** Four-byte records of input a second. */
  readonly recordsPerSecond: number;
}

const HEADER_LENGTH = 4;
const RECORD_LENGTH = 4;

/** Runs all inputs over and over for about that long. Null without inputs. */
export function replayRate(target: TargetSpec, inputs: readonly Uint8Array[], seconds: number): ReplayRate | null {
  if (inputs.length === 0) {
    return null;
  }
  // Until the code is compiled: what is measured is the steady state of a long run.
  runFor(target, inputs, seconds / 4);
  const { rounds, elapsed } = runFor(target, inputs, seconds);
  const records = inputs.reduce(
    (sum, bytes) => sum + Math.max(0, Math.floor((bytes.length - HEADER_LENGTH) / RECORD_LENGTH)),
    0,
  );
  return {
    inputs: inputs.length,
    executionsPerSecond: Math.round((rounds * inputs.length) / elapsed),
    recordsPerSecond: Math.round((rounds * records) / elapsed),
  };
}

function runFor(
  target: TargetSpec,
  inputs: readonly Uint8Array[],
  seconds: number,
): { rounds: number; elapsed: number } {
  const start = process.hrtime.bigint();
  for (let rounds = 1; ; rounds++) {
    for (const bytes of inputs) {
      execute(target, bytes);
    }
    const elapsed = Number(process.hrtime.bigint() - start) / 1e9;
    if (elapsed >= seconds) {
      return { rounds, elapsed };
    }
  }
}

/** Reproducible noise: inputs of full length, the same on every machine. */
export function pseudoRandomInputs(count: number, length: number): readonly Uint8Array[] {
  let state = 0x9e3779b9;
  const next = (): number => {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  };
  return Array.from({ length: count }, () => Uint8Array.from({ length }, next));
}

/** Every file of the folders, as inputs. */
export function corpusInputs(folders: readonly string[]): readonly Uint8Array[] {
  return folders.flatMap((folder) => {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => Uint8Array.from(readFileSync(join(folder, entry.name))));
    } catch {
      return [];
    }
  });
}
