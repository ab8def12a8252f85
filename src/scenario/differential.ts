// The 4-byte header of a differential input: what all configurations have in common, and which of them are compared. One
// script runs first on the reference, the plainest queue there is, then on one to four further configurations.
//
//   byte 0  bit 0 contexts, 1 no callback, 2 no queue reset, 3 kicks off, 4 in order, 5-6 further configurations - 1,
//           7 the ring may be overfilled
//   byte 1  ring size
//   byte 2  first further configuration: bit 0 packed, 1 indirect, 2 event index, 3 VIRTIO_F_IN_ORDER, 4-6 platform,
//           7 used ring on a page of its own
//   byte 3  second one; a third and a fourth follow from these two

import type { TargetSpec } from '../target/target-spec.js';
import {
  MAX_NUM,
  type Configuration,
  blankConfiguration,
  decodeConfiguration,
  describeConfiguration,
  sizeByte,
} from './configuration.js';
import type { Step } from './scenario.js';

/** Most configurations that one input compares with the reference. */
export const MOST_FURTHER = 4;

export const PACKED = 1;
export const INDIRECT = 2;
export const EVENT_INDEX = 4;
export const IN_ORDER = 8;
const FEATURES = PACKED | INDIRECT | EVENT_INDEX | IN_ORDER;
export const PLATFORM_SHIFT = 4;
export const PAGE_ALIGNED = 128;

/** Sizes that both layouts have. Medium ones often: what is in flight must fit with direct descriptors. */
const SIZES = [8, 16, 2, 32, 1, 8, 16, 4, 8, 4, 16, 64, 8, 128, 256, 32] as const;

export type Platform = Pick<Configuration, 'backEnd' | 'minAlignMask' | 'allocAlignMask'>;

/** Back ends, and swiotlb with alignments. The pool is always the largest: a script must not run into its end. */
export const DIFFERENTIAL_PLATFORMS: readonly Platform[] = [
  { backEnd: 'direct', minAlignMask: 0, allocAlignMask: 0 },
  { backEnd: 'none', minAlignMask: 0, allocAlignMask: 0 },
  { backEnd: 'iommu', minAlignMask: 0, allocAlignMask: 0 },
  { backEnd: 'swiotlb', minAlignMask: 0, allocAlignMask: 0 },
  { backEnd: 'vduse', minAlignMask: 0, allocAlignMask: 0 },
  { backEnd: 'swiotlb', minAlignMask: 0xfff, allocAlignMask: 0 },
  { backEnd: 'swiotlb', minAlignMask: 0x7ff, allocAlignMask: 0 },
  { backEnd: 'swiotlb', minAlignMask: 0xfff, allocAlignMask: 0xfff },
];

/** The device completes the oldest buffer, whichever the record names: what VIRTIO_F_IN_ORDER asks of it. */
export function completesInOrder(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0) & 16) !== 0;
}

/** Adds that find no free descriptor are made all the same. No configuration then has indirect descriptors. */
export function mayOverfill(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0) & 128) !== 0;
}

/** Configurations beside the reference, those that are the same as another one included. */
export function furtherCount(bytes: Uint8Array): number {
  return 1 + (((bytes[0] ?? 0) >> 5) & 3);
}

/** Decodes configuration `k`, 0 for the reference. False where it is the same as an earlier one. */
export function decodeCompared(bytes: Uint8Array, k: number, into: Configuration): boolean {
  const code = codeOf(bytes, k);
  const shared = bytes[0] ?? 0;
  const platform = DIFFERENTIAL_PLATFORMS[(code >> PLATFORM_SHIFT) & 7]!;
  into.packed = (code & PACKED) !== 0;
  into.num = sizeOf(bytes[1] ?? 0);
  into.numMax = MAX_NUM;
  into.align = (code & PAGE_ALIGNED) === 0 ? 4 : 4096;
  into.indirect = (code & INDIRECT) !== 0;
  into.eventIndex = (code & EVENT_INDEX) !== 0;
  into.inOrder = (code & IN_ORDER) !== 0;
  into.context = (shared & 1) !== 0;
  into.callback = (shared & 2) === 0;
  into.resettable = (shared & 4) === 0;
  into.kicksOff = (shared & 8) !== 0;
  into.backEnd = platform.backEnd;
  into.useDmaApi = platform.backEnd !== 'none';
  into.poolSlots = 256;
  into.minAlignMask = platform.minAlignMask;
  into.allocAlignMask = platform.allocAlignMask;
  into.createFailure = -1;
  into.createFailureSkip = 0;
  for (let earlier = 0; earlier < k; earlier++) if (codeOf(bytes, earlier) === code) return false;
  return true;
}

/** Every configuration that an input runs on; of a differential one the reference first. */
export function configurationsOf(target: TargetSpec, bytes: Uint8Array): readonly Configuration[] {
  if (target.form === 'differential') return comparedConfigurations(bytes);
  const config = blankConfiguration();
  decodeConfiguration(target, bytes, config);
  return [config];
}

function comparedConfigurations(bytes: Uint8Array): readonly Configuration[] {
  const all: Configuration[] = [];
  for (let k = 0; k <= furtherCount(bytes); k++) {
    const config = blankConfiguration();
    if (decodeCompared(bytes, k, config)) all.push(config);
  }
  return all;
}

/** Configuration `k` in words. */
export function nameOfCompared(bytes: Uint8Array, k: number): string {
  const config = blankConfiguration();
  decodeCompared(bytes, k, config);
  return describeConfiguration(config);
}

/** One line that names the reference and what it is compared with. */
export function describeCompared(bytes: Uint8Array): string {
  const [reference, ...others] = comparedConfigurations(bytes).map(describeConfiguration);
  const limits = [
    completesInOrder(bytes) ? '; device completes the oldest' : '',
    mayOverfill(bytes) ? '; ring may be overfilled' : '',
  ].join('');
  return `${reference ?? ''}; compared with ${others.length === 0 ? 'nothing else' : others.join(' | ')}${limits}`;
}

/** The configuration byte with what means nothing in it cleared, so that equal configurations have equal codes. */
function codeOf(bytes: Uint8Array, k: number): number {
  const shared = bytes[0] ?? 0;
  let code = chosenCode(bytes, k);
  if ((code & PACKED) !== 0) code &= ~PAGE_ALIGNED;
  if (!completesInOrder(bytes)) code &= ~IN_ORDER;
  // Contexts switch indirect descriptors off.
  if (mayOverfill(bytes) || (shared & 1) !== 0) code &= ~INDIRECT;
  return code;
}

function chosenCode(bytes: Uint8Array, k: number): number {
  const first = bytes[2] ?? 0;
  const second = bytes[3] ?? 0;
  switch (k) {
    case 0:
      return 0;
    case 1:
      return first;
    case 2:
      return second;
    case 3:
      // The features of the one inverted, on the platform of the other.
      return (~first & FEATURES) | (second & ~FEATURES);
    default:
      return (~second & FEATURES) | (first & ~FEATURES);
  }
}

/** The size that a resize of a script asks for: one that both layouts have, 0, or one more than allowed. */
export function scriptSize(a: number, b: number): number {
  if (b >= 252) return 0;
  if (b >= 248) return MAX_NUM + 1;
  return sizeOf(a);
}

/** The first byte that a header or a resize reads as this size. */
export function scriptSizeByte(num: number): number {
  const byte = SIZES.findIndex((size) => size === num);
  if (byte < 0) throw new RangeError(`no script has a ring of ${num}`);
  return byte;
}

function resizeOperands(num: number): Pick<Step, 'a' | 'b'> {
  if (num > MAX_NUM) return { a: 0, b: 248 };
  return num === 0 ? { a: 0, b: 252 } : { a: sizeByte(false, num), b: 0 };
}

function sizeOf(byte: number): number {
  return SIZES[byte & 15]!;
}

/** A step with the operands as the script reads them. */
export function scriptStep(bytes: Uint8Array, step: Step): Step {
  if (step.operation === 'complete' && completesInOrder(bytes)) return { ...step, a: 0 };
  // In the words of a split ring, which is what the reference has.
  if (step.operation === 'resize') return { ...step, ...resizeOperands(scriptSize(step.a, step.b)) };
  return step;
}
