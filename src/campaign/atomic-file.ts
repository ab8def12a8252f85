// Files that are either complete or absent, whatever happens to the process, and failures to write said in plain words.

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { EnvironmentError } from './errors.js';

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ['no space left on the device', 'free some space or choose another folder'],
  EDQUOT: ['the disk quota is used up', 'free some space or choose another folder'],
  EROFS: ['the file system is read-only', 'choose a folder on a writable file system'],
  EACCES: ['permission denied', 'make the folder writable or choose another one'],
  EPERM: ['operation not permitted', 'make the folder writable or choose another one'],
  ENOTDIR: ['a part of the path is a file, not a folder', 'move the file away or choose another folder'],
  EEXIST: ['a file of that name is in the way', 'move the file away or choose another folder'],
  ENOENT: ['the folder cannot be created', 'choose a folder on a writable file system'],
  EISDIR: ['a folder of that name is in the way', 'move it away or choose another folder'],
  ENAMETOOLONG: ['the path is too long', 'choose a folder with a shorter path'],
  EMFILE: ['too many open files', 'raise the limit (ulimit -n)'],
};

/** The EnvironmentError for a failed write to `path`. */
export function writeFailure(path: string, error: unknown): EnvironmentError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const [reason, hint] = REASONS[code] ?? [(error as Error).message, 'choose another folder'];
  const name = code === '' ? '' : ` (${code})`;
  return new EnvironmentError(`cannot write ${path}: ${reason}${name}; ${hint}`);
}

/** Creates a folder and its parents. Throws EnvironmentError. */
export function makeFolder(path: string): void {
  // One at a time: Node's recursive mkdir never returns where a folder exists but takes no children, as in /proc.
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailure(path, error);
  }
}

/**
 * Writes `content` under a temporary name in the same folder, flushes it to the disk and renames it to `path`, replacing
 * what is there. The folder must exist. Throws EnvironmentError.
 */
export function writeAtomically(path: string, content: Uint8Array): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const descriptor = openSync(temporary, 'w');
    try {
      for (let written = 0; written < content.length;) {
        written += writeSync(descriptor, content, written);
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeFailure(path, error);
  }
}

/** The content of a file, or null when there is none. */
export function contentOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw writeFailure(path, error);
  }
}
