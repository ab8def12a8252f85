// After destroy nothing of the queue is left.

import { COHERENT_BASE, COHERENT_SIZE, PAGE_SIZE } from '../memory/layout.js';
import { DMA_MAPPING_ERROR } from '../platform/dma-api.js';
import type { CaseFile } from './case-file.js';
import { DMA_UNMAP, fail, type OracleInfo } from './oracle.js';

export const teardown: OracleInfo = {
  id: 'teardown',
  claim: 'after destroy, and after a failed creation: no mapping, no coherent memory, no heap object',
  source: 'virtio-ring facts V09, V10, 4.3 (dma-debug 25); f13f09a12cbd',
  severity: 'low',
  cwe: 772,
};

/**
 * After a reset or resize, with every buffer given back: the heap holds what it held when the queue was created. `failed`
 * says that a resize did not get its new ring.
 */
export function checkHeapAfterReset(c: CaseFile, call: string, failed: boolean): void {
  if (c.heapLive === c.heapOfQueue) return;
  fail(teardown, `heap object left by ${failed ? `failed ${call}` : call}`, {
    expected: { 'heap objects': c.heapOfQueue },
    got: { 'heap objects': c.heapLive },
    // A resize that finds no memory gives up in the middle of what a creation does.
    ...(failed ? { group: 'heap object left by failed create', blame: { layer: 'shared', function: 'create' } } : {}),
  });
}

/** Addresses at which no allocation of coherent memory can start, whatever is allocated. */
export const NO_ALLOCATION: readonly number[] = [
  0,
  COHERENT_BASE - PAGE_SIZE,
  COHERENT_BASE + 8,
  COHERENT_BASE + COHERENT_SIZE,
  // Where bit 0 of a mask of pages would come round again.
  COHERENT_BASE + 32 * PAGE_SIZE,
];

/** `dma`: what the DMA layer says is the address of coherent memory that there is none of at `cpu`. */
export function checkNoAddress(cpu: number, dma: number): void {
  if (dma === DMA_MAPPING_ERROR) return;
  fail(teardown, 'address of coherent memory that does not exist', {
    expected: { address: DMA_MAPPING_ERROR },
    got: { address: dma, cpu },
    blame: DMA_UNMAP,
  });
}

/** `when` is `destroy` or `failed create`. */
export function checkNothingLeft(c: CaseFile, when: string): void {
  const { liveCount } = c.ledger;
  if (liveCount === 0 && c.heapLive === 0 && c.coherentLive === 0) return;
  let what = 'coherent memory';
  if (liveCount > 0) what = 'mapping';
  else if (c.heapLive > 0) what = 'heap object';
  fail(teardown, `${what} left by ${when}`, {
    expected: { mappings: 0, 'heap objects': 0, 'coherent allocations': 0 },
    got: { mappings: liveCount, 'heap objects': c.heapLive, 'coherent allocations': c.coherentLive },
  });
}
