// What a campaign leaves in crashes/<target>: its record, which the next campaign goes on from, the plot of its growth, and
// its statistics for tools of AFL++. Nothing here stops a campaign: what cannot be read is moved aside, and what cannot be
// written is told once.

import { existsSync, renameSync } from 'node:fs';
import { join, parse } from 'node:path';

import { writeAtomically } from '../atomic-file.js';
import {
  CAMPAIGN_FILE,
  type CampaignRecord,
  readCampaignRecord,
  writeCampaignRecord,
} from '../crashes/campaign-record.js';
import { type FuzzerStats, STATS_FILE, fuzzerStatsText } from '../crashes/fuzzer-stats.js';
import { PLOT_FILE, type PlotRow, appendPlot, resumePlot, startPlot } from '../crashes/plot-data.js';
import { messageOf } from '../errors.js';
import { FolderClaim } from './folder-claim.js';

export interface JournalOptions {
  /** `crashes/<target>`; must exist. */
  readonly folder: string;
  readonly target: string;
  /** Id of the planted bug in the fuzzed build. */
  readonly bug: string | null;
  /** Name of the driver from outside, or null. */
  readonly driver: string | null;
  readonly warn: (text: string) => void;
}

export class CampaignJournal {
  /** What this campaign resumes; null where it is the first of its build. */
  readonly before: CampaignRecord | null;
  /** Process that writes this folder already: then this campaign writes nothing but findings. */
  private readonly otherWriter: number | null;
  private readonly claim: FolderClaim;
  private problemTold = false;

  constructor(private readonly options: JournalOptions) {
    this.claim = new FolderClaim(options.folder);
    this.otherWriter = this.claim.owner();
    if (this.otherWriter !== null) {
      this.options.warn(
        `${options.target}: another campaign (process ${this.otherWriter}) writes ${join(options.folder, CAMPAIGN_FILE)}: ` +
          'this one keeps its findings, but no record, plot or statistics; use --jobs for more processes',
      );
    }
    this.before = this.otherWriter === null ? this.resume() : null;
    this.attempt(() => {
      this.claim.renew();
      if (this.before === null) startPlot(options.folder);
      else resumePlot(options.folder);
    });
  }

  writeRecord(record: CampaignRecord): void {
    this.attempt(() => {
      this.claim.renew();
      writeCampaignRecord(this.options.folder, record);
    });
  }

  writeStats(stats: FuzzerStats): void {
    this.attempt(() => writeAtomically(join(this.options.folder, STATS_FILE), Buffer.from(fuzzerStatsText(stats))));
  }

  plot(row: PlotRow): void {
    this.attempt(() => appendPlot(this.options.folder, row));
  }

  /** Nothing is written any more. */
  close(): void {
    this.claim.release();
  }

  /** The record to go on from, or null where there is none of this build, or none that can be read. */
  private resume(): CampaignRecord | null {
    const { folder, target, bug, driver } = this.options;
    try {
      const record = readCampaignRecord(folder);
      if (record === null || record.target !== target || record.bug !== bug) return null;
      // Records of earlier versions named no driver: the folder is that driver's alone.
      return record.driver === undefined || record.driver.name === driver ? record : null;
    } catch (error) {
      this.moveAside(messageOf(error));
      return null;
    }
  }

  private moveAside(problem: string): void {
    const { folder, warn } = this.options;
    try {
      const record = rename(folder, CAMPAIGN_FILE, '.json');
      if (existsSync(join(folder, PLOT_FILE))) rename(folder, PLOT_FILE, '.txt');
      warn(`${problem.replace(/; move it away .*$/, '')}; it is ${record} now, and counting starts anew`);
    } catch (error) {
      warn(`${problem} (${messageOf(error)})`);
    }
  }

  /** Writes, unless another campaign does. A full disk must not end a campaign whose findings may be printed. */
  private attempt(write: () => void): void {
    if (this.otherWriter !== null) return;
    try {
      write();
    } catch (error) {
      if (!this.problemTold) this.options.warn(`${this.options.target}: ${messageOf(error)}; the campaign goes on`);
      this.problemTold = true;
    }
  }
}

/** Gives a file a name that nobody reads, and returns it. */
function rename(folder: string, name: string, extension: string): string {
  const stem = parse(name).name;
  for (let number = 1; ; number++) {
    const aside = `${stem}.unreadable${number === 1 ? '' : `-${number}`}${extension}`;
    if (existsSync(join(folder, aside))) continue;
    renameSync(join(folder, name), join(folder, aside));
    return aside;
  }
}
