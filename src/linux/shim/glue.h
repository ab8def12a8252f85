/* SPDX-License-Identifier: MIT */
/* What the parts of the glue share: the kernel's API, the platform's imports, the queue. */
#ifndef VRINGFUZZ_GLUE_H
#define VRINGFUZZ_GLUE_H

#include <linux/dma-mapping.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>

#include "runtime.h"

#define EXPORT(name) __attribute__((export_name(#name)))
#define MAX_PIECES 64
#define MAPPING_FAILED (-1.0)

HOST(map) double host_map(const void *cpu, size_t size, int direction, int attributes);
HOST(unmap) void host_unmap(double dma, size_t size, int direction, int attributes);
HOST(sync) void host_sync(double dma, size_t size, int direction, int for_device);
HOST(max_mapping_size) size_t host_max_mapping_size(void);
HOST(alloc_coherent) void *host_alloc_coherent(size_t size);
HOST(coherent_dma) double host_coherent_dma(const void *cpu);
HOST(free_coherent) void host_free_coherent(const void *cpu, size_t size);

/* The queue under test; NULL where there is none. */
extern struct virtqueue *queue;

#ifdef HAVE_CREATE_MAP
extern const struct virtio_map_ops map_operations;
#endif

#endif
