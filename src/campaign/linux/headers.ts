// Which headers the kernel's ring is compiled with: a few of the kernel's own, used as they are, and the shim's (src/linux/shim)
// for everything else. Both lists are complete on purpose: a header that is on neither is an error that names it.

/** The kernel file under test, in a kernel tree. */
export const RING_SOURCE = 'drivers/virtio/virtio_ring.c';

/** Used verbatim from the tree, below include/. Structures, constants and inline functions of virtio and the DMA API. */
export const VERBATIM_HEADERS: readonly string[] = [
  'linux/dma-direction.h',
  'linux/dma-mapping.h',
  'linux/irqreturn.h',
  'linux/scatterlist.h',
  'linux/virtio.h',
  'linux/virtio_byteorder.h',
  'linux/virtio_config.h',
  'linux/virtio_ring.h',
  'uapi/linux/virtio_config.h',
  'uapi/linux/virtio_ring.h',
  'uapi/linux/virtio_types.h',
];

/** Used verbatim as well, where the tree has them: other headers include them since some version. */
export const OPTIONAL_HEADERS: readonly string[] = ['linux/virtio_features.h'];

/** The same content under the name that other headers include it by. */
export const HEADER_ALIASES: Readonly<Record<string, string>> = {
  'linux/virtio_types.h': 'uapi/linux/virtio_types.h',
};

/** Become one line that includes the shim. */
export const SHIM_HEADERS: readonly string[] = [
  'asm/barrier.h',
  'asm/io.h',
  'linux/bits.h',
  'linux/bug.h',
  'linux/cache.h',
  'linux/compiler_types.h',
  'linux/completion.h',
  'linux/device-id/virtio.h',
  'linux/device.h',
  'linux/err.h',
  'linux/gfp.h',
  'linux/hrtimer.h',
  'linux/kmsan.h',
  'linux/mem_encrypt.h',
  'linux/mm.h',
  'linux/mod_devicetable.h',
  'linux/module.h',
  'linux/sizes.h',
  'linux/slab.h',
  'linux/spinlock.h',
  'linux/string.h',
  'linux/types.h',
  'xen/xen.h',
];

/** What the shim cannot do without, by the header that declares it. */
export const REQUIRED_SYMBOLS: Readonly<Record<string, readonly string[]>> = {
  'linux/virtio.h': [
    'virtqueue_add_sgs',
    'virtqueue_add_outbuf',
    'virtqueue_add_inbuf',
    'virtqueue_add_inbuf_ctx',
    'virtqueue_get_buf_ctx',
    'virtqueue_kick_prepare',
    'virtqueue_enable_cb_prepare',
    'virtqueue_enable_cb_delayed',
    'virtqueue_detach_unused_buf',
    'virtqueue_get_desc_addr',
    'virtio_max_dma_size',
    'virtio_break_device',
  ],
  'linux/virtio_ring.h': [
    'vring_create_virtqueue',
    'vring_del_virtqueue',
    'vring_transport_features',
    'vring_interrupt',
  ],
  'linux/dma-mapping.h': ['dma_map_page_attrs', 'dma_unmap_page_attrs', 'dma_alloc_attrs', 'dma_max_mapping_size'],
};
