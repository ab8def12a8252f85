// What each operation of a record does. One handler an operation; each may do nothing, but none may fail: every byte string
// is a scenario.

import { FILL_MODES } from '../device/ring-device.js';
import { FAILURE_KINDS, type FailureKind } from '../platform/failures.js';
import { addManyCount, contextOf, isPremapped, kicksAfter, repeatCount, resizeTo } from '../scenario/operands.js';
import { type Operation, OPERATIONS } from '../scenario/operations.js';
import type { World } from './world.js';

export type Handler = (a: number, b: number, c: number) => void;

/** Interrupt only where the operation asks for it: bit 0 of `c` clear. */
export const NO_INTERRUPT = 1;

export class RecordOperations {
  /** By operation code. */
  readonly handlers: readonly Handler[];
  /** A shared load was told to be a lie. */
  armedLoad = false;
  /** The moment that the next device operation waits for, -1 for none, and how many of that kind it waits. */
  deferMoment = -1;
  deferCount = 0;

  constructor(private readonly world: World) {
    this.handlers = this.makeHandlers();
  }

  reset(): void {
    this.armedLoad = false;
    this.deferMoment = -1;
  }

  /** Adds a buffer; true when it is in flight. */
  addOne(a: number, b: number, c: number): boolean {
    const { world } = this;
    const { config, client, session } = world;
    if (!client.prepare(a, b, c)) return false;
    const premapped = config.useDmaApi && world.limits.premaps(isPremapped(a, c), client);
    if (premapped && !client.mapPrepared()) {
      client.discard();
      return false;
    }
    return session.add(config.context ? world.limits.contextFor(contextOf(c), client) : 0, premapped);
  }

  /** Takes everything that is completed. */
  drain(): void {
    const { session, caseFile } = this.world;
    for (let k = caseFile.model.inFlight + 1; k > 0; k--) if (session.get() === 0) return;
  }

  private complete(k: number, mode: number, c: number): void {
    const { world } = this;
    const { device, session } = world;
    device.fetch();
    if (device.chains.pending === 0) return;
    device.complete(world.config.inOrder ? 0 : k % device.chains.pending, mode);
    if ((c & NO_INTERRUPT) === 0 && device.interruptDue()) session.interrupt();
  }

  private completeMany(count: number, mode: number, c: number): void {
    const { device, session } = this.world;
    device.fetch();
    device.completeOldest(count, mode);
    if ((c & NO_INTERRUPT) === 0 && device.interruptDue()) session.interrupt();
  }

  private afterReset(running: boolean): void {
    if (running) this.world.handOver();
    else this.world.attachRing();
  }

  private detachAll(): void {
    const { world } = this;
    const { session, caseFile } = world;
    // Taking buffers back is only legal where the queue is reset before it is used again (facts V33).
    if (!world.config.resettable) return;
    world.device.stop();
    caseFile.stopped = true;
    for (let k = caseFile.model.inFlight; k >= 0; k--) if (session.detach() === 0) break;
    const running = session.reset();
    this.afterReset(running);
    if (!running) session.break();
  }

  private deviceFill(a: number, b: number, c: number): void {
    const { client, view } = this.world;
    const dma = client.ownAddress(a);
    if (dma < 0) return;
    const size = client.ownLength(a);
    const start = Math.min(c, size - 1);
    view.writeSequence(dma + start, Math.min(size - start, 1 + (b & 63)), b);
  }

  private makeHandlers(): readonly Handler[] {
    const { world } = this;
    const { session, client } = world;
    const running = (): boolean => world.device.running;
    const handlers: Record<Operation, Handler> = {
      add: (a, b, c) => {
        this.addOne(a, b, c);
        if (kicksAfter(a)) session.kick();
      },
      'add-many': (a, b, c) => {
        for (let k = addManyCount(a); k > 0; k--) if (!this.addOne(a >> 4, b, c)) return;
      },
      get: (a) => {
        for (let k = repeatCount(a); k > 0; k--) if (session.get() === 0) return;
      },
      drain: () => {
        this.drain();
      },
      kick: () => {
        session.kick();
      },
      'kick-prepare': () => {
        session.kickPrepare();
      },
      notify: () => {
        session.notify();
      },
      'disable-cb': () => {
        session.disableCb();
      },
      'enable-cb': () => {
        session.enableCb();
      },
      'enable-cb-delayed': () => {
        session.enableCbDelayed();
      },
      'prepare-and-poll': () => {
        session.prepareAndPoll();
      },
      interrupt: () => {
        session.interrupt();
      },
      'detach-all': () => {
        this.detachAll();
      },
      reset: () => {
        this.afterReset(session.reset());
      },
      resize: (a, b) => {
        this.afterReset(session.resize(resizeTo(world.config, a, b)));
      },
      query: () => {
        session.query(world.backEndIndex, world.config.minAlignMask);
      },
      break: () => {
        session.break();
      },
      'client-map': (a, b, c) => {
        if (world.config.useDmaApi) client.mapOwn(a, b, c);
      },
      'client-write': (a, b) => {
        client.writeOwn(a, b);
      },
      'client-sync': (a, b, c) => {
        client.syncOwn(a, b, c);
      },
      'client-unmap': (a) => {
        client.unmapOwn(a);
      },
      'client-misuse': (a, b, c) => {
        if (world.caseFile.bounced) client.misuseOwn(a, b, c);
      },
      complete: (a, b, c) => {
        if (running()) this.complete(a, b % FILL_MODES, c);
      },
      'complete-many': (a, b, c) => {
        if (running()) this.completeMany(repeatCount(a), b % FILL_MODES, c);
      },
      'device-fill': (a, b, c) => {
        this.deviceFill(a, b, c);
      },
      'want-kicks': (a) => {
        if (running()) world.device.wantKicks((a & 1) === 0);
      },
      poke: (a, b, c) => {
        world.hostile.poke(world.device, a, b, c);
      },
      'poke-all': (a, _b, c) => {
        world.hostile.pokeAll(world.device, a, c);
      },
      'copy-field': (a, b, c) => {
        world.hostile.copyField(world.device, a, b, c);
      },
      'forge-used': (a, b, c) => {
        world.device.fetch();
        world.hostile.forgeUsed(world.device, a, b, c);
      },
      'jump-used': (a, b) => {
        world.hostile.jumpUsed(world.device, a, b);
      },
      scribble: (a, b, c) => {
        world.device.fetch();
        world.hostile.scribble(world.device, a, b, c);
      },
      'raw-byte': (a, b, c) => {
        world.hostile.rawByte(world.device, a | (b << 8), c);
      },
      'arm-load': (a, b, c) => {
        this.armedLoad = true;
        world.races.armLoad(1 + (a >> 2), a & 3, b | (c << 8));
      },
      defer: (a, b) => {
        this.deferMoment = a % 3;
        this.deferCount = 1 + (b & 15);
      },
      fail: (a, b, c) => {
        world.failures.arm((a % FAILURE_KINDS) as FailureKind, b & 15, c);
      },
    };
    return OPERATIONS.map((name) => handlers[name]);
  }
}
