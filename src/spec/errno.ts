// Error numbers that a ring driver returns, negated, to its caller (Linux values).

export const EPERM = 1;
export const ENOENT = 2;
export const EIO = 5;
export const E2BIG = 7;
export const ENOMEM = 12;
export const EBUSY = 16;
export const EINVAL = 22;
export const ENOSPC = 28;

const NAMES: Readonly<Record<number, string>> = {
  [EPERM]: 'EPERM',
  [ENOENT]: 'ENOENT',
  [EIO]: 'EIO',
  [E2BIG]: 'E2BIG',
  [ENOMEM]: 'ENOMEM',
  [EBUSY]: 'EBUSY',
  [EINVAL]: 'EINVAL',
  [ENOSPC]: 'ENOSPC',
};

/** The symbolic form of a driver's return value: `-ENOSPC`, `0`, or the number where it is no known error. */
export function errnoName(value: number): string {
  const name = value < 0 ? NAMES[-value] : undefined;
  return name === undefined ? String(value) : `-${name}`;
}
