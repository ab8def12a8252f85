/* SPDX-License-Identifier: MIT */
/*
 * The kernel's bounce buffers as a DMA back end: exports over swiotlb.c. The pool lies where the guest's pool is, as
 * reserved memory that the kernel sets up itself. Setting up clears the whole pool, so what it leaves in the records is
 * kept for each size and put back from then on. Without an allocation alignment a mapping goes the way of direct DMA, with
 * one that of DMA behind an IOMMU.
 */
#include <linux/dma-direct.h>
#include <linux/swiotlb.h>

#include "bounce.h"
#include "runtime.h"

#define EXPORT(name) __attribute__((export_name(#name)))
#define MAPPING_FAILED (-1.0)
#define SKIP_COPY 1

/* Pools of other sizes are set up each time. */
#define KEPT_POOLS 4

struct pool_records pool_records;

struct kept_pool {
	u32 slots;
	struct io_tlb_mem *mem;
	struct pool_records records;
};

static struct {
	struct device device;
	struct device_dma_parameters parameters;
	struct reserved_mem region;
	u64 mask;
	u32 alloc_align_mask;
	u32 warnings;
	struct kept_pool kept[KEPT_POOLS];
	u32 kept_count;
} bounce;

/* Data that outlives the beginning of a queue: mappings of the client do as well. */
EXPORT(bounce_at) void *bounce_at(void)
{
	return &bounce;
}

EXPORT(bounce_size) u32 bounce_size(void)
{
	return sizeof(bounce);
}

EXPORT(records_at) void *records_at(void)
{
	return &pool_records;
}

EXPORT(records_size) u32 records_size(void)
{
	return sizeof(pool_records);
}

void *vringfuzz_record_alloc(size_t size)
{
	u32 at = pool_records.used;
	u32 end = ALIGN(at + (u32)size, 16) + 16;
	u32 k;

	if (size > RECORD_BYTES || end > RECORD_BYTES)
		return NULL;
	for (k = at; k < at + size; k += 8)
		pool_records.shadow[k / 8] = at + size - k < 8 ? (u8)(at + size - k) : 0;
	pool_records.used = end;
	return pool_records.bytes + at;
}

void vringfuzz_bounce_warning(void)
{
	bounce.warnings++;
}

static phys_addr_t map_slots(phys_addr_t phys, size_t size, enum dma_data_direction dir, unsigned long attrs)
{
	u32 mask = bounce.alloc_align_mask;

#ifdef HAVE_BOUNCE_ATTRIBUTES_POINTER
	return swiotlb_tbl_map_single(&bounce.device, phys, size, mask, dir, &attrs);
#elif defined(HAVE_BOUNCE_ALLOC_SIZE)
	/* Before 6.11 the size of the allocation is the caller's to round up. */
	return swiotlb_tbl_map_single(&bounce.device, phys, size, ALIGN(size, mask + 1), mask, dir, attrs);
#else
	return swiotlb_tbl_map_single(&bounce.device, phys, size, mask, dir, attrs);
#endif
}

/* Slot by slot all of the pool is taken, and what is ours given back: the next search begins with the first slot. */
static void occupy_behind(u32 slots, u32 end)
{
	phys_addr_t pool = bounce.region.base;
	u32 slot;

	for (slot = 0; slot < end; slot++)
		map_slots(pool, 1, DMA_TO_DEVICE, 0);
	for (slot = 0; slot < slots; slot++)
		swiotlb_tbl_unmap_single(&bounce.device, pool + slot * IO_TLB_SIZE, 1, DMA_TO_DEVICE, 0);
}

static int describe_region(void)
{
	const struct reserved_mem_ops *operations = vringfuzz_pool_setup;

	if (!vringfuzz_pool_has_operations)
		return ((int (*)(struct reserved_mem *))vringfuzz_pool_setup)(&bounce.region);
	bounce.region.ops = operations;
	return operations->node_init(0, &bounce.region);
}

/*
 * The kernel's own way to a pool: reserved memory that belongs to one device. Pools have whole segments, as one that is not
 * reserved always has; in a smaller one others have the rest. With --define EXACT_POOLS a pool ends where it is asked to.
 */
static bool set_up(u32 slots)
{
#ifdef EXACT_POOLS
	u32 size = slots;
#else
	u32 size = ALIGN(slots, IO_TLB_SEGSIZE);
#endif

	__builtin_memset(pool_records.bytes, 0, pool_records.used);
	__builtin_memset(pool_records.shadow, RECORD_GAP, sizeof(pool_records.shadow));
	pool_records.used = 0;
	bounce.region.name = "pool";
	bounce.region.base = virt_to_phys((void *)(GUEST_BASE + GUEST_POOL));
	bounce.region.size = (phys_addr_t)size << IO_TLB_SHIFT;
	bounce.region.priv = NULL;
	if (describe_region() || bounce.region.ops->device_init(&bounce.region, &bounce.device))
		return false;
	if (size != slots)
		occupy_behind(slots, size);
	return true;
}

static void keep(u32 slots)
{
	struct kept_pool *kept = &bounce.kept[bounce.kept_count];

	if (bounce.kept_count == KEPT_POOLS)
		return;
	kept->slots = slots;
	kept->mem = bounce.device.dma_io_tlb_mem;
	kept->records = pool_records;
	bounce.kept_count++;
}

static bool put_back(u32 slots)
{
	const struct kept_pool *kept = bounce.kept;

	while (kept < bounce.kept + bounce.kept_count && kept->slots != slots)
		kept++;
	if (kept == bounce.kept + bounce.kept_count)
		return false;
	__builtin_memcpy(pool_records.bytes, kept->records.bytes, kept->records.used);
	__builtin_memcpy(pool_records.shadow, kept->records.shadow, sizeof(pool_records.shadow));
	pool_records.used = kept->records.used;
	bounce.device.dma_io_tlb_mem = kept->mem;
	return true;
}

/* Before each execution; `slots` is at most what the guest's pool holds. */
EXPORT(bounce_reset) int bounce_reset(u32 slots, u32 min_align_mask, u32 alloc_align_mask)
{
	bounce.device.dma_mask = &bounce.mask;
	bounce.device.dma_parms = &bounce.parameters;
	bounce.mask = ~0ULL;
	bounce.parameters.min_align_mask = 0;
	bounce.alloc_align_mask = 0;
	if (!put_back(slots)) {
		if (!set_up(slots))
			return 0;
		keep(slots);
	}
	bounce.parameters.min_align_mask = min_align_mask;
	bounce.alloc_align_mask = alloc_align_mask;
	bounce.warnings = 0;
	return 1;
}

static unsigned long attributes_of(int attributes)
{
	return attributes & SKIP_COPY ? DMA_ATTR_SKIP_CPU_SYNC : 0;
}

static bool is_bounced(phys_addr_t phys)
{
#ifdef HAVE_BOUNCE_BUFFER_CHECK
	return is_swiotlb_buffer(&bounce.device, phys);
#else
	return swiotlb_find_pool(&bounce.device, phys) != NULL;
#endif
}

EXPORT(bounce_map) double bounce_map(const void *cpu, u32 size, int direction, int attributes)
{
	unsigned long attrs = attributes_of(attributes);
	/* What is said here is about the configuration, not about a caller. */
	u32 warnings = bounce.warnings;
	u64 dma = bounce.alloc_align_mask == 0 ? swiotlb_map(&bounce.device, virt_to_phys(cpu), size, direction, attrs) :
			      map_slots(virt_to_phys(cpu), size, direction, attrs);

	bounce.warnings = warnings;
	return dma == DMA_MAPPING_ERROR ? MAPPING_FAILED : (double)dma;
}

EXPORT(bounce_unmap) void bounce_unmap(double dma, u32 size, int direction, int attributes)
{
	phys_addr_t phys = (phys_addr_t)dma;
	unsigned long attrs = attributes_of(attributes);

	if (!is_bounced(phys))
		return;
	if (bounce.alloc_align_mask == 0) {
		if (!attrs)
			swiotlb_sync_single_for_cpu(&bounce.device, phys, size, direction);
		attrs = DMA_ATTR_SKIP_CPU_SYNC;
	}
	swiotlb_tbl_unmap_single(&bounce.device, phys, size, direction, attrs);
}

EXPORT(bounce_sync) void bounce_sync(double dma, u32 size, int direction, int for_device)
{
	phys_addr_t phys = (phys_addr_t)dma;

	if (!is_bounced(phys))
		return;
	if (for_device)
		swiotlb_sync_single_for_device(&bounce.device, phys, size, direction);
	else
		swiotlb_sync_single_for_cpu(&bounce.device, phys, size, direction);
}

EXPORT(bounce_max_mapping_size) u32 bounce_max_mapping_size(void)
{
	return swiotlb_max_mapping_size(&bounce.device);
}

EXPORT(bounce_warnings) u32 bounce_warnings(void)
{
	return bounce.warnings;
}
