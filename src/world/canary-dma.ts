// The canary's planted defect: after a few correct completions one unmap names the wrong direction. It stands between the
// driver and the DMA layer, so that the real driver stays as it is, and the real oracles must see it.

import { DMA_BIDIRECTIONAL, type DmaApi, type DmaDirection } from '../platform/dma-api.js';

/** Unmaps that are passed on correctly before the wrong one. */
const CORRECT_UNMAPS = 3;

export class CanaryDma implements DmaApi {
  private unmaps = 0;

  constructor(private readonly dma: DmaApi) {}

  reset(): void {
    this.unmaps = 0;
  }

  mapPage(cpu: number, size: number, direction: DmaDirection, attributes: number): number {
    return this.dma.mapPage(cpu, size, direction, attributes);
  }

  unmapPage(dma: number, size: number, direction: DmaDirection, attributes: number): void {
    this.unmaps++;
    const wrong = this.unmaps > CORRECT_UNMAPS;
    this.dma.unmapPage(dma, size, wrong ? DMA_BIDIRECTIONAL : direction, attributes);
  }

  mapSingle(cpu: number, size: number, direction: DmaDirection, attributes: number): number {
    return this.dma.mapSingle(cpu, size, direction, attributes);
  }

  unmapSingle(dma: number, size: number, direction: DmaDirection, attributes: number): void {
    this.dma.unmapSingle(dma, size, direction, attributes);
  }

  syncForCpu(dma: number, size: number, direction: DmaDirection): void {
    this.dma.syncForCpu(dma, size, direction);
  }

  syncForDevice(dma: number, size: number, direction: DmaDirection): void {
    this.dma.syncForDevice(dma, size, direction);
  }

  allocCoherent(size: number): number {
    return this.dma.allocCoherent(size);
  }

  coherentDmaAddress(cpu: number): number {
    return this.dma.coherentDmaAddress(cpu);
  }

  freeCoherent(cpu: number, size: number): void {
    this.dma.freeCoherent(cpu, size);
  }

  maxMappingSize(): number {
    return this.dma.maxMappingSize();
  }
}
