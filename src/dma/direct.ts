// Direct mapping: the DMA address is the physical address, and nothing is copied. Real hardware of this kind protects
// nothing; the model still limits the device to coherent memory and to live mappings in their direction (the threat
// model), so that a mapping that ended too early, or never was, shows as an access that fails.

import { DMA_MAPPING_ERROR, type DmaDirection } from '../platform/dma-api.js';
import { PHYSICAL_BASE } from '../memory/layout.js';
import type { BackEndConfig, DmaBackEnd } from './back-end.js';
import { CoherentReach } from './coherent-reach.js';
import { ExposedRanges } from './exposed-ranges.js';
import { DEVICE_READS, DEVICE_WRITES, permissionFor } from './permission.js';

export class DirectBackEnd implements DmaBackEnd {
  private readonly coherent = new CoherentReach();
  private readonly mappings = new ExposedRanges();

  reset(_config: BackEndConfig): void {
    this.coherent.reset();
    this.mappings.clear();
  }

  map(cpu: number, size: number, direction: DmaDirection): number {
    if (!this.mappings.add(cpu, size, permissionFor(direction))) return DMA_MAPPING_ERROR;
    return PHYSICAL_BASE + cpu;
  }

  /** Ends the mapping that matches in every respect. What matches none is for the oracles to judge. */
  unmap(dma: number, size: number, direction: DmaDirection): void {
    this.mappings.remove(dma - PHYSICAL_BASE, size, permissionFor(direction));
  }

  // Device and CPU see the same memory: there is nothing to synchronise.
  syncForCpu(): void {}

  syncForDevice(): void {}

  mapCoherent(cpu: number, size: number): number {
    this.coherent.share(cpu, size);
    return PHYSICAL_BASE + cpu;
  }

  unmapCoherent(cpu: number, size: number): void {
    this.coherent.withdraw(cpu, size);
  }

  maxMappingSize(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  translate(dma: number, size: number, write: boolean): number {
    const cpu = dma - PHYSICAL_BASE;
    if (this.coherent.covers(cpu, size)) return cpu;
    return this.mappings.covers(cpu, size, write ? DEVICE_WRITES : DEVICE_READS) ? cpu : -1;
  }
}
