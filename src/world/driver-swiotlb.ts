// swiotlb where the module under test brings its own (src/platform/bounce-pool.ts): which slot a mapping gets and what is
// copied is the module's to decide. What the device reaches is decided here, as with our own: the whole pool and shared
// coherent memory, whatever the module does.

import type { BouncePool } from '../platform/bounce-pool.js';
import type { DmaDirection } from '../platform/dma-api.js';
import { PHYSICAL_BASE, POOL_BASE } from '../memory/layout.js';
import type { BackEndConfig, BouncingBackEnd } from '../dma/back-end.js';
import { CoherentReach } from '../dma/coherent-reach.js';
import { SLOT_SIZE } from '../dma/slot-table.js';

export class DriverSwiotlbBackEnd implements BouncingBackEnd {
  private readonly coherent = new CoherentReach();
  private readonly poolConfig = { slots: 0, minAlignMask: 0, allocAlignMask: 0 };
  private poolSize = 0;

  constructor(private readonly pool: BouncePool) {}

  get warnings(): number {
    return this.pool.warnings;
  }

  reset({ poolSlots, minAlignMask, allocAlignMask }: BackEndConfig): void {
    this.coherent.reset();
    this.poolSize = poolSlots * SLOT_SIZE;
    this.poolConfig.slots = poolSlots;
    this.poolConfig.minAlignMask = minAlignMask;
    this.poolConfig.allocAlignMask = allocAlignMask;
    this.pool.reset(this.poolConfig);
  }

  map(cpu: number, size: number, direction: DmaDirection, attributes: number): number {
    return this.pool.map(cpu, size, direction, attributes);
  }

  unmap(dma: number, size: number, direction: DmaDirection, attributes: number): void {
    this.pool.unmap(dma, size, direction, attributes);
  }

  syncForCpu(dma: number, size: number, direction: DmaDirection): void {
    this.pool.syncForCpu(dma, size, direction);
  }

  syncForDevice(dma: number, size: number, direction: DmaDirection): void {
    this.pool.syncForDevice(dma, size, direction);
  }

  mapCoherent(cpu: number, size: number): number {
    this.coherent.share(cpu, size);
    return PHYSICAL_BASE + cpu;
  }

  unmapCoherent(cpu: number, size: number): void {
    this.coherent.withdraw(cpu, size);
  }

  maxMappingSize(): number {
    return this.pool.maxMappingSize();
  }

  translate(dma: number, size: number): number {
    const cpu = dma - PHYSICAL_BASE;
    if (this.coherent.covers(cpu, size)) return cpu;
    return cpu >= POOL_BASE && cpu + size <= POOL_BASE + this.poolSize ? cpu : -1;
  }
}
