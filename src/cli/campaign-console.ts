// Shows a campaign while it runs: live status on standard error, findings where they do not disturb JSON.

import { relative } from 'node:path';

import { type Sidecar, readSidecar, sidecarPath } from '../campaign/crashes/crash-store.js';
import type { LoadedDriver } from '../campaign/drivers/loaded-driver.js';
import { messageOf } from '../campaign/errors.js';
import type { CampaignListener, CampaignStatus, FoundBucket } from '../campaign/fuzzing/campaign-result.js';
import { foundText, statusForms } from '../report/campaign-text.js';
import { coloursFor } from '../report/colours.js';
import { StatusLine } from '../report/status-line.js';
import { note } from './options.js';

export interface ConsoleOptions {
  readonly bug: string | null;
  readonly driver: LoadedDriver | null;
  /** What a command needs to have the same build. */
  readonly commandArguments: readonly string[];
  /** Standard output belongs to a JSON document. */
  readonly json: boolean;
  /** The first new bucket of a target is told in full: it ends there, or nobody asked for many. */
  readonly inFull: boolean;
}

export class CampaignConsole implements CampaignListener {
  private readonly status = new StatusLine(process.stderr);
  private readonly output: NodeJS.WriteStream;
  /** Targets whose first new bucket was told. */
  private readonly told = new Set<string>();

  constructor(private readonly options: ConsoleOptions) {
    this.output = options.json ? process.stderr : process.stdout;
  }

  started(target: string, { seeds, resumed }: { readonly seeds: readonly number[]; readonly resumed: boolean }): void {
    const bug = this.options.bug === null ? '' : `, bug ${this.options.bug}`;
    const driver = this.options.driver === null ? '' : `, driver ${this.options.driver.identity.name}`;
    const further = seeds.length > 1 ? ` to ${String(seeds.at(-1))}` : '';
    note(`${target}: seed ${String(seeds[0])}${further}${bug}${driver}${resumed ? ', resuming its campaign' : ''}`);
  }

  progressed(status: CampaignStatus): void {
    this.status.update(() => statusForms(status));
  }

  warned(text: string): void {
    this.status.clear();
    note(text);
  }

  found(target: string, found: FoundBucket): void {
    this.status.clear();
    const { commandArguments, inFull } = this.options;
    const shown = withShortPath(found);
    const isFirst = found.standing !== 'known' && !this.told.has(target);
    if (isFirst) this.told.add(target);
    this.output.write(
      foundText(target, shown, {
        inFull: inFull && isFirst,
        sidecar: shown.file === null || !inFull ? null : readableSidecar(shown.file),
        commandArguments,
        colours: coloursFor(this.output),
      }),
    );
  }

  ended(): void {
    this.status.clear();
  }
}

/** Null when it cannot be read: the finding is stored and told all the same. */
function readableSidecar(file: string): Sidecar | null {
  try {
    return readSidecar(sidecarPath(file));
  } catch (error) {
    note(messageOf(error));
    return null;
  }
}

/** The path as one would type it here. */
function withShortPath(found: FoundBucket): FoundBucket {
  if (found.file === null) {
    return found;
  }
  const short = relative(process.cwd(), found.file);
  return { ...found, file: short.startsWith('..') ? found.file : short };
}
