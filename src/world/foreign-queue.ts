// A queue of a driver from outside, as the rest of the world sees it: answers are checked for their type, because the module
// may be plain JavaScript, and each call ends with the last store told of.

import type { ClientDma } from '../platform/dma-api.js';
import type { DriverQueue, DriverQueues, ForeignDriver, RingLayout } from '../platform/driver-module.js';
import type { AddOptions, Completion, DriverRecords, QueueConfig, RingAddresses } from '../platform/ring-driver.js';
import type { ScatterList } from '../platform/scatter-list.js';

/** The module's glue is wrong: neither a finding nor the harness's fault. */
export class DriverModuleError extends Error {}

/** What ends each call. */
export interface CallEnd {
  settle(): void;
}

export class ForeignQueue implements DriverQueue {
  readonly records?: () => DriverRecords;
  readonly clientDma?: ClientDma;

  constructor(
    private readonly queue: DriverQueue,
    private readonly end: CallEnd,
    private readonly name: string,
  ) {
    const records = queue.records?.bind(queue);
    if (records !== undefined) this.records = records;
    if (queue.clientDma !== undefined) this.clientDma = queue.clientDma;
  }

  create(config: QueueConfig): number {
    return this.integer('create', this.queue.create(config));
  }

  addSgs(out: ScatterList, input: ScatterList, token: number, options: AddOptions): number {
    return this.integer('addSgs', this.queue.addSgs(out, input, token, options));
  }

  getBuf(): Completion | null {
    const completion = this.queue.getBuf() as Completion | null | undefined;
    this.end.settle();
    if (completion === null) return null;
    if (typeof completion !== 'object' || !isInteger(completion.token) || !isInteger(completion.length)) {
      throw this.wrong('getBuf', 'null or {token, length}', completion);
    }
    return completion;
  }

  kickPrepare(): boolean {
    return this.boolean('kickPrepare', this.queue.kickPrepare());
  }

  notify(): boolean {
    return this.boolean('notify', this.queue.notify());
  }

  kick(): boolean {
    return this.boolean('kick', this.queue.kick());
  }

  disableCb(): void {
    this.queue.disableCb();
    this.end.settle();
  }

  enableCb(): boolean {
    return this.boolean('enableCb', this.queue.enableCb());
  }

  enableCbPrepare(): number {
    return this.integer('enableCbPrepare', this.queue.enableCbPrepare());
  }

  poll(opaque: number): boolean {
    return this.boolean('poll', this.queue.poll(opaque));
  }

  enableCbDelayed(): boolean {
    return this.boolean('enableCbDelayed', this.queue.enableCbDelayed());
  }

  interrupt(): number {
    return this.integer('interrupt', this.queue.interrupt());
  }

  detachUnusedBuf(): number {
    return this.integer('detachUnusedBuf', this.queue.detachUnusedBuf());
  }

  reset(recycle: (token: number) => void): number {
    return this.integer('reset', this.queue.reset(this.settled(recycle)));
  }

  resize(num: number, recycle: (token: number) => void): number {
    return this.integer('resize', this.queue.resize(num, this.settled(recycle)));
  }

  maxMappingSize(): number {
    return this.integer('maxMappingSize', this.queue.maxMappingSize());
  }

  isBroken(): boolean {
    return this.boolean('isBroken', this.queue.isBroken());
  }

  breakQueue(): void {
    this.queue.breakQueue();
    this.end.settle();
  }

  ringAddresses(): RingAddresses {
    const areas = this.queue.ringAddresses() as RingAddresses | undefined;
    const { num, descriptorArea, driverArea, deviceArea } = areas ?? {};
    if (![num, descriptorArea, driverArea, deviceArea].every(isInteger)) {
      throw this.wrong('ringAddresses', '{num, descriptorArea, driverArea, deviceArea}', areas);
    }
    return areas as RingAddresses;
  }

  destroy(): void {
    this.queue.destroy();
    this.end.settle();
  }

  private settled(recycle: (token: number) => void): (token: number) => void {
    return (token) => {
      this.end.settle();
      recycle(this.integer('recycle', token));
    };
  }

  private integer(call: string, value: unknown): number {
    this.end.settle();
    if (!isInteger(value)) throw this.wrong(call, 'a whole number', value);
    return value;
  }

  private boolean(call: string, value: unknown): boolean {
    this.end.settle();
    if (typeof value !== 'boolean') throw this.wrong(call, 'true or false', value);
    return value;
  }

  private wrong(call: string, due: string, got: unknown): DriverModuleError {
    const shown = typeof got === 'object' && got !== null ? JSON.stringify(got) : String(got);
    return new DriverModuleError(`driver ${this.name}: ${call}() gave ${shown}, it must give ${due}`);
  }
}

const FUNCTIONS: readonly (keyof DriverQueue)[] = [
  'create',
  'addSgs',
  'getBuf',
  'kickPrepare',
  'notify',
  'kick',
  'disableCb',
  'enableCb',
  'enableCbPrepare',
  'poll',
  'enableCbDelayed',
  'interrupt',
  'detachUnusedBuf',
  'maxMappingSize',
  'isBroken',
  'breakQueue',
  'ringAddresses',
  'destroy',
];

/** The driver's queues for the layouts that it claims. Throws DriverModuleError where one lacks a function. */
export function foreignQueues(
  { module }: ForeignDriver,
  queues: DriverQueues,
  end: CallEnd,
): { readonly split: DriverQueue | null; readonly packed: DriverQueue | null } {
  const { features, name } = module;
  const due = [
    ...FUNCTIONS,
    ...(features.reset ? (['reset'] as const) : []),
    ...(features.resize ? (['resize'] as const) : []),
  ];
  const wrapped = (layout: RingLayout): DriverQueue | null => {
    if (!features.layouts.includes(layout)) return null;
    const queue = queues[layout];
    if (queue === undefined) throw new DriverModuleError(`createQueues() makes no ${layout} queue, which it claims`);
    const missing = due.find((call) => typeof queue[call] !== 'function');
    if (missing !== undefined) throw new DriverModuleError(`its ${layout} queue has no function "${missing}"`);
    return new ForeignQueue(queue, end, name);
  };
  return { split: wrapped('split'), packed: wrapped('packed') };
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

/** Guest memory where the driver wants it, all zero. */
export function foreignMemory({ module }: ForeignDriver, size: number): Uint8Array {
  if (module.guestMemory === undefined) return new Uint8Array(size);
  const bytes: unknown = module.guestMemory(size);
  if (!(bytes instanceof Uint8Array) || bytes.length !== size) {
    throw new DriverModuleError(`guestMemory(${size}) gave no Uint8Array of that length`);
  }
  bytes.fill(0);
  return bytes;
}
