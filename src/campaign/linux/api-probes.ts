// What differs between versions of the kernel's ring, told by the text of the tree and not by its number: stable trees take
// over what newer ones have. The shim is compiled for what a tree has, and the driver module is made for it.

import {
  CLOSES_V28,
  CLOSES_V29,
  HAS_IN_ORDER,
  HAS_PREMAPPED_BUFFERS,
  HAS_PREMAPPED_QUEUES,
  HAS_PRIVATE_METADATA,
  HAS_RESET,
  HAS_RESIZE,
} from '../../linux/linux-build.js';
import { RING_SOURCE } from './headers.js';

export interface ApiProbe {
  /** Defined for the shim, and listed in the build's record, where the pattern matches. */
  readonly macro: string;
  /** Path in the tree. */
  readonly file: string;
  readonly pattern: RegExp;
}

const VIRTIO = 'include/linux/virtio.h';
const VIRTIO_RING = 'include/linux/virtio_ring.h';
const DMA = 'include/linux/dma-mapping.h';
const SWIOTLB = 'include/linux/swiotlb.h';
const SCATTERLIST = 'include/linux/scatterlist.h';

export const API_PROBES: readonly ApiProbe[] = [
  { macro: HAS_RESIZE, file: VIRTIO, pattern: /\bvirtqueue_resize\s*\(/ },
  { macro: HAS_RESET, file: VIRTIO, pattern: /\bvirtqueue_reset\s*\(/ },
  // Where the mode is looked at: 6.1 declares virtqueue_set_dma_premapped, and nothing in its ring reads what that sets.
  { macro: HAS_PREMAPPED_QUEUES, file: RING_SOURCE, pattern: /\bif \(vq->premapped\b/ },
  { macro: HAS_PREMAPPED_BUFFERS, file: VIRTIO, pattern: /\bvirtqueue_add_inbuf_premapped\s*\(/ },
  { macro: 'HAVE_CACHE_CLEAN', file: VIRTIO, pattern: /\bvirtqueue_add_inbuf_cache_clean\s*\(/ },
  { macro: 'HAVE_UNBREAK_DEVICE', file: VIRTIO, pattern: /\b__virtio_unbreak_device\s*\(/ },
  { macro: 'HAVE_QUEUE_DMA', file: VIRTIO, pattern: /\bvirtqueue_dma_map_single_attrs\s*\(/ },
  { macro: 'HAVE_QUEUE_MAP', file: VIRTIO, pattern: /\bvirtqueue_map_single_attrs\s*\(/ },
  { macro: 'HAVE_CREATE_DMA', file: VIRTIO_RING, pattern: /\bvring_create_virtqueue_dma\s*\(/ },
  { macro: 'HAVE_CREATE_MAP', file: VIRTIO_RING, pattern: /\bvring_create_virtqueue_map\s*\(/ },
  { macro: 'HAVE_UNDERSCORED_SYNC', file: DMA, pattern: /\b__dma_sync_single_for_cpu\s*\(/ },
  { macro: 'HAVE_INLINE_SG_NEXT', file: SCATTERLIST, pattern: /^static inline struct scatterlist \*sg_next\b/m },
  { macro: 'HAVE_BOUNCE_ALLOC_SIZE', file: SWIOTLB, pattern: /\bswiotlb_tbl_map_single\s*\([^)]*\balloc_size\b/ },
  {
    macro: 'HAVE_BOUNCE_ATTRIBUTES_POINTER',
    file: SWIOTLB,
    pattern: /\bswiotlb_tbl_map_single\s*\([^)]*\*\s*attrs\b/,
  },
  { macro: 'HAVE_BOUNCE_BUFFER_CHECK', file: SWIOTLB, pattern: /\bis_swiotlb_buffer\s*\(/ },
  { macro: HAS_IN_ORDER, file: RING_SOURCE, pattern: /\bVIRTIO_F_IN_ORDER\b/ },
  // Since 72b5e8958738 the split ring keeps what it needs for unmapping in the structure that only the packed one had.
  { macro: HAS_PRIVATE_METADATA, file: RING_SOURCE, pattern: /\bstruct vring_desc_extra \{/ },
  // 75d276e5bb68: behind the mended error path of a packed add, before it returns.
  { macro: CLOSES_V28, file: RING_SOURCE, pattern: /avail_used_flags = avail_used_flags;[^}]*?\bdesc\[i\]\.flags\s*=/ },
  // 0d0eff39ceb3: at the beginning of the exported function.
  { macro: CLOSES_V29, file: RING_SOURCE, pattern: /\bbool virtqueue_enable_cb_delayed\([^)]*\)\s*\{[^}]*->broken\b/ },
];

/** Names of what this tree has. `files` are its texts by path. */
export function probeApi(files: ReadonlyMap<string, string>): readonly string[] {
  return API_PROBES.filter(({ file, pattern }) => pattern.test(files.get(file) ?? '')).map(({ macro }) => macro);
}
