// A shared field that is read twice in one call can answer differently the second time, after the check.

import { CALL_NAMES } from './calls.js';
import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';
import { fieldName } from './ring-map.js';

export const doubleFetch: OracleInfo = {
  id: 'double-fetch',
  claim: 'no shared field is read twice in one call',
  source: 'virtio-ring facts 2.1 (id, len once each), 4.4',
  severity: 'high',
  cwe: 367,
};

export function checkDoubleFetch(c: CaseFile, field: number, index: number): void {
  if (!c.sawField(field) || c.seenIndexOf[field] !== index) return;
  fail(doubleFetch, `field ${fieldName(field)}`, {
    expected: { 'reads in this call': 1 },
    got: { 'reads in this call': 2, call: CALL_NAMES[c.call] ?? '' },
    field: fieldName(field, index),
  });
}
