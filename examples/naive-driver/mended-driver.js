// The naive driver, put right: what is unmapped and who comes back follows from what the driver itself recorded. SPDX: MIT.
'use strict';

const { NaiveQueue, driver } = require('./naive-driver.js');

class MendedQueue extends NaiveQueue {
  start() {
    super.start();
    this.mapped = new Array(this.num).fill(null);
  }

  addSgs(out, input, token) {
    this.pending = [];
    const result = super.addSgs(out, input, token);
    // What was mapped before a map failed is unmapped; what was published is remembered.
    if (result !== 0) this.pending.forEach((piece) => this.unmap(piece.address, piece.size, piece.direction));
    else this.mapped[this.lastHead] = this.pending;
    return result;
  }

  map(cpu, size, direction) {
    const address = super.map(cpu, size, direction);
    if (address !== -1) this.pending.push({ address, size, direction });
    return address;
  }

  publish(head) {
    this.lastHead = head;
    super.publish(head);
  }

  tokenOf(id) {
    const token = id < this.num ? this.tokens[id] : 0;
    // The device named a buffer that it does not have: nothing that it says can be believed from here on.
    if (token === 0) this.broken = true;
    return token;
  }

  release(id) {
    this.mapped[id].forEach((piece) => this.unmap(piece.address, piece.size, piece.direction));
    this.free.push(...this.chains[id]);
    this.tokens[id] = 0;
    this.chains[id] = null;
  }

  wantsKick(event, moved) {
    return super.wantsKick(event + 1, moved);
  }
}

exports.driver = {
  ...driver,
  name: 'mended',
  createQueues: (platform, onInterrupt) => ({ split: new MendedQueue(platform, onInterrupt) }),
};
