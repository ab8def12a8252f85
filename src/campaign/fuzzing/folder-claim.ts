// Says that a campaign writes a folder: two at once would replace each other's record. A file that names the process, and
// that is renewed: one of a process that is gone, or that has not been renewed for long, means nothing.

import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { writeAtomically } from '../atomic-file.js';
import { isRunning } from '../running.js';

/** Every other reader of the folder takes it for an unfinished write, which it may ignore. */
const CLAIM = /^\.campaign\.(\d+)\.tmp$/;
/** A campaign renews its claim every few seconds; after this time the process id may be another's. */
const SILENT_MILLISECONDS = 60_000;

export class FolderClaim {
  constructor(private readonly folder: string) {}

  /** The process that writes the folder, if it is not this one; null where there is none. */
  owner(): number | null {
    for (const name of readdirSync(this.folder)) {
      const owner = Number(CLAIM.exec(name)?.[1] ?? process.pid);
      if (owner !== process.pid && isRunning(owner) && this.isRecent(name)) return owner;
    }
    return null;
  }

  /** Throws EnvironmentError. */
  renew(): void {
    writeAtomically(this.file, new Uint8Array(0));
  }

  release(): void {
    try {
      rmSync(this.file, { force: true });
    } catch {
      // It means nothing once this process is gone.
    }
  }

  private get file(): string {
    return join(this.folder, `.campaign.${process.pid}.tmp`);
  }

  private isRecent(name: string): boolean {
    try {
      return Date.now() - statSync(join(this.folder, name)).mtimeMs < SILENT_MILLISECONDS;
    } catch {
      return false;
    }
  }
}
