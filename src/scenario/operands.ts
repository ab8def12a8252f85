// What the operands of the client's operations mean: piece counts, sizes, offsets. Shared by the world, which does them,
// and by describe, which says them. Small values are frequent, because mappings cost time and few bytes show as much.

import { type Configuration, ringSize } from './configuration.js';

const OUT_COUNTS = Uint8Array.of(0, 1, 1, 2, 1, 3, 0, 5);
const IN_COUNTS = Uint8Array.of(1, 0, 1, 1, 2, 0, 3, 4);

/** Bytes of a piece. */
const SMALL_SIZES = Uint16Array.of(8, 1, 4, 16, 12, 2, 8, 24, 4, 16, 3, 8, 32, 6, 64, 100);
const LARGE_SIZES = Uint16Array.of(512, 2047, 2048, 2049, 4096, 6144, 3000, 1024);
/** More than any swiotlb mapping can have (256 KiB). */
export const HUGE_SIZE = 0x41000;

/** Offset of a buffer's first piece in its page. */
const OFFSETS = [0, 0x100, 0x7f0, 0xf00] as const;

const PREMAPPED = 64;
const KICK = 128;

/** Multiplies the piece counts: chains that fill larger rings. */
const LONG = 4;

/** Device-readable pieces of an add; 0 of both kinds is one writable piece. */
export function outPieces(a: number, c: number): number {
  return OUT_COUNTS[a & 7]! * (isLong(c) ? LONG : 1);
}

export function inPieces(a: number, c: number): number {
  const count = IN_COUNTS[(a >> 3) & 7]! * (isLong(c) ? LONG : 1);
  return count === 0 && outPieces(a, c) === 0 ? 1 : count;
}

/** Premapped buffers are one in eight, because they leave the driver's own mapping alone. */
export function isPremapped(a: number, c: number): boolean {
  return (a & PREMAPPED) !== 0 && (c & 0xc0) === PREMAPPED;
}

export function kicksAfter(a: number): boolean {
  return (a & KICK) !== 0;
}

/** Context handed over where the queue has contexts; 0 for none. */
export function contextOf(c: number): number {
  return (c & 4) === 0 ? 0 : 1 + (c & 3);
}

export function offsetOf(c: number): number {
  return OFFSETS[c & 3]!;
}

/** Bytes of piece `k`; the first piece of some adds is large, in rare ones larger than can be mapped. */
export function pieceSize(b: number, c: number, k: number): number {
  if (k === 0 && isLarge(c)) return (b & 0x7f) === 0x7f ? HUGE_SIZE : LARGE_SIZES[b & 7]!;
  return SMALL_SIZES[((k & 1) === 0 ? b + 3 * k : (b >> 4) + 5 * k) & 15]!;
}

const MANY_COUNTS = [2, 3, 4, 2, 3, 5, 2, 8, 2, 3, 4, 2, 6, 12, 3, 16] as const;

/** The size that a resize asks for; 0, one too many and sizes of the other layout are what a caller can ask for as well. */
export function resizeTo(config: Configuration, a: number, b: number): number {
  if (b >= 252) return 0;
  if (b >= 248) return config.numMax + 1;
  return ringSize(config.packed || b >= 240, a);
}

/** Buffers of an add-many. */
export function addManyCount(a: number): number {
  return MANY_COUNTS[a & 15]!;
}

/** How many completions or gets in a row. */
export function repeatCount(a: number): number {
  return 1 + (a & 7);
}

/** Bytes of a client mapping. */
export function clientSize(b: number): number {
  return (b & 0x80) === 0 ? SMALL_SIZES[b & 15]! : LARGE_SIZES[b & 7]!;
}

/** Operand `b` of a sync as a share of the mapping: start and length in eighths, rounded to bytes. */
export function syncRange(b: number, size: number): { start: number; size: number } {
  const start = Math.trunc((size * (b & 7)) / 8);
  const length = Math.max(1, Math.trunc(((size - start) * (1 + ((b >> 3) & 7))) / 8));
  return { start, size: Math.min(length, size - start) };
}

function isLong(c: number): boolean {
  return c >> 3 === 31;
}

function isLarge(c: number): boolean {
  return c >> 4 === 14;
}
