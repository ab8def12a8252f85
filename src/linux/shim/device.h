/* SPDX-License-Identifier: MIT */
/* Devices, locks and the rest of the driver core: as much of each as the headers used verbatim mention. */
#ifndef VRINGFUZZ_DEVICE_H
#define VRINGFUZZ_DEVICE_H

struct module;
struct vm_area_struct;
struct dentry;
struct dma_map_ops;
struct bus_type;

struct device_dma_parameters {
	unsigned int max_segment_size;
	unsigned int min_align_mask;
	unsigned long segment_boundary_mask;
};

struct kobject {
	const char *name;
};

struct device {
	struct kobject kobj;
	struct device *parent;
	void *driver_data;
	u64 *dma_mask;
	u64 coherent_dma_mask;
	u64 bus_dma_limit;
	struct device_dma_parameters *dma_parms;
	bool dma_skip_sync;
	bool dma_iommu;
	struct dma_map_ops *dma_ops;
	struct io_tlb_mem *dma_io_tlb_mem;
	const struct bus_dma_region *dma_range_map;
};

struct device_driver {
	const char *name;
	struct module *owner;
};

struct device_attribute {
	int unused;
};

struct virtio_device_id {
	__u32 device;
	__u32 vendor;
};

typedef struct {
	int unused;
} spinlock_t;
struct mutex {
	int unused;
};
struct completion {
	unsigned int done;
};
struct cpumask;

#define spin_lock(lock) ((void)(lock))
#define spin_unlock(lock) ((void)(lock))
#define spin_lock_irq(lock) ((void)(lock))
#define spin_unlock_irq(lock) ((void)(lock))
#define spin_lock_irqsave(lock, flags) ((void)(lock), (void)(flags))
#define spin_unlock_irqrestore(lock, flags) ((void)(lock), (void)(flags))
#define spin_lock_init(lock) ((void)(lock))
#define DEFINE_SPINLOCK(name) spinlock_t name

#define synchronize_rcu() barrier()
#define synchronize_irq(irq) barrier()

#define THIS_MODULE ((struct module *)0)
#define EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_GPL(symbol)
#define MODULE_LICENSE(text)
#define MODULE_DESCRIPTION(text)
#define MODULE_AUTHOR(text)

#define ktime_get() ((ktime_t)0)
#define ktime_to_ms(time) (time)
#define ktime_sub(a, b) ((a) - (b))
#define xen_domain() 0
#define xen_initial_domain() 0
#define cc_platform_has(attribute) false
#define dev_name(device) ((device)->kobj.name)
#define dev_dma_skip_sync(device) ((device)->dma_skip_sync)

#endif
