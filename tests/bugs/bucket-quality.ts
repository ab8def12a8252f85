// How well buckets tell bugs apart, measured on the bug bank: for each planted bug a number of failing inputs, the buckets
// they end in, and how often one of a bucket comes from another bug. Run by hand, takes some minutes:
//
//   node dist/tests/bugs/bucket-quality.js [inputs a bug] [seed] [pairs of bugs]
//
// A bucket is one of a target, as in the crashes folder. A duplicate is every bucket of a bug beyond its first; "grouped"
// counts buckets that triage takes for one cause as one. The bugs of Linux, by their ids (V or S and a number), are counted
// apart: nobody here chose them for what the oracles see. What links buckets was found on this bank, so the inputs of
// another seed are the fairer measure. Pairs say what that costs: two bugs in one driver that are taken for one.

import { rmSync } from 'node:fs';

import { buildBug, loadBugs } from '../../src/campaign/bugs/bug-bank.js';
import { makeTemporaryFolder } from '../../src/campaign/folders.js';
import { type Harness, findTarget, loadHarness } from '../../src/campaign/harness.js';
import { minimise } from '../../src/campaign/minimise/minimise.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { seededRandom } from '../dma/fakes.js';
import { type BuiltBug, type PairOutcome, tryPair } from './bug-pairs.js';
import { type FailingInput, failingInputs } from '../../src/campaign/bench/failing-inputs.js';
import { groupsOfSymptoms, symptomsOf } from './symptoms.js';

const ATTEMPTS = 200_000;
const REPLAYS = 10;

interface MeasuredBug extends BuiltBug {
  /** Inputs by bucket. */
  readonly buckets: ReadonlyMap<string, number>;
  /** Buckets, those of one cause counted once. */
  readonly groups: number;
  /** Inputs whose ten traced runs were alike. */
  readonly reproduced: number;
  readonly inputs: number;
  /** Size of each minimised input by that of the original, and milliseconds that it took. */
  readonly shares: readonly number[];
  readonly times: readonly number[];
}

function measure({ bug, harness, target }: BuiltBug, inputs: number, seed: number): MeasuredBug {
  const found = failingInputs(bug, harness, { inputs, attempts: ATTEMPTS, seed });
  const symptoms = symptomsOf(found, harness, target);
  const shares: number[] = [];
  const times: number[] = [];
  for (const { bytes, finding } of found) {
    const start = process.hrtime.bigint();
    const result = minimise(bytes, { harness, target, renew: () => harness });
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
    if (result?.bucket !== finding.bucket) throw new Error(`${bug.id}: ${finding.bucket} does not minimise`);
    shares.push(result.bytes.length / bytes.length);
  }
  return {
    bug,
    harness,
    target,
    buckets: new Map([...symptoms].map(([bucket, symptom]) => [bucket, symptom.inputs.length])),
    groups: new Set(groupsOfSymptoms(symptoms, harness, target)).size,
    reproduced: found.filter((input) => reproduces(harness, target, input)).length,
    inputs: found.length,
    shares,
    times,
  };
}

function reproduces(harness: Harness, target: TargetSpec, { bytes, finding }: FailingInput): boolean {
  const hashes = new Set<string>();
  for (let run = 0; run < REPLAYS; run++) {
    const { verdict, trace } = harness.executeTraced(target, bytes);
    if (verdict.kind !== 'finding' || verdict.finding.bucket !== finding.bucket) return false;
    hashes.add(trace.hash);
  }
  return hashes.size === 1;
}

/** Purity, duplicates and the rest of some bugs, in lines. */
function summary(name: string, measured: readonly MeasuredBug[]): string {
  const byBucket = new Map<string, number[]>();
  for (const { bug, buckets } of measured) {
    for (const [bucket, count] of buckets) {
      const key = `${bug.target} ${bucket}`;
      byBucket.set(key, [...(byBucket.get(key) ?? []), count]);
    }
  }
  const all = [...byBucket.values()];
  const total = sum(all.flat());
  const largest = (counts: readonly number[]): number => Math.max(...counts);
  const worst = Math.min(...all.map((counts) => largest(counts) / sum(counts)));
  const raw = sum(measured.map(({ buckets }) => buckets.size));
  const grouped = sum(measured.map(({ groups }) => groups));
  const bugs = measured.length;
  const reproduced = sum(measured.map((each) => each.reproduced));
  const shares = sorted(measured.flatMap((each) => each.shares)).map((share) => 100 * share);
  const times = sorted(measured.flatMap((each) => each.times));
  const fewest = Math.min(...measured.map(({ inputs }) => inputs));
  return [
    `${name}: ${bugs} bugs, ${total} inputs, at least ${fewest} of each bug`,
    `  inputs of a bucket from one bug     ${(sum(all.map(largest)) / total).toFixed(4)}; in the worst bucket ${worst.toFixed(3)}`,
    `  duplicate buckets                   ${ofAll(raw - bugs, raw)}`,
    `  duplicate buckets, grouped          ${ofAll(grouped - bugs, grouped)}`,
    `  reproduced ${REPLAYS} of ${REPLAYS}                 ${ofAll(reproduced, total)}`,
    `  minimised, per cent of the size     median ${at(shares, 0.5)}, worst ${at(shares, 1)}`,
    `  time to minimise, ms                median ${at(times, 0.5)}, worst ${at(times, 1)}`,
    '',
  ].join('\n');
}

/** What becomes of pairs of bugs of one target, chosen by a seed. */
function pairsText(built: readonly BuiltBug[], count: number, seed: number): string {
  const random = seededRandom(seed + 1);
  const pairs = built.flatMap((a, index) =>
    built.slice(index + 1).flatMap((b) => (a.target.name === b.target.name ? [[a, b] as const] : [])),
  );
  const folder = makeTemporaryFolder('pairs');
  const outcomes: (readonly [string, PairOutcome])[] = [];
  try {
    while (outcomes.length < count && pairs.length > 0) {
      const [pair] = pairs.splice(random(pairs.length), 1);
      if (pair === undefined) break;
      const [a, b] = pair;
      outcomes.push([`${a.bug.id} and ${b.bug.id}`, tryPair(a, b, folder)]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const joined = outcomes.filter(([, outcome]) => outcome === 'joined');
  const counts = [...new Set(outcomes.map(([, outcome]) => outcome))].map(
    (outcome) => `${outcomes.filter(([, each]) => each === outcome).length} ${outcome}`,
  );
  return `${outcomes.length} pairs: ${counts.join(', ')}\n${joined.map(([name]) => `  joined: ${name}\n`).join('')}`;
}

function ofAll(part: number, whole: number): string {
  return `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;
}

function at(values: readonly number[], share: number): string {
  return (values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0).toFixed(1);
}

function sorted(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function main(): void {
  const [inputs = 30, seed = 0, pairs = 0] = process.argv.slice(2).map(Number);
  const built = loadBugs().map((bug): BuiltBug => {
    const harness = loadHarness(buildBug(bug));
    return { bug, harness, target: findTarget(harness.targets, bug.target) };
  });
  const measured = built.map((bug) => {
    const result = measure(bug, inputs, seed);
    const buckets = [...result.buckets].map(([bucket, count]) => `${bucket} ${count}`).join(', ');
    const groups = result.buckets.size === 1 ? '' : ` [${result.groups}]`;
    process.stdout.write(`${bug.bug.id} (${bug.target.name})${groups}: ${buckets}\n`);
    return result;
  });
  const linux = measured.filter(({ bug }) => /^[VS]\d+$/.test(bug.id));
  process.stdout.write(`\n${summary('all', measured)}\n${summary('of Linux', linux)}\n`);
  if (pairs > 0) process.stdout.write(pairsText(built, pairs, seed));
}

main();
