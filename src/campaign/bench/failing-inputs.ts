// Inputs on which a planted bug fails, made in plain Node: noise of full length, committed seeds and the bug's own seed
// with some of their bytes changed. Pseudo-random from a fixed seed: the same inputs on every machine.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Bug, seedFile } from '../bugs/bug-definition.js';
import { type Harness, findTarget } from '../harness.js';
import { committedCorpus } from '../paths.js';
import type { Finding } from '../../verdict/verdict.js';
import { seededRandom } from '../seeded-random.js';

export interface FailingInput {
  readonly bytes: Uint8Array;
  readonly finding: Finding;
}

export interface SearchLimits {
  /** Distinct failing inputs wanted. */
  readonly inputs: number;
  /** Most executions. */
  readonly attempts: number;
  /** Another one gives other inputs; 0 when absent. */
  readonly seed?: number;
}

/** 64 records. */
const FULL_LENGTH = 260;
type Random = (below: number) => number;

/** Distinct inputs that fail with the bug, as many as asked for or as were found. Fewer than a third stem from its seed. */
export function failingInputs(bug: Bug, harness: Harness, limits: SearchLimits): readonly FailingInput[] {
  const target = findTarget(harness.targets, bug.target);
  const random = seededRandom(hashOf(`${bug.id} ${limits.seed ?? 0}`));
  const own = Uint8Array.from(readFileSync(seedFile(bug)));
  const seeds = committedSeeds(bug.target);
  const found = new Map<string, FailingInput>();
  let fromOwn = 0;
  for (let attempt = 0; attempt < limits.attempts && found.size < limits.inputs; attempt++) {
    const kind = attempt % 3;
    if (kind === 0 && 3 * fromOwn >= limits.inputs && attempt < limits.attempts / 2) continue;
    const bytes = candidate(kind, { own, seeds, random });
    const verdict = harness.execute(target, bytes);
    if (verdict.kind !== 'finding') continue;
    const key = Buffer.from(bytes).toString('latin1');
    if (found.has(key)) continue;
    if (kind === 0) fromOwn++;
    found.set(key, { bytes, finding: verdict.finding });
  }
  return [...found.values()];
}

interface Material {
  readonly own: Uint8Array;
  readonly seeds: readonly Uint8Array[];
  readonly random: Random;
}

function candidate(kind: number, { own, seeds, random }: Material): Uint8Array {
  if (kind === 0) return filled(changed(own, random), random);
  if (kind === 1 && seeds.length > 0) return filled(changed(seeds[random(seeds.length)] ?? own, random), random);
  return filled(new Uint8Array(0), random);
}

/** Up to 4 bytes changed. */
function changed(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let change = random(5); change > 0; change--) copy[random(copy.length)] = random(256);
  return copy;
}

/** Noise behind it, up to full length. */
function filled(bytes: Uint8Array, random: Random): Uint8Array {
  const long = Uint8Array.from({ length: FULL_LENGTH }, () => random(256));
  long.set(bytes.subarray(0, FULL_LENGTH));
  return long;
}

function committedSeeds(target: string): readonly Uint8Array[] {
  const folder = join(committedCorpus(), target, 'seed');
  return readdirSync(folder)
    .sort()
    .map((name) => Uint8Array.from(readFileSync(join(folder, name))));
}

function hashOf(text: string): number {
  return Buffer.from(text).reduce((hash, byte) => (Math.imul(hash, 31) + byte) >>> 0, 7);
}
