// Judges the driver's calls: what each must return and leave behind, given what happened during it. One method a call;
// all of them compare with the queue model and then move it on. Kicks and callbacks: notification-judge.ts.

import { BACK_END_NAMES } from '../dma/back-end.js';
import { PAGE_SIZE, POOL_BASE } from '../memory/layout.js';
import { type Completion, type DriverRecords, type QueueConfig } from '../platform/ring-driver.js';
import { ENOMEM, ENOSPC } from '../spec/errno.js';
import { EVENT_F_DESC } from '../spec/packed-layout.js';
import { AVAIL_IDX } from '../spec/split-layout.js';
import { IN_FLIGHT, REFUSED, RETURNED } from './buffer-table.js';
import { CALL_DETACH } from './calls.js';
import type { CaseFile } from './case-file.js';
import {
  checkBroken,
  checkHandedBack,
  checkMaxMappingSize,
  checkRefusal,
  checkResult,
  dueAddResult,
  dueResetResult,
  mayRefuseAdd,
  resizeAllocates,
} from './errno.js';
import { checkFailedAdd } from './failed-add-state.js';
import { checkFreeCount, checkFreeList } from './free-list.js';
import { checkTableFreed } from './heap.js';
import { checkLength } from './length.js';
import { checkQuiesced, checkTokenLeak } from './mapping-leak.js';
import { checkEventFields, checkLooked, checkNotifications } from './notification.js';
import type { Blame } from './oracle.js';
import { checkPremature } from './premature.js';
import { checkReadOnlyData } from './read-only-data.js';
import { USED_ID_FIELD, DESC_ID, USED_IDX_FIELD } from './ring-map.js';
import {
  checkNeverPublished,
  checkNothingPublished,
  checkPackedPublish,
  checkRetracted,
  checkRingCleared,
  checkSplitPublish,
} from './ring-publish.js';
import { checkStaleBytes } from './stale-bytes.js';
import { moreKnown, moreUsed, takeFromBatch } from './used-buffers.js';
import { checkHeapAfterReset, checkNothingLeft } from './teardown.js';
import { checkBesideRing, checkPrivate } from './withdrawn-memory.js';
import {
  checkAllRecycled,
  checkAnyDetached,
  checkContext,
  checkDetached,
  checkRecycled,
  checkToken,
  failNotLooked,
} from './token.js';

/** A resize is a reset with another size. */
const RESET: Blame = { layer: 'shared', function: 'reset' };

export class CallJudge {
  constructor(private readonly c: CaseFile) {}

  /** A queue was created, or could not be. */
  created(packed: boolean, config: QueueConfig, result: number, records: DriverRecords | null): void {
    const { c } = this;
    const sizeExists = packed || (config.num & (config.num - 1)) === 0;
    if (!sizeExists) return;
    if (c.linuxRules) checkResult('create', c.kmallocFailures + c.coherentFailures > 0 ? -ENOMEM : 0, result);
    else checkRefusal(c, 'create', result, c.kmallocFailures + c.coherentFailures > 0);
    if (result !== 0) {
      checkNothingLeft(c, 'failed create');
      return;
    }
    c.model.start(packed, config);
    c.knownUsed = -1;
    c.records = records;
    c.heapOfQueue = c.heapLive;
    checkFreeCount(c);
  }

  /** After create, reset and resize: the ring is where the driver says. */
  ringAttached(): void {
    const { c } = this;
    checkEventFields(c);
    if (c.restarted) checkRingCleared(c);
  }

  added(token: number, result: number, broken: boolean): void {
    const { c } = this;
    const { model, buffers } = c;
    if (c.linuxRules) {
      const due = dueAddResult(c, token);
      checkResult('addSgs', due, result);
      const mustNotify = !model.packed && due === -ENOSPC && buffers.outPieces[token]! > 0;
      checkNotifications(c, mustNotify ? 1 : 0);
    } else checkRefusal(c, 'addSgs', result, mayRefuseAdd(c, token));
    if (result === 0) {
      if (model.packed) checkPackedPublish(c, token);
      else checkSplitPublish(c, token);
      buffers.state[token] = IN_FLIGHT;
      buffers.table[token] = c.tableAddress;
    } else {
      buffers.state[token] = REFUSED;
      checkTokenLeak(c, token, 'failed add');
      checkFailedAdd(c, result);
      checkNeverPublished(c);
      if (model.packed) checkNothingPublished(c);
      checkReadOnlyData(c, token);
    }
    checkFreeCount(c);
    // Ours breaks the queue (docs/driver.md). Linux asks the transport itself here, and does not look at the answer.
    if (c.foreign && c.notifyFailures > 0) model.broken = broken;
    checkBroken(c, broken);
  }

  got(completion: Completion | null, broken: boolean): void {
    const { c } = this;
    const { model } = c;
    const got = completion === null ? 0 : completion.token;
    const idField = model.packed ? DESC_ID : USED_ID_FIELD;
    const batched = model.batchLeft > 0;
    if (c.foreign && this.mayGiveNothing(completion, broken)) return;
    if (c.brokenBefore || (!batched && moreKnown(c) !== true)) {
      checkPremature(c, got, c.sawField(idField));
      if (!c.brokenBefore && completion === null) checkLooked(c, moreUsed(c) !== null);
      checkBroken(c, broken);
      return;
    }
    if (!batched && !c.sawField(idField)) {
      failNotLooked(c, got);
      return;
    }
    const due = c.releasing;
    checkToken(c, due, got);
    if (due === 0) {
      model.broken = true;
      checkBroken(c, broken);
      return;
    }
    if (model.inOrder) takeFromBatch(c, due);
    const descriptors = c.buffers.descriptors[due]!;
    model.end(c.buffers, c.buffers.id[due]!);
    model.advanceUsed(descriptors);
    if (model.callbacksOn && (!model.packed || model.eventFlags === EVENT_F_DESC)) {
      model.eventPosition = model.usedPosition;
    }
    if (completion !== null) checkLength(c, due, completion.length, completion.lengthTrust);
    if (completion !== null && model.context) checkContext(c, due, completion.ctx);
    this.returned(due, 'completion');
    checkFreeCount(c);
    checkEventFields(c);
    checkBroken(c, broken);
  }

  /** Before a detach: the buffer that it will give back. */
  detaching(): void {
    const { model } = this.c;
    this.c.releasing = 0;
    if (this.anyOrder()) return;
    const id = model.inOrder ? -1 : model.lowestInFlight();
    this.c.releasing = model.inOrder ? model.newest : id < 0 ? 0 : model.tokenOf[id]!;
  }

  detached(token: number): void {
    const { c } = this;
    if (this.anyOrder()) checkAnyDetached(c, token);
    else checkDetached(c, c.releasing, token);
    if (token === 0) return;
    this.recycled(token);
    if (!c.model.packed && c.linuxRules) checkRetracted(c);
    checkFreeCount(c);
  }

  /** reset, resize or detach gave a buffer back. */
  recycled(token: number): void {
    const { c } = this;
    checkRecycled(c, token);
    c.model.end(c.buffers, c.buffers.id[token]!);
    if (c.call === CALL_DETACH && !c.model.packed) {
      // Whether a buffer that is taken back leaves the available ring is Linux's rule; a reset must follow in any case.
      const due = (c.model.availableIndex - 1) & 0xffff;
      c.model.availableIndex = c.linuxRules ? due : c.written16(c.ring.driverArea + AVAIL_IDX);
    }
    this.returned(token, c.call === CALL_DETACH ? 'detach' : 'reset');
    c.heapLiveBefore = c.heapLive;
  }

  /** reset (`num` < 0) or resize is over; `transport` holds the answers that it got. */
  wasReset(
    num: number,
    result: number,
    broken: boolean,
    transport: { resettable: boolean; stopped: boolean; asked: boolean; disableError: number; enableError: number },
  ): void {
    const { c } = this;
    const { model } = c;
    const call = num < 0 ? 'reset' : 'resize';
    const due = dueResetResult(c, num, transport);
    if (c.linuxRules) checkResult(call, due, result);
    else checkRefusal(c, call, result, due !== 0);
    if (transport.stopped) {
      checkHandedBack(call, transport.asked);
      c.restarted = true;
      checkAllRecycled(c, call);
      const resized = num >= 0 && resizeAllocates(c, num);
      // At once: when the client gets its buffers back, the device may write again. A new ring is looked at when it is known.
      if (!resized) checkRingCleared(c);
      model.restart(resized ? num : model.num);
      model.broken = transport.enableError !== 0;
      checkFreeCount(c);
      checkHeapAfterReset(c, call, num >= 0 && !resized);
      c.knownUsed = -1;
    }
    checkBroken(c, broken, RESET);
  }

  mappingSizeAsked(result: number, backEnd: number, minAlignMask: number): void {
    const name = this.c.model.useDmaApi ? BACK_END_NAMES[backEnd] : 'none';
    let due = Number.MAX_SAFE_INTEGER;
    if (name === 'swiotlb') due = 262144 - ((minAlignMask + 2047) & ~2047);
    // What fits wherever in its first page it starts.
    else if (name === 'vduse') due = this.c.poolEnd - POOL_BASE - PAGE_SIZE;
    checkMaxMappingSize(this.c.linuxRules ? due : Math.min(due, result), result);
  }

  brokenAsked(broken: boolean): void {
    checkBroken(this.c, broken);
  }

  /** Every buffer has been taken back, and the queue still stands. */
  quiesced(): void {
    checkAllRecycled(this.c, 'detach');
    checkQuiesced(this.c);
    checkBesideRing(this.c);
    checkFreeList(this.c);
  }

  destroyed(): void {
    checkNothingLeft(this.c, 'destroy');
    checkPrivate(this.c);
  }

  /** What must hold for every buffer that came back, whichever way. */
  private returned(token: number, when: string): void {
    const { c } = this;
    c.buffers.state[token] = RETURNED;
    checkTokenLeak(c, token, when);
    checkTableFreed(c, token);
    if (c.buffers.premapped[token] === 1) return;
    checkReadOnlyData(c, token);
    checkStaleBytes(c, token);
  }

  /**
   * What a driver from outside may do where ours does not: go by used.idx in the middle of a batch, and refuse a ring that
   * it finds implausible, by breaking the queue. Says whether this is all there is to the call.
   */
  private mayGiveNothing(completion: Completion | null, broken: boolean): boolean {
    const { c } = this;
    const { model } = c;
    if (completion !== null || c.brokenBefore) return false;
    if (broken && !c.linuxRules) {
      model.broken = true;
      return true;
    }
    const waits = c.sawField(USED_IDX_FIELD) && c.seenUsed === model.usedIndex;
    return model.batchLeft > 0 && !model.packed && waits && !broken;
  }

  /** Which buffer comes back first when all are taken back: Linux's lowest id, where there is a rule. */
  private anyOrder(): boolean {
    const { c } = this;
    return !c.linuxRules || (c.foreign && c.model.inOrder);
  }
}
