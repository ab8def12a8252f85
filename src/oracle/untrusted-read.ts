// Which device-writable fields the driver may read, and when: the allow-list of facts 2.1. The cheapest detector of a
// driver that takes its own descriptors back from the device.

import type { ToleratedRead } from '../platform/driver-module.js';
import {
  CALL_ENABLE_CB,
  CALL_ENABLE_CB_DELAYED,
  CALL_GET,
  CALL_INTERRUPT,
  CALL_KICK,
  CALL_KICK_PREPARE,
  CALL_NAMES,
  CALL_POLL,
} from './calls.js';
import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';
import {
  AVAIL_EVENT_FIELD,
  DESC_FLAGS,
  DESC_ID,
  DESC_LEN,
  DEVICE_OFF_WRAP_FIELD,
  fieldName,
  USED_FLAGS_FIELD,
  USED_ID_FIELD,
  USED_IDX_FIELD,
  USED_LEN_FIELD,
} from './ring-map.js';

export const untrustedRead: OracleInfo = {
  id: 'untrusted-read',
  claim: 'the driver reads only the allow-listed shared fields, each whole and in the calls that need it',
  source: 'virtio-ring facts 2.1, V01, V04; 72b5e8958738',
  severity: 'high',
  cwe: 501,
};

const PROGRESS =
  (1 << CALL_GET) | (1 << CALL_ENABLE_CB) | (1 << CALL_POLL) | (1 << CALL_ENABLE_CB_DELAYED) | (1 << CALL_INTERRUPT);
const DECISION = (1 << CALL_KICK) | (1 << CALL_KICK_PREPARE);

/** Calls, as bits, in which a field may be read; split ring. */
const SPLIT_ALLOWED = new Int32Array(32);
SPLIT_ALLOWED[USED_IDX_FIELD] = PROGRESS;
SPLIT_ALLOWED[USED_ID_FIELD] = 1 << CALL_GET;
SPLIT_ALLOWED[USED_LEN_FIELD] = 1 << CALL_GET;
SPLIT_ALLOWED[USED_FLAGS_FIELD] = DECISION;
SPLIT_ALLOWED[AVAIL_EVENT_FIELD] = DECISION;

const PACKED_ALLOWED = new Int32Array(32);
PACKED_ALLOWED[DESC_FLAGS] = PROGRESS;
PACKED_ALLOWED[DESC_ID] = 1 << CALL_GET;
PACKED_ALLOWED[DESC_LEN] = 1 << CALL_GET;
PACKED_ALLOWED[DEVICE_OFF_WRAP_FIELD] = DECISION;

/** Fields that are read as 32 bits, as bits; all others have 16. */
const WIDE_FIELDS = (1 << USED_ID_FIELD) | (1 << USED_LEN_FIELD) | (1 << DESC_LEN) | (1 << DEVICE_OFF_WRAP_FIELD);

/** Whether a driver from outside is known for this read: then it is judged by what follows. */
export function isTolerated(c: CaseFile, field: number): boolean {
  return ((c.model.packed ? c.toleratedPacked : c.toleratedSplit)[field]! & (1 << c.call)) !== 0;
}

/** Adds to the reads that are tolerated. Throws a RangeError for a field or call that does not exist. */
export function tolerate(c: CaseFile, { layout, field, calls }: ToleratedRead): void {
  const number = Array.from({ length: 32 }, (_, k) => fieldName(k)).indexOf(field, 1);
  if (number < 0) throw new RangeError(`no ring field is called ${field}`);
  for (const name of calls) {
    const call = CALL_NAMES.indexOf(name);
    if (call < 0) throw new RangeError(`no call is called ${name}`);
    (layout === 'packed' ? c.toleratedPacked : c.toleratedSplit)[number]! |= 1 << call;
  }
}

export function checkUntrustedRead(c: CaseFile, field: number, index: number, size: number): void {
  const { model } = c;
  const allowed = (model.packed ? PACKED_ALLOWED : SPLIT_ALLOWED)[field]!;
  if ((allowed & (1 << c.call)) === 0) {
    failRead(c, field, index, 'field');
    return;
  }
  // Half an id passes every check on a whole one; half an event structure is no snapshot.
  const width = (WIDE_FIELDS & (1 << field)) !== 0 ? 4 : 2;
  if (size !== width) failWidth(field, index, width, size);
  if (c.call === CALL_POLL) return;
  const element = model.packed
    ? field === DESC_FLAGS || field === DESC_ID || field === DESC_LEN
    : field === USED_ID_FIELD || field === USED_LEN_FIELD;
  if (!element) return;
  const due = model.packed ? model.usedIndex : model.usedIndex & (model.num - 1);
  if (index !== due) failRead(c, field, index, 'element');
}

function failWidth(field: number, index: number, width: number, size: number): void {
  fail(untrustedRead, `width of ${fieldName(field)}`, {
    expected: { bytes: width },
    got: { bytes: size },
    field: fieldName(field, index),
  });
}

function failRead(c: CaseFile, field: number, index: number, shape: string): void {
  const due = c.model.packed ? c.model.usedIndex : c.model.usedIndex & (c.model.num - 1);
  fail(untrustedRead, shape === 'field' ? `field ${fieldName(field)}` : shape, {
    expected: shape === 'field' ? { 'reads in this call': 0 } : { element: due },
    got: shape === 'field' ? { 'reads in this call': 1, call: CALL_NAMES[c.call] ?? '' } : { element: index },
    field: fieldName(field, index),
  });
}
