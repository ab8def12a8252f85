// What a build of the kernel's ring is, once it is loaded: the compiled module and what was learned when it was made. Plain
// values: the files are read by src/campaign/linux.

import type { SymbolTable } from './symbol-table.js';

/** How the kernel file was compiled. */
export const LINUX_VARIANTS = ['coverage', 'kasan', 'swiotlb'] as const;
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

// Names in LinuxBuild.api: macros of the shim, or what only the driver module goes by.
export const HAS_RESIZE = 'HAVE_VIRTQUEUE_RESIZE';
export const HAS_RESET = 'HAVE_VIRTQUEUE_RESET';
/** A queue whose buffers all come mapped (6.6 to 6.12), or single buffers that do. */
export const HAS_PREMAPPED_QUEUES = 'HAVE_PREMAPPED_QUEUES';
export const HAS_PREMAPPED_BUFFERS = 'HAVE_PREMAPPED_BUFFERS';
export const HAS_IN_ORDER = 'HAVE_IN_ORDER';
/** The split ring unmaps by private records (5.14). */
export const HAS_PRIVATE_METADATA = 'HAVE_PRIVATE_METADATA';
/** Holes of docs/linux.md that the tree has closed. */
export const CLOSES_V28 = 'CLOSES_V28';
export const CLOSES_V29 = 'CLOSES_V29';
