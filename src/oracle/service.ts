// What serving a queue must come to when everything works: the device is honest, every service answers, and there is room.
// The other checks follow what the driver read; these know what the device did, and so see a driver that never looks and a
// buffer that the device cannot reach.

import type { CaseFile } from './case-file.js';
import { errno } from './errno.js';
import { length } from './length.js';
import { fail } from './oracle.js';
import { token } from './token.js';

/** An add for which ring and DMA layer have room is over. */
export function checkAccepted(c: CaseFile, accepted: boolean): void {
  if (accepted) return;
  fail(errno, 'add refused where everything works', {
    expected: { accepted: true },
    got: { accepted: false, 'failed maps': c.mapFailures, 'live mappings': c.ledger.liveCount },
  });
}

/** The device completed a buffer, and getBuf gave back `got`. */
export function checkServed(c: CaseFile, got: number): void {
  if (got !== 0) return;
  fail(token, 'completed buffer not returned', {
    expected: { 'buffer returned': true },
    got: { 'buffer returned': false, 'in flight': c.model.inFlight },
  });
}

/** An honest device filled all of the buffer and said so. */
export function checkFilled(c: CaseFile, served: number): void {
  const writable = c.buffers.writable[served]!;
  if (c.seenLen === writable) return;
  fail(length, 'buffer that the device cannot fill', {
    expected: { length: writable },
    got: { length: c.seenLen, token: served },
  });
}
