// Each buffer comes back once, and it is the one that the device named.

import { IN_FLIGHT, RETURNED } from './buffer-table.js';
import type { CaseFile } from './case-file.js';
import { fail, type OracleInfo } from './oracle.js';

export const token: OracleInfo = {
  id: 'token',
  claim: 'each token comes back once, and never a foreign or stale one',
  source: 'virtio-ring facts 2.4, V04, E1; virtio-v1.4 2.7.14',
  severity: 'critical',
  cwe: 675,
};

/** getBuf handed up `got`; the device's entry named the buffer `due` (0: none that is in flight). */
export function checkToken(c: CaseFile, due: number, got: number): void {
  if (got === due) return;
  let shape = 'foreign token';
  if (got === 0) shape = 'completed buffer not returned';
  else if (due === 0) shape = c.seenId < c.model.num ? 'id of no buffer accepted' : 'id out of range accepted';
  else if (c.buffers.state[got] === RETURNED) shape = 'token returned twice';
  fail(token, shape, {
    expected: { token: due },
    got: { token: got, 'device id': c.seenId, 'device len': c.seenLen },
  });
}

/** Something was used, and the driver did not even look at what. */
export function failNotLooked(c: CaseFile, got: number): void {
  fail(token, got === 0 ? 'completed buffer not returned' : 'token without reading the id', {
    expected: { 'id read': true },
    got: { 'id read': false, token: got, 'used as read': c.seenUsed },
  });
}

/** A context comes back with its own buffer. */
export function checkContext(c: CaseFile, due: number, got: number): void {
  if (c.buffers.ctx[due] === got) return;
  fail(token, 'context', { expected: { ctx: c.buffers.ctx[due]!, token: due }, got: { ctx: got } });
}

/** A reset, a resize or a detach gave `got` back. */
export function checkRecycled(c: CaseFile, got: number): void {
  if (got > 0 && got <= c.buffers.count && c.buffers.state[got] === IN_FLIGHT) return;
  fail(token, 'recycled token not in flight', {
    expected: { 'in flight': true },
    got: { 'in flight': false, token: got },
    ...NOT_IN_FLIGHT,
  });
}

/** Everything that was in flight must have come back. */
export function checkAllRecycled(c: CaseFile, when: string): void {
  if (c.model.inFlight === 0) return;
  fail(token, `buffers lost by ${when}`, {
    expected: { 'buffers in flight': 0 },
    got: { 'buffers in flight': c.model.inFlight },
  });
}

/** Detach gives back the buffer with the lowest id first. */
export function checkDetached(c: CaseFile, due: number, got: number): void {
  if (due === got) return;
  const inFlight = got === 0 || (got <= c.buffers.count && c.buffers.state[got] === IN_FLIGHT);
  fail(token, 'detach', { expected: { token: due }, got: { token: got }, ...(inFlight ? {} : NOT_IN_FLIGHT) });
}

/** The same where any buffer in flight may be the first, and none must be left out. */
export function checkAnyDetached(c: CaseFile, got: number): void {
  if (got === 0 ? c.model.inFlight === 0 : got <= c.buffers.count && c.buffers.state[got] === IN_FLIGHT) return;
  fail(token, 'detach', {
    expected: { token: got === 0 ? 'one in flight' : 'in flight' },
    got: { token: got, 'in flight': c.model.inFlight },
    ...NOT_IN_FLIGHT,
  });
}

/** reset and resize detach one by one, as everybody else does. */
const NOT_IN_FLIGHT = {
  group: 'token not in flight given back',
  blame: { layer: 'shared', function: 'detachUnusedBuf' },
} as const;
