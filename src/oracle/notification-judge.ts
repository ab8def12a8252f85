// Judges the calls that have to do with notifications, in both directions: kicks to the device, callbacks from it. One method
// a call, as in call-judge.ts.

import { IRQ_HANDLED, IRQ_NONE } from '../platform/ring-driver.js';
import type { CaseFile } from './case-file.js';
import { moreKnown, moreUsed } from './used-buffers.js';
import { checkBroken, checkResult } from './errno.js';
import { checkBrokenAnswer } from './liveness.js';
import {
  checkCallbacks,
  checkEventFields,
  checkEventOrder,
  checkInterruptResult,
  checkKickDecision,
  checkKickNotLost,
  checkLooked,
  checkNotifications,
  checkPending,
  dueKick,
} from './notification.js';

export class NotificationJudge {
  constructor(private readonly c: CaseFile) {}

  kickPrepared(kick: boolean): void {
    if (this.c.linuxRules) checkKickDecision(this.c, dueKick(this.c), kick);
    else if (!this.c.brokenBefore) checkKickNotLost(this.c, dueKick(this.c), kick);
    this.c.model.numAdded = 0;
    checkNotifications(this.c, 0);
  }

  notified(result: boolean, broken: boolean): void {
    const { c } = this;
    checkNotifications(c, c.brokenBefore ? 0 : 1);
    checkResult('notify', !c.brokenBefore && c.notifyFailures === 0 ? 1 : 0, result ? 1 : 0);
    checkBroken(c, broken);
  }

  kicked(result: boolean, broken: boolean): void {
    const { c } = this;
    const due = dueKick(c);
    if (!c.linuxRules) {
      c.model.numAdded = 0;
      if (!c.brokenBefore) checkKickNotLost(c, due, c.notifications > 0);
      checkBroken(c, broken);
      return;
    }
    // A broken queue is not kicked any more, but a kick that it should have been is answered by false.
    checkKickDecision(c, due, c.brokenBefore ? !result : c.notifications > 0);
    c.model.numAdded = 0;
    const works = due !== true || (!c.brokenBefore && c.notifyFailures === 0);
    checkResult('kick', works ? 1 : 0, result ? 1 : 0);
    checkBroken(c, broken);
  }

  callbacksDisabled(): void {
    this.c.model.callbacksDisabled();
    checkEventFields(this.c);
  }

  /** enableCb: true must mean that nothing is pending. */
  callbacksEnabled(result: boolean): void {
    const { c } = this;
    checkEventOrder(c);
    c.model.callbacksEnabled(c.model.usedPosition);
    checkEventFields(c);
    if (c.brokenBefore) {
      checkBrokenAnswer(c, 'enableCb', true, result);
      return;
    }
    checkPending(c, 'enableCb', moreUsed(c) === false, result);
  }

  callbacksPrepared(opaque: number): void {
    const { c } = this;
    checkEventOrder(c);
    c.model.callbacksEnabled(c.model.usedPosition);
    checkEventFields(c);
    if (c.linuxRules) checkResult('enableCbPrepare', c.model.usedPosition, opaque);
  }

  polled(opaque: number, result: boolean): void {
    const { c } = this;
    if (c.brokenBefore) {
      checkBrokenAnswer(c, 'poll', false, result);
      return;
    }
    if (!c.linuxRules) checkPending(c, 'poll', moreKnown(c) === true, result);
    else if (c.model.batchLeft > 0) checkPending(c, 'poll', true, result);
    else if (c.model.packed) checkPending(c, 'poll', c.model.looksUsed(c.seenUsed, (opaque & 0x8000) !== 0), result);
    else checkPending(c, 'poll', c.seenUsed !== opaque, result);
  }

  callbacksDelayed(result: boolean): void {
    const { c } = this;
    const { model } = c;
    if (c.brokenBefore) {
      checkBrokenAnswer(c, 'enableCbDelayed', true, result);
      return;
    }
    if (!c.linuxRules) {
      // When the interrupt is to come is the driver's choice, and with it what the answer says.
      model.callbacksOn = true;
      model.eventTriggered = false;
      return;
    }
    checkEventOrder(c);
    if (model.packed) {
      const delay = Math.trunc(((model.num - model.numFree) * 3) / 4);
      const index = model.usedIndex + delay;
      const wrap = index >= model.num ? !model.usedWrap : model.usedWrap;
      model.callbacksEnabled((index % model.num) | (wrap ? 0x8000 : 0));
      checkPending(c, 'enableCbDelayed', moreUsed(c) === false, result);
    } else {
      const delay = Math.trunc((((model.availableIndex - model.usedIndex) & 0xffff) * 3) / 4);
      model.callbacksEnabled((model.usedIndex + delay) & 0xffff);
      checkPending(c, 'enableCbDelayed', ((c.seenUsed - model.usedIndex) & 0xffff) <= delay, result);
    }
    checkEventFields(c);
  }

  interrupted(result: number): void {
    const { c } = this;
    const more = moreKnown(c);
    checkLooked(c, more !== null);
    checkInterruptResult(c, more === true ? IRQ_HANDLED : IRQ_NONE, result);
    const runs = more === true && !c.brokenBefore;
    if (runs && c.model.eventIndex) c.model.eventTriggered = true;
    checkCallbacks(c, runs && c.model.callback ? 1 : 0);
  }
}
