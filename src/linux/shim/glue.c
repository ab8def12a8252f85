/* SPDX-License-Identifier: MIT */
/*
 * The two sides of the driver: its exports, flattened to integers for the harness; and what it calls, the DMA API, heap
 * and transport, as imports from the platform. Addresses cross as pointers into the module's memory, DMA addresses as
 * doubles, which hold 53 bits: a 64-bit integer would cross as a BigInt, which is slow.
 */
#include "glue.h"

HOST(kmalloc) void *host_kmalloc(size_t size);
HOST(kfree) void host_kfree(const void *address);
HOST(notify) int host_notify(void);
HOST(callback) void host_callback(void);
HOST(recycle) void host_recycle(void *token);
HOST(disable_queue) int host_disable_queue(void);
HOST(enable_queue) int host_enable_queue(void);

/* What getBuf found besides the token, and the pieces of the buffer to add: read and written by the harness. */
struct exchange {
	u32 length;
	u32 context;
	u32 address[MAX_PIECES];
	u32 size[MAX_PIECES];
	/* Of buffers that come mapped. */
	double dma[MAX_PIECES];
};
struct exchange exchange;

static struct device parent;
static struct virtio_device device;
struct virtqueue *queue;
static struct scatterlist pieces[MAX_PIECES];

/* The DMA API. */

static dma_addr_t dma_of(double value)
{
	return value == MAPPING_FAILED ? DMA_MAPPING_ERROR : (dma_addr_t)value;
}

static int attributes_of(unsigned long attrs)
{
	return (attrs & DMA_ATTR_SKIP_CPU_SYNC) != 0;
}

dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs)
{
	return dma_of(host_map((char *)page_address(page) + offset, size, dir, attributes_of(attrs)));
}

void dma_unmap_page_attrs(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir,
			  unsigned long attrs)
{
	host_unmap((double)addr, size, dir, attributes_of(attrs));
}

/* The newer pair, which the one above is made of since 6.18. */
dma_addr_t dma_map_phys(struct device *dev, phys_addr_t phys, size_t size, enum dma_data_direction dir,
			unsigned long attrs)
{
	return dma_of(host_map(phys_to_virt(phys), size, dir, attributes_of(attrs)));
}

void dma_unmap_phys(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir, unsigned long attrs)
{
	host_unmap((double)addr, size, dir, attributes_of(attrs));
}

void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t flag, unsigned long attrs)
{
	void *cpu = host_alloc_coherent(size);

	if (cpu)
		*dma_handle = dma_of(host_coherent_dma(cpu));
	return cpu;
}

void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle, unsigned long attrs)
{
	host_free_coherent(cpu_addr, size);
}

size_t dma_max_mapping_size(struct device *dev)
{
	return host_max_mapping_size();
}

/* Before 6.10 these four have no underscores. */
bool __dma_need_sync(struct device *dev, dma_addr_t addr)
{
	return true;
}

void __dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)
{
	host_sync((double)addr, size, dir, 0);
}

void __dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)
{
	host_sync((double)addr, size, dir, 1);
}

#ifndef HAVE_UNDERSCORED_SYNC
bool dma_need_sync(struct device *dev, dma_addr_t addr)
{
	return true;
}

void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)
{
	host_sync((double)addr, size, dir, 0);
}

void dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)
{
	host_sync((double)addr, size, dir, 1);
}
#endif

/* Heap and pages. */

void *vringfuzz_kmalloc(size_t size, gfp_t flags)
{
	void *address = size == SIZE_MAX ? NULL : host_kmalloc(size);

	if (!address)
		return NULL;
	shadow_allocated(address, size);
	if (flags & __GFP_ZERO)
		__builtin_memset(address, 0, size);
	return address;
}

void vringfuzz_kfree(const void *address)
{
	if (!address)
		return;
	host_kfree(address);
	shadow_freed(address);
}

void *vringfuzz_alloc_pages(size_t size)
{
	return host_alloc_coherent(size);
}

void vringfuzz_free_pages(void *pages_, size_t size)
{
	host_free_coherent(pages_, size);
}

#ifndef HAVE_INLINE_SG_NEXT
struct scatterlist *sg_next(struct scatterlist *sg)
{
	return sg_is_last(sg) ? NULL : sg + 1;
}
#endif

/* The bus. */

void virtio_check_driver_offered_feature(const struct virtio_device *vdev, unsigned int fbit)
{
}

static bool notify(struct virtqueue *vq)
{
	return host_notify() != 0;
}

static void callback(struct virtqueue *vq)
{
	host_callback();
}

static void recycle(struct virtqueue *vq, void *token)
{
	host_recycle(token);
}

#ifdef HAVE_VIRTQUEUE_RESIZE
/* A queue that the device does not have is broken, as a transport of a hardened kernel has it. */
static int disable_queue(struct virtqueue *vq)
{
	int error = host_disable_queue();

	if (!error)
		__virtqueue_break(vq);
	return error;
}

static int enable_queue(struct virtqueue *vq)
{
	int error = host_enable_queue();

	if (!error)
		__virtqueue_unbreak(vq);
	return error;
}
#endif

static const struct virtio_config_ops with_reset = {
#ifdef HAVE_VIRTQUEUE_RESIZE
	.disable_vq_and_reset = disable_queue,
	.enable_vq_after_reset = enable_queue,
#endif
};
static const struct virtio_config_ops without_reset;

/* Before each execution: puts the device where nothing has happened. The driver's own state has just been put back. */
static void prepare_device(u32 low, u32 high, bool resettable)
{
	parent.dma_mask = &parent.coherent_dma_mask;
	parent.coherent_dma_mask = ~0ULL;
	device.dev.parent = &parent;
	device.config = resettable ? &with_reset : &without_reset;
	device.features = (u64)high << 32 | low;
	INIT_LIST_HEAD(&device.vqs);
	vring_transport_features(&device);
}

/*
 * With contexts, which are for network drivers, a queue is made as the transports of vDPA make it: with a device to map
 * for of its own. `map_table`: the transport maps, by a table of operations.
 */
static struct virtqueue *create_queue(u32 num, u32 align, vq_callback_t *called, bool has_context, bool map_table)
{
#ifdef HAVE_CREATE_MAP
	union virtio_map map = { .dma_dev = &parent };

	device.map = map_table ? &map_operations : NULL;
	device.vmap = map;
	if (has_context)
		return vring_create_virtqueue_map(0, num, align, &device, true, false, true, notify, called, "queue", map);
#endif
#ifdef HAVE_CREATE_DMA
	if (has_context)
		return vring_create_virtqueue_dma(0, num, align, &device, true, false, true, notify, called, "queue",
						  &parent);
#endif
	return vring_create_virtqueue(0, num, align, &device, true, false, has_context, notify, called, "queue");
}

EXPORT(create)
int create(u32 num, u32 max, u32 align, u32 low, u32 high, int has_callback, int has_context, int resettable,
	   int map_table)
{
	prepare_device(low, high, resettable);
	queue = create_queue(num, align, has_callback ? callback : NULL, has_context, map_table);
	if (!queue)
		return -ENOMEM;
#ifdef HAVE_VIRTQUEUE_RESIZE
	queue->num_max = max;
#endif
#ifdef HAVE_UNBREAK_DEVICE
	/* DRIVER_OK: with CONFIG_VIRTIO_HARDEN_NOTIFICATION a queue is broken until then. */
	__virtio_unbreak_device(&device);
#endif
	return 0;
}

EXPORT(destroy) void destroy(void)
{
	vring_del_virtqueue(queue);
	queue = NULL;
}

EXPORT(premap_queue) int premap_queue(void)
{
#ifdef HAVE_PREMAPPED_QUEUES
	return virtqueue_set_dma_premapped(queue);
#else
	return -EOPNOTSUPP;
#endif
}

/* The pieces of one direction: of every four such buffers three go through the calls that are made for them. */
static int add_readable(u32 out, void *token, bool premapped)
{
#ifdef HAVE_PREMAPPED_BUFFERS
	if (premapped)
		return virtqueue_add_outbuf_premapped(queue, pieces, out, token, GFP_ATOMIC);
#endif
	return virtqueue_add_outbuf(queue, pieces, out, token, GFP_ATOMIC);
}

static int add_writable(u32 in, void *token, void *context, bool premapped)
{
#ifdef HAVE_PREMAPPED_BUFFERS
	if (premapped)
		return virtqueue_add_inbuf_premapped(queue, pieces, in, token, context, GFP_ATOMIC);
#endif
#ifdef HAVE_CACHE_CLEAN
	if (!context && ((u32)token & 3) == 2)
		return virtqueue_add_inbuf_cache_clean(queue, pieces, in, token, GFP_ATOMIC);
#endif
	if (context || ((u32)token & 3) == 3)
		return virtqueue_add_inbuf_ctx(queue, pieces, in, token, context, GFP_ATOMIC);
	return virtqueue_add_inbuf(queue, pieces, in, token, GFP_ATOMIC);
}

EXPORT(add) int add(u32 out, u32 in, void *token, void *context, int premapped)
{
	struct scatterlist *lists[2];
	u32 k;

	for (k = 0; k < out + in; k++) {
		char *address = (char *)exchange.address[k];

		pieces[k].page_link = 0;
		sg_set_page(&pieces[k], virt_to_page(address), exchange.size[k], offset_in_page(address));
		if (premapped) {
			sg_dma_address(&pieces[k]) = (dma_addr_t)exchange.dma[k];
			sg_dma_len(&pieces[k]) = exchange.size[k];
		}
		if (k + 1 == out || k + 1 == out + in)
			sg_mark_end(&pieces[k]);
	}
	if (out == 0 && (((u32)token & 3) || context || premapped))
		return add_writable(in, token, context, premapped);
	if (in == 0 && (((u32)token & 3) || premapped))
		return add_readable(out, token, premapped);
	lists[0] = pieces;
	lists[out > 0] = pieces + out;
	return virtqueue_add_sgs(queue, lists, out > 0, in > 0, token, GFP_ATOMIC);
}

/* Whoever has no contexts does not ask for one. */
EXPORT(get) void *get(int has_context)
{
	void *context = NULL;
	void *token;

	if (has_context)
		token = virtqueue_get_buf_ctx(queue, &exchange.length, &context);
	else
		token = virtqueue_get_buf(queue, &exchange.length);
	exchange.context = (u32)context;
	return token;
}

EXPORT(kick) int kick(void)
{
	return virtqueue_kick(queue);
}

EXPORT(kick_prepare) int kick_prepare(void)
{
	return virtqueue_kick_prepare(queue);
}

EXPORT(notify_queue) int notify_queue(void)
{
	return virtqueue_notify(queue);
}

EXPORT(disable_cb) void disable_cb(void)
{
	virtqueue_disable_cb(queue);
}

EXPORT(enable_cb) int enable_cb(void)
{
	return virtqueue_enable_cb(queue);
}

EXPORT(enable_cb_prepare) u32 enable_cb_prepare(void)
{
	return virtqueue_enable_cb_prepare(queue);
}

EXPORT(poll) int poll(u32 opaque)
{
	return virtqueue_poll(queue, opaque);
}

EXPORT(enable_cb_delayed) int enable_cb_delayed(void)
{
	return virtqueue_enable_cb_delayed(queue);
}

EXPORT(interrupt) int interrupt(void)
{
	return vring_interrupt(0, queue);
}

EXPORT(detach) void *detach(void)
{
	return virtqueue_detach_unused_buf(queue);
}

/* Their signatures grew: whichever the tree declares is called with as many arguments as it has. */
typedef void (*recycle_t)(struct virtqueue *, void *);
typedef void (*recycled_t)(struct virtqueue *);
typedef int (*resize_3)(struct virtqueue *, u32, recycle_t);
typedef int (*resize_4)(struct virtqueue *, u32, recycle_t, recycled_t);
typedef int (*reset_2)(struct virtqueue *, recycle_t);
typedef int (*reset_3)(struct virtqueue *, recycle_t, recycled_t);
typedef void (*anything)(void);

static void recycled(struct virtqueue *vq)
{
}

/* Not every driver wants to know when a reset has given its buffers back. */
static recycled_t when_recycled(void)
{
	return queue->callback ? recycled : NULL;
}

static inline int call_resize_3(anything call, u32 num)
{
	return ((resize_3)call)(queue, num, recycle);
}

static inline int call_resize_4(anything call, u32 num)
{
	return ((resize_4)call)(queue, num, recycle, when_recycled());
}

static inline int call_reset_2(anything call)
{
	return ((reset_2)call)(queue, recycle);
}

static inline int call_reset_3(anything call)
{
	return ((reset_3)call)(queue, recycle, when_recycled());
}

EXPORT(resize) int resize(u32 num)
{
#ifdef HAVE_VIRTQUEUE_RESIZE
	return _Generic(&virtqueue_resize, resize_3 : call_resize_3, resize_4 : call_resize_4)(
		(anything)virtqueue_resize, num);
#else
	return -ENOENT;
#endif
}

EXPORT(reset) int reset(void)
{
#ifdef HAVE_VIRTQUEUE_RESET
	return _Generic(&virtqueue_reset, reset_2 : call_reset_2, reset_3 : call_reset_3)((anything)virtqueue_reset);
#else
	return -ENOENT;
#endif
}

EXPORT(max_mapping_size) size_t max_mapping_size(void)
{
	return virtio_max_dma_size(&device);
}

EXPORT(is_broken) int is_broken(void)
{
	return virtqueue_is_broken(queue);
}

EXPORT(break_queue) void break_queue(void)
{
	virtio_break_device(&device);
}

EXPORT(ring_size) u32 ring_size(void)
{
	return virtqueue_get_vring_size(queue);
}

EXPORT(descriptor_area) double descriptor_area(void)
{
	return (double)virtqueue_get_desc_addr(queue);
}

EXPORT(driver_area) double driver_area(void)
{
	return (double)virtqueue_get_avail_addr(queue);
}

EXPORT(device_area) double device_area(void)
{
	return (double)virtqueue_get_used_addr(queue);
}

EXPORT(exchange_at) struct exchange *exchange_at(void)
{
	return &exchange;
}
