// Fuzzes targets one after the other, each for its share of the time, and gathers what came of it.

import { randomInt } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { makeFolder } from './atomic-file.js';
import { checkCorpusFormat, markCorpusFormat } from './corpus/corpus-format.js';
import { EnvironmentError } from './errors.js';
import { checkWritable, makeTemporaryFolder, removeOldTemporaryFolders } from './folders.js';
import type { CampaignOptions, CorpusOptions } from './fuzzing/campaign-options.js';
import type { CampaignListener, CampaignOutcome, TargetResult } from './fuzzing/campaign-result.js';
import { removeUnfinished } from './fuzzing/leftovers.js';
import { targetByName } from '../target/targets.js';
import { type TargetEnd, TargetRun } from './fuzzing/target-run.js';

/** Bytes: a header and 64 records, the most that a scenario has. */
export const DEFAULT_MAX_LENGTH = 260;

const EXIT_FAILED = 1;
/** Worst first. */
const EXIT_CODES: readonly number[] = [3, 77, 70, EXIT_FAILED, 0];

export class FuzzCampaign {
  private current: TargetRun | null = null;
  private stopped = false;
  private readonly startedAt = Date.now();

  /** Throws EnvironmentError when results could not be written, UsageError for a corpus of another input format. */
  constructor(
    private readonly options: CampaignOptions,
    private readonly listener: CampaignListener,
  ) {
    removeOldTemporaryFolders();
    checkWritable(options.crashes);
    removeUnfinished(options.crashes);
    for (const { name } of options.targets) {
      const { generated } = options.corpus;
      if (generated !== null) {
        checkWritable(generatedFolder(generated, name));
        removeUnfinished(generatedFolder(generated, name));
        checkCorpusFormat(generatedFolder(generated, name));
      }
      committedFolders(options.corpus, name).forEach(checkCorpusFormat);
    }
  }

  async run(): Promise<CampaignOutcome> {
    const targets: TargetResult[] = [];
    const codes: number[] = [];
    let failure: EnvironmentError | null = null;
    for (const [index, { name }] of this.options.targets.entries()) {
      if (this.stopped || failure !== null) break;
      const end = await this.fuzz(name, this.share(index));
      targets.push(end.result);
      codes.push(end.failure === null ? end.exitCode : Math.max(end.exitCode, EXIT_FAILED));
      failure = end.failure === null ? null : new EnvironmentError(end.failure);
    }
    // Once more: the engine of a campaign that was killed just before this one may have written to its folder since.
    removeOldTemporaryFolders();
    const exitCode = EXIT_CODES.find((code) => codes.includes(code)) ?? 0;
    return { result: { targets }, exitCode, failure };
  }

  /** Ends the current target cleanly and starts no other; a second call ends it at once. */
  stop(): void {
    this.stopped = true;
    this.current?.stop();
  }

  private async fuzz(target: string, seconds: number | null): Promise<TargetEnd> {
    const { generated } = this.options.corpus;
    const temporary = generated === null ? makeTemporaryFolder('corpus') : null;
    try {
      const written = temporary ?? generatedFolder(generated ?? '', target);
      makeFolder(written);
      if (temporary === null) markCorpusFormat(written);
      const committed = committedFolders(this.options.corpus, target);
      const seed = this.options.seed ?? randomInt(1, 2 ** 31);
      this.current = new TargetRun(
        {
          ...this.options,
          target,
          seconds,
          seed,
          corpus: [written, ...committed],
          regression: committed.find((folder) => folder.endsWith(REGRESSION)) ?? null,
        },
        this.listener,
      );
      return await this.current.run();
    } finally {
      this.current = null;
      if (temporary !== null) {
        rmSync(temporary, { recursive: true, force: true });
      }
    }
  }

  /**
   * Whole seconds, since the engine knows no others; the first targets get what does not divide. With a stop rule, what a
   * target left is for those after it.
   */
  private share(index: number): number | null {
    const { seconds, targets, untilRisk } = this.options;
    if (seconds === null) {
      return null;
    }
    const [all, count] =
      untilRisk === null ? [seconds, targets.length] : [this.secondsLeft(seconds), targets.length - index];
    const extra = (untilRisk === null ? index : 0) < all % count ? 1 : 0;
    return Math.max(1, Math.floor(all / count) + extra);
  }

  private secondsLeft(seconds: number): number {
    return Math.max(0, Math.round(seconds - (Date.now() - this.startedAt) / 1000));
  }
}

const REGRESSION = 'regression';

function generatedFolder(corpus: string, target: string): string {
  return join(corpus, target, 'generated');
}

function committedFolders({ committed }: CorpusOptions, target: string): readonly string[] {
  if (committed === null) return [];
  const home = targetByName(target)?.seedsOf ?? target;
  return ['seed', REGRESSION].map((name) => join(committed, home, name)).filter((folder) => existsSync(folder));
}
