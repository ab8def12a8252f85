// The free list: as many descriptors as are free, each once, none of them in flight (facts E1, E13).

import type { CaseFile } from './case-file.js';
import { CALL_DETACH, CALL_GET, CALL_RESET, CALL_RESIZE } from './calls.js';
import { type Blame, DETACH, fail, type OracleInfo } from './oracle.js';

export const freeList: OracleInfo = {
  id: 'free-list',
  claim:
    'the free list is acyclic, of length num_free, disjoint from what is in flight; num_free never exceeds the ring',
  source: 'virtio-ring facts 4.4, E1, E13',
  severity: 'high',
  cwe: 672,
};

/** Rings up to this size are walked after every change, larger ones at checkpoints. */
const WALK_LIMIT = 32;

// Doubles: a 32-bit count of walks would wrap within a long campaign.
const seen = new Float64Array(256);
let walk = 0;

export function checkFreeCount(c: CaseFile): void {
  const { records, model } = c;
  if (records === null) return;
  if (records.numFree !== model.numFree) {
    fail(freeList, 'num_free', {
      expected: { num_free: model.numFree },
      got: { num_free: records.numFree },
      ...blameOf(c),
    });
  }
  if (model.num <= WALK_LIMIT) checkFreeList(c);
}

export function checkFreeList(c: CaseFile): void {
  const { records, model } = c;
  if (records === null) return;
  const { next } = records;
  const { num, numFree, packed, tokenOf, owner } = model;
  const mark = ++walk;
  let index = records.freeHead;
  for (let k = 0; k < numFree; k++) {
    if (index >= num) {
      failList(c, 'entry outside the ring', k, index);
      return;
    }
    if (seen[index] === mark) failList(c, 'cycle', k, index);
    if (tokenOf[index] !== 0 || (!packed && owner[index] !== 0)) {
      failList(c, 'entry in flight', k, index);
    }
    seen[index] = mark;
    index = next[index]!;
  }
}

function failList(c: CaseFile, shape: string, position: number, descriptor: number): void {
  fail(freeList, shape, {
    expected: { 'free descriptors before': position },
    got: { descriptor },
    field: `records[${descriptor}].next`,
    // Which of them it becomes depends on what else is in flight.
    group: 'list',
    ...blameOf(c),
  });
}

/** Calls that give buffers back change the list in one place. */
function blameOf({ call }: CaseFile): { readonly blame?: Blame } {
  return GIVING_BACK.includes(call) ? { blame: DETACH } : {};
}

const GIVING_BACK: readonly number[] = [CALL_GET, CALL_DETACH, CALL_RESET, CALL_RESIZE];
