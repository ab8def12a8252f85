// What the traces of the seeds must show: that the forged id names the id its seed is called after, that the failing map
// is the one meant, that the flipped flag is that of a buffer in flight. Per seed a list of texts that must follow each
// other in the trace; one that starts with `!` must not occur between its neighbours, `..` stands for the rest of a line
// up to the next part. Written from
// facts/virtio-ring.md, sections 3.1, 3.2 and 5, not from traces.

export type Claims = Readonly<Record<string, readonly string[]>>;

/** A getBuf that meets a forged entry: id as read, then nothing unmapped, nothing returned, and adds refused. */
function rejected(id: string): string[] {
  return [`reads used.ring[0].id = ${id}`, '!unmap', 'getBuf() = nothing', ...endsItsLoops()];
}

function rejectedPacked(slot: number, id: string): string[] {
  return [`reads desc[${slot}].id = ${id}`, '!unmap', 'getBuf() = nothing', ...endsItsLoops()];
}

/** V12 and V29: what ends a client's loop on a broken queue. */
function endsItsLoops(): string[] {
  return ['enableCb() = true', 'enableCbDelayed() = true', 'poll() = false', 'interrupt() = IRQ_HANDLED'];
}

const SPLIT: Claims = {
  'device-leaves-the-iommu': [
    'getBuf() = token 1',
    '!writes 64',
    'addSgs()',
    'getBuf() = token 2',
    'token 4: 0',
    'getBuf() = token 3',
  ],
  'device-leaves-its-buffers': ['!writes 64', 'getBuf() = token 1', '!writes 64', 'getBuf() = token 2'],
  'split-iova-range-used-up': ['-> 0x800001f00', '-> 0x800043f00', 'getBuf() = token 60', '-> 0x800001f00'],
  'v04-min': [
    'device writes desc[2].flags = 0x1',
    'device writes used.ring[0].id = 0x2',
    'getBuf()',
    'unmap 8 bytes at 0x100102000 TO_DEVICE',
    '!unmap',
    'getBuf() = token 2',
  ],
  'e1-slot-reused-after-next': [
    'map 64 bytes at 0x103000 FROM_DEVICE -> 0x100081800',
    'device writes desc[2].flags = 0x1',
    'unmap 64 bytes at 0x100081000 TO_DEVICE',
    '!unmap',
    'getBuf() = token 2',
    'map 100 bytes at 0x102000 TO_DEVICE -> 0x100081000',
    'addSgs() = token 4: 0',
    'fails',
    'addSgs() = token 5: -ENOMEM',
    'writes 64 bytes at slot 3+0',
    'used.ring[1].id = 0x3',
    'getBuf() = token 3',
  ],
  'e13-free-list-two-cycle': ['desc[1].flags = 0x1', 'getBuf() = token 2', 'token 12: 0', 'token 13: -ENOSPC'],
  'e22-next-into-free-entries': [
    'getBuf() = token 4',
    'writes desc[3].flags = 0x3',
    'used.ring[4].id = 0x3',
    'unmap 8 bytes',
    '!unmap',
    'getBuf() = token 5',
    'token 13: 0',
    'token 14: -ENOSPC',
  ],
  'e2-next-off-head': [
    'device writes desc[0].flags = 0x0',
    'unmap 8 bytes at 0x100100000 TO_DEVICE',
    'unmap 2 bytes at 0x100100008 TO_DEVICE',
    'unmap 8 bytes at 0x100101000 FROM_DEVICE',
    'getBuf() = token 1',
    'token 9: 0',
    'token 10: -ENOSPC',
    'detachUnusedBuf() = token 9',
  ],
  'v04-next-off-middle': ['device writes desc[1].flags = 0x0', 'unmap', 'unmap', 'unmap', 'getBuf() = token 1'],
  'e3-next-on-all-singles': [
    'token 8: 0',
    'device writes desc[7].flags = 0x3',
    'getBuf()',
    'unmap',
    '!unmap',
    'getBuf() = token 1',
    'unmap',
    '!unmap',
    'getBuf() = token 5',
  ],
  'e3-next-on-all-indirect-heads': [
    'token 4: 0',
    'device writes desc[3].flags = 0x5',
    'unmap 32 bytes',
    'unmap 8 bytes',
    'unmap 2 bytes',
    '!unmap',
    'getBuf() = token 2',
  ],
  'e12-next-on-indirect-head': [
    'device writes desc[0].flags = 0x5',
    'unmap 32 bytes at 0x100020110 TO_DEVICE',
    '!unmap 48',
    'getBuf() = token 1',
    'getBuf() = token 2',
    'getBuf() = token 3',
  ],
  'v01d-loop': ['desc[1].flags = 0x3', 'desc[1].next = 0x0', 'getBuf() = token 1', 'getBuf() = token 2'],
  'v01a-write-on-out-buffer': [
    'writes 64 bytes at slot 0+0',
    'device writes desc[0].flags = 0x2',
    'used.ring[0].id = 0x0',
    'unmap 64 bytes at 0x100080000 TO_DEVICE',
    '!copy',
    'getBuf() = token 1',
  ],
  'v01b-address-of-another': [
    'writes 64 bytes at slot 1+0',
    'desc[0].addr',
    'desc[0].flags = 0x2',
    'unmap 64 bytes at 0x100080000 TO_DEVICE',
    '!copy',
    'getBuf() = token 1',
    'unmap 64 bytes at 0x100080800 TO_DEVICE',
    '!copy',
    'getBuf() = token 2',
  ],
  'v01c-next-out-of-range': [
    'device writes desc[0].next = 0xffff',
    'addSgs()',
    'driver writes desc[1].addr',
    'token 1: 0',
  ],
  'v01c-next-poisons-indirect': [
    'device writes desc[0].next = 0xffff',
    'avail.ring[0] = 0x0',
    'device writes desc[1].next = 0x8',
    'avail.ring[1] = 0x1',
    'avail.ring[2] = 0x2',
  ],
  'v01e-indirect-poison': [
    'map 48 bytes at 0x20090 TO_DEVICE -> 0x100081800',
    'writes 64 bytes at slot 3+0',
    'device writes desc[0].flags = 0x6',
    'unmap 48 bytes at 0x100081800 TO_DEVICE',
    'unmap 64 bytes at 0x100080000 TO_DEVICE',
    'getBuf() = token 1',
  ],
  'v01e-indirect-poison-len-8': ['device writes desc[0].len = 0x8', 'unmap 48 bytes', 'getBuf() = token 1'],
  'v01e-indirect-poison-len-0': ['device writes desc[0].len = 0x0', 'unmap 48 bytes', 'getBuf() = token 1'],
  'v01e-indirect-len-too-long': ['device writes desc[0].len = 0x1c0', 'unmap 48 bytes', 'getBuf() = token 1'],
  'e11-indirect-head-rewritten': [
    'desc[0].len = 0xffffffff',
    'unmap 48 bytes',
    'unmap 8 bytes',
    'unmap 2 bytes',
    'unmap 8 bytes',
    '!unmap',
    'getBuf() = token 1',
  ],
  'v03-scribbled-out-buffer': ['writes 64 bytes at slot 0+0', 'TO_DEVICE', '!copy', 'getBuf() = token 1, length 64'],
  'forged-id-num': rejected('0x8'),
  'forged-id-num-minus-1': rejected('0x7'),
  'forged-id-live-plus-0x10000': rejected('0x10000'),
  'forged-id-all-ones': rejected('0xffffffff'),
  'forged-id-live-plus-0x80000000': rejected('0x80000000'),
  'forged-id-live-plus-0x100': rejected('0x100'),
  'forged-id-0xffff': rejected('0xffff'),
  'forged-id-never-issued': rejected('0x5'),
  'forged-id-mid-chain': rejected('0x1'),
  'forged-id-free-list-head': ['reads used.ring[0].id = 0x2', '!unmap', 'getBuf() = nothing', '-EIO'],
  'replayed-id': [
    'getBuf() = token 1',
    'reads used.ring[1].id = 0x0',
    '!unmap',
    'getBuf() = nothing',
    'poll() = false',
  ],
  'replayed-id-reused-slot': ['getBuf() = token 1', 'used.ring[1].id = 0x0', 'getBuf() = token 2'],
  'two-completions-before-the-first-get': ['getBuf() = token 1', 'used.ring[1].id = 0x0', 'getBuf() = nothing'],
  'reap-one-of-three-then-reset': [
    'getBuf() = token 1',
    'reset() = 0',
    'token 6: 0',
    'getBuf() = nothing',
    'enableCb() = true',
    'getBuf() = token 6',
  ],
  'reap-one-of-three-then-resize': [
    'getBuf() = token 1',
    'resize() = 0',
    'token 6: 0',
    'getBuf() = nothing',
    'poll() = false',
    'getBuf() = token 6',
  ],
  'v31a-reset-after-one-of-two': ['getBuf() = token 1', 'reset() = 0', 'getBuf() = token 3'],
  'used-idx-backwards': [
    'getBuf() = token 1',
    'device writes used.idx = 0xffff',
    'reads used.idx = 0xffff',
    'getBuf() = nothing',
    'poll() = false',
  ],
  'e21-used-idx-plus-40000': [
    'device writes used.idx = 0x9c40',
    'getBuf() = token 1',
    'reads used.ring[1].id = 0x0',
    'getBuf() = nothing',
  ],
  'used-idx-backwards-then-honest': [
    'enableCb() = false',
    'enableCb() = true',
    'getBuf() = nothing',
    'getBuf() = token 1',
  ],
  'e16-length-all-ones': ['length 4294967295', 'used.ring[1].len = 0x800000e6', 'length 2147483878'],
  'length-around-the-capacity': ['token 1, length 3', 'token 2, length 2', 'token 3, length 1'],
  'v18-length-of-out-buffer': ['token 1, length 66', 'token 2, length 256'],
  'v12-v29-poll-loop-when-broken': [
    'getBuf() = token 2',
    'reads used.ring[2].id = 0x8',
    'getBuf() = nothing',
    ...endsItsLoops(),
    '-EIO',
  ],
  'completion-of-everything-ahead': ['used.ring[0].id = 0x0', 'getBuf() = token 1', 'getBuf() = nothing'],
  'kick-avail-event-fuzzed': [
    'reads used.avail_event = 0xffff',
    'reads used.avail_event = 0x2',
    'kickPrepare() = true',
  ],
  'split-full-ring': ['token 5: -ENOSPC', 'token 6: -ENOSPC'],
  'split-chain-longer-than-the-ring': ['token 1: -ENOSPC', 'token 2: -ENOSPC', 'getBuf() = token 3'],
  'split-chain-as-long-as-the-ring': ['token 1: 0', 'token 2: -ENOSPC', 'getBuf() = token 1'],
  'split-indirect-longer-than-the-ring': ['map 576 bytes', 'token 1: 0', 'getBuf() = token 1'],
  'split-chains-fill-256': ['token 7: 0', 'token 8: 0', '!-E', 'getBuf() = token 1', '!-E', 'token 10: 0'],
  'split-resize': [
    'resize() = 0',
    'resize() = 0',
    'resize() = 0',
    'resize() = -EINVAL',
    'resize() = -E2BIG',
    'resize() = -ENOMEM',
    'resize() = -ENOMEM',
    'resize() = 0',
    'resize() = 0',
  ],
  'split-not-resettable': ['reset() = -ENOENT', 'resize() = -ENOENT', 'getBuf() = token 1'],
  'split-broken-queue-every-call': [
    '-EIO',
    '-EIO',
    'getBuf() = nothing',
    'kickPrepare() = ',
    'notify() = false',
    ...endsItsLoops(),
    'reset() = 0',
    'getBuf() = token',
  ],
  'split-notify-fails-every-call': [
    'kick() = false',
    '-EIO',
    'getBuf() = nothing',
    'notify() = false',
    ...endsItsLoops(),
    'getBuf() = token',
  ],
  'split-create-no-state': ['kmalloc(128) fails', 'create() = -ENOMEM'],
  'split-create-no-ring': ['kmalloc(128)', 'fails', 'kfree', 'create() = -ENOMEM'],
  'split-create-failure-left-over': ['create() = 0', 'resize() = -ENOMEM', 'resize() = 0'],
  'split-spurious-interrupt': [
    'interrupt() = IRQ_NONE',
    'interrupt() = IRQ_NONE',
    'interrupt() = IRQ_HANDLED',
    'interrupt() = IRQ_NONE',
  ],
  'split-disable-after-interrupt': ['interrupt() = IRQ_HANDLED', 'disableCb()', '!driver writes', 'getBuf()'],
  'split-no-callback': ['driver writes avail.flags = 0x1'],
  'split-kicks-off': ['reads used.flags = 0x1', 'kickPrepare() = false', 'used.flags = 0x0'],
  'race-get-idx-clear': ['reads used.idx = 0x0', 'getBuf() = token'],
  'race-get-id-set': ['reads used.ring[1].id = 0x18003', 'getBuf() = nothing'],
  'race-get-id-xor': ['reads used.ring[1].id = 0x3'],
  'race-get-len-set': ['reads used.ring[1].len = 0x18003', 'length 98307'],
  'race-get-len-clear': ['reads used.ring[1].len = 0x0', 'length 0'],
  'race-double-fetch-of-the-id': [
    'reads used.ring[0].id = 0x0',
    'device writes used.ring[0].id = 0x1',
    'reads used.ring[0].len',
    'getBuf() = token 1',
  ],
  'race-forged-entry-at-first-load': [
    'getBuf()',
    'device writes used.ring[0].id = 0x1',
    'reads used.idx = 0x1',
    'getBuf() = token 2',
  ],
  'race-in-map-window': [
    'map 8 bytes at 0x100000',
    'driver writes desc[0].next',
    'map 2 bytes',
    'device writes desc[0].next = 0xffff',
    'device writes desc[0].len = 0xffffffff',
    'map 8 bytes at 0x101000',
    'device writes desc[1].flags = 0xffff',
    'token 1: 0',
    'getBuf() = token 1',
  ],
  'race-in-unmap-window': [
    'getBuf()',
    'unmap 64 bytes',
    'slot 0+0',
    'unmap 100 bytes',
    'slot 1+32',
    'copy 100 bytes slot 1+0',
    'getBuf() = token 1',
  ],
  'race-indirect-unmap-window': [
    'unmap 32 bytes',
    'writes 64 bytes at slot 2+0',
    'desc[0].flags = 0x7',
    'unmap 64 bytes',
    'unmap 64 bytes',
    'getBuf() = token 1',
  ],
  'race-during-reset': [
    'reset()',
    'unmap',
    'device writes desc[0].flags',
    'reset() = 0',
    'getBuf() = nothing',
    'resize() = 0',
    'getBuf() = nothing',
  ],
  'race-callback-loads': [
    'enableCb()',
    'device writes used.idx = 0x1',
    'enableCb() = false',
    'enableCbDelayed()',
    'device writes used.idx = 0x3',
    'enableCbDelayed() = false',
  ],
};

const PACKED: Claims = {
  'v02-honest-stale-head-flags': [
    'getBuf() = token 4',
    'map 64 bytes at 0x100000 TO_DEVICE',
    'fails',
    'unmap 64 bytes',
    'token 5: -EIO',
    'token 6: 0',
  ],
  'v02-hostile-rewrite-before-failing-map': [
    'driver writes desc[1].flags',
    'map map 12 bytes',
    'device writes desc[1].addr',
    'device writes desc[1].len = 0xffffffff',
    'map map..FROM_DEVICE fails',
    'unmap 64 bytes at 0x100080000 TO_DEVICE',
    'unmap 2 bytes at 0x100080800 TO_DEVICE',
    'unmap 12 bytes at 0x100081000 TO_DEVICE',
    '!unmap',
    'token 1: -EIO',
  ],
  'v28-leftover-of-a-failed-add': [
    'driver writes desc[1].flags = 0x81',
    'driver writes desc[2].flags = 0x83',
    'fails',
    '!driver writes desc[0].flags',
    'driver writes desc[1].flags = 0x8000',
    'driver writes desc[2].flags = 0x8000',
    'token 1: -EIO',
    'driver writes desc[0].flags = 0x80',
    'token 2: 0',
    'getBuf() = token 2',
    'getBuf() = nothing',
  ],
  'v28-leftover-across-the-wrap': [
    'getBuf() = token 6',
    'fails',
    '!driver writes desc[6].flags',
    'driver writes desc[7].flags = 0x8000',
    'driver writes desc[0].flags = 0x80',
    'token 7: -EIO',
    'driver writes desc[6].flags = 0x80',
    'token 8: 0',
    'getBuf() = token 9',
  ],
  'e20-fallback-without-room': ['token 3: 0', 'fails', 'kfree', 'token 4: -ENOSPC', 'token 5: 0'],
  'packed-forged-id-num': rejectedPacked(0, '0x8'),
  'packed-forged-id-num-minus-1': rejectedPacked(0, '0x7'),
  'packed-forged-id-live-plus-0x100': rejectedPacked(0, '0x100'),
  'packed-forged-id-0xffff': rejectedPacked(0, '0xffff'),
  'packed-forged-id-never-issued': rejectedPacked(0, '0x4'),
  'packed-forged-id-mid-chain': rejectedPacked(0, '0x1'),
  'e15-replayed-id': ['getBuf() = token 1', ...rejectedPacked(1, '0x0')],
  'packed-early-completion': ['reads desc[0].id = 0x1', 'getBuf() = token 2', 'getBuf() = token 1'],
  'packed-wrong-slot-count': ['getBuf() = token 1'],
  'packed-used-flags-rewritten': [
    'getBuf() = token 1',
    'getBuf() = nothing',
    'getBuf() = token 2',
    'getBuf() = token 3',
  ],
  'packed-id-copied': ['device writes desc[1].id = 0x0', 'getBuf() = token 1', 'getBuf() = nothing'],
  'packed-used-position-moved': [
    'getBuf() = nothing',
    'reads desc[0].id = 0x1',
    'getBuf() = token 2',
    'getBuf() = token 1',
  ],
  'packed-length-all-ones': ['token 1, length 4294967295', 'token 2, length'],
  'packed-length-around-the-capacity': ['token 1, length 3', 'token 2, length 2', 'token 3, length 1'],
  'packed-v12-v29-poll-loop-when-broken': [
    'getBuf() = token 2',
    'reads desc[2].id = 0x8',
    'getBuf() = nothing',
    ...endsItsLoops(),
    '-EIO',
  ],
  'packed-reap-one-of-three-then-reset': [
    'getBuf() = token 1',
    'reset() = 0',
    'token 6: 0',
    'getBuf() = nothing',
    'enableCb() = true',
    'getBuf() = token 6',
  ],
  'packed-reap-one-of-three-then-resize': [
    'getBuf() = token 1',
    'resize() = 0',
    'token 6: 0',
    'getBuf() = nothing',
    'poll() = false',
    'getBuf() = token 6',
  ],
  'packed-indirect-head-rewritten': [
    'slot 3+0',
    'desc[0].len = 0x0',
    'desc[0].flags = 0x3',
    'unmap 48 bytes',
    'getBuf() = token 1',
    'getBuf() = token 2',
  ],
  'packed-out-buffer-scribbled': ['writes 64 bytes at slot 0+0', 'TO_DEVICE', '!copy', 'getBuf() = token 1, length 63'],
  'packed-completions-ahead': [
    'device writes desc[3].flags = 0x8080',
    'interrupt() = IRQ_HANDLED',
    'enableCb() = false',
    'getBuf() = nothing',
    '-EIO',
    'reset() = 0',
  ],
  'packed-off-wrap-fuzzed': [
    'reads device_event.off_wrap = 0x20002',
    'kick() = true',
    'reads device_event.off_wrap = 0x2ffff',
  ],
  'packed-event-flags-fuzzed': [
    'reads device_event.off_wrap = 0x30000',
    'kick() = true',
    'reads device_event.off_wrap = 0x10000',
  ],
  'packed-chain-across-the-end': [
    'driver writes desc[7].flags',
    'driver writes desc[0].flags = 0x8001',
    'driver writes desc[6].flags = 0x81',
    'getBuf() = token',
  ],
  'packed-chain-as-long-as-the-ring': [
    'token 1: 0',
    'token 2: -ENOSPC',
    'getBuf() = token 1',
    'token 3: 0',
    'getBuf() = token 3',
    'getBuf() = token 5',
  ],
  'packed-full-ring': ['token 5: -ENOSPC', 'token 6: -ENOSPC'],
  'packed-resize': [
    'resize() = 0',
    'resize() = 0',
    'resize() = 0',
    'resize() = -EINVAL',
    'resize() = -E2BIG',
    'resize() = 0',
    'resize() = 0',
    'resize() = 0',
  ],
  'packed-create-no-area-1': ['coherent..fails', 'kfree', 'create() = -ENOMEM'],
  'packed-create-no-area-2': ['coherent', 'coherent..fails', 'freed', 'create() = -ENOMEM'],
  'packed-create-no-area-3': ['fails', 'freed', 'freed', 'create() = -ENOMEM'],
  'packed-notify-fails-every-call': [
    'kick() = false',
    '-EIO',
    'getBuf() = nothing',
    'notify() = false',
    ...endsItsLoops(),
    'getBuf() = token',
  ],
  'packed-race-get-flags-clear': ['reads desc[1].flags = 0x0', 'getBuf() = nothing'],
  'packed-race-get-flags-set': ['reads desc[1].flags = 0x8080', 'getBuf() = token'],
  'packed-race-get-id-set': ['reads desc[1].id = 0x8080', 'getBuf() = nothing'],
  'packed-race-get-id-add': ['reads desc[1].id = 0x3', 'getBuf() = nothing'],
  'packed-race-get-len-set': ['reads desc[1].len = 0x18080', 'getBuf() = token'],
  'packed-race-double-fetch-of-the-id': [
    'reads desc[0].id = 0x0',
    'device writes desc[0].id = 0x1',
    'reads desc[0].len',
    'getBuf() = token 1',
  ],
  'packed-race-in-unmap-window': [
    'getBuf()',
    'unmap 64 bytes',
    'slot 0+0',
    'unmap 100 bytes',
    'slot 1+32',
    'copy 100 bytes slot 1+0',
    'getBuf() = token 1',
  ],
  'packed-race-during-reset': [
    'reset()',
    'unmap',
    'device writes desc[0].flags',
    'reset() = 0',
    'getBuf() = nothing',
    'resize() = 0',
    'getBuf() = nothing',
  ],
};

const BOUNCE: Claims = {
  's01-neighbour-survives-a-wrong-size': [
    'unmap 4097 bytes',
    'copy 64 bytes slot 0+0',
    '-> 0x100080000',
    'TO_DEVICE fails',
  ],
  'pool-fragmented-in-pairs': [
    'map 6144 bytes..fails',
    '-ENOMEM',
    'map 4096 bytes..-> 0x100080000',
    'getBuf() = token 2',
  ],
  's04-nothing-written': [
    'copy 4096 bytes 0x100000 -> slot 0+0',
    'map 4096 bytes at 0x100000 TO_DEVICE -> 0x100080000',
    'getBuf() = token 1',
    'copy 4096 bytes 0x100000 -> slot 2+0',
    'copy 4096 bytes slot 2+0',
    'getBuf() = token 2, length 0',
  ],
  's04-length-says-full': ['getBuf() = token 1', '!writes 4096 bytes', 'getBuf() = token 2, length 4096'],
  's04-sync-keeps-what-was-written': [
    'FROM_DEVICE -> ',
    'writes 64 bytes',
    'writes 36 bytes',
    'copy 4096 bytes slot',
    '!copy',
    'sync',
    'copy 4096 bytes slot',
  ],
  's01-unmap-of-more-than-was-mapped': ['map 64 bytes', 'unmap 4065 bytes', 'copy 64 bytes slot 0+0'],
  's01-unmap-of-less-than-was-mapped': [
    'unmap 33 bytes',
    'copy 33 bytes',
    'unmap 1 bytes',
    'copy 1 bytes',
    'map 6144 bytes at 0x100000 TO_DEVICE',
  ],
  's03-sync-beyond-the-end': ['map 100 bytes', 'sync', 'copy 10 bytes', 'map 2049 bytes', 'sync'],
  'unmapped-twice': ['unmap 3000 bytes', 'copy 3000 bytes', 'unmap 3000 bytes', '!copy 3000', 'map map 8 bytes'],
  'skip-cpu-sync': ['copy 100 bytes 0x', 'unmap 100 bytes', '!copy 100', 'map map 2048 bytes'],
  'pool-of-four-split-direct': ['fails', 'token 1: -ENOMEM', 'token 2: 0'],
  'pool-of-four-split-indirect': ['fails', 'token 1: -ENOMEM'],
  'pool-of-four-packed-direct': ['fails', 'token 1: -EIO', 'token 2: 0'],
  'pool-of-four-packed-indirect': ['fails', 'kfree', 'fails', 'token 1: -EIO'],
  'pool-fragmented': ['map 4096 bytes at..fails', '-ENOMEM', 'token 2: 0'],
  'larger-than-any-mapping': [
    'maxMappingSize() = 258048',
    'map 266240 bytes..fails',
    '-ENOMEM',
    'map 266240 bytes..fails',
    'token 3: 0',
  ],
  'next-fit-around-the-pool': ['-> slot 252+0', 'token', '-> slot 0+0'],
  'address-of-another-owner': [
    'desc[0].addr',
    'unmap 64 bytes at 0x100080000 TO_DEVICE',
    'desc[1].addr',
    'getBuf() = token 2',
  ],
};

const MAPPING: Claims = {
  'failure-without-a-pattern': ['fails', 'token 1: -ENOMEM', 'token 2: 0'],
  'v06-indirect-map-fails-with-a-head-in-use': [
    'avail.ring[0] = 0x0',
    'map map 8',
    'map map 2',
    'map map 8 bytes..fails',
    'unmap 8 bytes',
    'unmap 2 bytes',
    '!unmap',
    'token 2: -ENOMEM',
    'avail.ring[1] = 0x1',
  ],
  'v06-head-beyond-the-failing-piece': ['avail.ring[3] = 0x3', 'map 8', 'fails', 'unmap 8 bytes', '!unmap', '-ENOMEM'],
  'split-map-window-rewrites-before-failure': [
    'driver writes desc[1].flags',
    'map map 12 bytes',
    'device writes desc[0].next = 0x5',
    'device writes desc[1].len = 0xffffffff',
    'map map..FROM_DEVICE fails',
    'unmap 64 bytes',
    'unmap 2 bytes',
    'unmap 12 bytes',
    '!unmap',
    'token 1: -ENOMEM',
  ],
  'split-resize-no-power-of-two': [
    'resize() = -ENOMEM',
    'getBuf() = token 2',
    'resize() = -EINVAL',
    'resize() = -E2BIG',
  ],
  'e8-packed-fourth-map-fails': [
    'fails',
    '!driver writes desc[0].flags',
    'driver writes desc[1].flags = 0x8000',
    'driver writes desc[2].flags = 0x8000',
    '-EIO',
    'driver writes desc[0].flags = 0x80',
    'token 2: 0',
  ],
  'e10-packed-fallback-succeeds': ['fails', 'unmap', 'kfree', 'map', 'token 1: 0'],
  'e10-packed-fallback-fails-too': ['map 64 bytes at 0x20110 TO_DEVICE fails', 'fails', 'unmap', 'token 1: -EIO'],
  'packed-failure-in-the-second-lap': [
    'getBuf() = token 2',
    'fails',
    'driver writes desc[2].flags = 0x80',
    '-EIO',
    'driver writes desc[1].flags = 0x8000',
    'token 4: 0',
  ],
  'split-no-table': [
    'kmalloc(96) fails',
    'token 1: 0',
    'token 2: 0',
    'kmalloc(288) fails',
    'token 3: -ENOSPC',
    'kmalloc(64) fails',
    'fails',
    'token 4: -ENOMEM',
  ],
  'packed-no-table': [
    'kmalloc(96) fails',
    'token 1: 0',
    'token 2: 0',
    'kmalloc(288) fails',
    'token 3: -ENOSPC',
    'kmalloc(64) fails',
    'fails',
    'token 4: -EIO',
  ],
  'split-notify-of-full-ring-fails': ['token 3: -ENOSPC', 'token 4: -EIO', 'reset() = 0', 'getBuf() = token'],
  'packed-notify-of-full-ring-fails': ['token 3: -ENOSPC', 'token 4: -ENOSPC', 'kick() = false'],
  'split-notify-fails': ['kick() = true', 'notify() = false', '-EIO', 'reset() = 0', 'getBuf() = token 3'],
  'packed-notify-fails': ['kick() = true', 'notify() = false', '-EIO', 'reset() = 0', 'getBuf() = token 3'],
  'split-pool-runs-out': ['fails', 'token 1: -ENOMEM', 'token 2: 0', 'token 3: -ENOMEM'],
  'packed-pool-runs-out': ['fails', 'token 1: -EIO', 'token 2: 0', 'token 3: -EIO'],
};

/** Families whose claims follow from their numbers. */
function families(): Claims {
  const claims: Record<string, string[]> = {};
  for (const layout of ['split', 'packed']) {
    const error = layout === 'split' ? '-ENOMEM' : '-EIO';
    for (let k = 1; k <= 5; k++) {
      // Buffer 1 is mapped before; each map that works shows no failure, then k - 1 are undone.
      const undone = Array.from({ length: k - 1 }, () => 'unmap');
      const mapped = Array.from({ length: k - 1 }, () => 'map map.. -> ');
      claims[`${layout}-direct-map-${k}-fails`] = [
        'token 1: 0',
        ...mapped,
        'map map..fails',
        ...undone,
        '!unmap',
        `token 2: ${error}`,
        'token 3: 0',
      ];
    }
    for (const k of [1, 3, 4]) {
      const undone = Array.from({ length: k - 1 }, () => 'unmap');
      const failed = k === 4 ? 'map 48 bytes..fails' : 'map map..fails';
      const end = layout === 'split' ? ['token 1: -ENOMEM'] : ['token 1: 0'];
      claims[`${layout}-indirect-map-${k}-fails`] = [failed, ...undone, 'kfree', ...end];
    }
    claims[`${layout}-disable-fails`] = [
      'reset() = -EIO',
      'resize() = -EIO',
      'getBuf() = token 1',
      'resize() = 0',
      'getBuf() = token 2',
    ];
    claims[`${layout}-enable-fails`] = [
      'reset() = -EBUSY',
      '-EIO',
      'resize() = -EBUSY',
      '-EIO',
      'getBuf() = nothing',
      'reset() = 0',
      'getBuf() = token 4',
    ];
    claims[`${layout}-resize-no-state`] = [
      'kmalloc(512) fails',
      'resize() = -ENOMEM',
      'getBuf() = token 2',
      'resize() = 0',
      'getBuf() = token 3',
    ];
    claims[`${layout}-resize-everything-fails`] = [
      'fails',
      'resize() = -EBUSY',
      'getBuf() = nothing',
      'reset() = 0',
      'getBuf() = token 2',
    ];
    claims[`${layout}-premapped-map-fails`] = ['fails', 'unmap', 'map', 'fails'];
    claims[`${layout}-creation-fails-no-state`] = ['fails', 'create() = -ENOMEM'];
    claims[`${layout}-creation-fails-no-area`] = ['fails', 'create() = -ENOMEM'];
    claims[`${layout}-none-cannot-fail`] = [
      '!map 8',
      'token 1: 0',
      'token 2: 0',
      'kmalloc(64) fails',
      'token 3: 0',
      'getBuf() = token 3',
    ];
  }
  for (let area = 1; area <= 3; area++) {
    claims[`packed-resize-no-area-${area}`] = [
      'resize()',
      ...Array.from({ length: area - 1 }, () => 'coherent'),
      'fails',
      ...Array.from({ length: area - 1 }, () => 'freed'),
      'resize() = -ENOMEM',
      'resize() = 0',
      'getBuf() = token 3',
    ];
  }
  for (let k = 1; k <= 5; k++) {
    // Slot 7 has been written when the third map works, slot 6 when the second does; before that its flags are stale.
    let rewritten = ['device writes desc[6].flags = 0xffff', 'addSgs()'];
    if (k === 3) rewritten = ['map map 2 bytes', 'device writes desc[6].addr'];
    if (k > 3) rewritten = ['driver writes desc[7].flags', 'device writes desc[7].addr', 'device writes desc[7].flags'];
    claims[`packed-near-the-end-map-${k}-fails`] = [
      'getBuf() = token 6',
      ...rewritten,
      'map map..fails',
      ...Array.from({ length: k - 1 }, () => 'unmap'),
      '!unmap',
      'token 7: -EIO',
      'driver writes desc[6].flags = 0x80',
      'token 8: 0',
    ];
  }
  for (let free = 1; free <= 5; free++) {
    const singles = 6 - free;
    claims[`packed-fallback-with-${free}-free`] = [
      'map 64 bytes..fails',
      'kfree',
      `token ${singles + 1}: ${free < 4 ? '-ENOSPC' : '0'}`,
    ];
  }
  for (const order of ['012', '021', '102', '120', '201', '210']) {
    claims[`v04-next-on-single-order-${order}`] = [
      'device writes desc[2].flags = 0x1',
      `getBuf() = token ${Number(order[0]) + 1}`,
      'token 4: 0',
      // The buffer added in between is the last one pending.
      `getBuf() = token ${Number(order[1]) + 1}`,
      'reset() = 0',
    ];
  }
  return claims;
}

export const CLAIMS: Claims = { ...SPLIT, ...PACKED, ...BOUNCE, ...MAPPING, ...families() };

/** The first claim that the lines do not bear out, or null. */
export function brokenClaim(lines: readonly string[], claims: readonly string[]): string | null {
  let at = 0;
  let forbidden: string[] = [];
  for (const claim of claims) {
    if (claim.startsWith('!')) {
      forbidden.push(claim.slice(1));
      continue;
    }
    const found = lines.findIndex((line, index) => index >= at && bears(line, claim));
    if (found < 0) return claim;
    const between = lines.slice(at, found);
    const bad = forbidden.find((text) => between.some((line) => line.includes(text)));
    if (bad !== undefined) return `!${bad}`;
    forbidden = [];
    at = found + 1;
  }
  return null;
}

/** Whether the parts of a claim stand in that order in the line. */
function bears(line: string, claim: string): boolean {
  let at = 0;
  for (const part of claim.split('..')) {
    const found = line.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
