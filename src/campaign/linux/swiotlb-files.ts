// What variant `swiotlb` is compiled from besides the ring: the kernel's bounce buffers, the headers that they are used with
// verbatim, and those that the shim stands for. A tree without them can still be built in the other variants.

import type { LinuxVariant } from '../../linux/linux-build.js';

export const SWIOTLB_SOURCE = 'kernel/dma/swiotlb.c';

/** Used verbatim, below include/. */
export const SWIOTLB_HEADERS: readonly string[] = ['linux/dma-direct.h', 'linux/iommu-helper.h', 'linux/swiotlb.h'];

/** Become one line that includes the shim. */
export const SWIOTLB_SHIM_HEADERS: readonly string[] = [
  'linux/cc_platform.h',
  'linux/ctype.h',
  'linux/debugfs.h',
  'linux/dma-map-ops.h',
  'linux/export.h',
  'linux/highmem.h',
  'linux/init.h',
  'linux/io.h',
  'linux/kmsan-checks.h',
  'linux/limits.h',
  'linux/log2.h',
  'linux/math.h',
  'linux/memblock.h',
  'linux/of.h',
  'linux/of_fdt.h',
  'linux/of_reserved_mem.h',
  'linux/pfn.h',
  'linux/rculist.h',
  'linux/set_memory.h',
  'linux/workqueue.h',
  'trace/events/swiotlb.h',
];

/** How the file is configured: pools that are reserved memory, which can have any size; none that grow, and no statistics. */
export const SWIOTLB_CONFIG: readonly string[] = ['-DCONFIG_SWIOTLB', '-DCONFIG_DMA_RESTRICTED_POOL'];

/** Paths of all of it in a tree. */
export const SWIOTLB_FILES: readonly string[] = [
  SWIOTLB_SOURCE,
  ...SWIOTLB_HEADERS.map((header) => `include/${header}`),
];

/** What the shim calls, by file. Reserved memory began with 5.15. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  [SWIOTLB_SOURCE]: ['RESERVEDMEM_OF_DECLARE', 'swiotlb_tbl_map_single'],
  'include/linux/swiotlb.h': [
    'swiotlb_map',
    'swiotlb_tbl_map_single',
    'swiotlb_tbl_unmap_single',
    'swiotlb_sync_single_for_cpu',
    'swiotlb_sync_single_for_device',
    'swiotlb_max_mapping_size',
  ],
};

type Files = ReadonlyMap<string, string>;

/** What is missing for the variant, in words; null where nothing is. */
export function swiotlbLack(files: Files): string | null {
  const file = SWIOTLB_FILES.find((path) => !files.has(path));
  if (file !== undefined) return `no ${file}`;
  for (const [path, symbols] of Object.entries(REQUIRED)) {
    const missing = symbols.find((symbol) => !new RegExp(`\\b${symbol}\\b`).test(files.get(path) ?? ''));
    if (missing !== undefined) return `no ${missing} in ${path}`;
  }
  return null;
}

/** Those of a tree's files that a variant is made of. */
export function filesOf(files: Files, variant: LinuxVariant): Files {
  return variant === 'swiotlb' ? files : new Map([...files].filter(([path]) => !SWIOTLB_FILES.includes(path)));
}
