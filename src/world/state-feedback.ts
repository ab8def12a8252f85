// What fuzzing is steered by besides code edges: which operation was done in which state of the queue (measured: a bug
// behind 18 valid completions is found by every seed with it and by none without).

import type { QueueModel } from '../oracle/queue-model.js';

/** Behind the places of the operations, of which there are fewer than 48 in every form of input. */
const UNTOLD = 48 << 6;

/** Length of the state-feedback map in bytes. libFuzzer scans all of it after each run, so it is kept small. */
export const STATE_FEEDBACK_SIZE = UNTOLD + 64;

/**
 * Marks one step; `lied` says that the device has done something hostile before. A mark, not a count: how often a state
 * was seen is no reason to keep an input (with counts the corpus grew past 8,000 inputs in 100,000 executions).
 */
export function markState(map: Uint8Array, model: QueueModel, operation: number, lied: boolean): void {
  const { num, numFree } = model;
  let free = 1;
  if (numFree === 0) free = 0;
  else if (numFree === num) free = 3;
  else if (numFree * 2 >= num) free = 2;
  const lap = model.packed ? (model.usedWrap ? 0 : 1) : model.usedIndex >= 2 * num ? 2 : model.usedIndex >= num ? 1 : 0;
  const state = model.broken ? 12 : (lap << 2) | (model.callbacksOn ? 2 : 0) | (lied ? 1 : 0);
  // 64 places for the operations, 64 states each: four of the free list, sixteen of the rest.
  map[(((operation << 2) | free) << 4) | state] = 1;
  // How much was added since the last kick decision, in steps of 16: an input that lets more pile up is worth keeping, or
  // nothing leads to 256 descriptors that nobody was told of (measured: bugs/README.md, num-added-8-bit).
  const { numAdded } = model;
  if (numAdded >= 16) map[UNTOLD | (Math.min(numAdded >> 4, 31) << 1) | (model.eventIndex ? 1 : 0)] = 1;
}
