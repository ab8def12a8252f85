// The operations of a script, each followed by the comparison of what the client was told. What configurations may answer
// differently is not compared, and each such place says why; docs/differential.md lists them all.

import { FILL_ALL, FILL_MODES } from '../device/ring-device.js';
import type { AnswerJudge } from '../oracle/answer-judge.js';
import {
  CALL_ADD,
  CALL_DETACH,
  CALL_ENABLE_CB,
  CALL_ENABLE_CB_DELAYED,
  CALL_INTERRUPT,
  CALL_IS_BROKEN,
  CALL_KICK,
  CALL_KICK_PREPARE,
  CALL_NOTIFY,
  CALL_POLL,
  CALL_RESET,
  CALL_RESIZE,
} from '../oracle/calls.js';
import { completesInOrder, mayOverfill, scriptSize } from '../scenario/differential.js';
import { addManyCount, contextOf, isPremapped, kicksAfter, repeatCount } from '../scenario/operands.js';
import { OPERATIONS, type Operation } from '../scenario/operations.js';
import { ENOMEM } from '../spec/errno.js';
import { ScriptBudget } from './script-budget.js';
import type { World } from './world.js';

type Handler = (a: number, b: number, c: number) => void;

/** Interrupt only where the operation asks for it: bit 0 of `c` clear. */
const NO_INTERRUPT = 1;

export class ScriptOperations {
  /** By operation code; undefined for those that no script has. */
  readonly handlers: readonly (Handler | undefined)[];
  private inOrder = false;
  private readonly budget: ScriptBudget;

  constructor(
    private readonly world: World,
    private readonly answers: AnswerJudge,
  ) {
    this.budget = new ScriptBudget(world.caseFile.buffers);
    this.handlers = this.makeHandlers();
  }

  /** The queue of the next run was created. */
  begin(bytes: Uint8Array): void {
    this.inOrder = completesInOrder(bytes);
    this.budget.reset(this.world.config.num, mayOverfill(bytes));
    // What a buffer holds depends on where it lies.
    this.world.client.sharePages = false;
  }

  /** Stops the device and takes every buffer back. Which comes first is the layout's business: they are compared as a set. */
  detachEverything(): void {
    const { world, answers } = this;
    const { session, caseFile } = world;
    world.device.stop();
    caseFile.stopped = true;
    for (let k = caseFile.model.inFlight; k >= 0; k--) {
      const token = session.detach();
      if (token === 0) break;
      answers.givenBack(CALL_DETACH, token);
    }
    answers.allGivenBack(CALL_DETACH);
    this.budget.clear();
  }

  private addOne(a: number, b: number, c: number): boolean {
    const { world, budget, answers } = this;
    const { config, client, session, caseFile } = world;
    if (!budget.allows(a, b, c) || !client.prepare(a, b, c)) return false;
    // Without a DMA API there is nothing to premap with, and the buffer is an ordinary one.
    const premapped = config.useDmaApi && world.limits.premaps(isPremapped(a, c), client);
    if (premapped && !client.mapPrepared()) {
      client.discard();
      session.result = -ENOMEM;
    } else session.add(config.context ? world.limits.contextFor(contextOf(c), client) : 0, premapped);
    const { result } = session;
    answers.answered(CALL_ADD, result);
    if (result === 0) budget.take(caseFile.buffers.count);
    return result === 0;
  }

  /** One completed buffer; false where there was none. */
  private getOne(): boolean {
    const { session } = this.world;
    const token = session.get();
    this.answers.completed(session.completion);
    if (token !== 0) this.budget.give(token);
    return token !== 0;
  }

  private drain(): void {
    for (let k = this.world.caseFile.model.inFlight + 1; k > 0; k--) if (!this.getOne()) return;
  }

  private complete(k: number, mode: number, c: number): void {
    const { device } = this.world;
    device.fetch();
    if (device.chains.pending === 0) return;
    device.complete(this.inOrder ? 0 : k % device.chains.pending, mode);
    this.interruptIfAsked(c);
  }

  /**
   * With VIRTIO_F_IN_ORDER a device may tell of the last buffer alone, and all before it then count as used completely: in
   * a script that completes in order they are, on every configuration.
   */
  private completeMany(count: number, mode: number, c: number): void {
    const { device, config } = this.world;
    device.fetch();
    if (config.inOrder) device.completeOldest(count, mode);
    else {
      for (let k = Math.min(count, device.chains.pending); k > 0; k--) {
        device.complete(0, this.inOrder && k > 1 ? FILL_ALL : mode);
      }
    }
    this.interruptIfAsked(c);
  }

  /** With event index the driver asks for an interrupt at a position, which each layout counts in its own way. */
  private interruptIfAsked(c: number): void {
    if ((c & NO_INTERRUPT) !== 0) return;
    const { device, session, config } = this.world;
    const asked = device.interruptDue();
    this.answers.interruptAsked(asked, !config.eventIndex);
    if (asked) session.interrupt();
  }

  /** Of a broken queue only a kick that is due fails, and with event index it is due at another moment. */
  private kick(): void {
    const { session, config, caseFile } = this.world;
    const result = session.kick();
    this.answers.answered(CALL_KICK, result ? 1 : 0, !config.eventIndex || !caseFile.brokenBefore);
  }

  private reset(call: number, running: boolean): void {
    const { world, answers, budget } = this;
    const { session } = world;
    answers.answered(call, session.result);
    for (let k = 0; k < session.givenCount; k++) answers.givenBack(call, session.given[k]!);
    answers.allGivenBack(call);
    budget.resized(world.caseFile.model.num, session.givenCount > 0 || running);
    if (running) world.handOver();
    else world.attachRing();
  }

  private detachAll(): void {
    const { world } = this;
    const { session } = world;
    // Taking buffers back is only legal where the queue is reset before it is used again (facts V33).
    if (!world.config.resettable || !session.canReset) return;
    this.detachEverything();
    this.reset(CALL_RESET, session.reset());
  }

  private makeHandlers(): readonly (Handler | undefined)[] {
    const { world, answers } = this;
    const { session, config } = world;
    const told = (call: number, result: boolean, comparable = true): void => {
      answers.answered(call, result ? 1 : 0, comparable);
    };
    const running = (): boolean => world.device.running;
    const handlers: Partial<Record<Operation, Handler>> = {
      add: (a, b, c) => {
        this.addOne(a, b, c);
        if (kicksAfter(a)) this.kick();
      },
      'add-many': (a, b, c) => {
        for (let k = addManyCount(a); k > 0; k--) if (!this.addOne(a >> 4, b, c)) return;
      },
      get: (a) => {
        for (let k = repeatCount(a); k > 0; k--) if (!this.getOne()) return;
      },
      drain: () => {
        this.drain();
      },
      kick: () => {
        this.kick();
      },
      // With event index the device asks for a kick at a position.
      'kick-prepare': () => {
        told(CALL_KICK_PREPARE, session.kickPrepare(), !config.eventIndex);
      },
      notify: () => {
        told(CALL_NOTIFY, session.notify());
      },
      'disable-cb': () => {
        session.disableCb();
      },
      'enable-cb': () => {
        told(CALL_ENABLE_CB, session.enableCb());
      },
      // Split rings answer by three quarters of the buffers, packed ones by whether there is any (facts 2.6).
      'enable-cb-delayed': () => {
        told(CALL_ENABLE_CB_DELAYED, session.enableCbDelayed(), !config.packed);
      },
      'prepare-and-poll': () => {
        told(CALL_POLL, session.prepareAndPoll());
      },
      interrupt: () => {
        answers.answered(CALL_INTERRUPT, session.interrupt());
      },
      'detach-all': () => {
        this.detachAll();
      },
      reset: () => {
        this.reset(CALL_RESET, session.reset());
      },
      resize: (a, b) => {
        const num = scriptSize(a, b);
        if (this.budget.allowsResize(num)) this.reset(CALL_RESIZE, session.resize(num));
      },
      // The maximum mapping size is the back end's, and is not compared.
      query: () => {
        told(CALL_IS_BROKEN, session.query(world.backEndIndex, config.minAlignMask));
      },
      break: () => {
        session.break();
      },
      complete: (a, b, c) => {
        if (running()) this.complete(a, b % FILL_MODES, c);
      },
      'complete-many': (a, b, c) => {
        if (running()) this.completeMany(repeatCount(a), b % FILL_MODES, c);
      },
      'want-kicks': (a) => {
        if (running()) world.device.wantKicks((a & 1) === 0);
      },
    };
    return OPERATIONS.map((name) => handlers[name]);
  }
}
