// The points at which a platform service can fail on purpose, and who decides.

export const FAIL_MAP = 0;
export const FAIL_COHERENT = 1;
export const FAIL_KMALLOC = 2;
export const FAIL_NOTIFY = 3;
export const FAIL_DISABLE = 4;
export const FAIL_ENABLE = 5;
export const FAILURE_KINDS = 6;
export type FailureKind = 0 | 1 | 2 | 3 | 4 | 5;

export const FAILURE_NAMES: readonly string[] = [
  'map',
  'coherent',
  'kmalloc',
  'notify',
  'disable-queue',
  'enable-queue',
];

export interface FailureSource {
  /** Called once for each attempt of that kind; true when this one must fail. */
  fails(kind: FailureKind): boolean;
}
