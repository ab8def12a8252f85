// Making a list shorter and a number smaller for as long as a property holds. Knows nothing of inputs.

/** Pairs are tried in lists of up to this length: their number grows with its square. */
const PAIRS_UP_TO = 16;

/** Lengths of neighbours tried at every place: a buffer's whole life takes about three steps. */
const NEIGHBOURS = [3, 4, 5, 6] as const;
const NEIGHBOURS_UP_TO = 64;

/**
 * A part of `items`, in order, that `keeps` accepts and from which no single item, and where it is short no two, can be
 * taken. Delta debugging (Zeller and Hildebrandt 2002) in the form that only removes: ever smaller runs of items, the
 * last ones first, because what comes late rarely matters to what came before it.
 */
export function shortest<T>(items: readonly T[], keeps: (items: readonly T[]) => boolean): readonly T[] {
  let current = items;
  for (;;) {
    current = withoutRuns(current, keeps);
    const shorter = withoutNeighbours(current, keeps) ?? withoutPair(current, keeps);
    if (shorter === null) return current;
    current = shorter;
  }
}

function withoutRuns<T>(items: readonly T[], keeps: (items: readonly T[]) => boolean): readonly T[] {
  let current = items;
  let size = Math.max(1, Math.ceil(items.length / 2));
  for (;;) {
    const before = current.length;
    for (let end = current.length; end > 0; end -= size) {
      const candidate = [...current.slice(0, Math.max(0, end - size)), ...current.slice(end)];
      if (keeps(candidate)) current = candidate;
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (current.length === before) return current;
  }
}

/** Neighbours of which none can go alone. Null when none can go together either. */
function withoutNeighbours<T>(items: readonly T[], keeps: (items: readonly T[]) => boolean): readonly T[] | null {
  if (items.length > NEIGHBOURS_UP_TO) return null;
  for (const size of NEIGHBOURS) {
    for (let start = items.length - size; start >= 0; start--) {
      const candidate = [...items.slice(0, start), ...items.slice(start + size)];
      if (keeps(candidate)) return candidate;
    }
  }
  return null;
}

/** Two steps far apart, such as an add and its completion. Null when no pair can go. */
function withoutPair<T>(items: readonly T[], keeps: (items: readonly T[]) => boolean): readonly T[] | null {
  if (items.length > PAIRS_UP_TO) return null;
  for (let second = items.length - 1; second > 0; second--) {
    for (let first = second - 1; first >= 0; first--) {
      const candidate = items.filter((_, index) => index !== first && index !== second);
      if (keeps(candidate)) return candidate;
    }
  }
  return null;
}

/** A byte no larger than `value` that `keeps` accepts: 0, or one with fewer bits, then the first of those just below. */
export function smallest(value: number, keeps: (value: number) => boolean): number {
  if (value === 0 || keeps(0)) return 0;
  let current = value;
  for (let bit = 0x80; bit > 0; bit >>= 1) {
    const candidate = current & ~bit;
    if (candidate !== current && candidate !== 0 && keeps(candidate)) current = candidate;
  }
  while (current > 1 && keeps(current - 1)) current--;
  return current;
}
