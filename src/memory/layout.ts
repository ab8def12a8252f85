// The map of guest memory: one pooled buffer, addressed by offset ("CPU address"). Address 0 is never valid.
//
//   0x000000  unmapped
//   0x010000  coherent memory   shared: the device may write all of it
//   0x020000  heap (kmalloc)    private
//   0x040000  unmapped
//   0x080000  bounce pool       shared: the device may write all of it
//   0x100000  buffers           private; the device reaches them only through a mapping

export const COHERENT_BASE = 0x010000;
export const COHERENT_SIZE = 0x010000;
export const HEAP_BASE = 0x020000;
export const HEAP_SIZE = 0x020000;
export const POOL_BASE = 0x080000;
export const POOL_SIZE = 0x080000;
export const DATA_BASE = 0x100000;
export const DATA_SIZE = 0x140000;
export const MEMORY_SIZE = DATA_BASE + DATA_SIZE;

export const PAGE_SIZE = 4096;

/** Physical address of CPU address 0. Its non-zero high half makes a truncated or forged address visible at once. */
export const PHYSICAL_BASE = 0x1_0000_0000;

/**
 * First I/O virtual address of a VDUSE domain, far from every physical address. Byte k of its streaming region is byte k of
 * the bounce pool, as in Linux, where a page of the region has its bounce page for good.
 */
export const DOMAIN_BASE = 0x4_0000_0000;
