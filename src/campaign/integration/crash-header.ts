// The error that a finding is thrown as. The engine prints message and stack and nothing else, and tools read what it
// printed, so both are made for them:
//
//   ==123== Uncaught Exception: Jazzer.js: EarlyUnmapError: no mapping ends while ... [early-unmap.split-queue-detach...]
//       at split-queue.detach (/out/vringfuzz/src/driver/split-queue.ts:155:1)
//       at oracle.early-unmap.buffer-in-flight (/out/vringfuzz/src/oracle/early-unmap.ts:1:1)
//
// ClusterFuzz takes a line for a JavaScript crash by the name `Jazzer.js`, and groups crashes by the function names of
// the first three frames. Some names it skips (what starts with `free`, `new` or `main`, for example), hence the prefixes.
// CASR takes the first word that ends in `Error:` for the kind of crash and the first frame for its place, if that frame's
// path is absolute.

import { join } from 'node:path';

import type { Finding } from '../../verdict/verdict.js';

const NAME = 'Jazzer.js';

/** @param project folder that holds `src/`, absolute. */
export function findingError({ oracle, claim, bucket, site }: Finding, project: string): Error {
  const module = site.file.replace(/^.*\//, '').replace(/\.\w+$/, '');
  return engineError(`${errorName(oracle)}: ${claim} [${bucket}]`, [
    frame(`${module}.${site.function}`, join(project, site.file), site.line),
    frame(`oracle.${oracle}.${shapeOf(bucket)}`, join(project, 'src', 'oracle', `${oracle}.ts`)),
  ]);
}

/** @param stack of the error that the harness threw. */
export function harnessBugError(message: string, stack: string): Error {
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
  return engineError(`HarnessError: ${message}`, frames);
}

/** The engine prints the message anew when it is not exactly the first line of the stack. */
function engineError(text: string, frames: readonly string[]): Error {
  const message = text.replaceAll(/\s*\n\s*/g, ' ');
  const error = new Error(message);
  error.name = NAME;
  error.stack = [`${NAME}: ${message}`, ...frames].join('\n');
  return error;
}

/** `EarlyUnmapError` for `early-unmap`. */
function errorName(oracle: string): string {
  const words = oracle.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Error`;
}

/** The last of a bucket's three parts, which holds no blank and no parenthesis. */
function shapeOf(bucket: string): string {
  return bucket.slice(bucket.lastIndexOf('.') + 1);
}

function frame(name: string, file: string, line = 1): string {
  return `    at ${name} (${file}:${String(line)}:1)`;
}
