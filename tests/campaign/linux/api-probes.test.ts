import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { probeApi } from '../../../src/campaign/linux/api-probes.js';
import { RING_SOURCE } from '../../../src/campaign/linux/headers.js';

/** What a tree of these texts has. */
function apiOf(texts: Readonly<Record<string, string>>): readonly string[] {
  return probeApi(new Map(Object.entries(texts)));
}

describe('probes of the API', () => {
  it('find nothing in a tree without anything', () => {
    assert.deepEqual(apiOf({}), []);
    assert.deepEqual(apiOf({ [RING_SOURCE]: 'nothing', 'include/linux/virtio.h': 'int virtqueue_resized;' }), []);
  });

  it('go by what is declared', () => {
    const text = 'int virtqueue_resize(struct virtqueue *vq);\nint virtqueue_add_inbuf_premapped(int x);\n';
    assert.deepEqual(apiOf({ 'include/linux/virtio.h': text }), ['HAVE_VIRTQUEUE_RESIZE', 'HAVE_PREMAPPED_BUFFERS']);
  });

  it('ask of a mode whether anything reads it, not whether it can be set', () => {
    const header = 'int virtqueue_set_dma_premapped(struct virtqueue *_vq);\n';
    const setter = 'vq->premapped = true;\n';
    assert.deepEqual(apiOf({ 'include/linux/virtio.h': header, [RING_SOURCE]: setter }), []);
    const reader = 'if (vq->premapped) {\n';
    assert.deepEqual(apiOf({ 'include/linux/virtio.h': header, [RING_SOURCE]: setter + reader }), [
      'HAVE_PREMAPPED_QUEUES',
    ]);
  });

  it('see whether delayed callbacks look at a broken queue, in that function and no other', () => {
    const open = 'bool virtqueue_enable_cb_delayed(struct virtqueue *_vq)\n{\n\treturn true;\n}\n';
    const elsewhere = 'bool virtqueue_poll(struct virtqueue *_vq)\n{\n\tif (vq->broken)\n\t\treturn false;\n}\n';
    assert.deepEqual(apiOf({ [RING_SOURCE]: open + elsewhere }), []);
    const closed = open.replace('\treturn', '\tif (vq->broken)\n\t\treturn true;\n\treturn');
    assert.deepEqual(apiOf({ [RING_SOURCE]: closed + elsewhere }), ['CLOSES_V29']);
  });

  it('see whether a failed packed add takes its descriptors back', () => {
    const open = 'vq->packed.avail_used_flags = avail_used_flags;\nfor (n = 0; n < total_sg; n++) {\n\tcurr++;\n}\n';
    const later = 'desc[i].flags = 0;\n';
    assert.deepEqual(apiOf({ [RING_SOURCE]: open + later }), []);
    assert.deepEqual(apiOf({ [RING_SOURCE]: open.replace('\tcurr', '\tdesc[i].flags = unpublished;\n\tcurr') }), [
      'CLOSES_V28',
    ]);
  });
});
