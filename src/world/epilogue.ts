// The proof that a queue is still usable after all that an input did to it: everything works, nobody is hostile, and an
// honest device serves buffers of several shapes, round the ring. A queue that broke, or whose device may hold anything,
// is reset before; one that still works is not, so that what a failure left behind shows.

import { FILL_ALL } from '../device/ring-device.js';
import { PAGE_SIZE } from '../memory/layout.js';
import { checkAccepted, checkFilled, checkServed } from '../oracle/service.js';
import type { Configuration } from '../scenario/configuration.js';
import { inPieces, outPieces } from '../scenario/operands.js';
import type { World } from './world.js';

/** Operand `a` of an add: one readable piece, one writable, one of each, two of each. */
const SHAPES = [9, 0, 1, 35] as const;
const SMALLEST = 0;

/** Rings of up to so many entries are gone round. */
const WRAPPED = 16;
/** Most buffers in flight at a time. */
const BATCH = 8;

const SLOT = 2048;
/** An indirect table can need more than one alignment unit, and may have to begin in the second half of one. */
const UNITS_OF_A_TABLE = 4;

export class Epilogue {
  constructor(private readonly world: World) {}

  /** `created`: there is a queue. `trusted`: the device has been honest, so it can go on where it was. */
  run(created: boolean, trusted: boolean): void {
    const { world } = this;
    world.settle();
    world.client.unmapAllOwn();
    if (!created) {
      if (!world.create()) return;
    } else if (!trusted || !world.device.running || world.session.driver.isBroken()) {
      if (!this.recover()) return;
    } else if (!this.finish()) return;
    this.serve();
  }

  /** Resets the queue; makes it anew where it cannot be reset. */
  private recover(): boolean {
    const { world } = this;
    if (!world.config.resettable) {
      world.takeDown();
      world.forgetRing();
      return world.create();
    }
    if (!world.session.reset()) return false;
    world.handOver();
    return true;
  }

  /** The device answers everything that is in flight, and the client takes it. */
  private finish(): boolean {
    const { device, caseFile, session } = this.world;
    this.completeAll();
    while (caseFile.model.inFlight > 0) {
      const token = session.get();
      checkServed(caseFile, token);
      if (token === 0) return false;
    }
    return device.running;
  }

  private serve(): void {
    const { config, session } = this.world;
    const { num } = this.world.caseFile.model;
    const room = mappingRoom(config);
    if (room < 1) return;
    for (let k = 0; k < Math.min(num, WRAPPED) + 2; k++) {
      const shape = SHAPES[k % SHAPES.length]!;
      if (!this.serveBatch(1, fits(shape, num, room, config) ? shape : SMALLEST)) return;
    }
    // As many at a time as there is room for, then one more lap with the callbacks as a driver uses them.
    if (!this.serveBatch(Math.min(num, BATCH, room), SMALLEST)) return;
    session.enableCb();
    session.disableCb();
    this.serveBatch(1, SMALLEST);
  }

  /** Adds `count` buffers, kicks, and takes them back filled; false where one did not come back. */
  private serveBatch(count: number, shape: number): boolean {
    const { caseFile, client, session } = this.world;
    for (let k = 0; k < count; k++) {
      // The tables of this execution are full: nothing more can be shown.
      if (!client.prepare(shape, k, 0)) return false;
      const accepted = session.add(0, false);
      checkAccepted(caseFile, accepted);
      if (!accepted) return false;
    }
    session.kick();
    this.completeAll();
    for (let k = 0; k < count; k++) {
      const token = session.get();
      checkServed(caseFile, token);
      if (token === 0) return false;
      checkFilled(caseFile, token);
    }
    return true;
  }

  private completeAll(): void {
    const { device, session } = this.world;
    device.fetch();
    while (device.chains.pending > 0) device.complete(0, FILL_ALL);
    if (device.interruptDue()) session.interrupt();
  }
}

/** How many small mappings the DMA layer has room for in any case, when it holds none. */
function mappingRoom(config: Configuration): number {
  switch (config.backEnd) {
    case 'swiotlb': {
      const unit = Math.max(SLOT, config.minAlignMask + 1, config.allocAlignMask + 1);
      return Math.trunc((config.poolSlots * SLOT) / unit);
    }
    case 'vduse':
      // A bounce page for each page that is mapped.
      return (config.poolSlots * SLOT) / PAGE_SIZE;
    default:
      return Number.MAX_SAFE_INTEGER;
  }
}

/** Also without an indirect table, which may not be had. */
function fits(shape: number, num: number, room: number, config: Configuration): boolean {
  const pieces = outPieces(shape, 0) + inPieces(shape, 0);
  const table = config.indirect && pieces > 1 ? UNITS_OF_A_TABLE : 0;
  return pieces <= num && pieces + table <= room;
}
