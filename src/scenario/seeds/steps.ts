// Operations by name, with options that say what they mean, turned into records. Operand bytes are found by asking the
// decoder itself (src/scenario/operands.ts), so that a seed cannot say one thing and mean another; what no byte means is
// a RangeError.

import { PACKED_FIELD_NAMES } from '../../device/packed-device.js';
import { SPLIT_FIELD_NAMES } from '../../device/split-device.js';
import { FAILURE_NAMES } from '../../platform/failures.js';
import { sizeByte } from '../configuration.js';
import { ARM_MODES, MOMENTS } from '../describe.js';
import {
  addManyCount,
  clientSize,
  contextOf,
  inPieces,
  isPremapped,
  offsetOf,
  outPieces,
  pieceSize,
  repeatCount,
  syncRange,
} from '../operands.js';
import type { Operation } from '../operations.js';
import type { Step } from '../scenario.js';

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

const FILLS: readonly Fill[] = ['all', 'nothing', 'half', 'one', 'count-read'];
const PLACES: readonly Place[] = ['slot', 'readable', 'writable', 'granules'];
const DIRECTIONS: readonly OwnMapping['direction'][] = ['bidirectional', 'to-device', 'from-device'];
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

const PREMAPPED = 64;
const KICK = 128;
const SKIP_CPU_SYNC = 128;
const NO_INTERRUPT = 1;

/** The operations, as a seed writes them down. */
export class Steps {
  private readonly fields: readonly string[];

  constructor(private readonly packed: boolean) {
    this.fields = packed ? PACKED_FIELD_NAMES : SPLIT_FIELD_NAMES;
  }

  // The driver's client.

  add(options: AddOptions): Step {
    const { c, b } = sizeBytes(options, options.context ?? 0, options.premapped === true);
    const kinds = firstByte('piece counts', 64, (a) => hasCounts(options, a, c));
    return step('add', kinds | (options.premapped === true ? PREMAPPED : 0) | (options.kick === true ? KICK : 0), b, c);
  }

  addMany(times: number, pieces: Pieces): Step {
    const { c, b } = sizeBytes(pieces, 0, false);
    const kinds = firstByte('piece counts of an add-many', 16, (a) => hasCounts(pieces, a, c));
    return step('add-many', firstByte('number of buffers', 16, (a) => addManyCount(a) === times) | (kinds << 4), b, c);
  }

  get(times = 1): Step {
    return step('get', repeatByte(times));
  }

  drain(): Step {
    return step('drain');
  }

  kick(): Step {
    return step('kick');
  }

  kickPrepare(): Step {
    return step('kick-prepare');
  }

  notify(): Step {
    return step('notify');
  }

  disableCb(): Step {
    return step('disable-cb');
  }

  enableCb(): Step {
    return step('enable-cb');
  }

  enableCbDelayed(): Step {
    return step('enable-cb-delayed');
  }

  prepareAndPoll(): Step {
    return step('prepare-and-poll');
  }

  interrupt(): Step {
    return step('interrupt');
  }

  detachAll(): Step {
    return step('detach-all');
  }

  reset(): Step {
    return step('reset');
  }

  /** To any size that either layout has, to 0, or to one that no queue has. */
  resize(num: number | 'too-large'): Step {
    if (num === 'too-large') return step('resize', 0, 248);
    if (num === 0) return step('resize', 0, 252);
    const foreign = !this.packed && (num & (num - 1)) !== 0;
    return step('resize', sizeByte(this.packed || foreign, num), foreign ? 240 : 0);
  }

  query(): Step {
    return step('query');
  }

  break(): Step {
    return step('break');
  }

  // The client's own mappings, counted from 0 in the order of mapping.

  clientMap(mapping: OwnMapping): Step {
    const skip = mapping.skipCpuSync === true ? SKIP_CPU_SYNC : 0;
    const direction = DIRECTIONS.indexOf(mapping.direction);
    const a = firstByte('direction', 128, (low) => (skip + low) % 3 === direction);
    const b = firstByte('size', 256, (byte) => clientSize(byte) === mapping.size);
    return step('client-map', skip + a, b, offsetByte(mapping.offset ?? 0));
  }

  clientWrite(mapping: number, part: Eighths): Step {
    return step('client-write', mapping, partByte(part));
  }

  clientSync(mapping: number, part: Eighths, side: 'cpu' | 'device'): Step {
    return step('client-sync', mapping, partByte(part), side === 'cpu' ? 0 : 1);
  }

  clientUnmap(mapping: number): Step {
    return step('client-unmap', mapping);
  }

  /** `amount`: unmap of 1 + 32 * amount bytes, or sync from there on for more than is left. */
  clientMisuse(mapping: number, how: 'wrong-size' | 'beyond-end' | 'twice', amount = 0): Step {
    return step('client-misuse', mapping, ['wrong-size', 'beyond-end', 'twice'].indexOf(how), amount);
  }

  // The honest device.

  complete(pending: number, fill: Fill, options: { readonly interrupt: boolean } = { interrupt: true }): Step {
    return step('complete', pending, FILLS.indexOf(fill), options.interrupt ? 0 : NO_INTERRUPT);
  }

  completeMany(times: number, fill: Fill, options: { readonly interrupt: boolean } = { interrupt: true }): Step {
    return step('complete-many', repeatByte(times), FILLS.indexOf(fill), options.interrupt ? 0 : NO_INTERRUPT);
  }

  /** Writes `length` bytes (1 to 64) from byte `start` on into a mapping of the client's own. */
  deviceFill(mapping: number, start: number, length: number): Step {
    return step('device-fill', mapping, inRange('length', length - 1, 0, 63), start);
  }

  wantKicks(wanted: boolean): Step {
    return step('want-kicks', wanted ? 0 : 1);
  }

  // The hostile device.

  poke(field: RingField, entry: Entry, rewrite: Rewrite): Step {
    return step('poke', this.field(field), entryByte(entry), rewriteByte(rewrite));
  }

  pokeAll(field: RingField, rewrite: Rewrite): Step {
    return step('poke-all', this.field(field), 0, rewriteByte(rewrite));
  }

  copyField(field: RingField, from: Entry, to: Entry): Step {
    return step('copy-field', this.field(field), entryByte(to), entryByte(from));
  }

  /** `slots`: how far a packed device moves on, 1 to 4. */
  forgeUsed(id: ForgedId, length: ForgedLength, slots = 1): Step {
    return step('forge-used', idByte(id), lengthByte(length), inRange('slots', slots - 1, 0, 3));
  }

  /** Moves the used position by a signed 16-bit amount. */
  jumpUsed(delta: number): Step {
    inRange('delta', delta, -0x8000, 0x7fff);
    return step('jump-used', delta & 0xff, (delta >> 8) & 0xff);
  }

  /** `which`: a slot of the bounce pool, with `where` in units of 8 bytes, or a pending buffer. */
  scribble(place: Place, which: number, where = 0): Step {
    return step('scribble', PLACES.indexOf(place), which, where);
  }

  /** `offset` counts through descriptor, driver and device area. */
  rawByte(offset: number, value: number): Step {
    return step('raw-byte', offset & 0xff, offset >> 8, value);
  }

  // Placement.

  /** Changes the field that the k-th shared load from here reads, just before it does. */
  armLoad(k: number, mode: ArmMode, operand: number): Step {
    const a = (inRange('load', k - 1, 0, 63) << 2) | ARM_MODES.indexOf(mode);
    return step('arm-load', a, operand & 0xff, operand >> 8);
  }

  /** Puts off the next device operation to the k-th such moment. */
  defer(moment: Moment, k: number): Step {
    return step('defer', MOMENTS.indexOf(moment), inRange('moment', k - 1, 0, 15));
  }

  /** After `after` attempts that work, those of the next eight fail whose bit is set. */
  fail(kind: Failure, after: number, mask = 1): Step {
    return step('fail', FAILURE_NAMES.indexOf(kind), inRange('attempts', after, 0, 15), mask);
  }

  private field(name: RingField): number {
    const index = this.fields.indexOf(name);
    if (index < 0) throw new RangeError(`a ${this.packed ? 'packed' : 'split'} ring has no field ${name}`);
    return index;
  }
}

function step(operation: Operation, a = 0, b = 0, c = 0): Step {
  return { operation, a, b, c };
}

/** The first number below `limit` that means what is wanted. */
function firstByte(what: string, limit: number, means: (byte: number) => boolean): number {
  for (let byte = 0; byte < limit; byte++) if (means(byte)) return byte;
  throw new RangeError(`no byte means this ${what}`);
}

function inRange(what: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new RangeError(`${what} ${value} is not within ${low} and ${high}`);
}

/** The operands that sizes, offset, context, premapping and length of the chain stand in. */
function sizeBytes(pieces: Pieces, context: number, premapped: boolean): { b: number; c: number } {
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

function hasCounts(pieces: Pieces, a: number, c: number): boolean {
  const factor = pieces.long === true ? 4 : 1;
  return outPieces(a, c) === factor * (pieces.out ?? 0) && inPieces(a, c) === factor * (pieces.in ?? 0);
}

function offsetByte(offset: number): number {
  return firstByte('offset', 256, (c) => offsetOf(c) === offset);
}

function repeatByte(times: number): number {
  return firstByte('repetition', 8, (a) => repeatCount(a) === times);
}

function partByte(part: Eighths): number {
  const b = inRange('start', part.start, 0, 7) | (inRange('length', part.length - 1, 0, 7) << 3);
  const { start } = syncRange(b, 8);
  if (start !== part.start) throw new RangeError('a part starts elsewhere than asked');
  return b;
}

function entryByte(entry: Entry): number {
  if (typeof entry === 'number') return 128 + inRange('entry', entry, 0, 127);
  return inRange('pending buffer', entry.pending, 0, 7) | (inRange('distance', entry.plus ?? 0, 0, 15) << 3);
}

function rewriteByte(rewrite: Rewrite): number {
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

function idByte(id: ForgedId): number {
  if (typeof id === 'number') return 128 + inRange('id', id, 0, 63);
  if (typeof id === 'string') return 192 + CLASSIC_IDS.indexOf(id);
  if ('pending' in id) return inRange('pending buffer', id.pending, 0, 63);
  return 64 + inRange('distance', id.nearPending + 3, 0, 7);
}

function lengthByte(length: ForgedLength): number {
  if (typeof length !== 'number') {
    if ('writablePlus' in length) return 96 + inRange('distance', length.writablePlus, -32, 31);
    if ('fromTop' in length) return 192 + inRange('distance from the top', length.fromTop, 0, 31);
    return inRange('distance', length.topBitPlus, 224, 255);
  }
  if (length < 64) return inRange('length', length, 0, 63);
  return 128 + inRange('multiple of 256', length / 256, 0, 63);
}
