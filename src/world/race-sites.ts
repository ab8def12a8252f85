// The fields that the device can change in the middle of a call, and the state of the queue that says which values of them
// mean something.

import { COHERENT_BASE, COHERENT_SIZE } from '../memory/layout.js';
import type { CaseFile } from '../oracle/case-file.js';
import { DESC_ADDR, DESC_FLAGS, DESC_ID, DESC_LEN, DESC_NEXT, fieldName } from '../oracle/ring-map.js';
import {
  PACKED_DESC_ADDR,
  PACKED_DESC_FLAGS,
  PACKED_DESC_ID,
  PACKED_DESC_LEN,
  PACKED_DESCRIPTOR_SIZE,
} from '../spec/packed-layout.js';
import {
  SPLIT_DESC_ADDR,
  SPLIT_DESC_FLAGS,
  SPLIT_DESC_LEN,
  SPLIT_DESC_NEXT,
  SPLIT_DESCRIPTOR_SIZE,
} from '../spec/split-layout.js';
import type { QueueState } from './placement.js';

export interface FieldPlace {
  readonly field: string;
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** Of larger rings as many entries are looked at: those in use and those that the next buffer takes. */
const MOST_ENTRIES = 8;

const SPLIT_FIELDS = [
  [DESC_ADDR, SPLIT_DESC_ADDR, 8],
  [DESC_LEN, SPLIT_DESC_LEN, 4],
  [DESC_FLAGS, SPLIT_DESC_FLAGS, 2],
  [DESC_NEXT, SPLIT_DESC_NEXT, 2],
] as const;

const PACKED_FIELDS = [
  [DESC_ADDR, PACKED_DESC_ADDR, 8],
  [DESC_LEN, PACKED_DESC_LEN, 4],
  [DESC_ID, PACKED_DESC_ID, 2],
  [DESC_FLAGS, PACKED_DESC_FLAGS, 2],
] as const;

/** Every field of the descriptors that are in use or about to be; none before there is a ring. */
export function descriptorFields(c: CaseFile): readonly FieldPlace[] {
  const { ring } = c;
  const stride = ring.packed ? PACKED_DESCRIPTOR_SIZE : SPLIT_DESCRIPTOR_SIZE;
  return entries(c).flatMap((entry) =>
    (ring.packed ? PACKED_FIELDS : SPLIT_FIELDS)
      .map(([field, offset, size]) => {
        return { field: fieldName(field, entry), address: ring.descriptorArea + entry * stride + offset, size };
      })
      .filter(({ address, size }) => isReachable(c, address, size)),
  );
}

export function queueState(c: CaseFile): QueueState {
  const { model } = c;
  const all = Array.from({ length: c.ring.num === 0 ? 0 : model.num }, (_, id) => id);
  const inFlight = all.filter((id) => model.tokenOf[id] !== 0);
  return {
    packed: model.packed,
    num: model.num,
    usedPosition: model.usedPosition,
    availablePosition: model.availableIndex | (model.packed && model.availableWrap ? 0x8000 : 0),
    inFlight,
    midChain: model.packed ? [] : all.filter((id) => model.owner[id] !== 0 && model.tokenOf[id] === 0),
  };
}

/** What a field holds. */
export function valueAt(c: CaseFile, address: number, size: number): number {
  if (size === 2) return c.guest.getUint16(address, true);
  if (size === 4) return c.guest.getUint32(address, true);
  return Math.min(c.guest64(address), Number.MAX_SAFE_INTEGER);
}

export function writeValue(c: CaseFile, address: number, size: number, value: number): void {
  if (size === 2) c.guest.setUint16(address, value, true);
  else c.guest.setUint32(address, value >>> 0, true);
  if (size === 8) c.guest.setUint32(address + 4, (value / 0x1_0000_0000) >>> 0, true);
}

/** All entries of a small ring; of a larger one those in flight, then those that come next. */
function entries(c: CaseFile): readonly number[] {
  const { num } = c.ring;
  const all = Array.from({ length: num }, (_, entry) => entry);
  if (num <= MOST_ENTRIES) return all;
  const { model } = c;
  const first = model.packed ? model.usedIndex : 0;
  // From the oldest slot on, since a packed ring is used in order.
  const rotated = [...all.slice(first), ...all.slice(0, first)];
  const used = rotated.filter((entry) => (model.packed ? isUsedSlot(c, entry) : model.owner[entry] !== 0));
  const others = rotated.filter((entry) => !used.includes(entry));
  const nextUp = model.packed ? others : fromFreeHead(others, c.freeHeadBefore);
  return [...used.slice(0, MOST_ENTRIES / 2), ...nextUp].slice(0, MOST_ENTRIES).sort((a, b) => a - b);
}

function isUsedSlot({ model }: CaseFile, slot: number): boolean {
  return (slot - model.usedIndex + model.num) % model.num < model.num - model.numFree;
}

function fromFreeHead(free: readonly number[], head: number): readonly number[] {
  return [...free.filter((entry) => entry >= head), ...free.filter((entry) => entry < head)];
}

function isReachable(c: CaseFile, address: number, size: number): boolean {
  return address >= COHERENT_BASE && address + size <= COHERENT_BASE + COHERENT_SIZE && c.isCoherentLive(address);
}
