// Minimises an input that is laid over the ring as it is: here a byte's place is its meaning, so bytes become zero rather
// than go, and only the end can be cut off without moving anything.

import { HEADER_SIZE } from '../../scenario/configuration.js';
import { shortest } from './delta-debugging.js';
import { withSmallerByte } from './record-form.js';

type Keeps = (bytes: Uint8Array) => boolean;

/** Configuration and the byte that says what the client does; what follows lies over the ring. */
const HEAD = HEADER_SIZE + 1;

/** The smallest input found that `keeps` accepts. */
export function shrinkRaw(bytes: Uint8Array, keeps: Keeps): Uint8Array {
  let current = bytes;
  for (;;) {
    const before = current;
    current = withoutEnd(current, keeps);
    current = withoutBytes(current, keeps);
    current = withMoreZeros(current, keeps);
    for (let at = 0; at < current.length; at++) current = withSmallerByte(current, at, keeps);
    if (Buffer.from(current).equals(before)) return current;
  }
}

/** Cut off as far as can be, in halves. */
function withoutEnd(bytes: Uint8Array, keeps: Keeps): Uint8Array {
  let current = bytes;
  for (let size = bytes.length; size > 0; size >>= 1) {
    while (current.length > size && keeps(current.subarray(0, current.length - size))) {
      current = current.slice(0, current.length - size);
    }
  }
  return current;
}

/** What follows moves up: worth a try where the ring is smaller than the input thought. */
function withoutBytes(bytes: Uint8Array, keeps: Keeps): Uint8Array {
  const head = bytes.slice(0, HEAD);
  const overlay = shortest([...bytes.subarray(HEAD)], (rest) => keeps(Uint8Array.from([...head, ...rest])));
  return Uint8Array.from([...head, ...overlay]);
}

/** Delta debugging over the places that are not zero yet. */
function withMoreZeros(bytes: Uint8Array, keeps: Keeps): Uint8Array {
  const places = [...bytes.keys()].filter((at) => at >= HEAD && bytes[at] !== 0);
  const kept = shortest(places, (candidate) => keeps(onlyAt(bytes, candidate)));
  return onlyAt(bytes, kept);
}

/** The input with zeros everywhere behind its head but at `places`. */
function onlyAt(bytes: Uint8Array, places: readonly number[]): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes.subarray(0, HEAD));
  for (const at of places) copy[at] = bytes[at] ?? 0;
  return copy;
}
