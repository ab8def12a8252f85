// Folders of a run: temporary ones, and the check that results can be written before hours are spent on them.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { writeFailure } from './atomic-file.js';
import { EnvironmentError, messageOf } from './errors.js';

/** A fresh folder in the system's temporary one; the caller removes it. */
export function makeTemporaryFolder(purpose: string): string {
  try {
    mkdirSync(tmpdir(), { recursive: true });
    return mkdtempSync(join(tmpdir(), `vringfuzz-${purpose}-`));
  } catch (error) {
    throw new EnvironmentError(
      `no temporary folder in ${tmpdir()}: ${messageOf(error)}; set TMPDIR to a writable folder`,
    );
  }
}

/** Makes the folder and writes a file into it. Throws EnvironmentError with the reason and what to do. */
export function checkWritable(folder: string): void {
  const probe = join(folder, `.probe-${String(process.pid)}`);
  try {
    makeWithParents(resolve(folder));
    // As much as a large input with its trace, so that a disk with a few bytes left is noticed as well.
    writeFileSync(probe, Buffer.alloc(64 * 1024));
  } catch (error) {
    throw writeFailure(folder, error);
  } finally {
    removeProbe(probe);
  }
}

function removeProbe(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It was never written: that failure is the one to tell.
  }
}

/** One level at a time: node's own `recursive` never returns on file systems such as /proc, which deny with ENOENT. */
function makeWithParents(folder: string): void {
  if (existsSync(folder)) {
    return;
  }
  makeWithParents(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
}
