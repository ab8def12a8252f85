// Whether the device has used a buffer, as far as the driver can know: from what it read in this call, from the batch that it has
// begun to take, or, for a driver from outside, from what it read before.

import type { CaseFile } from './case-file.js';
import { DESC_FLAGS, USED_IDX_FIELD } from './ring-map.js';

/** Whether what the driver read, or the open batch, says that a buffer was used; null when it read nothing. */
export function moreUsed(c: CaseFile): boolean | null {
  const { model } = c;
  // What the device has said of a batch it cannot take back: neither by the slot behind it nor by an index turned back.
  if (model.batchLeft > 0) return true;
  if (!c.sawField(model.packed ? DESC_FLAGS : USED_IDX_FIELD)) return null;
  return model.packed ? model.looksUsed(c.seenUsed, model.usedWrap) : c.seenUsed !== model.usedIndex;
}

/** The same as moreUsed, for a driver that may keep used.idx from an earlier call and take what it said was used. */
export function moreKnown(c: CaseFile): boolean | null {
  const more = moreUsed(c);
  if (more !== null || !c.foreign || c.model.packed || c.knownUsed < 0) return more;
  return c.knownUsed === c.model.usedIndex ? null : true;
}

/** In order: `due` comes back as part of a batch. Sets the length that it must come back with. */
export function takeFromBatch(c: CaseFile, due: number): void {
  const { model } = c;
  if (model.batchLeft === 0) {
    model.batchLeft = model.batchUpTo(c.seenId, c.seenUsed);
    model.batchLength = c.seenLen;
  }
  model.batchLeft--;
  // virtio-v1.4 2.7.9: those before the last are assumed to have been used completely.
  c.seenLen = model.batchLeft > 0 ? c.buffers.writable[due]! : model.batchLength;
}
