// Distils what an engine generated: keeps the inputs that reach something which seeds, regressions and smaller inputs do
// not, by code edges and state counters alike. Works on copies; the corpus itself changes only at the end, and there by
// adding first and removing afterwards, one whole file at a time. So whenever it is killed, nothing that the corpus
// covered is missing, and what a campaign adds meanwhile stays.

import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { TargetSpec } from '../../target/target-spec.js';
import { ALL_TARGETS } from '../../target/targets.js';
import { makeFolder, writeAtomically, writeFailure } from '../atomic-file.js';
import type { LoadedDriver } from '../drivers/loaded-driver.js';
import { Builds } from '../bugs/builds.js';
import { writeCrash } from '../crashes/crash-store.js';
import { EnvironmentError, UsageError } from '../errors.js';
import { makeTemporaryFolder } from '../folders.js';
import { removeUnfinished } from '../fuzzing/leftovers.js';
import { failureOf } from '../replay/failure.js';
import { replayMany } from '../replay/replay-many.js';
import { HANG_LIMIT, type ReplayResult } from '../replay/replay.js';
import { markCorpusFormat } from './corpus-format.js';
import { type CorpusFolders, type CorpusInput, kindFolder, readCorpus, readFolder } from './corpus-inputs.js';
import { type Coverage, MergeEngine } from './merge-engine.js';

export interface MergeOptions {
  /** Those that merge() will be called for. */
  readonly targets: readonly TargetSpec[];
  readonly folders: CorpusFolders;
  /** Folders with further inputs: `<folder>/<target>/...`, or all of one target. */
  readonly from: readonly string[];
  /** Compiled tree that holds `src/` and `fuzz/`. */
  readonly root: string;
  /** Folder of findings, for inputs that fail. */
  readonly crashes: string;
  /** The driver from outside that judges and whose coverage counts, or null. */
  readonly driver: LoadedDriver | null;
}

export interface CorpusSize {
  readonly inputs: number;
  readonly bytes: number;
}

export interface MergeResult {
  readonly target: string;
  /** Seeds and regressions: all of them stay. */
  readonly committed: number;
  /** Of `generated/` alone. */
  readonly before: CorpusSize;
  readonly after: CorpusSize;
  /** Inputs of other folders that were looked at, and how many of them were added. */
  readonly offered: number;
  readonly added: number;
  /** Of the whole corpus; null where there was nothing to merge. */
  readonly coverage: { readonly before: Coverage; readonly after: Coverage } | null;
  /** Inputs that fail: stored among the findings, and no longer in `generated/`. */
  readonly failing: readonly {
    readonly file: string;
    readonly verdict: ReplayResult['verdict'];
    readonly stored: string;
  }[];
  /** Files that cannot be used; they are left alone. */
  readonly problems: readonly string[];
}

const DEFAULT_LENGTH = 260;

/** Merges one target at a time. */
export class CorpusMerge {
  private engine: MergeEngine | null = null;

  constructor(private readonly options: MergeOptions) {}

  /** Throws EnvironmentError when the engine does not run or would lose something: the corpus is then as it was. */
  async merge(target: TargetSpec): Promise<MergeResult> {
    const { folders, from, targets, driver } = this.options;
    // The engine takes a write that a kill cut off for an input.
    removeUnfinished(kindFolder(folders, target.name, 'generated'));
    const home = readCorpus(folders, target.seedsOf ?? target.name, ['seed', 'regression']);
    const committed = { ...home, inputs: home.inputs.map((input) => ({ ...input, target: target.name })) };
    const generated = readCorpus(folders, target.name, ['generated']);
    const offered = from
      .map((folder) => offeredFolder(folder, target, targets))
      .filter((folder) => folder !== null)
      .map((folder) => readFolder(folder, target.name, 'generated'));
    const all = [committed, generated, ...offered];
    const sorted = sortByVerdict(
      all.flatMap(({ inputs }) => inputs),
      driver,
    );
    const good = new Set(sorted.ok);
    const parts = {
      committed: committed.inputs.filter((input) => good.has(input)),
      generated: generated.inputs.filter((input) => good.has(input)),
      offered: offered.flatMap(({ inputs }) => inputs).filter((input) => good.has(input)),
    };
    const nothing = parts.generated.length + parts.offered.length === 0;
    const distilled = nothing ? null : await this.distil(target, parts);
    // What a seed shows on a driver with known holes is no news: replay says it.
    const own = new Set<CorpusInput>(driver === null ? [] : committed.inputs);
    const failing = this.store(
      target,
      sorted.failing.filter(({ input }) => !own.has(input)),
    );
    const kept = distilled?.kept ?? new Set<string>();
    const change = this.apply(target, generated.inputs, parts.offered, kept);
    return {
      target: target.name,
      committed: committed.inputs.length,
      before: sizeOf(generated.inputs),
      after: sizeOf(change.after),
      offered: offered.reduce((sum, { inputs }) => sum + inputs.length, 0),
      added: change.added,
      coverage: distilled?.coverage ?? null,
      failing,
      problems: all.flatMap(({ problems }) => problems),
    };
  }

  /** Ends the engine; merge() then throws. */
  stop(): void {
    this.engine?.stop();
  }

  /** Hashes of the inputs that add something to the committed ones. */
  private async distil(
    target: TargetSpec,
    parts: Readonly<Record<'committed' | 'generated' | 'offered', readonly CorpusInput[]>>,
  ): Promise<{ readonly kept: ReadonlySet<string>; readonly coverage: NonNullable<MergeResult['coverage']> }> {
    const { root, driver } = this.options;
    const temporary = makeTemporaryFolder('merge');
    try {
      const inputs = Object.values(parts).flat();
      const maxLength = inputs.reduce((most, { bytes }) => Math.max(most, bytes.length), DEFAULT_LENGTH);
      this.engine = new MergeEngine({ root, driver, target: target.name, maxLength, temporary });
      const [committed, generated, offered] = (['committed', 'generated', 'offered'] as const).map((name) =>
        copyInputs(join(temporary, name), parts[name]),
      ) as [string, string, string];
      const output = copyInputs(join(temporary, 'output'), parts.committed);
      const before = await this.engine.coverage([committed, generated]);
      await this.engine.merge(output, [generated, offered]);
      const after = await this.engine.coverage([output]);
      checkNothingLost(target, before, after);
      // A generated input that is a seed as well is one too many.
      const own = new Set(parts.committed.map(({ sha1 }) => sha1));
      return { kept: new Set(readdirSync(output).filter((name) => !own.has(name))), coverage: { before, after } };
    } finally {
      this.engine = null;
      rmSync(temporary, { recursive: true, force: true });
    }
  }

  private store(target: TargetSpec, failing: readonly Failing[]): MergeResult['failing'] {
    const { driver } = this.options;
    return failing.map(({ input, result }) => {
      const failure = failureOf(result, HANG_LIMIT);
      if (failure === null) throw new Error(`${input.file} did not fail`);
      const finding = driver === null ? failure : { ...failure, driver: driver.identity };
      const { trace } = result;
      const where = { directory: this.options.crashes, target: target.name };
      const { file } = writeCrash({ ...where, bytes: input.bytes, finding, trace, seed: null, bug: null });
      return { file: input.file, verdict: result.verdict, stored: file };
    });
  }

  /** Brings `generated/` to the kept inputs. Adds first: a kill in between leaves too much, never too little. */
  private apply(
    target: TargetSpec,
    generated: readonly CorpusInput[],
    offered: readonly CorpusInput[],
    kept: ReadonlySet<string>,
  ): { readonly after: readonly CorpusInput[]; readonly added: number } {
    const folder = kindFolder(this.options.folders, target.name, 'generated');
    const present = firstOfEach(generated.filter(({ sha1 }) => kept.has(sha1)));
    const known = new Set(present.map(({ sha1 }) => sha1));
    const added = firstOfEach(offered.filter(({ sha1 }) => kept.has(sha1) && !known.has(sha1)));
    if (added.length > 0) makeFolder(folder);
    for (const { sha1, bytes } of added) writeAtomically(join(folder, sha1), bytes);
    if (existsSync(folder)) markCorpusFormat(folder);
    const stays = new Set(present.map(({ file }) => file));
    for (const { file } of generated) if (!stays.has(file)) remove(file);
    return { after: [...present, ...added], added: added.length };
  }
}

interface Failing {
  readonly input: CorpusInput;
  readonly result: ReplayResult;
}

/** Replays everything first: the engine would stop at an input that fails. */
function sortByVerdict(
  inputs: readonly CorpusInput[],
  driver: LoadedDriver | null,
): {
  readonly ok: readonly CorpusInput[];
  readonly failing: readonly Failing[];
} {
  const ok: CorpusInput[] = [];
  const failing: Failing[] = [];
  const builds = new Builds({ bug: undefined, bugDirs: [], driver, note: () => undefined });
  let index = 0;
  for (const { result } of replayMany(inputs, builds, { times: 1, traced: false })) {
    const input = inputs[index++];
    if (input === undefined) break;
    if (result.verdict === 'ok') ok.push(input);
    else failing.push({ input, result });
  }
  return { ok, failing };
}

/** Under their hashes, so that each is there once. */
function copyInputs(folder: string, inputs: readonly CorpusInput[]): string {
  makeFolder(folder);
  try {
    for (const { sha1, bytes } of inputs) writeFileSync(join(folder, sha1), bytes);
  } catch (error) {
    throw writeFailure(folder, error);
  }
  return folder;
}

function firstOfEach(inputs: readonly CorpusInput[]): readonly CorpusInput[] {
  return [...new Map([...inputs].reverse().map((input) => [input.sha1, input])).values()].reverse();
}

function sizeOf(inputs: readonly CorpusInput[]): CorpusSize {
  return { inputs: inputs.length, bytes: inputs.reduce((sum, { bytes }) => sum + bytes.length, 0) };
}

function checkNothingLost(target: TargetSpec, before: Coverage, after: Coverage): void {
  if (after.features >= before.features && after.points >= before.points) return;
  throw new EnvironmentError(
    `${target.name}: the merged corpus would reach ${after.features} features instead of ${before.features}; ` +
      'the corpus is as it was (is the driver being rebuilt meanwhile?)',
  );
}

/**
 * Where the inputs for a target lie in a folder from elsewhere: `<folder>/<target>`, or all of it where it is not sorted
 * by target. Null where it has none for it. Throws UsageError.
 */
function offeredFolder(folder: string, target: TargetSpec, targets: readonly TargetSpec[]): string | null {
  if (!existsSync(folder)) throw new UsageError(`no such folder: ${folder}`);
  if (existsSync(join(folder, target.name))) return join(folder, target.name);
  if (ALL_TARGETS.some(({ name }) => existsSync(join(folder, name)))) return null;
  if (targets.length > 1)
    throw new UsageError(`${folder} is not sorted by target: name the one that its inputs are for`);
  return folder;
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    throw writeFailure(file, error);
  }
}
