// The kernel's virtqueue behind the harness's interface. A thin coat: every decision is the kernel's.

import type { DriverQueue } from '../platform/driver-module.js';
import type { AddOptions, Completion, QueueConfig, RingAddresses } from '../platform/ring-driver.js';
import type { ScatterList } from '../platform/scatter-list.js';
import { EINVAL } from '../spec/errno.js';
import { SIZE_MAX } from './linux-host.js';
import type { LinuxMachine } from './machine.js';

// Feature bits (virtio-v1.4 6); those from 32 on belong to the high word.
const INDIRECT_DESC = 1 << 28;
const EVENT_IDX = 1 << 29;
const VERSION_1 = 1 << 0;
const ACCESS_PLATFORM = 1 << 1;
const RING_PACKED = 1 << 2;
const RING_RESET = 1 << 8;

export class LinuxQueue implements DriverQueue {
  private readonly completion: Completion = { token: 0, length: 0, ctx: 0 };

  constructor(
    private readonly machine: LinuxMachine,
    private readonly packed: boolean,
    /** Whether the transport offers a reset of the queue at the moment. */
    private readonly resettable: () => boolean,
  ) {}

  create(config: QueueConfig): number {
    if (!this.packed && (config.num & (config.num - 1)) !== 0) return -EINVAL;
    this.machine.reset();
    const resettable = this.resettable();
    const low = (config.indirect ? INDIRECT_DESC : 0) | (config.eventIndex ? EVENT_IDX : 0);
    const high =
      VERSION_1 |
      (config.useDmaApi ? ACCESS_PLATFORM : 0) |
      (this.packed ? RING_PACKED : 0) |
      (resettable ? RING_RESET : 0);
    return this.machine.calls.create(
      config.num,
      config.numMax,
      config.align,
      low,
      high,
      config.callback ? 1 : 0,
      config.context ? 1 : 0,
      resettable ? 1 : 0,
    );
  }

  addSgs(out: ScatterList, input: ScatterList, token: number, options: AddOptions): number {
    const { machine } = this;
    for (let k = 0; k < out.count; k++) machine.setPiece(k, out.address[k] ?? 0, out.size[k] ?? 0);
    for (let k = 0; k < input.count; k++) {
      machine.setPiece(out.count + k, input.address[k] ?? 0, input.size[k] ?? 0);
    }
    return machine.calls.add(out.count, input.count, token, options.ctx);
  }

  getBuf(): Completion | null {
    const { machine, completion } = this;
    const token = machine.calls.get();
    if (token === 0) return null;
    completion.token = token;
    completion.length = machine.completionLength;
    completion.ctx = machine.completionContext;
    return completion;
  }

  kickPrepare(): boolean {
    return this.machine.calls.kick_prepare() !== 0;
  }

  notify(): boolean {
    return this.machine.calls.notify_queue() !== 0;
  }

  kick(): boolean {
    return this.machine.calls.kick() !== 0;
  }

  disableCb(): void {
    this.machine.calls.disable_cb();
  }

  enableCb(): boolean {
    return this.machine.calls.enable_cb() !== 0;
  }

  enableCbPrepare(): number {
    return this.machine.calls.enable_cb_prepare();
  }

  poll(opaque: number): boolean {
    return this.machine.calls.poll(opaque) !== 0;
  }

  enableCbDelayed(): boolean {
    return this.machine.calls.enable_cb_delayed() !== 0;
  }

  interrupt(): number {
    return this.machine.calls.interrupt();
  }

  detachUnusedBuf(): number {
    return this.machine.calls.detach();
  }

  reset(recycle: (token: number) => void): number {
    this.machine.host.recycle = recycle;
    return this.machine.calls.reset();
  }

  resize(num: number, recycle: (token: number) => void): number {
    this.machine.host.recycle = recycle;
    return this.machine.calls.resize(num);
  }

  /** SIZE_MAX, which says that there is no limit, has 32 bits here. */
  maxMappingSize(): number {
    const size = this.machine.calls.max_mapping_size() >>> 0;
    return size === SIZE_MAX ? Number.MAX_SAFE_INTEGER : size;
  }

  isBroken(): boolean {
    return this.machine.calls.is_broken() !== 0;
  }

  breakQueue(): void {
    this.machine.calls.break_queue();
  }

  ringAddresses(): RingAddresses {
    const { calls } = this.machine;
    return {
      num: calls.ring_size(),
      descriptorArea: calls.descriptor_area(),
      driverArea: calls.driver_area(),
      deviceArea: calls.device_area(),
    };
  }

  destroy(): void {
    this.machine.calls.destroy();
  }
}
