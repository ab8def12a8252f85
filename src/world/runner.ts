// Runs an input in the world: record after record, then the teardown that every queue must survive. One handler an
// operation; each may do nothing, but none may fail: every byte string is a scenario.

import { FILL_MODES } from '../device/ring-device.js';
import { CALL_NONE } from '../oracle/calls.js';
import { FAILURE_KINDS, type FailureKind } from '../platform/failures.js';
import { HEADER_SIZE } from '../scenario/configuration.js';
import { addManyCount, contextOf, isPremapped, kicksAfter, repeatCount, resizeTo } from '../scenario/operands.js';
import {
  isDeviceOperation,
  isHostileOperation,
  type Operation,
  OPERATIONS,
  OPERATIONS_BY_BYTE,
} from '../scenario/operations.js';
import { RECORD_SIZE, recordCount } from '../scenario/scenario.js';
import type { TargetSpec } from '../target/target-spec.js';
import { Epilogue } from './epilogue.js';
import { ScriptRunner } from './script-runner.js';
import { markState } from './state-feedback.js';
import { World } from './world.js';

type Handler = (a: number, b: number, c: number) => void;

const LIES = Uint8Array.from(OPERATIONS, (name) => (isHostileOperation(name) ? 1 : 0));

/** Interrupt only where the operation asks for it: bit 0 of `c` clear. */
const NO_INTERRUPT = 1;

export class Runner {
  readonly world = new World(
    (record) => {
      this.performDeferred(record);
    },
    () => this.step,
  );
  private readonly epilogue = new Epilogue(this.world);
  /** For inputs that compare configurations. */
  readonly script = new ScriptRunner(this.world);
  /** Number of the step in progress: 0 creation, 1 .. n the records, then the epilogue of a placement, the teardown. */
  step = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private table: Uint8Array = OPERATIONS_BY_BYTE.ring;
  /** The device has done something hostile in this execution. */
  private lied = false;
  /** A shared load was told to be a lie. */
  private armedLoad = false;
  /** The next device operation is waiting for its moment. */
  private deferMoment = -1;
  private deferCount = 0;
  private onStep: ((step: number) => void) | null = null;
  private readonly atStep = (step: number): void => {
    this.step = step;
    if (this.onStep !== null) this.onStep(step);
  };
  private readonly handlers: readonly Handler[] = this.makeHandlers();

  /** Runs an input of whichever form. */
  play(
    target: TargetSpec,
    bytes: Uint8Array,
    feedback: Uint8Array | null,
    onStep: ((step: number) => void) | null,
  ): void {
    if (target.form === 'raw') this.runRaw(target, bytes, feedback, onStep);
    else if (target.form === 'scenario') this.run(target, bytes, feedback, onStep);
    else {
      this.begin(target, bytes);
      this.onStep = onStep;
      this.script.play(bytes, feedback, this.atStep);
    }
  }

  /** Runs a scenario. `feedback` gets the state counters; `onStep` is told before each step. */
  run(
    target: TargetSpec,
    bytes: Uint8Array,
    feedback: Uint8Array | null,
    onStep: ((step: number) => void) | null,
  ): void {
    const { world } = this;
    this.begin(target, bytes);
    onStep?.(0);
    const records = recordCount(bytes.length);
    if (!world.begin(target, bytes)) {
      this.notCreated(records + 1, onStep);
      return;
    }
    for (let k = 0; k < records; k++) {
      const at = HEADER_SIZE + k * RECORD_SIZE;
      const code = this.table[bytes[at]!]!;
      this.step = k + 1;
      if (onStep !== null) onStep(this.step);
      if (this.deferMoment >= 0 && isDeviceOperation(code)) {
        world.races.defer(this.deferMoment, this.deferCount, k);
        this.deferMoment = -1;
      } else {
        this.handlers[code]!(bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
      }
      if (feedback !== null) markState(feedback, world.caseFile.model, code, this.lied);
      if (LIES[code] === 1) this.lied = true;
    }
    this.finish(records + 1, !this.lied && !this.armedLoad, onStep);
  }

  /** Runs a raw input: buffers in flight, the bytes over the ring, then everything a driver does with completions. */
  runRaw(
    target: TargetSpec,
    bytes: Uint8Array,
    feedback: Uint8Array | null,
    onStep: ((step: number) => void) | null,
  ): void {
    const { world } = this;
    this.begin(target, bytes);
    onStep?.(0);
    if (!world.begin(target, bytes)) {
      this.notCreated(5, onStep);
      return;
    }
    const shape = bytes[HEADER_SIZE] ?? 0;
    for (let round = 1; round <= 2; round++) {
      this.step = 2 * round - 1;
      onStep?.(this.step);
      for (let k = 0; k < (round === 1 ? 1 + (shape & 7) : 1 + ((shape >> 3) & 3)); k++)
        this.addOne((shape >> 2) + 9 * k, k, 0);
      world.device.fetch();
      this.step = 2 * round;
      onStep?.(this.step);
      world.hostile.overlay(world.device, bytes, HEADER_SIZE + 1);
      this.rawCompletions(shape);
      if (feedback !== null) markState(feedback, world.caseFile.model, (shape & 15) + 16 * round, (shape & 16) !== 0);
    }
    this.finish(5, false, onStep);
  }

  private rawCompletions(shape: number): void {
    const { session } = this.world;
    session.interrupt();
    session.kick();
    if ((shape & 32) !== 0) session.disableCb();
    this.drain();
    if ((shape & 64) !== 0) session.enableCbDelayed();
    else session.enableCb();
    this.drain();
    session.prepareAndPoll();
    if ((shape & 128) !== 0 && session.reset()) this.world.handOver();
  }

  private begin(target: TargetSpec, bytes: Uint8Array): void {
    this.bytes = bytes;
    this.table = OPERATIONS_BY_BYTE[target.operations];
    this.lied = false;
    this.armedLoad = false;
    this.deferMoment = -1;
    this.step = 0;
  }

  /** Nothing to run, and nothing to tear down, but a queue whose creation failed must be had when everything works. */
  private notCreated(step: number, onStep: ((step: number) => void) | null): void {
    if (this.world.placement?.epilogue !== true) return;
    this.step = step;
    onStep?.(step);
    this.epilogue.run(false, true);
    this.teardown(step + 1, onStep);
  }

  /** The epilogue, where one is wanted, and the teardown. */
  private finish(step: number, trusted: boolean, onStep: ((step: number) => void) | null): void {
    const { placement } = this.world;
    if (placement?.epilogue !== true) {
      this.teardown(step, onStep);
      return;
    }
    this.step = step;
    onStep?.(step);
    this.epilogue.run(true, trusted && placement.writes === undefined);
    this.teardown(step + 1, onStep);
  }

  private teardown(step: number, onStep: ((step: number) => void) | null): void {
    this.step = step;
    onStep?.(step);
    if (this.world.exists) this.world.takeDown();
    this.world.caseFile.beginCall(CALL_NONE);
  }

  private performDeferred(record: number): void {
    const at = HEADER_SIZE + record * RECORD_SIZE;
    const { bytes } = this;
    const code = this.table[bytes[at]!]!;
    // In the middle of a driver call the device can do anything but interrupt.
    const mask = OPERATIONS[code] === 'complete' || OPERATIONS[code] === 'complete-many' ? NO_INTERRUPT : 0;
    this.handlers[code]!(bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]! | mask);
  }

  private addOne(a: number, b: number, c: number): boolean {
    const { world } = this;
    const { config, client, session } = world;
    if (!client.prepare(a, b, c)) return false;
    const premapped = isPremapped(a, c) && config.useDmaApi;
    if (premapped && !client.mapPrepared()) {
      client.discard();
      return false;
    }
    return session.add(config.context ? contextOf(c) : 0, premapped);
  }

  private drain(): void {
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
