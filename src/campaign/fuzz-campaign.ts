// Fuzzes targets one after the other, each for its share of the time, and gathers what came of it.

import { randomInt } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { TargetSpec } from '../target/target-spec.js';
import { makeFolder } from './atomic-file.js';
import type { EngineEnd, StoredFinding } from './engine/engine-end.js';
import type { EngineStatus } from './engine/engine-output.js';
import { type EngineOutcome, EngineProcess, type EngineProcessOptions } from './engine/engine-process.js';
import { EnvironmentError } from './errors.js';
import { checkWritable, makeTemporaryFolder } from './folders.js';

/** Bytes: a header and 64 records, the most that a scenario has. */
export const DEFAULT_MAX_LENGTH = 260;

export interface CampaignOptions {
  readonly targets: readonly TargetSpec[];
  /** Compiled tree with `src/` and `fuzz/`: the project's own, or the build of a planted bug. */
  readonly root: string;
  /** For all targets together; each gets an equal share. */
  readonly seconds: number | null;
  /** For each target. */
  readonly runs: number | null;
  /** For each target; null draws one. */
  readonly seed: number | null;
  /** Bytes. */
  readonly maxLength: number;
  /** Id of the planted bug in `root`. */
  readonly bug: string | null;
  /** Folder of findings. */
  readonly crashes: string;
  readonly corpus: CorpusOptions;
  /** Further flags of libFuzzer. */
  readonly rawFlags: readonly string[];
}

export interface CorpusOptions {
  /** Folder that keeps `<target>/generated/`; null keeps nothing. */
  readonly generated: string | null;
  /** Folder that holds `<target>/seed/` and `<target>/regression/`; null starts from nothing. */
  readonly committed: string | null;
}

/** What a campaign tells while it runs. */
export interface CampaignListener {
  started(target: string, seed: number, seconds: number | null): void;
  progressed(target: string, status: EngineStatus): void;
  warned(text: string): void;
  ended(target: string, end: EngineEnd): void;
}

export interface TargetResult {
  readonly target: string;
  readonly executions: number;
  readonly executionsPerSecond: number;
  /** Distinct instrumented edges of the driver that the run's corpus reaches. */
  readonly edges: number;
  /** libFuzzer's `ft:`: edges and state counters, each with its hit-count class. */
  readonly features: number;
  /** Inputs in the corpus. */
  readonly corpus: number;
  readonly findings: readonly Pick<StoredFinding, 'oracle' | 'bucket' | 'claim' | 'file'>[];
}

export interface CampaignResult {
  readonly targets: readonly TargetResult[];
}

export interface CampaignOutcome {
  readonly result: CampaignResult;
  /** 0 nothing, 77 a finding, 70 a hang, 3 the harness failed; the worst of all targets. */
  readonly exitCode: number;
  /** Why the engine did not run; the campaign ended there. */
  readonly failure: EnvironmentError | null;
}

/** Worst first. */
const EXIT_CODES: readonly (readonly [kind: EngineEnd['kind'], code: number])[] = [
  ['harness-bug', 3],
  ['finding', 77],
  ['hang', 70],
  ['failed', 1],
];

export class FuzzCampaign {
  private current: EngineProcess | null = null;
  private stopped = false;

  /** Throws EnvironmentError when results could not be written. */
  constructor(
    private readonly options: CampaignOptions,
    private readonly listener: CampaignListener,
  ) {
    checkWritable(options.crashes);
    if (options.corpus.generated !== null) {
      for (const { name } of options.targets) {
        checkWritable(generatedFolder(options.corpus.generated, name));
      }
    }
  }

  async run(): Promise<CampaignOutcome> {
    const results: TargetResult[] = [];
    const kinds = new Set<EngineEnd['kind']>();
    let failure: EnvironmentError | null = null;
    for (const [index, target] of this.options.targets.entries()) {
      if (this.stopped || failure !== null) {
        break;
      }
      const { outcome, edges } = await this.fuzz(target.name, this.share(index));
      const { end } = outcome;
      results.push(targetResult(target.name, outcome, edges));
      kinds.add(end.kind);
      failure = end.kind === 'failed' ? new EnvironmentError(end.message) : null;
      this.listener.ended(target.name, end);
    }
    const exitCode = EXIT_CODES.find(([kind]) => kinds.has(kind))?.[1] ?? 0;
    return { result: { targets: results }, exitCode, failure };
  }

  /** Ends the current target cleanly and starts no other; a second call ends it at once. */
  stop(): void {
    this.stopped = true;
    this.current?.stop();
  }

  private async fuzz(target: string, seconds: number | null): Promise<{ outcome: EngineOutcome; edges: number }> {
    const { root, crashes, bug, maxLength, rawFlags, runs } = this.options;
    const seed = this.options.seed ?? randomInt(1, 2 ** 31);
    const temporary = this.options.corpus.generated === null ? makeTemporaryFolder('corpus') : null;
    this.listener.started(target, seed, seconds);
    try {
      const corpus = corpusFolders(this.options.corpus, target, temporary);
      const onStatus = (status: EngineStatus): void => this.listener.progressed(target, status);
      const engine = { root, target, corpus, seed, maxLength, rawFlags, crashes, bug };
      const limits = { ...(runs === null ? {} : { runs }), ...(seconds === null ? {} : { seconds }) };
      const onWarning = (text: string): void => this.listener.warned(text);
      const outcome = await this.runEngine({ ...engine, ...limits, onStatus, onWarning });
      // A process that hangs cannot count: another one that only runs the corpus does.
      const canCount = outcome.end.kind !== 'failed' && !this.stopped;
      const edges = outcome.edges ?? (canCount ? (await this.runEngine({ ...engine, runs: 0 })).edges : null);
      return { outcome, edges: edges ?? 0 };
    } finally {
      this.current = null;
      if (temporary !== null) {
        rmSync(temporary, { recursive: true, force: true });
      }
    }
  }

  private runEngine(options: EngineProcessOptions): Promise<EngineOutcome> {
    this.current = new EngineProcess(options);
    return this.current.run();
  }

  /** Whole seconds, since the engine knows no others; the first targets get what does not divide. */
  private share(index: number): number | null {
    const { seconds, targets } = this.options;
    if (seconds === null) {
      return null;
    }
    const extra = index < seconds % targets.length ? 1 : 0;
    return Math.max(1, Math.floor(seconds / targets.length) + extra);
  }
}

function generatedFolder(corpus: string, target: string): string {
  return join(corpus, target, 'generated');
}

/** The folder that the engine writes to, then those it only reads. */
function corpusFolders(options: CorpusOptions, target: string, temporary: string | null): readonly string[] {
  const { generated, committed } = options;
  const written = temporary ?? generatedFolder(generated ?? '', target);
  makeFolder(written);
  const read = committed === null ? [] : ['seed', 'regression'].map((name) => join(committed, target, name));
  return [written, ...read.filter((folder) => existsSync(folder))];
}

function targetResult(target: string, outcome: EngineOutcome, edges: number): TargetResult {
  const { end, executions, executionsPerSecond, features, corpus } = outcome;
  const findings =
    'finding' in end ? [end.finding].map(({ oracle, bucket, claim, file }) => ({ oracle, bucket, claim, file })) : [];
  return { target, executions, executionsPerSecond, edges, features, corpus, findings };
}
