// A split virtqueue as one writes it who takes the device for a friend. It works with an honest one. SPDX: MIT.
//
// Everything that is wrong with it stands beside a comment that says NAIVE; mended-driver.js puts it right.
// docs/adding-a-driver.md goes through both.
'use strict';

const DESC_NEXT = 1;
const DESC_WRITE = 2;
const TO_DEVICE = 1;
const FROM_DEVICE = 2;
const MAPPING_ERROR = -1;
const ENOMEM = 12;
const ENOSPC = 28;
const ENOENT = 2;
const EIO = 5;

class NaiveQueue {
  constructor(platform, onInterrupt) {
    this.platform = platform;
    this.onInterrupt = onInterrupt;
  }

  create(config) {
    const { num, align } = config;
    this.config = config;
    this.num = num;
    this.avail = 16 * num;
    this.used = Math.ceil((this.avail + 6 + 2 * num) / align) * align;
    this.size = this.used + 6 + 8 * num;
    this.ring = this.platform.dma.allocCoherent(this.size);
    if (this.ring === 0) return -ENOMEM;
    this.start();
    return 0;
  }

  start() {
    const { num } = this;
    this.free = Array.from({ length: num }, (_, k) => k);
    this.tokens = new Array(num).fill(0);
    this.chains = new Array(num).fill(null);
    this.availIdx = 0;
    this.lastUsed = 0;
    this.kickedAt = 0;
    this.broken = false;
    this.store16(this.avail, this.config.callback || this.config.eventIndex ? 0 : 1);
  }

  addSgs(out, input, token) {
    const total = out.count + input.count;
    if (this.broken) return -EIO;
    if (this.free.length < total) return -ENOSPC;
    const chain = [];
    for (let k = 0; k < total; k++) {
      const [list, at, direction] = k < out.count ? [out, k, TO_DEVICE] : [input, k - out.count, FROM_DEVICE];
      const address = this.map(list.address[at], list.size[at], direction);
      // NAIVE: what has been mapped of this buffer stays mapped.
      if (address === MAPPING_ERROR) return -ENOMEM;
      chain.push(this.free[k]);
      this.describe(this.free[k], address, list.size[at], direction, k + 1 < total ? this.free[k + 1] : -1);
    }
    this.free.splice(0, total);
    const [head] = chain;
    this.tokens[head] = token;
    this.chains[head] = chain;
    this.publish(head);
    return 0;
  }

  publish(head) {
    this.store16(this.avail + 4 + 2 * (this.availIdx % this.num), head);
    this.availIdx = (this.availIdx + 1) & 0xffff;
    this.store16(this.avail + 2, this.availIdx);
  }

  getBuf() {
    if (this.broken || this.load16(this.used + 2) === this.lastUsed) return null;
    const entry = this.used + 4 + 8 * (this.lastUsed % this.num);
    const id = this.load32(entry);
    const length = this.load32(entry + 4);
    const token = this.tokenOf(id);
    if (token === 0) return null;
    this.release(id);
    this.lastUsed = (this.lastUsed + 1) & 0xffff;
    return { token, length, ctx: 0 };
  }

  tokenOf(id) {
    // NAIVE: the id is the device's, and nothing is checked.
    return this.tokens[id];
  }

  release(id) {
    for (const index of this.chains[id]) {
      // NAIVE: the device can write the descriptor table, so it decides what is unmapped.
      const at = 16 * index;
      const write = (this.load16(at + 12) & DESC_WRITE) !== 0;
      this.unmap(this.load64(at), this.load32(at + 8), write ? FROM_DEVICE : TO_DEVICE);
      this.free.push(index);
    }
    this.tokens[id] = 0;
    this.chains[id] = null;
  }

  kickPrepare() {
    const moved = (this.availIdx - this.kickedAt) & 0xffff;
    this.kickedAt = this.availIdx;
    if (!this.config.eventIndex) return (this.load16(this.used) & 1) === 0;
    return this.wantsKick(this.load16(this.used + 4 + 8 * this.num), moved);
  }

  wantsKick(event, moved) {
    // NAIVE: one too late, so that some kicks are lost.
    return ((this.availIdx - event) & 0xffff) < moved;
  }

  notify() {
    if (this.broken) return false;
    this.broken = !this.platform.transport.notify();
    return !this.broken;
  }

  kick() {
    return this.kickPrepare() ? this.notify() : true;
  }

  disableCb() {
    if (!this.config.eventIndex) this.store16(this.avail, 1);
  }

  enableCb() {
    return !this.poll(this.enableCbPrepare());
  }

  enableCbPrepare() {
    if (this.config.eventIndex) this.store16(this.avail + 4 + 2 * this.num, this.lastUsed);
    else this.store16(this.avail, 0);
    return this.lastUsed;
  }

  poll(position) {
    return !this.broken && this.load16(this.used + 2) !== position;
  }

  enableCbDelayed() {
    return this.enableCb();
  }

  interrupt() {
    if (this.load16(this.used + 2) === this.lastUsed) return 0;
    if (!this.broken && this.config.callback) this.onInterrupt();
    return 1;
  }

  detachUnusedBuf() {
    const id = this.tokens.findIndex((token) => token !== 0);
    if (id < 0) return 0;
    const token = this.tokens[id];
    this.release(id);
    return token;
  }

  reset(recycle) {
    const { transport } = this.platform;
    if (!transport.resettable) return -ENOENT;
    const error = transport.disableQueue();
    if (error !== 0) return error;
    for (let token = this.detachUnusedBuf(); token !== 0; token = this.detachUnusedBuf()) recycle(token);
    for (let at = 0; at < this.size; at += 2) this.store16(at, 0);
    this.start();
    this.broken = transport.enableQueue() !== 0;
    return this.broken ? -EIO : 0;
  }

  maxMappingSize() {
    return this.config.useDmaApi ? this.platform.dma.maxMappingSize() : Number.MAX_SAFE_INTEGER;
  }

  isBroken() {
    return this.broken;
  }

  breakQueue() {
    this.broken = true;
  }

  ringAddresses() {
    const base = this.platform.dma.coherentDmaAddress(this.ring);
    return { num: this.num, descriptorArea: base, driverArea: base + this.avail, deviceArea: base + this.used };
  }

  destroy() {
    this.platform.dma.freeCoherent(this.ring, this.size);
  }

  // Small change.

  describe(index, address, size, direction, next) {
    const at = 16 * index;
    this.platform.memory.store64(this.ring + at, address);
    this.platform.memory.store32(this.ring + at + 8, size);
    this.store16(at + 12, (direction === FROM_DEVICE ? DESC_WRITE : 0) | (next < 0 ? 0 : DESC_NEXT));
    this.store16(at + 14, Math.max(next, 0));
  }

  map(cpu, size, direction) {
    const { dma, memory } = this.platform;
    return this.config.useDmaApi ? dma.mapPage(cpu, size, direction, 0) : memory.physicalAddress(cpu);
  }

  unmap(address, size, direction) {
    if (this.config.useDmaApi) this.platform.dma.unmapPage(address, size, direction, 0);
  }

  load16(at) {
    return this.platform.memory.load16(this.ring + at);
  }

  load32(at) {
    return this.platform.memory.load32(this.ring + at);
  }

  load64(at) {
    return this.platform.memory.load64(this.ring + at);
  }

  store16(at, value) {
    this.platform.memory.store16(this.ring + at, value);
  }
}

exports.NaiveQueue = NaiveQueue;

exports.driver = {
  apiVersion: 1,
  name: 'naive',
  version: '1',
  semantics: 'specification',
  features: {
    layouts: ['split'],
    indirect: false,
    eventIndex: true,
    inOrder: [],
    context: false,
    premapped: false,
    reset: true,
    resize: false,
    withoutDmaApi: true,
    withoutCallback: true,
  },
  // Small change, never to blame: findings name who called them.
  helpers: ['describe', 'map', 'unmap', 'load16', 'load32', 'load64', 'store16'],
  createQueues: (platform, onInterrupt) => ({ split: new NaiveQueue(platform, onInterrupt) }),
};
