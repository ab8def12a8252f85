/* SPDX-License-Identifier: MIT */
/*
 * Heap, pages and strings. The guest's memory lies in the module's own, from GUEST_BASE on; its physical addresses
 * begin at 4 GiB, so that a truncated or forged one shows.
 */
#ifndef VRINGFUZZ_MEMORY_H
#define VRINGFUZZ_MEMORY_H

#define GUEST_BASE 0x100000UL
#define PHYSICAL_BASE 0x100000000ULL

#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(address) ALIGN(address, PAGE_SIZE)
#define offset_in_page(pointer) ((unsigned long)(pointer) & ~PAGE_MASK)
#define SMP_CACHE_BYTES 64
#define L1_CACHE_BYTES 64
#define ____cacheline_aligned
#define SZ_4K 0x1000
#define SZ_64K 0x10000

#define GFP_KERNEL 0x1u
#define GFP_ATOMIC 0x2u
#define GFP_NOWAIT 0x4u
#define __GFP_NOWARN 0x8u
#define __GFP_ZERO 0x10u
#define __GFP_HIGHMEM 0x20u
#define __GFP_DMA 0x40u
#define __GFP_RETRY_MAYFAIL 0x80u
#define __GFP_NORETRY 0x100u

void *vringfuzz_kmalloc(size_t size, gfp_t flags);
void vringfuzz_kfree(const void *pointer);
void *vringfuzz_alloc_pages(size_t size);
void vringfuzz_free_pages(void *pages, size_t size);

#define kmalloc(size, flags) vringfuzz_kmalloc(size, flags)
#define kzalloc(size, flags) vringfuzz_kmalloc(size, (flags) | __GFP_ZERO)
#define kmalloc_array(count, size, flags) vringfuzz_kmalloc(size_mul(count, size), flags)
#define kcalloc(count, size, flags) vringfuzz_kmalloc(size_mul(count, size), (flags) | __GFP_ZERO)
#define kvmalloc_array kmalloc_array
#define kvcalloc kcalloc
#define kfree(pointer) vringfuzz_kfree(pointer)
#define kvfree(pointer) vringfuzz_kfree(pointer)
/* The newer spelling, which allocates by type, with GFP_KERNEL where nothing is said. */
#define GFP_GIVEN(first, flags, ...) flags
#define GFP_OF(...) GFP_GIVEN(0, ##__VA_ARGS__, GFP_KERNEL, 0)
#define kmalloc_obj(variable, ...) vringfuzz_kmalloc(sizeof(variable), GFP_OF(__VA_ARGS__))
#define kzalloc_obj(variable, ...) vringfuzz_kmalloc(sizeof(variable), GFP_OF(__VA_ARGS__) | __GFP_ZERO)
#define kmalloc_objs(variable, count, ...) vringfuzz_kmalloc(size_mul(count, sizeof(variable)), GFP_OF(__VA_ARGS__))
#define kzalloc_objs(variable, count, ...)                                                                            \
	vringfuzz_kmalloc(size_mul(count, sizeof(variable)), GFP_OF(__VA_ARGS__) | __GFP_ZERO)
#define alloc_pages_exact(size, flags) vringfuzz_alloc_pages(size)
#define free_pages_exact(pages, size) vringfuzz_free_pages(pages, size)

void *memset(void *to, int value, size_t size);
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);

/*
 * A struct page is a number with an address: page n of the guest is at PAGE_MAP + n * sizeof(struct page), where there
 * is no memory. Whoever looks into one is caught.
 */
struct page {
	unsigned long flags;
};
struct folio {
	struct page page;
};
#define PAGE_MAP 0x40000000UL

static inline struct page *virt_to_page(const volatile void *address)
{
	return (struct page *)PAGE_MAP + (((unsigned long)address - GUEST_BASE) >> PAGE_SHIFT);
}

static inline void *page_address(const struct page *page)
{
	return (void *)(GUEST_BASE + ((unsigned long)(page - (struct page *)PAGE_MAP) << PAGE_SHIFT));
}

static inline phys_addr_t virt_to_phys(const volatile void *address)
{
	return PHYSICAL_BASE + ((unsigned long)address - GUEST_BASE);
}

static inline void *phys_to_virt(phys_addr_t address)
{
	return (void *)((unsigned long)(address - PHYSICAL_BASE) + GUEST_BASE);
}

#define page_to_virt(page) page_address(page)
#define page_to_phys(page) virt_to_phys(page_address(page))
#define page_to_pfn(page) ((unsigned long)((page) - (struct page *)PAGE_MAP))
#define pfn_to_page(pfn) ((struct page *)PAGE_MAP + (pfn))
#define nth_page(page, n) ((page) + (n))
#define page_range_contiguous(page, count) true
#define virt_addr_valid(address) true
#define is_vmalloc_addr(address) false
#define PageHighMem(page) false
#define kmsan_handle_dma(...) ((void)0)
#define kmsan_unpoison_memory(...) ((void)0)

#endif
