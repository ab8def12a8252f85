/* SPDX-License-Identifier: MIT */
/*
 * Mapping other than by the ring itself: what a driver of buffers that come mapped calls the queue for, and the table
 * of operations by which a transport such as VDUSE maps in place of the DMA API (since 6.18). Both end in the platform.
 */
#include "glue.h"

#if defined(HAVE_QUEUE_MAP)
#define queue_map_single virtqueue_map_single_attrs
#define queue_unmap_single virtqueue_unmap_single_attrs
#define queue_mapping_error virtqueue_map_mapping_error
#define queue_need_sync virtqueue_map_need_sync
#define queue_sync_for_cpu virtqueue_map_sync_single_range_for_cpu
#define queue_sync_for_device virtqueue_map_sync_single_range_for_device
#elif defined(HAVE_QUEUE_DMA)
#define queue_map_single virtqueue_dma_map_single_attrs
#define queue_unmap_single virtqueue_dma_unmap_single_attrs
#define queue_mapping_error virtqueue_dma_mapping_error
#define queue_need_sync virtqueue_dma_need_sync
#define queue_sync_for_cpu virtqueue_dma_sync_single_range_for_cpu
#define queue_sync_for_device virtqueue_dma_sync_single_range_for_device
#endif

#ifdef queue_map_single
EXPORT(client_map) double client_map(void *cpu, size_t size, int direction, int attributes)
{
	dma_addr_t address = queue_map_single(queue, cpu, size, direction, attributes ? DMA_ATTR_SKIP_CPU_SYNC : 0);

	return queue_mapping_error(queue, address) ? MAPPING_FAILED : (double)address;
}

EXPORT(client_unmap) void client_unmap(double dma, size_t size, int direction, int attributes)
{
	queue_unmap_single(queue, (dma_addr_t)dma, size, direction, attributes ? DMA_ATTR_SKIP_CPU_SYNC : 0);
}

EXPORT(client_sync) void client_sync(double dma, size_t size, int direction, int for_device)
{
	if (!queue_need_sync(queue, (dma_addr_t)dma))
		return;
	if (for_device)
		queue_sync_for_device(queue, (dma_addr_t)dma, 0, size, direction);
	else
		queue_sync_for_cpu(queue, (dma_addr_t)dma, 0, size, direction);
}
#endif

#ifdef HAVE_CREATE_MAP
static dma_addr_t map_page(union virtio_map map, struct page *page, unsigned long offset, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	return dma_map_page_attrs(map.dma_dev, page, offset, size, dir, attrs);
}

static void unmap_page(union virtio_map map, dma_addr_t address, size_t size, enum dma_data_direction dir,
		       unsigned long attrs)
{
	dma_unmap_page_attrs(map.dma_dev, address, size, dir, attrs);
}

static void sync_for_cpu(union virtio_map map, dma_addr_t address, size_t size, enum dma_data_direction dir)
{
	host_sync((double)address, size, dir, 0);
}

static void sync_for_device(union virtio_map map, dma_addr_t address, size_t size, enum dma_data_direction dir)
{
	host_sync((double)address, size, dir, 1);
}

static void *alloc(union virtio_map map, size_t size, dma_addr_t *address, gfp_t gfp)
{
	return dma_alloc_attrs(map.dma_dev, size, address, gfp, 0);
}

static void release(union virtio_map map, size_t size, void *cpu, dma_addr_t address, unsigned long attrs)
{
	dma_free_attrs(map.dma_dev, size, cpu, address, attrs);
}

static bool need_sync(union virtio_map map, dma_addr_t address)
{
	return true;
}

static int mapping_error(union virtio_map map, dma_addr_t address)
{
	return address == DMA_MAPPING_ERROR ? -ENOMEM : 0;
}

static size_t max_mapping_size(union virtio_map map)
{
	return host_max_mapping_size();
}

const struct virtio_map_ops map_operations = {
	.map_page = map_page,
	.unmap_page = unmap_page,
	.sync_single_for_cpu = sync_for_cpu,
	.sync_single_for_device = sync_for_device,
	.alloc = alloc,
	.free = release,
	.need_sync = need_sync,
	.mapping_error = mapping_error,
	.max_mapping_size = max_mapping_size,
};
#endif
