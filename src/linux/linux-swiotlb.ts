// The kernel's swiotlb.c as the bounce pool of its own driver: its records are in the module's data, its pool is the world's,
// and its copies come back as calls of the host (linux-host.ts). A thin coat, as around the queue.

import type { BouncePool, PoolConfig } from '../platform/bounce-pool.js';
import type { DmaDirection } from '../platform/dma-api.js';
import type { SwiotlbCalls } from './linux-calls.js';
import { GUEST_BASE } from './linux-host.js';
import type { LinuxMachine } from './machine.js';

export class LinuxSwiotlb implements BouncePool {
  readonly file = 'kernel/dma/swiotlb.c';
  readonly copiesEndWith = 'allocation';

  constructor(
    private readonly calls: SwiotlbCalls,
    private readonly machine: LinuxMachine,
  ) {}

  get warnings(): number {
    return this.calls.bounce_warnings();
  }

  reset({ slots, minAlignMask, allocAlignMask }: PoolConfig): void {
    const { host } = this.machine;
    // The last execution may have ended in the middle of a call, and the queue that puts everything back comes later.
    this.machine.unwind();
    host.settingUpPool = true;
    try {
      if (this.calls.bounce_reset(slots, minAlignMask, allocAlignMask) === 1) return;
    } finally {
      host.settingUpPool = false;
    }
    throw new Error(`the kernel cannot set up a pool of ${slots} slots`);
  }

  map(cpu: number, size: number, direction: DmaDirection, attributes: number): number {
    return this.calls.bounce_map(GUEST_BASE + cpu, size, direction, attributes);
  }

  unmap(dma: number, size: number, direction: DmaDirection, attributes: number): void {
    this.calls.bounce_unmap(dma, size, direction, attributes);
  }

  syncForCpu(dma: number, size: number, direction: DmaDirection): void {
    this.calls.bounce_sync(dma, size, direction, 0);
  }

  syncForDevice(dma: number, size: number, direction: DmaDirection): void {
    this.calls.bounce_sync(dma, size, direction, 1);
  }

  maxMappingSize(): number {
    return this.calls.bounce_max_mapping_size();
  }
}
