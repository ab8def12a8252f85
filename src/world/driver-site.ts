// Where in the driver a violation happened: read from the stack of the error, or said by the oracle where the moment at
// which something is seen has nothing to do with what made it so. One place for people, as exact as can be; and one for the
// bucket, which is the same whichever way the driver got there.

import {
  CALL_CLIENT,
  CALL_NAMES,
  CALL_NONE,
  CALL_ADD,
  CALL_DISABLE_CB,
  CALL_ENABLE_CB_DELAYED,
  CALL_ENABLE_CB_PREPARE,
  CALL_GET,
  CALL_KICK_PREPARE,
  CALL_POLL,
} from '../oracle/calls.js';
import type { CaseFile } from '../oracle/case-file.js';
import type { Blame } from '../oracle/oracle.js';
import type { DriverSite } from '../verdict/verdict.js';

export interface Sites {
  readonly exact: DriverSite;
  /** Without a line. */
  readonly forBucket: DriverSite;
}

/** `stack` is the text of an error's stack. */
export function sitesOf(stack: string, blame: Blame | undefined, c: CaseFile): Sites {
  const frames = framesOf(stack);
  if (blame !== undefined) {
    const site = { file: blamedFile(blame, c), function: blame.function };
    const frame = frames.find((each) => each.file === site.file && each.function === site.function);
    return { exact: withoutLayer(frame) ?? site, forBucket: site };
  }
  return { exact: exactSite(frames) ?? callSite(c), forBucket: withoutLine(entrySite(frames) ?? callSite(c)) };
}

export interface Frame extends DriverSite {
  readonly layer: 'driver' | 'dma';
}

const FRAME = /^\s+at (?:async )?(?:new )?([^ (]+) .*?[/\\]src[/\\](driver|dma)[/\\]([\w-]+)\.(ts|js):(\d+)/;

/** Frames in our own driver and the DMA layer, the innermost first. */
export function framesOf(stack: string): readonly Frame[] {
  return stack.split('\n').flatMap((line): readonly Frame[] => {
    const match = FRAME.exec(line);
    if (match === null) return [];
    const [, name = '', folder = '', file = '', extension = '', position = ''] = match;
    return [
      {
        layer: folder === 'dma' ? 'dma' : 'driver',
        file: `src/${folder}/${file}.ts`,
        function: name.replace(/^.*\./, ''),
        // A line of compiled code would mislead; with source maps on, the stack names the source.
        ...(extension === 'ts' ? { line: Number(position) } : {}),
      },
    ];
  });
}

/** The innermost frame in one of the queues, else in the driver, else in the DMA layer. */
function exactSite(frames: readonly Frame[]): DriverSite | undefined {
  const found =
    frames.find(({ file }) => file.endsWith('-queue.ts')) ??
    frames.find(({ layer }) => layer === 'driver') ??
    frames[0];
  return withoutLayer(found);
}

export function withoutLayer(frame: Frame | undefined): DriverSite | undefined {
  if (frame === undefined) return undefined;
  const { layer: _layer, ...site } = frame;
  return site;
}

/** The end of a buffer's flight and the end of a ring: many calls come to them, and none of these is to blame. */
const ENDINGS: readonly string[] = ['detach', 'freeRing'];

/**
 * Where the driver's work began: an ending, else the function of the queue's layout that was called. Helpers in between
 * differ with the shape of the buffer, not with the bug.
 */
function entrySite(frames: readonly Frame[]): DriverSite | undefined {
  const ending = frames.find((frame) => ENDINGS.includes(frame.function) && frame.file.endsWith('-queue.ts'));
  if (ending !== undefined) return ending;
  const queue = frames.filter(({ file }) => file.endsWith('-queue.ts'));
  const layout = queue.filter(({ file }) => !file.endsWith('/ring-queue.ts'));
  return layout.at(-1) ?? queue.at(-1) ?? exactSite(frames);
}

/** Calls that split and packed queues answer each in their own way; the others are shared. */
const OF_LAYOUT: readonly number[] = [
  CALL_ADD,
  CALL_GET,
  CALL_KICK_PREPARE,
  CALL_DISABLE_CB,
  CALL_ENABLE_CB_PREPARE,
  CALL_POLL,
  CALL_ENABLE_CB_DELAYED,
];

/** Where none is on the stack: the function whose result was judged. */
function callSite(c: CaseFile): DriverSite {
  const name = CALL_NAMES[c.call] ?? '';
  if (c.call === CALL_CLIENT) return { file: backEndFile(c), function: name };
  if (c.call === CALL_NONE) return { file: SHARED, function: 'destroy' };
  const layout = OF_LAYOUT.includes(c.call);
  return { file: layout ? layoutFile(c) : SHARED, function: name };
}

const SHARED = 'src/driver/ring-queue.ts';

function blamedFile({ layer }: Blame, c: CaseFile): string {
  if (layer === 'dma') return backEndFile(c);
  return layer === 'layout' ? layoutFile(c) : SHARED;
}

function layoutFile(c: CaseFile): string {
  return `src/driver/${c.model.packed ? 'packed' : 'split'}-queue.ts`;
}

/** The file of the back end in use. */
export function backEndFile(c: CaseFile): string {
  if (c.bounced) return c.vduse ? 'src/dma/vduse.ts' : (c.poolFile ?? 'src/dma/swiotlb.ts');
  if (c.iommu) return 'src/dma/iommu.ts';
  return c.model.useDmaApi ? 'src/dma/direct.ts' : 'src/dma/none.ts';
}

function withoutLine({ file, function: name }: DriverSite): DriverSite {
  return { file, function: name };
}
