// Kicks and interrupts: none is lost, none is invented. Decided again from what the driver read and from what it wrote.

import { EVENT_F_DESC, EVENT_F_DISABLE, EVENT_F_ENABLE } from '../spec/packed-layout.js';
import { AVAIL_FLAGS, USED_F_NO_NOTIFY, usedEventOffset } from '../spec/split-layout.js';
import { EVENT_FLAGS, EVENT_OFF_WRAP } from '../spec/packed-layout.js';
import { CALL_ENABLE_CB, CALL_ENABLE_CB_PREPARE, CALL_NAMES } from './calls.js';
import type { CaseFile } from './case-file.js';
import { blameOfPoll, fail, type OracleInfo } from './oracle.js';
import {
  AVAIL_EVENT_FIELD,
  DEVICE_OFF_WRAP_FIELD,
  DRIVER_FLAGS_FIELD,
  DRIVER_OFF_WRAP_FIELD,
  fieldName,
  USED_EVENT_FIELD,
  USED_FLAGS_FIELD,
  AVAIL_FLAGS_FIELD,
} from './ring-map.js';

export const notification: OracleInfo = {
  id: 'notification',
  claim: 'every kick and every interrupt that is due happens, and no other',
  source: 'virtio-ring facts 2.5, 2.6, V12, V13; virtio-v1.4 2.7.7, 2.7.10, 2.8.10',
  severity: 'medium',
  cwe: 662,
};

/** Whether the device asked for a kick, by the bytes that the driver read; null when it read none. */
export function dueKick(c: CaseFile): boolean | null {
  const { model } = c;
  if (model.packed) return c.sawField(DEVICE_OFF_WRAP_FIELD) ? dueKickPacked(c) : null;
  if (model.eventIndex) {
    if (!c.sawField(AVAIL_EVENT_FIELD)) return null;
    return passed(c.seenEvent, model.availableIndex, model.numAdded);
  }
  return c.sawField(USED_FLAGS_FIELD) ? (c.seenEvent & USED_F_NO_NOTIFY) === 0 : null;
}

function dueKickPacked(c: CaseFile): boolean {
  const { model } = c;
  const flags = c.seenEvent >>> 16;
  if (flags === EVENT_F_DISABLE) return false;
  if (flags !== EVENT_F_DESC) return true;
  const lap = ((c.seenEvent & 0x8000) !== 0) === model.availableWrap ? 0 : model.num;
  return passed((c.seenEvent & 0x7fff) - lap, model.availableIndex, model.numAdded);
}

/** virtio-v1.4 2.7.10: the last `moved` steps up to `now` went past `event` (all modulo 2^16). */
function passed(event: number, now: number, moved: number): boolean {
  const stepsSince = (now - 1 - event) & 0xffff;
  return stepsSince < (moved & 0xffff);
}

export function checkKickDecision(c: CaseFile, due: boolean | null, got: boolean): void {
  if (due === got) return;
  const by = decidesByPosition(c) ? 'position' : 'flags';
  fail(notification, due === null ? 'kick decided without asking' : due ? 'kick lost' : 'kick invented', {
    expected: { kick: due ?? 'read first' },
    got: { kick: got, 'event as read': c.seenEvent, 'added since': c.model.numAdded },
    blame: { layer: 'layout', function: 'kickPrepare' },
    // One wrong comparison loses kicks and invents others.
    ...(due === null ? {} : { group: `kick decided wrongly by ${by}` }),
  });
}

/** Where a kick too many is nobody's harm: the one that the device asked for, or may have asked for unheard, must come. */
export function checkKickNotLost(c: CaseFile, due: boolean | null, got: boolean): void {
  if (got || due === false || c.model.numAdded === 0) return;
  checkKickDecision(c, due, got);
}

/** Whether the device named a position at which it wants to be kicked, rather than a yes or no. */
function decidesByPosition({ model, seenEvent }: CaseFile): boolean {
  return model.packed ? seenEvent >>> 16 === EVENT_F_DESC : model.eventIndex;
}

/** `due` notifications must have reached the transport in this call. */
export function checkNotifications(c: CaseFile, due: number): void {
  if (c.notifications === due) return;
  fail(notification, c.notifications < due ? 'notification lost' : 'notification invented', {
    expected: { notifications: due },
    got: { notifications: c.notifications, call: CALL_NAMES[c.call] ?? '' },
  });
}

/** `due` callbacks must have been run by the interrupt. */
export function checkCallbacks(c: CaseFile, due: number): void {
  if (c.callbacks === due) return;
  fail(notification, c.callbacks < due ? 'callback lost' : 'callback invented', {
    expected: { callbacks: due },
    got: { callbacks: c.callbacks },
  });
}

/** What the driver told the device about when to interrupt, as it stands in its own last stores. */
export function checkEventFields(c: CaseFile): void {
  const { model, ring } = c;
  if (ring.num === 0) return;
  if (!c.linuxRules) {
    if (c.call === CALL_ENABLE_CB || c.call === CALL_ENABLE_CB_PREPARE) checkAsked(c);
    return;
  }
  if (!model.packed) {
    checkField(c, AVAIL_FLAGS_FIELD, ring.driverArea + AVAIL_FLAGS, model.availFlags);
    if (model.eventPosition < 0) return;
    checkField(c, USED_EVENT_FIELD, ring.driverArea + usedEventOffset(model.num), model.eventPosition);
    return;
  }
  checkField(c, DRIVER_FLAGS_FIELD, ring.driverArea + EVENT_FLAGS, model.eventFlags);
  if (model.eventPosition < 0) return;
  checkField(c, DRIVER_OFF_WRAP_FIELD, ring.driverArea + EVENT_OFF_WRAP, model.eventPosition);
}

/** Callbacks were switched on: the next completion must interrupt, in whichever way the driver asks for it. */
function checkAsked(c: CaseFile): void {
  const { model, ring } = c;
  if (!model.packed && model.eventIndex) {
    checkField(c, USED_EVENT_FIELD, ring.driverArea + usedEventOffset(model.num), model.eventPosition);
  } else if (!model.packed) {
    checkField(c, AVAIL_FLAGS_FIELD, ring.driverArea + AVAIL_FLAGS, 0);
  } else if (c.written16(ring.driverArea + EVENT_FLAGS) === EVENT_F_DESC) {
    checkField(c, DRIVER_OFF_WRAP_FIELD, ring.driverArea + EVENT_OFF_WRAP, model.eventPosition);
  } else checkField(c, DRIVER_FLAGS_FIELD, ring.driverArea + EVENT_FLAGS, EVENT_F_ENABLE);
}

/**
 * The driver asks for an interrupt and then looks: a completion in between would be lost the other way round. Packed: the
 * position must stand before the flags that make the device look at it (virtio-v1.4 2.7.10, 2.8.14).
 */
export function checkEventOrder(c: CaseFile): void {
  const { model } = c;
  if (c.askedLate) {
    fail(notification, 'looked before it asked', {
      expected: { 'event stored': 'before the load' },
      got: { 'event stored': 'after the load', call: CALL_NAMES[c.call] ?? '' },
      blame: { layer: 'layout', function: CALL_NAMES[c.call] ?? '' },
    });
  }
  if (
    !c.linuxRules ||
    !model.packed ||
    !model.eventIndex ||
    model.callbacksOn ||
    c.lastStoreField === DRIVER_FLAGS_FIELD
  )
    return;
  fail(notification, 'event flags before their position', {
    expected: { 'last store': fieldName(DRIVER_FLAGS_FIELD) },
    got: { 'last store': fieldName(c.lastStoreField) },
    blame: { layer: 'layout', function: 'enableCbPrepare' },
  });
}

function checkField(c: CaseFile, field: number, address: number, due: number): void {
  const got = c.written16(address);
  if (got === due) return;
  fail(notification, `${fieldName(field)} as published`, {
    expected: { value: due },
    got: { value: got, call: CALL_NAMES[c.call] ?? '' },
    field: fieldName(field),
  });
}

/** enableCb and its kin: true must mean that nothing was pending in what the driver read. */
export function checkPending(c: CaseFile, call: string, due: boolean, got: boolean): void {
  if (due === got) return;
  fail(notification, `${call} answers wrongly`, {
    expected: { [call]: due },
    got: { [call]: got, 'used as read': c.seenUsed },
    group: 'answer',
    blame: blameOfPoll(call),
  });
}

/** interrupt() must say whether it found work. */
export function checkInterruptResult(c: CaseFile, due: number, got: number): void {
  if (due === got) return;
  fail(notification, 'interrupt result', {
    expected: { handled: due },
    got: { handled: got, 'used as read': c.seenUsed },
  });
}

/** A call that says whether there is work has to look at the ring first: one that never looks never finds any. */
export function checkLooked(c: CaseFile, looked: boolean): void {
  if (looked) return;
  const call = CALL_NAMES[c.call] ?? '';
  fail(notification, `${call} does not look`, { expected: { 'ring read': true }, got: { 'ring read': false } });
}
