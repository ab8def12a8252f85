// No DMA API (a device without VIRTIO_F_ACCESS_PLATFORM): the driver tells the device physical addresses and maps
// nothing. A real device could then reach all of memory; the model lets it reach coherent memory and the buffers that
// the harness knows to be in its hands, so that every access beyond them shows. A driver must not call map here; if it
// does it gets a physical address and no more reach than before.

import { PHYSICAL_BASE } from '../memory/layout.js';
import type { BackEndConfig, DmaBackEnd } from './back-end.js';
import { CoherentReach } from './coherent-reach.js';
import { ExposedRanges } from './exposed-ranges.js';
import { DEVICE_READS, DEVICE_WRITES, type Permission } from './permission.js';

export class NoneBackEnd implements DmaBackEnd {
  private readonly coherent = new CoherentReach();
  private readonly exposed = new ExposedRanges();

  reset(_config: BackEndConfig): void {
    this.coherent.reset();
    this.exposed.clear();
  }

  /** A buffer passes into the device's hands. False when the table of ranges is full. */
  expose(cpu: number, size: number, permission: Permission): boolean {
    return this.exposed.add(cpu, size, permission);
  }

  /** The device gave a buffer back. */
  withdraw(cpu: number, size: number, permission: Permission): void {
    this.exposed.remove(cpu, size, permission);
  }

  map(cpu: number): number {
    return PHYSICAL_BASE + cpu;
  }

  unmap(): void {}

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
    return this.exposed.covers(cpu, size, write ? DEVICE_WRITES : DEVICE_READS) ? cpu : -1;
  }
}
