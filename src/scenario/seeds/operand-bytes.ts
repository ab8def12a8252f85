// Operand bytes of the steps of a seed. Where a byte's meaning is not a plain number it is found by asking the decoder
// itself (src/scenario/operands.ts), so that a seed cannot say one thing and mean another; what no byte means is a
// RangeError.

import type { PACKED_FIELD_NAMES } from '../../device/packed-device.js';
import type { SPLIT_FIELD_NAMES } from '../../device/split-device.js';
import type { ARM_MODES, MOMENTS } from '../describe.js';
import {
  contextOf,
  inPieces,
  isPremapped,
  offsetOf,
  outPieces,
  pieceSize,
  repeatCount,
  syncRange,
} from '../operands.js';

/** Pieces of a buffer: counts, and bytes of the first two. What is left out is small and at the start of its page. */
export interface Pieces {
  readonly out?: number;
  readonly in?: number;
  readonly first?: number;
  readonly second?: number;
  /** Offset of the first piece in its page. */
  readonly offset?: number;
  /** Multiplies both counts by four. */
  readonly long?: boolean;
}

export interface AddOptions extends Pieces {
  readonly kick?: boolean;
  readonly premapped?: boolean;
  readonly context?: number;
}

export interface OwnMapping {
  readonly direction: 'bidirectional' | 'to-device' | 'from-device';
  readonly size: number;
  readonly offset?: number;
  readonly skipCpuSync?: boolean;
}

/** Part of a mapping: start and length in eighths of it, the length of what is left after the start. */
export interface Eighths {
  readonly start: number;
  readonly length: number;
}

export type Fill = 'all' | 'nothing' | 'half' | 'one' | 'count-read';

/** A ring entry by its index, or counted from the first entry of a pending buffer that the device has seen. */
export type Entry = number | { readonly pending: number; readonly plus?: number };

/** What becomes of a ring field. */
export type Rewrite =
  | 'all-ones'
  | { readonly flip: number }
  | { readonly set: number }
  | { readonly add: number }
  | { readonly numPlus: number }
  | { readonly doublePlus: number };

/** The id that a forged used entry names. Relative ones refer to what the device has seen and not completed. */
export type ForgedId =
  | 'num'
  | 'num-minus-1'
  | 'live-plus-0x10000'
  | 'all-ones'
  | 'live-plus-0x80000000'
  | 'last'
  | 'live-plus-0x100'
  | '0xffff'
  | { readonly pending: number }
  | { readonly nearPending: number }
  | number;

export type ForgedLength =
  number | { readonly writablePlus: number } | { readonly fromTop: number } | { readonly topBitPlus: number };

export type Place = 'slot' | 'readable' | 'writable' | 'granules';
export type RingField = (typeof SPLIT_FIELD_NAMES)[number] | (typeof PACKED_FIELD_NAMES)[number];
export type Moment = (typeof MOMENTS)[number];
export type ArmMode = (typeof ARM_MODES)[number];
export type Failure = 'map' | 'coherent' | 'kmalloc' | 'notify' | 'disable-queue' | 'enable-queue';

const CLASSIC_IDS: readonly ForgedId[] = [
  'num',
  'num-minus-1',
  'live-plus-0x10000',
  'all-ones',
  'live-plus-0x80000000',
  'last',
  'live-plus-0x100',
  '0xffff',
];

/** Bit of an add's first operand; it counts together with others (isPremapped). */
export const PREMAPPED = 64;

/** The first number below `limit` that means what is wanted. */
export function firstByte(what: string, limit: number, means: (byte: number) => boolean): number {
  for (let byte = 0; byte < limit; byte++) if (means(byte)) return byte;
  throw new RangeError(`no byte means this ${what}`);
}

export function inRange(what: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new RangeError(`${what} ${value} is not within ${low} and ${high}`);
}

/** The operands that sizes, offset, context, premapping and length of the chain stand in. */
export function sizeBytes(pieces: Pieces, context: number, premapped: boolean): { b: number; c: number } {
  const factor = pieces.long === true ? 4 : 1;
  for (let c = 0; c < 256; c++) {
    if (outPieces(1, c) !== factor || contextOf(c) !== context) continue;
    if (premapped && !isPremapped(PREMAPPED, c)) continue;
    // A context takes the bits of the offset.
    if (context === 0 && offsetOf(c) !== (pieces.offset ?? 0)) continue;
    for (let b = 0; b < 256; b++) if (hasSizes(pieces, b, c)) return { b, c };
  }
  throw new RangeError(`no operands mean the sizes of ${JSON.stringify(pieces)}`);
}

function hasSizes(pieces: Pieces, b: number, c: number): boolean {
  if (pieces.first !== undefined && pieceSize(b, c, 0) !== pieces.first) return false;
  return pieces.second === undefined || pieceSize(b, c, 1) === pieces.second;
}

export function hasCounts(pieces: Pieces, a: number, c: number): boolean {
  const factor = pieces.long === true ? 4 : 1;
  return outPieces(a, c) === factor * (pieces.out ?? 0) && inPieces(a, c) === factor * (pieces.in ?? 0);
}

export function offsetByte(offset: number): number {
  return firstByte('offset', 256, (c) => offsetOf(c) === offset);
}

export function repeatByte(times: number): number {
  return firstByte('repetition', 8, (a) => repeatCount(a) === times);
}

export function partByte(part: Eighths): number {
  const b = inRange('start', part.start, 0, 7) | (inRange('length', part.length - 1, 0, 7) << 3);
  const { start } = syncRange(b, 8);
  if (start !== part.start) throw new RangeError('a part starts elsewhere than asked');
  return b;
}

export function entryByte(entry: Entry): number {
  if (typeof entry === 'number') return 128 + inRange('entry', entry, 0, 127);
  return inRange('pending buffer', entry.pending, 0, 7) | (inRange('distance', entry.plus ?? 0, 0, 15) << 3);
}

export function rewriteByte(rewrite: Rewrite): number {
  if (rewrite === 'all-ones') return 2 << 5;
  if ('flip' in rewrite) return inRange('bit', rewrite.flip, 0, 31);
  if ('add' in rewrite) return (3 << 5) | (inRange('summand', rewrite.add, -16, 15) + 16);
  if ('numPlus' in rewrite) return (4 << 5) | inRange('distance', rewrite.numPlus, 0, 31);
  if ('doublePlus' in rewrite) return (5 << 5) | inRange('summand', rewrite.doublePlus, 0, 31);
  const { set } = rewrite;
  if (set < 32) return (1 << 5) | inRange('value', set, 0, 31);
  if (set >= 0x10000) return (6 << 5) | inRange('value above 65536', set - 0x10000, 0, 31);
  return (7 << 5) | inRange('multiple of 2048', set / 2048, 0, 31);
}

export function idByte(id: ForgedId): number {
  if (typeof id === 'number') return 128 + inRange('id', id, 0, 63);
  if (typeof id === 'string') return 192 + CLASSIC_IDS.indexOf(id);
  if ('pending' in id) return inRange('pending buffer', id.pending, 0, 63);
  return 64 + inRange('distance', id.nearPending + 3, 0, 7);
}

export function lengthByte(length: ForgedLength): number {
  if (typeof length !== 'number') {
    if ('writablePlus' in length) return 96 + inRange('distance', length.writablePlus, -32, 31);
    if ('fromTop' in length) return 192 + inRange('distance from the top', length.fromTop, 0, 31);
    return inRange('distance', length.topBitPlus, 224, 255);
  }
  if (length < 64) return inRange('length', length, 0, 63);
  return 128 + inRange('multiple of 256', length / 256, 0, 63);
}
