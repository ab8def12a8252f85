// Folders of a run: temporary ones, and the check that results can be written before hours are spent on them.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { writeFailure } from './atomic-file.js';
import { EnvironmentError, messageOf } from './errors.js';
import { isRunning } from './running.js';

/** Where temporary folders may be: the usual place, and those that take a loadable file where that one does not. */
export const TEMPORARY_PLACES: readonly string[] = [tmpdir(), '/dev/shm', '/var/tmp'];

/** A fresh folder in the system's temporary one; the caller removes it. */
export function makeTemporaryFolder(purpose: string): string {
  try {
    mkdirSync(tmpdir(), { recursive: true });
    return mkdtempSync(join(tmpdir(), temporaryName(purpose)));
  } catch (error) {
    throw new EnvironmentError(
      `no temporary folder in ${tmpdir()}: ${messageOf(error)}; set TMPDIR to a writable folder`,
    );
  }
}

/** The first part of a temporary folder's name: it says which process of which machine will remove it. */
export function temporaryName(purpose: string): string {
  return `vringfuzz-${purpose}-${machineMark()}-${String(process.pid)}-`;
}

/** Removes temporary folders whose process was killed before it could. */
export function removeOldTemporaryFolders(): void {
  const name = new RegExp(`^vringfuzz-[a-z]+-${machineMark()}-(\\d+)-[A-Za-z0-9]{6}$`);
  for (const place of TEMPORARY_PLACES) {
    for (const entry of namesIn(place)) {
      const owner = name.exec(entry)?.[1];
      if (owner !== undefined && !isRunning(Number(owner))) removeQuietly(join(place, entry));
    }
  }
}

/** Containers may share a temporary folder, and each counts its processes from 1. */
function machineMark(): string {
  let processes = '';
  try {
    processes = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has that.
  }
  return createHash('sha1').update(`${hostname()} ${processes}`).digest('hex').slice(0, 8);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Another user's, or being removed by another campaign.
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
