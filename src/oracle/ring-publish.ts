// What the device can see as available is what was published, no more and no less. Judged on the driver's own stores, so
// that nothing the device writes can excuse or accuse the driver.

import { MAP_SINGLE } from '../dma/dma-observer.js';
import { PHYSICAL_BASE } from '../memory/layout.js';
import {
  PACKED_DESC_ADDR,
  PACKED_DESC_FLAGS,
  PACKED_DESC_ID,
  PACKED_DESC_LEN,
  PACKED_DESCRIPTOR_SIZE,
} from '../spec/packed-layout.js';
import {
  AVAIL_IDX,
  AVAIL_RING,
  DESC_F_INDIRECT,
  DESC_F_NEXT,
  DESC_F_WRITE,
  SPLIT_DESC_ADDR,
  SPLIT_DESC_FLAGS,
  SPLIT_DESC_LEN,
  SPLIT_DESC_NEXT,
  SPLIT_DESCRIPTOR_SIZE,
  USED_IDX,
} from '../spec/split-layout.js';
import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';
import { AVAIL_IDX_FIELD, DESC_FLAGS, fieldName } from './ring-map.js';

export const ringPublish: OracleInfo = {
  id: 'ring-publish',
  claim: 'what the device can see as available is exactly what was published (descriptors, wrap bits, ids)',
  source: 'virtio-ring facts 2.3, V28, V33; virtio-v1.4 2.7.13, 2.8.1, 2.8.21; 75d276e5bb68',
  severity: 'high',
  cwe: 668,
};

const FLAG_BITS = DESC_F_NEXT | DESC_F_WRITE | DESC_F_INDIRECT;

/** A successful add on a split ring: the chain behind the new available entry must be this buffer. */
export function checkSplitPublish(c: CaseFile, token: number): void {
  const { model, ring } = c;
  const idx = c.written16(ring.driverArea + AVAIL_IDX);
  const dueIdx = (model.availableIndex + 1) & 0xffff;
  if (idx !== dueIdx) failValue('avail.idx', dueIdx, idx, 'avail.idx');
  const position = model.availableIndex & (model.num - 1);
  const head = c.written16(ring.driverArea + AVAIL_RING + 2 * position);
  if (head >= model.num) failValue('head', model.num - 1, head, `avail.ring[${position}]`);
  const total = c.buffers.total(token);
  const table = c.linuxRules || isIndirect(c, ring.descriptorArea + head * SPLIT_DESCRIPTOR_SIZE) ? c.tableAddress : 0;
  const count = table === 0 ? total : 1;
  let index = head;
  let previous = -1;
  let entry = c.firstMapping - 1;
  for (let k = 0; k < count; k++) {
    if (index >= model.num || model.owner[index] !== 0) {
      fail(ringPublish, 'descriptor not free', { expected: { free: true }, got: { descriptor: index, token } });
      return;
    }
    if (model.inOrder) checkInOrder(c, index, k);
    if (previous >= 0) model.follower[previous] = index;
    model.owner[index] = token;
    const at = ring.descriptorArea + index * SPLIT_DESCRIPTOR_SIZE;
    const flags = c.written16(at + SPLIT_DESC_FLAGS);
    if (table === 0) {
      entry = nextPiece(c, entry);
      if (entry >= 0) c.ledger.descriptor[entry] = index;
      checkPiece(c, token, k, entry, at);
      checkFlags(index, flags, dueFlags(c, token, k) | (k + 1 < total ? DESC_F_NEXT : 0));
    } else {
      checkTableDescriptor(c, token, at, index);
      checkFlags(index, flags, DESC_F_INDIRECT);
    }
    previous = index;
    index = c.written16(at + SPLIT_DESC_NEXT);
  }
  if (table !== 0) checkTable(c, token, false);
  if (c.lastStoreField !== AVAIL_IDX_FIELD || c.publications !== 1) failOrder(c);
  model.begin(c.buffers, token, head, count);
}

/** What else an add allocates is no table. Both layouts have the flag in the same bit, but at another offset. */
function isIndirect(c: CaseFile, at: number): boolean {
  const flags = c.written16(at + (c.model.packed ? PACKED_DESC_FLAGS : SPLIT_DESC_FLAGS));
  return (flags & DESC_F_INDIRECT) !== 0;
}

/** virtio-v1.4 2.7.9: descriptors are used in ring order, and a chain never jumps. */
function checkInOrder(c: CaseFile, index: number, k: number): void {
  const due = (c.model.nextDescriptor + k) % c.model.num;
  if (index !== due) failValue('descriptor out of order', due, index, fieldName(DESC_FLAGS, index));
}

/** A successful add on a packed ring: the slots from the next free one on must be this buffer. */
export function checkPackedPublish(c: CaseFile, token: number): void {
  const { model, ring } = c;
  const total = c.buffers.total(token);
  let slot = model.availableIndex;
  const first = ring.descriptorArea + slot * PACKED_DESCRIPTOR_SIZE;
  const table = c.linuxRules || isIndirect(c, first) ? c.tableAddress : 0;
  const count = table === 0 ? total : 1;
  let wrap = model.availableWrap;
  // virtio-v1.4 2.8.6: the device takes the id of the last descriptor; Linux writes it into all of them.
  const named = c.linuxRules ? slot : (slot + count - 1) % model.num;
  const id = c.written16(ring.descriptorArea + named * PACKED_DESCRIPTOR_SIZE + PACKED_DESC_ID);
  if (id >= model.num || model.tokenOf[id] !== 0) {
    fail(ringPublish, 'id not free', { expected: { free: true }, got: { id, token } });
    return;
  }
  let entry = c.firstMapping - 1;
  let record = id;
  for (let k = 0; k < count; k++) {
    const at = ring.descriptorArea + slot * PACKED_DESCRIPTOR_SIZE;
    const flags = c.written16(at + PACKED_DESC_FLAGS);
    if (!model.looksAvailable(flags, wrap)) failValue('wrap bits', wrap ? 1 : 0, flags, `desc[${slot}].flags`);
    const slotId = c.written16(at + PACKED_DESC_ID);
    if (slotId !== id && c.linuxRules) failValue('id', id, slotId, `desc[${slot}].id`);
    if (table === 0) {
      entry = nextPiece(c, entry);
      if (entry >= 0) c.ledger.descriptor[entry] = record;
      checkPiece(c, token, k, entry, at);
      checkFlags(slot, flags & FLAG_BITS, dueFlags(c, token, k) | (k + 1 < total ? DESC_F_NEXT : 0));
      record = c.records?.next[record] ?? 0;
    } else {
      checkTableDescriptor(c, token, at, id);
      checkFlags(slot, flags & FLAG_BITS, DESC_F_INDIRECT);
    }
    slot++;
    if (slot === model.num) {
      slot = 0;
      wrap = !wrap;
    }
  }
  if (table !== 0) checkTable(c, token, true);
  const last = c.lastStoreField === DESC_FLAGS && c.lastStoreIndex === model.availableIndex;
  if (!last || c.publications !== 1) failOrder(c);
  model.begin(c.buffers, token, id, count);
}

/** A failed add must not have been visible for a moment. */
export function checkNeverPublished(c: CaseFile): void {
  if (c.publications === 0) return;
  fail(ringPublish, 'failed add was visible', {
    expected: { 'publishing stores': 0 },
    got: { 'publishing stores': c.publications },
    // The add that fails is only where it shows.
    group: 'published before complete',
  });
}

/** After a reset both sides start again: nothing of the life before may look available or used. */
export function checkRingCleared(c: CaseFile): void {
  const { ring } = c;
  if (!ring.packed) {
    const availableIdx = c.guest.getUint16(ring.driverArea + AVAIL_IDX, true);
    const usedIdx = c.guest.getUint16(ring.deviceArea + USED_IDX, true);
    if (availableIdx !== 0) failCleared('avail.idx after reset', availableIdx, 'avail.idx');
    if (usedIdx !== 0) failCleared('used.idx after reset', usedIdx, 'used.idx');
    return;
  }
  for (let slot = 0; slot < ring.num; slot++) {
    const flags = c.guest.getUint16(ring.descriptorArea + slot * PACKED_DESCRIPTOR_SIZE + PACKED_DESC_FLAGS, true);
    if (flags !== 0) failCleared('flags after reset', flags, fieldName(DESC_FLAGS, slot));
  }
}

/** No slot that a failed packed add wrote may look available: a device that scans on would take it (V28). */
export function checkNothingPublished(c: CaseFile): void {
  const { model, ring } = c;
  for (let k = 0; k < c.touchedSlots; k++) {
    const slot = c.touched[k]!;
    const wrap = slot >= model.availableIndex ? model.availableWrap : !model.availableWrap;
    const flags = c.written16(ring.descriptorArea + slot * PACKED_DESCRIPTOR_SIZE + PACKED_DESC_FLAGS);
    if (!model.looksAvailable(flags, wrap) && !model.looksUsed(flags, wrap)) continue;
    fail(ringPublish, 'slot of a failed add left available', {
      expected: { available: false },
      got: { flags, slot },
      field: fieldName(DESC_FLAGS, slot),
    });
  }
}

/** A store to a descriptor that the device owns. */
export function checkDescriptorStore(c: CaseFile, field: number, index: number): void {
  const { model } = c;
  if (model.num !== c.ring.num) return;
  if (model.packed) {
    const ahead = (index - model.availableIndex + model.num) % model.num;
    if (ahead < model.numFree) return;
  } else if (index < model.num && (model.owner[index] === 0 || model.owner[index] === c.releasing)) return;
  fail(ringPublish, 'descriptor in flight rewritten', {
    expected: { 'in flight': false },
    got: { descriptor: index },
    field: fieldName(field, index),
  });
}

/** A store to a field that belongs to the device. */
export function failDeviceFieldStore(field: number, index: number): void {
  fail(ringPublish, `store to ${fieldName(field)}`, {
    expected: { 'written by': 'device' },
    got: { 'written by': 'driver' },
    field: fieldName(field, index),
  });
}

/** Split: a detached buffer is taken back out of the available index. */
export function checkRetracted(c: CaseFile): void {
  const idx = c.written16(c.ring.driverArea + AVAIL_IDX);
  if (idx !== c.model.availableIndex) failValue('avail.idx after detach', c.model.availableIndex, idx, 'avail.idx');
}

/** The entry after `entry` of this call that maps a piece and is still live, or -1. */
function nextPiece(c: CaseFile, entry: number): number {
  const { ledger } = c;
  for (let e = entry + 1; e < ledger.count; e++) {
    if (ledger.live[e] === 1 && ledger.kind[e] !== MAP_SINGLE && ledger.token[e] === c.token) return e;
  }
  return -1;
}

function dueFlags(c: CaseFile, token: number, k: number): number {
  return k >= c.buffers.outPieces[token]! ? DESC_F_WRITE : 0;
}

/** Address and length of piece `k`; both layouts have them at the same offsets. */
function checkPiece(c: CaseFile, token: number, k: number, entry: number, at: number): void {
  const due = c.pieceAddress(token, k, entry);
  const addr = c.written64(at + SPLIT_DESC_ADDR);
  if (addr !== due) failValue('address', due, addr, `piece ${k}`);
  const size = c.buffers.pieceSize[c.buffers.firstPiece[token]! + k]!;
  const len = c.written32(at + SPLIT_DESC_LEN);
  if (len !== size) failValue('length', size, len, `piece ${k}`);
}

function checkFlags(index: number, flags: number, due: number): void {
  if (flags !== due) failValue('flags', due, flags, fieldName(DESC_FLAGS, index));
}

/** The ring descriptor of an indirect table. */
function checkTableDescriptor(c: CaseFile, token: number, at: number, index: number): void {
  const { ledger } = c;
  let due = PHYSICAL_BASE + c.tableAddress;
  if (c.model.useDmaApi) {
    const entry = ledger.count - 1;
    due = ledger.dma[entry]!;
    if (ledger.cpu[entry] !== c.tableAddress) failValue('table mapped', c.tableAddress, ledger.cpu[entry]!, 'table');
    ledger.descriptor[entry] = index;
  }
  const addr = c.written64(at + PACKED_DESC_ADDR);
  if (addr !== due) failValue('table address', due, addr, fieldName(DESC_FLAGS, index));
  const size = c.buffers.total(token) * SPLIT_DESCRIPTOR_SIZE;
  const len = c.written32(at + PACKED_DESC_LEN);
  if (len !== size) failValue('table length', size, len, fieldName(DESC_FLAGS, index));
}

/** The entries of an indirect table, in the driver's own memory. */
function checkTable(c: CaseFile, token: number, packed: boolean): void {
  const total = c.buffers.total(token);
  let entry = c.firstMapping - 1;
  for (let k = 0; k < total; k++) {
    entry = nextPiece(c, entry);
    const at = c.tableAddress + k * SPLIT_DESCRIPTOR_SIZE;
    const due = c.pieceAddress(token, k, entry);
    const addr = c.guest64(at + SPLIT_DESC_ADDR);
    if (addr !== due) failValue('address in table', due, addr, `piece ${k}`);
    const size = c.buffers.pieceSize[c.buffers.firstPiece[token]! + k]!;
    const len = c.guest.getUint32(at + SPLIT_DESC_LEN, true);
    if (len !== size) failValue('length in table', size, len, `piece ${k}`);
    const flags = c.guest.getUint16(at + (packed ? PACKED_DESC_FLAGS : SPLIT_DESC_FLAGS), true);
    const next = !packed && k + 1 < total ? DESC_F_NEXT : 0;
    if (flags !== (dueFlags(c, token, k) | next))
      failValue('flags in table', dueFlags(c, token, k) | next, flags, `piece ${k}`);
    if (next !== 0 && c.guest.getUint16(at + SPLIT_DESC_NEXT, true) !== k + 1) {
      failValue('next in table', k + 1, c.guest.getUint16(at + SPLIT_DESC_NEXT, true), `piece ${k}`);
    }
  }
}

function failOrder(c: CaseFile): void {
  fail(ringPublish, 'published before complete', {
    expected: { 'last store': 'the one that publishes', 'publishing stores': 1 },
    got: { 'last store': fieldName(c.lastStoreField, c.lastStoreIndex), 'publishing stores': c.publications },
  });
}

/** A resize that finds no memory clears the old ring as a reset does. */
function failCleared(shape: string, got: number, field: string): void {
  const blame = { layer: 'layout', function: 'reset' } as const;
  fail(ringPublish, shape, { expected: { value: 0 }, got: { value: got }, field, blame });
}

function failValue(shape: string, due: number, got: number, field: string): void {
  fail(ringPublish, shape, { expected: { value: due }, got: { value: got }, field });
}
