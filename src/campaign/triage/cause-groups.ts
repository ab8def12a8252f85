// Joins buckets that evidence links, one way or the other, into groups.

/** The group of each bucket, as the lowest index of its members. `linked` gives buckets that the one at an index leads to. */
export function groupsOf(
  buckets: readonly string[],
  linked: (index: number) => ReadonlySet<string>,
): readonly number[] {
  const parent = buckets.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== undefined && parent[at] !== at) at = parent[at] ?? at;
    return at;
  };
  buckets.forEach((_, index) => {
    for (const bucket of linked(index)) {
      const other = buckets.indexOf(bucket);
      if (other < 0) continue;
      const [low, high] = [root(index), root(other)].sort((a, b) => a - b);
      if (low !== undefined && high !== undefined) parent[high] = low;
    }
  });
  return buckets.map((_, index) => root(index));
}
