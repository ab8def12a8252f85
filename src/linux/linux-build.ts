// What a build of the kernel's ring is, once it is loaded: the compiled module and what was learned when it was made. Plain
// values: the files are read by src/campaign/linux.

import type { SymbolTable } from './symbol-table.js';

/** How the kernel file was compiled. */
export const LINUX_VARIANTS = ['coverage', 'kasan'] as const;
export type LinuxVariant = (typeof LINUX_VARIANTS)[number];

export interface LinuxBuild {
  /** Such as 6.12.117. */
  readonly kernelVersion: string;
  /** SHA-256 of the virtio_ring.c that was compiled, patched where a patch was given. */
  readonly sourceHash: string;
  readonly variant: LinuxVariant;
  /** Names of what the tree's API has beyond the oldest one: what the shim was compiled with. */
  readonly api: readonly string[];
  readonly module: WebAssembly.Module;
  readonly symbols: SymbolTable;
}

export const HAS_RESIZE = 'HAVE_VIRTQUEUE_RESIZE';
export const HAS_RESET = 'HAVE_VIRTQUEUE_RESET';
