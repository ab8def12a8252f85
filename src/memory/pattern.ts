// What the buffers hold before anybody writes them: bytes without short periods, different at every address, so that a
// shifted, misplaced or stale copy never looks right by chance. They stand there from the beginning and are put back
// after each execution, so that handing out a buffer writes nothing.

import { DATA_BASE, DATA_SIZE } from './layout.js';

/** The buffers' part of guest memory, from DATA_BASE on. Never written. */
export const PATTERN = makePattern();

/** Puts the pattern into all of the buffers' memory. */
export function fillPattern(bytes: Uint8Array): void {
  bytes.set(PATTERN, DATA_BASE);
}

/** Puts the pattern back between two CPU addresses in the buffers' memory. */
export function restorePattern(bytes: Uint8Array, from: number, to: number): void {
  // A native call costs more than it moves where a buffer has a few bytes.
  if (to - from > 96) bytes.set(PATTERN.subarray(from - DATA_BASE, to - DATA_BASE), from);
  else for (let at = from; at < to; at++) bytes[at] = PATTERN[at - DATA_BASE]!;
}

function makePattern(): Uint8Array {
  const pattern = new Uint8Array(DATA_SIZE);
  let state = 0x2545f491;
  for (let i = 0; i < pattern.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    pattern[i] = state & 0xff;
  }
  return pattern;
}
