// Which values of a field are worth trying: those at which a check changes its mind. Ids of every class (in flight, free,
// in the middle of a chain, none), positions around what the driver expects, every single bit of flags, lengths around
// what is there, and the ends of every width that a careless driver could cut a number to.

import type { QueueState, RacePoint, RaceSite } from '../../world/placement.js';

/** Of larger rings as many ids of each class are tried. */
const ALL_IDS = 16;
const IDS_OF_A_CLASS = 4;

/** Values to write, other than the one that is there, in order and each once. */
export function interestingValues({ queue }: RacePoint, site: RaceSite): readonly number[] {
  const wanted = [
    ...(site.before === null ? [] : [site.before]),
    ...fieldValues(site, queue),
    ...around(site.value),
    ...edges(site.size, queue),
  ];
  const values = wanted.map((value) => wrapped(value, site.size));
  return [...new Set(values)].filter((value) => value !== site.value).sort((a, b) => a - b);
}

function fieldValues({ field, value, size }: RaceSite, queue: QueueState): readonly number[] {
  switch (field.replace(/\[\d+\]/, '')) {
    case 'used.ring.id':
    case 'desc.id':
      return [...ids(queue), ...disguised(value, queue, size)];
    case 'desc.next':
      return ids(queue);
    case 'used.idx':
      return positions(queue);
    case 'desc.flags':
    case 'used.flags':
    case 'avail.flags':
      return [...bits(value, 16), ...(queue.packed ? lapFlags(value) : [])];
    case 'used.avail_event':
      return [...positions(queue), ...bits(value, 16)];
    case 'device_event.off_wrap':
      return [...bits(value, 8 * size), ...eventSnapshots(queue, size)];
    case 'desc.addr':
      return [value + 8, value - 8, value + 4096];
    default:
      return [];
  }
}

/** Every id of a small ring; of a larger one some of each class. */
function ids({ num, inFlight, midChain }: QueueState): readonly number[] {
  const all = Array.from({ length: num }, (_, id) => id);
  if (num <= ALL_IDS) return all;
  const free = all.filter((id) => !inFlight.includes(id) && !midChain.includes(id));
  return [inFlight, midChain, free].flatMap((some) => [
    ...some.slice(0, IDS_OF_A_CLASS / 2),
    ...some.slice(-IDS_OF_A_CLASS / 2),
  ]);
}

/** Ids that look like one in flight to whoever cuts a bit off. */
function disguised(value: number, { inFlight }: QueueState, size: number): readonly number[] {
  const live = [value, ...inFlight.slice(0, IDS_OF_A_CLASS)];
  const low = live.flatMap((id) => [id + 0x100, id + 0x8000]);
  return size === 2 ? low : [...low, ...live.flatMap((id) => [id + 0x10000, id + 0x80000000])];
}

/** Around what the driver has seen, what it has published, and a lap further. */
function positions({ num, usedPosition, availablePosition }: QueueState): readonly number[] {
  const here = [usedPosition, availablePosition].flatMap((position) => [position - 1, position, position + 1]);
  return [...here, usedPosition + num, usedPosition + num + 1, usedPosition ^ 0x8000];
}

/** Packed: used, available and neither, on both laps, with the other flags as they are. */
function lapFlags(flags: number): readonly number[] {
  return [0, 0x80, 0x8000, 0x8080].map((lap) => (flags & ~0x8080) | lap);
}

/** Packed device event: every kind of flags with positions around the next available slot, on both laps. */
function eventSnapshots({ num, availablePosition }: QueueState, size: number): readonly number[] {
  const slot = availablePosition & 0x7fff;
  const slots = [slot - 1, slot, slot + 1, 0, num - 1, num].filter((position) => position >= 0);
  const offWraps = slots.flatMap((position) => [position, position | 0x8000]);
  if (size === 2) return offWraps;
  return [0, 1, 2, 3].flatMap((flags) => offWraps.map((offWrap) => flags * 0x10000 + offWrap));
}

function bits(value: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, bit) => (value ^ (1 << bit)) >>> 0);
}

function around(value: number): readonly number[] {
  return [value - 1, value + 1];
}

/** What every field is tried with: the ends of the ring and of the widths. */
function edges(size: number, { num }: QueueState): readonly number[] {
  const narrow = [0, 1, num - 1, num, num + 1, 0x7fff, 0x8000, 0xffff];
  return size === 2 ? narrow : [...narrow, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
}

/** As the field would hold it. */
function wrapped(value: number, size: number): number {
  if (size === 8) return Math.max(0, Math.min(value, Number.MAX_SAFE_INTEGER));
  const modulus = 2 ** (8 * size);
  return ((value % modulus) + modulus) % modulus;
}
