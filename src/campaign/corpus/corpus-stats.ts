// What the corpus of a target is made of: how many inputs of which size, which operations and configurations they hold
// and which they lack, whether any fails or is there twice, and whether it is what its manifest says.

import type { BackEndName } from '../../dma/back-end.js';
import { backEndsOf, type Configuration, describeConfiguration } from '../../scenario/configuration.js';
import { configurationsOf } from '../../scenario/differential.js';
import { OPERATIONS, OPERATION_TABLES, type Operation } from '../../scenario/operations.js';
import { decodeScenario } from '../../scenario/scenario.js';
import type { TargetSpec } from '../../target/target-spec.js';
import { Builds } from '../bugs/builds.js';
import { UsageError } from '../errors.js';
import { replayMany } from '../replay/replay-many.js';
import type { ReplayResult } from '../replay/replay.js';
import { CORPUS_KINDS, type CorpusFolders, type CorpusInput, type CorpusKind, readCorpus } from './corpus-inputs.js';
import { manifestProblems, readManifest } from './manifest.js';

export interface KindStats {
  readonly inputs: number;
  readonly bytes: number;
}

export interface Sizes {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export interface OperationCount {
  readonly operation: Operation;
  readonly records: number;
  readonly inputs: number;
}

export interface ConfigurationStats {
  /** Different configurations, all fields together. */
  readonly distinct: number;
  /** Inputs by ring and back end. */
  readonly combinations: readonly { readonly ring: Ring; readonly backEnd: BackEndName; readonly inputs: number }[];
  /** Ring sizes that occur, ascending. */
  readonly ringSizes: readonly number[];
  /** Of each feature that can be on or off: inputs with it on. */
  readonly features: Readonly<Record<Feature, number>>;
}

export interface FailingCorpusInput {
  readonly file: string;
  readonly verdict: ReplayResult['verdict'];
  readonly bucket: string | null;
}

export interface CorpusStats {
  readonly target: string;
  readonly inputs: number;
  readonly kinds: Readonly<Record<CorpusKind, KindStats>>;
  /** Bytes of an input; null without inputs. */
  readonly sizes: Sizes | null;
  /** Records of an input; null without inputs, or where inputs have none. */
  readonly records: Sizes | null;
  /** Of the target's table, in its order; empty where inputs have no records. */
  readonly operations: readonly OperationCount[];
  readonly unusedOperations: readonly Operation[];
  readonly configurations: ConfigurationStats;
  readonly verdicts: Readonly<Record<ReplayResult['verdict'], number>>;
  readonly failing: readonly FailingCorpusInput[];
  /** Files with the same bytes, together. */
  readonly duplicates: readonly (readonly string[])[];
  /** Files that cannot be used, and differences from the manifest. */
  readonly problems: readonly string[];
}

type Ring = 'split' | 'packed';

const FEATURES = {
  indirect: (config: Configuration) => config.indirect,
  'event index': (config: Configuration) => config.eventIndex,
  contexts: (config: Configuration) => config.context,
  'in order': (config: Configuration) => config.inOrder,
  'no callback': (config: Configuration) => !config.callback,
  'no queue reset': (config: Configuration) => !config.resettable,
  'kicks off': (config: Configuration) => config.kicksOff,
  'failing creation': (config: Configuration) => config.createFailure !== -1,
} as const;

export type Feature = keyof typeof FEATURES;

/** Replays everything once: some seconds for ten thousand inputs. */
export function corpusStats(folders: CorpusFolders, target: TargetSpec): CorpusStats {
  const { inputs, problems } = readCorpus(folders, target.name);
  const failing: FailingCorpusInput[] = [];
  const verdicts = { ok: 0, finding: 0, 'harness-bug': 0, hang: 0 };
  const builds = new Builds({ bug: undefined, bugDirs: [], note: () => undefined });
  for (const { input, result } of replayMany(inputs, builds, { times: 1, traced: false })) {
    verdicts[result.verdict]++;
    if (result.verdict !== 'ok') {
      failing.push({ file: input.file, verdict: result.verdict, bucket: result.finding?.bucket ?? null });
    }
  }
  const operations = operationCounts(target, inputs);
  return {
    target: target.name,
    inputs: inputs.length,
    kinds: kindStats(inputs),
    sizes: sizesOf(inputs.map(({ bytes }) => bytes.length)),
    records: target.form === 'raw' ? null : sizesOf(inputs.map(({ bytes }) => recordsOf(target, bytes))),
    operations,
    unusedOperations: operations.filter(({ inputs: users }) => users === 0).map(({ operation }) => operation),
    configurations: configurationStats(target, inputs),
    verdicts,
    failing,
    duplicates: duplicatesIn(inputs),
    problems: [...problems, ...manifestProblemsOf(folders, target.name)],
  };
}

function kindStats(inputs: readonly CorpusInput[]): Record<CorpusKind, KindStats> {
  const stats = Object.fromEntries(CORPUS_KINDS.map((kind) => [kind, { inputs: 0, bytes: 0 }])) as Record<
    CorpusKind,
    { inputs: number; bytes: number }
  >;
  for (const { kind, bytes } of inputs) {
    stats[kind].inputs++;
    stats[kind].bytes += bytes.length;
  }
  return stats;
}

function sizesOf(values: readonly number[]): Sizes | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [least] = sorted;
  if (least === undefined) return null;
  return { least, median: sorted[sorted.length >> 1] ?? least, most: sorted.at(-1) ?? least };
}

function recordsOf(target: TargetSpec, bytes: Uint8Array): number {
  return decodeScenario(target, bytes).steps.length;
}

function operationCounts(target: TargetSpec, inputs: readonly CorpusInput[]): readonly OperationCount[] {
  if (target.form === 'raw') return [];
  const records = new Map<Operation, number>();
  const users = new Map<Operation, number>();
  for (const { bytes } of inputs) {
    const used = decodeScenario(target, bytes).steps.map(({ operation }) => operation);
    for (const operation of used) records.set(operation, (records.get(operation) ?? 0) + 1);
    for (const operation of new Set(used)) users.set(operation, (users.get(operation) ?? 0) + 1);
  }
  const table = new Set<number>(OPERATION_TABLES[target.operations]);
  return OPERATIONS.filter((_, code) => table.has(code)).map((operation) => ({
    operation,
    records: records.get(operation) ?? 0,
    inputs: users.get(operation) ?? 0,
  }));
}

function configurationStats(target: TargetSpec, inputs: readonly CorpusInput[]): ConfigurationStats {
  const configs = inputs.flatMap(({ bytes }) => configurationsOf(target, bytes));
  const rings: readonly Ring[] = target.ring === 'any' ? ['split', 'packed'] : [target.ring];
  const backEnds = backEndsOf(target);
  const count = (holds: (config: Configuration) => boolean): number => configs.filter(holds).length;
  return {
    distinct: new Set(configs.map(describeConfiguration)).size,
    combinations: rings.flatMap((ring) =>
      backEnds.map((backEnd) => ({
        ring,
        backEnd,
        inputs: count((config) => config.packed === (ring === 'packed') && config.backEnd === backEnd),
      })),
    ),
    ringSizes: [...new Set(configs.map(({ num }) => num))].sort((a, b) => a - b),
    features: Object.fromEntries(Object.entries(FEATURES).map(([name, holds]) => [name, count(holds)])) as Record<
      Feature,
      number
    >,
  };
}

function duplicatesIn(inputs: readonly CorpusInput[]): readonly (readonly string[])[] {
  const files = new Map<string, string[]>();
  for (const { sha1, file } of inputs) {
    const known = files.get(sha1);
    if (known === undefined) files.set(sha1, [file]);
    else known.push(file);
  }
  return [...files.values()].filter((group) => group.length > 1);
}

function manifestProblemsOf({ committed }: CorpusFolders, target: string): readonly string[] {
  try {
    return manifestProblems(committed, target, readManifest(committed));
  } catch (error) {
    if (error instanceof UsageError) return [error.message];
    throw error;
  }
}
