// The plain replay loop: executions a second of the harness alone, without engine and instrumentation.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { ForeignDriver } from '../../platform/driver-module.js';
import type { TargetSpec } from '../../target/target-spec.js';
import { type ExecuteOptions, executeCounted } from '../../world/execute.js';
import { SeenFindings } from '../../world/seen-findings.js';

export interface ReplayRate {
  readonly inputs: number;
  readonly executionsPerSecond: number;
  /** Four-byte records of input a second. */
  readonly recordsPerSecond: number;
}

const HEADER_LENGTH = 4;
const RECORD_LENGTH = 4;

/** What is run: a target, on another driver where one is given. */
export interface ReplaySubject {
  readonly target: TargetSpec;
  readonly driver: ForeignDriver | null;
}

/** Runs all inputs over and over for about that long. Null without inputs. */
export function replayRate(subject: ReplaySubject, inputs: readonly Uint8Array[], seconds: number): ReplayRate | null {
  if (inputs.length === 0) {
    return null;
  }
  // Until the code is compiled: what is measured is the steady state of a long run.
  runFor(subject, inputs, seconds / 4);
  const { rounds, elapsed } = runFor(subject, inputs, seconds);
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
  { target, driver }: ReplaySubject,
  inputs: readonly Uint8Array[],
  seconds: number,
): { rounds: number; elapsed: number } {
  // A driver with known holes ends in the same findings over and over: as in a campaign, each is told in full once.
  const seen = new SeenFindings(() => undefined);
  const options: ExecuteOptions = driver === null ? {} : { driver };
  const start = process.hrtime.bigint();
  for (let rounds = 1; ; rounds++) {
    for (const bytes of inputs) {
      executeCounted(target, bytes, seen, options);
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
