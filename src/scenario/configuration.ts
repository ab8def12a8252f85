// The 4-byte header: what queue, on what platform. Every value of every byte means something.
//
//   byte 0  bit 0 packed, 1 indirect, 2 event index, 3 no callback, 4 contexts, 5-6 back end, 7 no queue reset
//   byte 1  ring size
//   byte 2  bits 0-1 pool slots, 2-3 minimum alignment, 4-5 allocation alignment, 6-7 alignment of the used ring
//   byte 3  bits 0-3 failure while the queue is created, 4 the device starts with kicks off, 5 in order,
//           6 vduse instead of swiotlb

import { BACK_END_NAMES, type BackEndName } from '../dma/back-end.js';
import { FAIL_COHERENT, FAIL_KMALLOC, type FailureKind } from '../platform/failures.js';
import type { TargetSpec } from '../target/target-spec.js';

export const HEADER_SIZE = 4;

/** Byte 3: where the back end would be swiotlb, it is vduse. */
const VDUSE_BIT = 64;

/** What the world is built from. Mutable, because one object is decoded into again and again. */
export interface Configuration {
  packed: boolean;
  num: number;
  numMax: number;
  align: number;
  indirect: boolean;
  eventIndex: boolean;
  context: boolean;
  callback: boolean;
  inOrder: boolean;
  useDmaApi: boolean;
  backEnd: BackEndName;
  poolSlots: number;
  minAlignMask: number;
  allocAlignMask: number;
  resettable: boolean;
  kicksOff: boolean;
  /** Which kind of allocation fails during creation, and after how many that succeed; -1 for none. */
  createFailure: FailureKind | -1;
  createFailureSkip: number;
}

/** Sizes that a ring can have; small ones often, because wraps and full rings are then a few records away. */
const SPLIT_SIZES = [4, 8, 2, 16, 1, 4, 8, 4, 2, 8, 16, 32, 64, 128, 256, 8] as const;
const PACKED_SIZES = [4, 8, 3, 5, 1, 2, 7, 4, 6, 8, 16, 33, 64, 129, 256, 10] as const;
export const MAX_NUM = 256;

export const POOL_SLOTS = [256, 16, 128, 4] as const;
export const MIN_ALIGN_MASKS = [0, 0xfff, 0x1ff, 0x7ff] as const;
export const ALLOC_ALIGN_MASKS = [0, 0, 0xfff, 0x3fff] as const;
export const USED_ALIGNMENTS = [4, 64, 4096, 16] as const;

export function blankConfiguration(): Configuration {
  return {
    packed: false,
    num: 4,
    numMax: MAX_NUM,
    align: 4,
    indirect: false,
    eventIndex: false,
    context: false,
    callback: true,
    inOrder: false,
    useDmaApi: true,
    backEnd: 'direct',
    poolSlots: 256,
    minAlignMask: 0,
    allocAlignMask: 0,
    resettable: true,
    kicksOff: false,
    createFailure: -1,
    createFailureSkip: 0,
  };
}

/** The back ends that the header of an input of that target can say. */
export function backEndsOf(target: TargetSpec): readonly BackEndName[] {
  if (target.backEnd === 'any') return BACK_END_NAMES;
  return target.backEnd === 'swiotlb' ? ['swiotlb', 'vduse'] : [target.backEnd];
}

/** The ring size that a resize or header byte means. */
export function ringSize(packed: boolean, byte: number): number {
  if (packed && byte >= 128) return byte - 127;
  return (packed ? PACKED_SIZES : SPLIT_SIZES)[byte & 15]!;
}

/** Decodes the header at the start of `bytes` into `into`; missing bytes count as 0. */
export function decodeConfiguration(target: TargetSpec, bytes: Uint8Array, into: Configuration): void {
  const flags = bytes[0] ?? 0;
  const size = bytes[1] ?? 0;
  const platform = bytes[2] ?? 0;
  const extra = bytes[3] ?? 0;
  into.packed = target.ring === 'any' ? (flags & 1) !== 0 : target.ring === 'packed';
  into.num = ringSize(into.packed, size);
  into.indirect = (flags & 2) !== 0;
  into.eventIndex = (flags & 4) !== 0;
  into.callback = (flags & 8) === 0;
  into.context = (flags & 16) !== 0;
  into.backEnd = target.backEnd === 'any' ? BACK_END_NAMES[(flags >> 5) & 3]! : target.backEnd;
  if (into.backEnd === 'swiotlb' && (extra & VDUSE_BIT) !== 0) into.backEnd = 'vduse';
  into.useDmaApi = into.backEnd !== 'none';
  into.resettable = (flags & 128) === 0;
  into.poolSlots = POOL_SLOTS[platform & 3]!;
  into.minAlignMask = MIN_ALIGN_MASKS[(platform >> 2) & 3]!;
  into.allocAlignMask = ALLOC_ALIGN_MASKS[(platform >> 4) & 3]!;
  into.align = USED_ALIGNMENTS[platform >> 6]!;
  const failure = extra & 15;
  into.createFailure = failure < 8 ? -1 : (failure & 1) === 0 ? FAIL_KMALLOC : FAIL_COHERENT;
  into.createFailureSkip = failure < 8 ? 0 : (failure >> 1) & 3;
  into.kicksOff = (extra & 16) !== 0;
  into.inOrder = (extra & 32) !== 0;
}

/** Header bytes for a configuration given by its parts; the inverse of decodeConfiguration for the listed values. */
export function encodeConfiguration(part: Partial<Configuration>): Uint8Array {
  const config = { ...blankConfiguration(), ...part };
  const flags =
    (config.packed ? 1 : 0) |
    (config.indirect ? 2 : 0) |
    (config.eventIndex ? 4 : 0) |
    (config.callback ? 0 : 8) |
    (config.context ? 16 : 0) |
    (BACK_END_NAMES.indexOf(config.backEnd === 'vduse' ? 'swiotlb' : config.backEnd) << 5) |
    (config.resettable ? 0 : 128);
  const platform =
    indexIn(POOL_SLOTS, config.poolSlots, 'pool slots') |
    (indexIn(MIN_ALIGN_MASKS, config.minAlignMask, 'minimum alignment') << 2) |
    (indexIn(ALLOC_ALIGN_MASKS, config.allocAlignMask, 'allocation alignment') << 4) |
    (indexIn(USED_ALIGNMENTS, config.align, 'alignment') << 6);
  const failure =
    config.createFailure === -1
      ? 0
      : 8 | (config.createFailure === FAIL_KMALLOC ? 0 : 1) | (config.createFailureSkip << 1);
  const extra =
    failure | (config.kicksOff ? 16 : 0) | (config.inOrder ? 32 : 0) | (config.backEnd === 'vduse' ? VDUSE_BIT : 0);
  return Uint8Array.of(flags, sizeByte(config.packed, config.num), platform, extra);
}

/** The first byte that ringSize reads as this size. */
export function sizeByte(packed: boolean, num: number): number {
  for (let byte = 0; byte < 256; byte++) if (ringSize(packed, byte) === num) return byte;
  throw new RangeError(`no header byte means a ${packed ? 'packed' : 'split'} ring of ${num}`);
}

/** One line that names the configuration. */
export function describeConfiguration(config: Configuration): string {
  const parts = [
    `${config.packed ? 'packed' : 'split'} ring of ${config.num}`,
    `back end ${config.backEnd}`,
    config.indirect ? 'indirect' : '',
    config.eventIndex ? 'event index' : '',
    config.inOrder ? 'in order' : '',
    config.context ? 'contexts' : '',
    config.callback ? '' : 'no callback',
    config.resettable ? '' : 'no queue reset',
    config.packed ? '' : `used ring aligned to ${config.align}`,
    config.kicksOff ? 'kicks off' : '',
  ];
  if (config.backEnd === 'swiotlb') {
    parts.push(`${config.poolSlots} slots`);
    if (config.minAlignMask !== 0) parts.push(`min_align_mask 0x${config.minAlignMask.toString(16)}`);
    if (config.allocAlignMask !== 0) parts.push(`alloc_align_mask 0x${config.allocAlignMask.toString(16)}`);
  }
  if (config.backEnd === 'vduse') parts.push(`${config.poolSlots / 2} bounce pages`);
  if (config.createFailure !== -1) {
    const what = config.createFailure === FAIL_KMALLOC ? 'kmalloc' : 'coherent allocation';
    parts.push(`${what} ${config.createFailureSkip + 1} of the creation fails`);
  }
  return parts.filter((part) => part !== '').join(', ');
}

function indexIn(values: readonly number[], value: number, what: string): number {
  const index = values.indexOf(value);
  if (index < 0) throw new RangeError(`${what} ${value} is none of ${values.join(', ')}`);
  return index;
}
