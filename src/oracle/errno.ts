// Return values follow facts 2.3 to 2.7: callers decide by them whether to retry, to stop or to give up.

import { E2BIG, EBUSY, EINVAL, EIO, ENOENT, ENOMEM, ENOSPC, errnoName } from '../spec/errno.js';
import { hasCoherentRoom, hasMapRoom } from './bounce-room.js';
import type { CaseFile } from './case-file.js';
import { type Blame, DMA_MAP, fail, type OracleInfo } from './oracle.js';

export const errno: OracleInfo = {
  id: 'errno',
  claim: 'return values follow the tables in docs/driver.md',
  source: 'virtio-ring facts 2.3 to 2.7, V08, E10, E20, E23; f7728002c1c7',
  severity: 'low',
  cwe: 393,
};

/** What addSgs must return, given which of its steps failed. */
export function dueAddResult(c: CaseFile, token: number): number {
  const { model } = c;
  const total = c.buffers.total(token);
  if (c.brokenBefore) return -EIO;
  // Whether it tried one or not: a buffer that needs a single descriptor is not refused for want of several.
  const triedTable = model.wantsIndirect(total) && c.kmallocFailures === 0;
  if (triedTable && c.mapFailures === 0) return 0;
  // A packed queue falls back to direct descriptors; a split one gives up (facts 1b).
  if (triedTable && !model.packed) return -ENOMEM;
  if (model.numFree < total) return -ENOSPC;
  const directFailures = triedTable ? c.mapFailures - 1 : c.mapFailures;
  if (directFailures > 0) return model.packed ? -EIO : -ENOMEM;
  return 0;
}

export function checkResult(call: string, due: number, got: number): void {
  if (due === got) return;
  fail(errno, `${call} returns ${errnoName(got)} for ${errnoName(due)}`, {
    expected: { result: errnoName(due) },
    got: { result: errnoName(got) },
  });
}

/** Whether an add may fail at all, whatever it returns then. */
export function mayRefuseAdd(c: CaseFile, token: number): boolean {
  if (c.brokenBefore || c.kmallocFailures + c.mapFailures + c.coherentFailures > 0) return true;
  // A single descriptor is enough only where a table is used, which nobody is obliged to.
  return c.model.numFree < c.buffers.total(token);
}

/** A call works, or fails with a negative value where it may. */
export function checkRefusal(c: CaseFile, call: string, got: number, mayFail: boolean): void {
  if (got === 0 || (got < 0 && mayFail)) return;
  fail(errno, got > 0 ? `${call} returns a positive value` : `${call} fails without a reason`, {
    expected: { result: mayFail ? '0 or negative' : 0 },
    got: { result: got, 'failed maps': c.mapFailures, 'failed allocations': c.kmallocFailures },
  });
}

/** What reset (num < 0) or resize must return. `disableError` and `enableError` are the transport's answers. */
export function dueResetResult(
  c: CaseFile,
  num: number,
  transport: { resettable: boolean; disableError: number; enableError: number },
): number {
  const { model } = c;
  if (num >= 0) {
    if (num > model.numMax) return -E2BIG;
    if (num === 0) return -EINVAL;
    if (num === model.num) return 0;
  }
  if (!transport.resettable) return -ENOENT;
  if (transport.disableError !== 0) return transport.disableError;
  if (transport.enableError !== 0) return -EBUSY;
  if (num >= 0 && !resizeAllocates(c, num)) return -ENOMEM;
  return 0;
}

/** A queue that was taken from the device is handed back to it, whatever else went wrong. */
export function checkHandedBack(call: string, asked: boolean): void {
  if (asked) return;
  fail(errno, `${call} does not hand the queue back`, { expected: { enabled: true }, got: { enabled: false } });
}

/** Whether the new ring of a resize could be had. */
export function resizeAllocates(c: CaseFile, num: number): boolean {
  const sizeExists = c.model.packed || (num & (num - 1)) === 0;
  return sizeExists && c.kmallocFailures === 0 && c.coherentFailures === 0;
}

/** isBroken must follow the facts: after a bad id, a failed notify, a reset. */
export function checkBroken(c: CaseFile, got: boolean, blame?: Blame): void {
  if (c.model.broken === got) return;
  if (got && !c.linuxRules) {
    // Whoever distrusts a device sooner than others may.
    c.model.broken = true;
    return;
  }
  fail(errno, got ? 'queue broken without reason' : 'queue not broken after a bad ring', {
    expected: { broken: c.model.broken },
    got: { broken: got },
    ...(blame === undefined ? {} : { blame }),
  });
}

export function checkMaxMappingSize(due: number, got: number): void {
  if (due === got) return;
  const unlimited = got === Number.MAX_SAFE_INTEGER;
  fail(errno, unlimited ? 'maximum mapping size unlimited' : 'maximum mapping size', {
    expected: { bytes: due },
    got: { bytes: got },
  });
}

/** A mapping was refused that nothing made fail: then there was no room for it (S09, facts 4.1). */
export function checkMapRefused(c: CaseFile): void {
  if (!hasMapRoom(c)) return;
  fail(errno, 'mapping fails although there is room', {
    expected: { mapped: true },
    got: { mapped: false, cpu: c.pendingCpu, size: c.pendingSize, 'live mappings': c.ledger.liveCount },
    blame: DMA_MAP,
  });
}

/** A service answers with success. `injected`: how often it was made to fail since it last failed, which must be never. */
export function checkInjected(service: string, injected: number): void {
  if (injected === 0) return;
  fail(errno, `${service} succeeds although it was made to fail`, {
    expected: { failures: injected },
    got: { failures: 0 },
    blame: DMA_MAP,
  });
}

/** The same of coherent memory of `size` bytes. */
export function checkCoherentRefused(c: CaseFile, size: number): void {
  if (!hasCoherentRoom(c, size)) return;
  fail(errno, 'no coherent memory although there is room', {
    expected: { allocated: true },
    got: { allocated: false, size },
  });
}
