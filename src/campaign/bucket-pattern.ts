// Names of buckets with `*` for any text: how one entry of known-issues.json names what one cause brings about.

/** Whether a bucket is one of these names. */
export function bucketMatcher(names: readonly string[]): (bucket: string) => boolean {
  const exact = new Set(names.filter((name) => !name.includes('*')));
  const patterns = names.filter((name) => name.includes('*')).map(bucketPattern);
  return (bucket) => exact.has(bucket) || patterns.some((pattern) => pattern.test(bucket));
}

export function bucketPattern(name: string): RegExp {
  const parts = name.split('*').map((part) => part.replace(/[^\w-]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
