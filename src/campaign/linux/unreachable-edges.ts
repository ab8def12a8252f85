// Edges of the kernel's ring that nothing behind the exported calls can take, by the line that they belong to, with the
// reason. A line that matches takes out of the count only what was not covered there, and no more of it than the entry says;
// where all of it was covered, the entry is wrong for that line, and `linux coverage` says so.

export interface UnreachableLines {
  /** Function that the line is written in. */
  readonly in?: RegExp;
  /** What the line says. */
  readonly line: RegExp;
  /** What one of the two lines behind it says. */
  readonly then?: RegExp;
  /** Edges of that line in one compiled function; 1 where nothing is said. */
  readonly edges?: number;
  readonly reason: string;
}

export const UNREACHABLE_LINES: readonly UnreachableLines[] = [
  {
    line: /\bBUG_ON\((data == NULL|total_sg == 0|ctx && vq->indirect)\)/,
    reason: 'a fault of the client: no token, no piece, or a context where there are none',
  },
  {
    in: /^virtqueue_add_sgs$/,
    line: /\bfor \(/,
    reason: 'a fault of the client: no list, or an empty one',
  },
  {
    in: /^virtqueue_set_dma_premapped$/,
    line: /\bvq->vq\.num_free\b/,
    reason: 'a fault of the client: the mode is chosen before the first buffer',
  },
  {
    in: /^virtqueue_add_(in|out)|^virtqueue_add_(split|packed)|^virtqueue_add_packed_in_order$/,
    line: /\bfor \(sg = sgs\[|\bfor \((n = 0)?; n < \(?out_sgs\b/,
    reason: 'loops over the pieces of a buffer, which has at least one; they end where the counts of pieces do',
    edges: 2,
  },
  {
    in: /^alloc_indirect_/,
    line: /\bfor \(/,
    reason: 'a table has at least two entries',
  },
  {
    in: /^(vring_alloc_queue|vring_free_queue|vring_free|vring_new_virtqueue|__vring_new_virtqueue.*)$/,
    line: /VIRTIO_F_RING_PACKED|\bif \(vq->we_own_ring\)|WARN_ON_ONCE\(\*?(dma|map)_handle/,
    reason: 'rings are made by vring_create_virtqueue, and physical addresses have 64 bits',
  },
  {
    line: /\bBUG_ON\(!vq->we_own_ring\)|\bif \(!vq->we_own_ring\)/,
    reason: 'rings are made by vring_create_virtqueue',
  },
  {
    line: /\bif \(!vdev->config->enable_vq_after_reset\)/,
    reason: 'the transport has both calls or neither',
  },
  {
    in: /^vring_alloc_queue_split$/,
    line: /\bif \(!may_reduce_num\)/,
    reason: 'may_reduce_num is off: a queue has the size that was asked for',
  },
  {
    in: /^virtqueue_add_split$|^virtqueue_add_indirect_packed/,
    line: /\bkfree\(desc\);/,
    then: /\breturn -ENOSPC;/,
    reason: 'a table is only allocated where there is room for it',
  },
  {
    in: /^virtqueue_add_split$/,
    line: /\bvirtqueue_kick\(&?_?vq/,
    reason: '65,535 buffers without a kick: no input holds as many',
  },
  {
    line: /\bBUG_ON\(id == vq->packed\.vring\.num\)|\bBUG_ON\(vq->vq\.num_free != vq->packed\.vring\.num\)/,
    reason: 'free ids and their number are private to a packed ring',
  },
  {
    in: /^(detach_buf_split|detach_buf_split_in_order|detach_indirect_split)$/,
    line: /\bBUG_ON\(/,
    reason: 'length and flags of an indirect descriptor are private since 5.14',
  },
  {
    in: /^(virtio_break_device|__virtio_unbreak_device)$/,
    line: /\blist_for_each_entry\(/,
    reason: 'the device has one queue',
    edges: 2,
  },
  {
    in: /^(detach_buf_packed|detach_buf_packed_in_order|virtqueue_detach_unused_buf_(split|packed))$/,
    line: /\bfor \(/,
    reason: 'loops over the entries of a ring or table, which has at least one',
  },
  {
    line: /\b(VOID_)?VIRTQUEUE_CALL\(/,
    reason: 'the layout of a queue is one of four',
  },
];
