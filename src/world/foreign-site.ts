// Where a violation happened in a driver from outside. What its frames do not tell is named after the call that was made.

import { CALL_CLIENT, CALL_NAMES, CALL_NONE } from '../oracle/calls.js';
import type { CaseFile } from '../oracle/case-file.js';
import type { Blame } from '../oracle/oracle.js';
import type { DriverFrame, ForeignDriver } from '../platform/driver-module.js';
import { backEndFile, framesOf, type Sites, withoutLayer } from './driver-site.js';

/** `stack` is the text of an error's stack. */
export function foreignSitesOf(stack: string, blame: Blame | undefined, c: CaseFile, driver: ForeignDriver): Sites {
  const frames = driver.frames(stack);
  if (blame?.layer === 'dma' || (frames.length === 0 && c.call === CALL_CLIENT)) {
    return c.poolFile === null ? dmaSites(stack, blame, c) : poolSites(frames, blame, c);
  }
  const due = { file: driver.module.name, function: blame?.function ?? callName(c) };
  // A call is of both layouts, which are two drivers.
  const dueOfLayout = { ...due, function: `${c.model.packed ? 'packed' : 'split'}-${due.function}` };
  const frame = frames.find(({ helper }) => helper !== true) ?? frames[0];
  if (frame === undefined) return { exact: due, forBucket: dueOfLayout };
  const { file, function: name, line } = frame;
  const exact = { file, function: name, ...(line === undefined ? {} : { line }) };
  // Where an oracle blames a function, what is on the stack may be anybody who came to see the damage: the blamed name it
  // is, the same for all of them.
  return { exact, forBucket: blame === undefined ? { file, function: name } : dueOfLayout };
}

function dmaSites(stack: string, blame: Blame | undefined, c: CaseFile): Sites {
  const frame = framesOf(stack).find(({ layer }) => layer === 'dma');
  const site = { file: backEndFile(c), function: blame?.function ?? callName(c) };
  return { exact: withoutLayer(frame) ?? site, forBucket: site };
}

/** In bounce buffers that came with the driver. */
function poolSites(frames: readonly DriverFrame[], blame: Blame | undefined, c: CaseFile): Sites {
  const site = { file: backEndFile(c), function: blame?.function ?? callName(c) };
  const frame = frames.find(({ file, helper }) => file === c.poolFile && helper !== true);
  if (frame === undefined) return { exact: site, forBucket: site };
  const { file, function: name, line } = frame;
  return { exact: { file, function: name, ...(line === undefined ? {} : { line }) }, forBucket: site };
}

function callName(c: CaseFile): string {
  return c.call === CALL_NONE ? 'destroy' : (CALL_NAMES[c.call] ?? '');
}
