// The kernel's virtqueue behind the harness's interface. A thin coat: every decision is the kernel's.

import type { ClientDma } from '../platform/dma-api.js';
import type { DriverQueue } from '../platform/driver-module.js';
import type { AddOptions, Completion, QueueConfig, RingAddresses } from '../platform/ring-driver.js';
import type { ScatterList } from '../platform/scatter-list.js';
import { EINVAL } from '../spec/errno.js';
import { GUEST_BASE, SIZE_MAX } from './linux-host.js';
import type { LinuxMachine } from './machine.js';

// Feature bits (virtio-v1.4 6); those from 32 on belong to the high word.
const INDIRECT_DESC = 1 << 28;
const EVENT_IDX = 1 << 29;
const VERSION_1 = 1 << 0;
const ACCESS_PLATFORM = 1 << 1;
const RING_PACKED = 1 << 2;
const IN_ORDER = 1 << 3;
const ORDER_PLATFORM = 1 << 4;
const RING_RESET = 1 << 8;

export interface LinuxQueueOptions {
  readonly packed: boolean;
  /** Whether the transport offers a reset of the queue at the moment. */
  readonly resettable: () => boolean;
  /** Buffers come mapped by the queue, not one by one. */
  readonly wholeQueues: boolean;
}

export class LinuxQueue implements DriverQueue {
  readonly clientDma?: ClientDma;
  private readonly completion: Completion = { token: 0, length: 0, ctx: 0 };
  private hasContext = 0;
  /** All buffers of this queue come mapped: a mode of the queue in some versions. */
  private isPremapped = false;

  constructor(
    private readonly machine: LinuxMachine,
    private readonly options: LinuxQueueOptions,
  ) {
    const clientDma = clientDmaOf(machine);
    if (clientDma !== null) this.clientDma = clientDma;
  }

  create(config: QueueConfig): number {
    const { packed } = this.options;
    if (!packed && (config.num & (config.num - 1)) !== 0) return -EINVAL;
    this.machine.reset();
    this.hasContext = config.context ? 1 : 0;
    this.isPremapped = false;
    const resettable = this.options.resettable();
    const low = (config.indirect ? INDIRECT_DESC : 0) | (config.eventIndex ? EVENT_IDX : 0);
    const high =
      VERSION_1 |
      (config.useDmaApi ? ACCESS_PLATFORM : 0) |
      (packed ? RING_PACKED : 0) |
      (config.inOrder ? IN_ORDER : 0) |
      // What is behind an IOMMU is a device of its own, which the barriers between processors do not order.
      (config.backEnd === 'iommu' ? ORDER_PLATFORM : 0) |
      (resettable ? RING_RESET : 0);
    return this.machine.calls.create(
      config.num,
      config.numMax,
      config.align,
      low,
      high,
      config.callback ? 1 : 0,
      this.hasContext,
      resettable ? 1 : 0,
      config.backEnd === 'vduse' ? 1 : 0,
    );
  }

  addSgs(out: ScatterList, input: ScatterList, token: number, options: AddOptions): number {
    const { machine } = this;
    for (let k = 0; k < out.count; k++) machine.setPiece(k, out.address[k] ?? 0, out.size[k] ?? 0);
    for (let k = 0; k < input.count; k++) {
      machine.setPiece(out.count + k, input.address[k] ?? 0, input.size[k] ?? 0);
    }
    if (options.premapped) this.premap(out, input);
    return machine.calls.add(out.count, input.count, token, options.ctx, options.premapped ? 1 : 0);
  }

  getBuf(): Completion | null {
    const { machine, completion } = this;
    const token = machine.calls.get(this.hasContext);
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

  private premap(out: ScatterList, input: ScatterList): void {
    const { machine } = this;
    for (let k = 0; k < out.count; k++) machine.setDma(k, out.dma[k] ?? 0);
    for (let k = 0; k < input.count; k++) machine.setDma(out.count + k, input.dma[k] ?? 0);
    if (!this.options.wholeQueues || this.isPremapped) return;
    // Refused once buffers are in flight: the harness asks for it with the first buffer or not at all.
    this.isPremapped = machine.calls.premap_queue() === 0;
  }
}

/** The queue's calls for mapping ahead, null in versions that have none. */
function clientDmaOf({ calls }: LinuxMachine): ClientDma | null {
  const { client_map: map, client_unmap: unmap, client_sync: sync } = calls;
  if (map === undefined || unmap === undefined || sync === undefined) return null;
  return {
    mapPage: (cpu, size, direction, attributes) => map(GUEST_BASE + cpu, size, direction, attributes),
    unmapPage: unmap,
    syncForCpu: (dma, size, direction) => {
      sync(dma, size, direction, 0);
    },
    syncForDevice: (dma, size, direction) => {
      sync(dma, size, direction, 1);
    },
  };
}
