// What a mutant is tried on, in this order: that the modules load at all, every committed input, honest devices, committed
// inputs after executions that broke off, and last the unit tests of the driver and the DMA layer. All of it runs in this process on the instrumented build.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { BACK_END_NAMES, type BackEndName } from '../../src/dma/back-end.js';
import type { runHonest } from '../../src/campaign/honest-run.js';
import { blankConfiguration, decodeConfiguration, encodeConfiguration } from '../../src/scenario/configuration.js';
import { HUGE_SIZE } from '../../src/scenario/operands.js';
import { encodeScenario } from '../../src/scenario/scenario.js';
import { Steps } from '../../src/scenario/seeds/steps.js';
import type { TargetSpec } from '../../src/target/target-spec.js';
import { targetByName } from '../../src/target/targets.js';
import type { execute } from '../../src/world/execute.js';
import { BuildLoader } from './build-loader.js';
import { NodeTestStandIn } from './node-test-stand-in.js';

/** Each kind's ids begin with its name and a colon. */
export const KILLER_KINDS = ['load', 'corpus', 'honest', 'order', 'unit'] as const;
export type KillerKind = (typeof KILLER_KINDS)[number];

/** Kinds whose kills count for the aim: an input and what an oracle says, or the end of the harness. */
export const ORACLE_KINDS: readonly KillerKind[] = ['load', 'corpus', 'honest', 'order'];

/** Stands for the loading of the modules, which is done before any test. */
export const LOAD_ID = 'load: all modules';
const COMMITTED = ['seed', 'regression'];

/** Honest inputs: by target, this many groups of this many, each from its own start. */
const HONEST_GROUPS = 4;
const HONEST_RUNS = 25;

/** Executions that break off before others: enough to fill every table with what a reset must clear. */
const BROKEN_OFF = 32;

/** Unit tests of 65,536 buffers and more: they take many times longer than all the others together. */
const TOO_LONG: readonly string[] = [
  '2.3 publish: the available ring wraps at num and avail.idx at 2^16',
  '2.3: after 65535 buffers without a decision the queue kicks by itself',
  '2.5 with event index across the 16-bit wrap',
  '2.6 enable_cb_delayed across the 16-bit wrap',
];

export interface Killer {
  readonly id: string;
  /** What was wrong, or null. A thrown error is a kill as well. */
  run(): Promise<string | null> | string | null;
}

export function kindOf(id: string): KillerKind {
  const kind = KILLER_KINDS.find((name) => id.startsWith(`${name}:`));
  if (kind === undefined) throw new Error(`no kind of test: ${id}`);
  return kind;
}

/** Inputs as they lie on disk, read once. */
export type StoredInputs = readonly { readonly target: string; readonly name: string; readonly bytes: Uint8Array }[];

export function storedInputs(corpus: string): StoredInputs {
  return readdirSync(corpus)
    .sort()
    .flatMap((target) => COMMITTED.map((kind) => ({ target, folder: join(corpus, target, kind) })))
    .filter(({ folder }) => existsSync(folder))
    .flatMap(({ target, folder }) =>
      readdirSync(folder)
        .sort()
        .map((name) => ({ target, name, bytes: new Uint8Array(readFileSync(join(folder, name))) })),
    );
}

/** The instrumented build, and what it can be tried with. */
export class Killers {
  private readonly unitTests = new NodeTestStandIn();
  private readonly loader: BuildLoader;

  constructor(
    private readonly build: string,
    private readonly inputs: StoredInputs,
  ) {
    this.loader = new BuildLoader(build, new Map([['node:test', this.unitTests.module]]));
  }

  /** Every kind but the unit tests, on modules that are loaded anew. Throws what the loading throws. */
  loadOracles(): readonly Killer[] {
    const { loader } = this;
    loader.forget();
    const { execute: run } = loader.load('src/world/execute.js') as { readonly execute: Execute };
    const { TARGETS } = loader.load('src/target/targets.js') as { readonly TARGETS: readonly TargetSpec[] };
    const honest = loader.load('src/campaign/honest-run.js') as { readonly runHonest: typeof runHonest };
    const corpus = this.inputs.map(({ target, name, bytes }): Killer => {
      const spec = TARGETS.find((one) => one.name === target);
      if (spec === undefined) throw new Error(`no target ${target}`);
      return { id: `corpus: ${target} ${name}`, run: () => failureOf(run(spec, bytes)) };
    });
    const scenarios = TARGETS.filter(({ canary, form }) => !canary && form === 'scenario');
    const groups = scenarios.flatMap((target) =>
      Array.from({ length: HONEST_GROUPS }, (_, group) => honestGroup(honest.runHonest, target, group + 1)),
    );
    // Without a DMA API the driver unmaps nothing, and the canary finds nothing.
    const names = BACK_END_NAMES.filter((name) => name !== 'none');
    const orders = names.map((name) => brokenOff(run, TARGETS, { name, inputs: this.inputs }));
    return [{ id: LOAD_ID, run: () => null }, ...corpus, ...groups, ...orders];
  }

  /** The unit tests of the code that is mutated, on the modules that are loaded. Throws what the loading throws. */
  loadUnits(): readonly Killer[] {
    const files = ['driver', 'dma'].flatMap((area) => testFilesIn(this.build, join('tests', area)));
    const tests = this.unitTests.collect(() => {
      for (const file of files) this.loader.load(file);
    });
    for (const name of TOO_LONG) {
      if (!tests.some((test) => test.name === name)) throw new Error(`no unit test ${name}`);
    }
    return tests.filter(({ name }) => !TOO_LONG.includes(name)).map(unitKiller);
  }
}

function testFilesIn(build: string, folder: string): readonly string[] {
  return readdirSync(join(build, folder))
    .filter((name) => name.endsWith('.test.js'))
    .sort()
    .map((name) => join(folder, name));
}

type Execute = typeof execute;

function failureOf(verdict: ReturnType<Execute>): string | null {
  if (verdict.kind === 'ok') return null;
  return verdict.kind === 'finding' ? verdict.finding.bucket : `harness-bug: ${verdict.message}`;
}

function honestGroup(run: typeof runHonest, target: TargetSpec, seed: number): Killer {
  return {
    id: `honest: ${target.name} ${seed}`,
    run: () => {
      const { failure } = run({ targets: [target], runs: HONEST_RUNS, seed });
      if (failure === null) return null;
      return failure.kind === 'finding' ? failure.finding.bucket : `harness-bug: ${failure.message}`;
    },
  };
}

/**
 * What an execution leaves behind is no other's business: many that end at a finding, with mappings that are live and a
 * ring that stands, and then the inputs of one target with the same verdicts as ever. The canary is what finds something.
 */
function brokenOff(
  run: Execute,
  targets: readonly TargetSpec[],
  { name, inputs }: { readonly name: BackEndName; readonly inputs: StoredInputs },
): Killer {
  const target = (wanted: string): TargetSpec => {
    const spec = targets.find((one) => one.name === wanted);
    if (spec === undefined) throw new Error(`no target ${wanted}`);
    return spec;
  };
  const follower = target(name === 'swiotlb' || name === 'vduse' ? 'bounce_fuzzer' : 'split_ring_fuzzer');
  const followers = inputs
    .filter((input, k) => k % 2 === 0 && input.target === follower.name)
    .map(({ bytes }) => withBackEnd(bytes, name));
  const broken = canaryInput(name);
  return {
    id: `order: ${name}`,
    run: () => {
      for (let k = 0; k < BROKEN_OFF; k++) {
        const verdict = run(target('canary'), broken);
        const found = verdict.kind === 'finding' ? verdict.finding.oracle : null;
        if (found !== 'unmap-mismatch') return `the canary ends with ${found ?? verdict.kind}`;
      }
      for (const bytes of followers) {
        const failure = failureOf(run(follower, bytes));
        if (failure !== null) return failure;
      }
      return null;
    },
  };
}

/** Hundreds of mappings in flight, and a ring of several pages, when the fourth unmap is the wrong one. */
function canaryInput(backEnd: BackEndName): Uint8Array {
  const s = new Steps(false);
  const steps = [
    ...[0, 0x7f0, 0xf00].map((offset) => s.add({ out: 1, in: 2, offset })),
    ...[1, 2, 3, 4].map(() => s.addMany(16, { out: 2, in: 1 })),
    // Hundreds of granules each, and more than swiotlb can map.
    s.add({ in: 1, first: HUGE_SIZE }),
    s.add({ in: 1, first: HUGE_SIZE }),
    ...[1, 2, 3].map(() => s.add({ out: 1, in: 1 })),
    s.completeMany(4, 'all'),
    s.drain(),
  ];
  return encodeScenario('ring', { header: encodeConfiguration({ num: 256, align: 4096, backEnd }), steps });
}

/** The same input over another back end, where it does not say that it must be this one. */
function withBackEnd(bytes: Uint8Array, name: BackEndName): Uint8Array {
  const config = blankConfiguration();
  const target = targetByName('split_ring_fuzzer');
  if (target === undefined) throw new Error('no target split_ring_fuzzer');
  decodeConfiguration(target, bytes, config);
  const moved = bytes.slice();
  moved.set(encodeConfiguration({ ...config, backEnd: name }).subarray(0, 1));
  if (name === 'swiotlb') moved[3] = (moved[3] ?? 0) & ~64;
  else if (name === 'vduse') moved[3] = (moved[3] ?? 0) | 64;
  return moved;
}

function unitKiller({ name, run }: { readonly name: string; readonly run: () => unknown }, index: number): Killer {
  return {
    id: `unit: ${index} ${name}`,
    run: async () => {
      await run();
      return null;
    },
  };
}
