/* SPDX-License-Identifier: MIT */
/*
 * What swiotlb.c needs besides the rest of the shim: boot time services that are never called, locks and debugfs that do
 * nothing, and reserved memory, through which the kernel makes a pool of any size (CONFIG_DMA_RESTRICTED_POOL).
 */
#ifndef VRINGFUZZ_POOL_H
#define VRINGFUZZ_POOL_H

/* Its records are judged like heap objects, but are no heap of the driver's: nobody is told of them. */
void *vringfuzz_record_alloc(size_t size);
/* A copy was cut down or refused. Linux says so once; what is judged is each time. */
void vringfuzz_bounce_warning(void);
/* What sets up a pool of reserved memory: a function, in newer trees operations with such a function. */
extern const void *const vringfuzz_pool_setup;
extern const bool vringfuzz_pool_has_operations;

/* What all spellings of kzalloc and kfree come to. The memory is zeroed. */
#define vringfuzz_kmalloc(size, flags) vringfuzz_record_alloc(size)
#define vringfuzz_kfree(pointer) ((void)(pointer))

#undef dev_WARN_ONCE
#define dev_WARN_ONCE(device, condition, ...)                                                                         \
	({                                                                                                            \
		int warn_device = !!(condition);                                                                      \
		if (unlikely(warn_device))                                                                            \
			vringfuzz_bounce_warning();                                                                   \
		warn_device;                                                                                          \
	})

/* What runs when a machine starts does not run here, and is no code to cover. */
#undef __init
#define __init __attribute__((no_sanitize("coverage")))
#define early_param(name, function)
#define late_initcall(function)
#define memblock_alloc(size, align) ((void *)0)
#define memblock_alloc_low(size, align) ((void *)0)
#define memblock_free(address, size) ((void)(address))
#define memblock_free_late(address, size) ((void)(address))
#define memblock_phys_free(address, size) ((void)(address))
#define __get_free_pages(flags, order) ((void)(order), 0UL)
#define free_pages(address, order) ((void)(address), (void)(order))
#define set_memory_decrypted(address, pages) ((void)(address), 0)
#define set_memory_encrypted(address, pages) ((void)(address), 0)
#define num_possible_cpus() 1
#define raw_smp_processor_id() 0
#define min_low_pfn 0
#define isdigit(c) ((c) >= '0' && (c) <= '9')
#define simple_strtoul(text, end, base) ((void)(text), 0UL)
#define strcmp(a, b) ((void)(a), 1)
#define strncmp(a, b, size) ((void)(a), 1)
#define CONFIG_SWIOTLB_DEFAULT_SIZE_MB 64
#define get_order(size) ((size) <= PAGE_SIZE ? 0 : 32 - __builtin_clz(((size)-1) >> PAGE_SHIFT))
#define roundup_pow_of_two(n) (1UL << (32 - __builtin_clz((n)-1)))
#define rounddown(x, to) ((x) - (x) % (to))

#define INVALID_PHYS_ADDR (~(phys_addr_t)0)
#define PhysHighMem(address) false
#define PFN_DOWN(address) ((unsigned long)((address) >> PAGE_SHIFT))
#define PFN_UP(address) PFN_DOWN((address) + PAGE_SIZE - 1)
#define PFN_PHYS(pfn) ((phys_addr_t)(pfn) << PAGE_SHIFT)
#define PHYS_PFN(address) PFN_DOWN(address)
#define PAGE_ALIGNED(address) IS_ALIGNED(address, PAGE_SIZE)
#define __pa(address) virt_to_phys(address)
#define memcpy_from_page(to, page, offset, size) memcpy(to, (char *)page_address(page) + (offset), size)
#define memcpy_to_page(page, offset, from, size) memcpy((char *)page_address(page) + (offset), from, size)
#define __sme_set(address) (address)
#define __sme_clr(address) (address)
#define dma_addr_encrypted(address) (address)
#define dma_addr_unencrypted(address) (address)
#define dma_addr_canonical(address) (address)

#define local_irq_save(flags) ((void)(flags))
#define local_irq_restore(flags) ((void)(flags))
#define dev_is_dma_coherent(device) true
#define arch_sync_dma_for_device(address, size, direction) ((void)0)
#define arch_sync_dma_flush() ((void)0)
#define dma_reset_need_sync(device) ((void)(device))
#define trace_swiotlb_bounced(...) ((void)0)
#define debugfs_create_dir(name, parent) ((struct dentry *)0)
#define debugfs_create_ulong(...) ((void)0)
#define debugfs_create_file(...) ((void)0)
#define DEFINE_DEBUGFS_ATTRIBUTE(name, read, write, format)

struct reserved_mem_ops;
struct reserved_mem {
	const char *name;
	unsigned long fdt_node;
	const struct reserved_mem_ops *ops;
	phys_addr_t base;
	phys_addr_t size;
	void *priv;
};
struct reserved_mem_ops {
	int (*node_init)(unsigned long node, struct reserved_mem *region);
	int (*device_init)(struct reserved_mem *region, struct device *device);
	void (*device_release)(struct reserved_mem *region, struct device *device);
};
#define of_get_flat_dt_prop(node, name, size) ((void *)0)
#define RESERVEDMEM_OF_DECLARE(name, compatible, setup)                                                               \
	const void *const vringfuzz_pool_setup = setup;                                                               \
	const bool vringfuzz_pool_has_operations =                                                                    \
		_Generic((setup), const struct reserved_mem_ops * : true, default : false);

#endif
