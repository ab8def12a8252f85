// The calls that the client makes on the queue, each between the judge's two looks at it.

import { MAX_TOKENS } from '../oracle/buffer-table.js';
import type { CallJudge } from '../oracle/call-judge.js';
import { NotificationJudge } from '../oracle/notification-judge.js';
import {
  CALL_ADD,
  CALL_BREAK,
  CALL_CREATE,
  CALL_DESTROY,
  CALL_DETACH,
  CALL_DISABLE_CB,
  CALL_ENABLE_CB,
  CALL_ENABLE_CB_DELAYED,
  CALL_ENABLE_CB_PREPARE,
  CALL_GET,
  CALL_INTERRUPT,
  CALL_IS_BROKEN,
  CALL_KICK,
  CALL_KICK_PREPARE,
  CALL_MAX_MAPPING_SIZE,
  CALL_NAMES,
  CALL_NONE,
  CALL_NOTIFY,
  CALL_POLL,
  CALL_RESET,
  CALL_RESIZE,
} from '../oracle/calls.js';
import type { CaseFile } from '../oracle/case-file.js';
import type { DriverQueue } from '../platform/driver-module.js';
import type { AddOptions, Completion, QueueConfig } from '../platform/ring-driver.js';
import { ENOENT, errnoName } from '../spec/errno.js';
import type { ReturnData } from '../verdict/trace-data.js';
import type { TraceSink } from '../verdict/trace.js';
import type { Client } from './client.js';
import type { WorldTransport } from './transport.js';

export class QueueSession {
  driver!: DriverQueue;
  trace: TraceSink | null = null;
  /** The driver has these calls. Where it has not, nothing is asked. */
  canReset = true;
  canResize = true;
  /** What the last create, add, reset or resize returned. */
  result = 0;
  /** What the last get returned; the driver's own, valid until its next call. */
  completion: Completion | null = null;
  private readonly notifications: NotificationJudge;
  private readonly options: AddOptions = { ctx: 0, premapped: false };
  private readonly recycle = (token: number): void => {
    if (this.trace !== null) this.trace.mark({ type: 'recycled', token });
    this.judge.recycled(token);
    this.given[this.givenCount++] = token;
  };
  /** Buffers that the last reset or resize gave back. */
  readonly given = new Int32Array(MAX_TOKENS);
  givenCount = 0;

  constructor(
    private readonly c: CaseFile,
    private readonly judge: CallJudge,
    private readonly client: Client,
    private readonly transport: WorldTransport,
  ) {
    this.notifications = new NotificationJudge(c);
  }

  /** True when the queue exists afterwards. */
  create(driver: DriverQueue, config: QueueConfig, packed: boolean): boolean {
    this.driver = driver;
    this.givenCount = 0;
    this.begin(CALL_CREATE);
    const result = driver.create(config);
    this.result = result;
    if (this.trace !== null) this.say(errnoName(result));
    this.judge.created(packed, config, result, result === 0 ? (driver.records?.() ?? null) : null);
    return result === 0;
  }

  /** Adds the client's prepared buffer; true when it is in flight. */
  add(ctx: number, premapped: boolean): boolean {
    const { c, client, driver, options } = this;
    const token = c.buffers.offer(client.out, client.input, ctx, premapped);
    client.assign(token);
    options.ctx = ctx;
    options.premapped = premapped;
    this.begin(CALL_ADD);
    c.token = token;
    const result = driver.addSgs(client.out, client.input, token, options);
    this.result = result;
    if (this.trace !== null) this.say(`token ${token}: ${errnoName(result)}`, token, result !== 0);
    this.judge.added(token, result, driver.isBroken());
    if (result === 0) {
      client.handedOver(token);
      return true;
    }
    client.release(token);
    return false;
  }

  /** One completed buffer; its token, or 0. */
  get(): number {
    this.begin(CALL_GET);
    const completion = this.driver.getBuf();
    this.completion = completion;
    if (this.trace !== null) {
      if (completion === null) this.say('nothing');
      else this.say(`token ${completion.token}, length ${completion.length}`, completion.token);
    }
    this.judge.got(completion, this.driver.isBroken());
    if (completion === null) return 0;
    const { token } = completion;
    this.client.release(token);
    return token;
  }

  kick(): boolean {
    this.begin(CALL_KICK);
    const result = this.driver.kick();
    this.sayBoolean(result);
    this.notifications.kicked(result, this.driver.isBroken());
    return result;
  }

  kickPrepare(): boolean {
    this.begin(CALL_KICK_PREPARE);
    const result = this.driver.kickPrepare();
    this.sayBoolean(result);
    this.notifications.kickPrepared(result);
    return result;
  }

  notify(): boolean {
    this.begin(CALL_NOTIFY);
    const result = this.driver.notify();
    this.sayBoolean(result);
    this.notifications.notified(result, this.driver.isBroken());
    return result;
  }

  disableCb(): void {
    this.begin(CALL_DISABLE_CB);
    this.driver.disableCb();
    this.sayNothing();
    this.notifications.callbacksDisabled();
  }

  enableCb(): boolean {
    this.begin(CALL_ENABLE_CB);
    const result = this.driver.enableCb();
    this.sayBoolean(result);
    this.notifications.callbacksEnabled(result);
    return result;
  }

  enableCbDelayed(): boolean {
    this.begin(CALL_ENABLE_CB_DELAYED);
    const result = this.driver.enableCbDelayed();
    this.sayBoolean(result);
    this.notifications.callbacksDelayed(result);
    return result;
  }

  /** Whether something is pending. */
  prepareAndPoll(): boolean {
    this.begin(CALL_ENABLE_CB_PREPARE);
    const opaque = this.driver.enableCbPrepare();
    if (this.trace !== null) this.say(String(opaque));
    this.notifications.callbacksPrepared(opaque);
    this.begin(CALL_POLL);
    const result = this.driver.poll(opaque);
    this.sayBoolean(result);
    this.notifications.polled(opaque, result);
    return result;
  }

  interrupt(): number {
    this.begin(CALL_INTERRUPT);
    const result = this.driver.interrupt();
    if (this.trace !== null) this.say(result === 0 ? 'IRQ_NONE' : 'IRQ_HANDLED');
    this.notifications.interrupted(result);
    return result;
  }

  /** Takes back one buffer that the device no longer owns; its token, or 0. */
  detach(): number {
    this.begin(CALL_DETACH);
    this.judge.detaching();
    const token = this.driver.detachUnusedBuf();
    if (this.trace !== null) this.say(`token ${token}`, token);
    this.judge.detached(token);
    if (token !== 0) this.client.release(token);
    return token;
  }

  /** Resets the queue; true when the device has it again. */
  reset(): boolean {
    this.givenCount = 0;
    if (!this.canReset) return this.refuse();
    this.begin(CALL_RESET);
    const result = this.driver.reset(this.recycle);
    return this.finishReset(-1, result);
  }

  resize(num: number): boolean {
    this.givenCount = 0;
    if (!this.canResize) return this.refuse();
    this.begin(CALL_RESIZE);
    const result = this.driver.resize(num, this.recycle);
    return this.finishReset(num, result);
  }

  /** Whether the queue is broken. */
  query(backEnd: number, minAlignMask: number): boolean {
    this.begin(CALL_MAX_MAPPING_SIZE);
    const size = this.driver.maxMappingSize();
    if (this.trace !== null) this.say(String(size));
    this.judge.mappingSizeAsked(size, backEnd, minAlignMask);
    this.begin(CALL_IS_BROKEN);
    const broken = this.driver.isBroken();
    this.sayBoolean(broken);
    this.judge.brokenAsked(broken);
    return broken;
  }

  break(): void {
    this.begin(CALL_BREAK);
    this.driver.breakQueue();
    this.sayNothing();
    this.c.model.broken = true;
    this.judge.brokenAsked(this.driver.isBroken());
  }

  destroy(): void {
    this.begin(CALL_DESTROY);
    this.driver.destroy();
    this.sayNothing();
    this.judge.destroyed();
  }

  private finishReset(num: number, result: number): boolean {
    const { transport } = this;
    this.result = result;
    if (this.trace !== null) this.say(errnoName(result));
    this.judge.wasReset(num, result, this.driver.isBroken(), transport);
    for (let k = 0; k < this.givenCount; k++) this.client.release(this.given[k]!);
    return transport.stopped && transport.enableError === 0;
  }

  /** A call that the driver does not have: nothing of the call before counts any more. */
  private refuse(): boolean {
    this.c.beginCall(CALL_NONE);
    this.transport.beginCall();
    this.result = -ENOENT;
    return false;
  }

  private begin(call: number): void {
    this.c.beginCall(call);
    this.transport.beginCall();
    if (this.trace !== null) this.trace.event({ type: 'call', call: CALL_NAMES[call] ?? '' });
  }

  private sayBoolean(result: boolean): void {
    if (this.trace !== null) this.say(result ? 'true' : 'false');
  }

  private say(result: string, token = 0, refused = false): void {
    if (this.trace === null) return;
    const data: { -readonly [K in keyof ReturnData]: ReturnData[K] } = { type: 'return', call: this.callName, result };
    if (token !== 0) data.token = token;
    if (refused) data.refused = true;
    this.trace.event(data);
  }

  private get callName(): string {
    return CALL_NAMES[this.c.call] ?? '';
  }

  /** A call is over that returns nothing. */
  private sayNothing(): void {
    if (this.trace !== null) this.trace.mark({ type: 'return', call: this.callName, result: '' });
  }
}
