// The DMA API in front of the back ends: the one thing a driver maps with, and the one door through which the device
// reaches memory. It reports every call before and after it takes effect, places the device's moments in between and
// lets calls fail on purpose; addresses, permissions and copies are the back end's business. Page indices into
// coherentDma are checked, hence the `!`.

import { DMA_MAPPING_ERROR, type DmaApi, type DmaDirection } from '../platform/dma-api.js';
import { FAIL_COHERENT, FAIL_MAP, type FailureSource } from '../platform/failures.js';
import { PAGE_SIZE } from '../memory/layout.js';
import type { BackEndConfig, BackEndName, BouncingBackEnd, BulkMemory, DmaBackEnd } from './back-end.js';
import { COHERENT_PAGES, CoherentAllocator, coherentPageIndex } from './coherent-allocator.js';
import { DirectBackEnd } from './direct.js';
import { type DmaMoments, type DmaObserver, MAP_PAGE, MAP_SINGLE, type MapKind } from './dma-observer.js';
import { IommuBackEnd } from './iommu.js';
import { NoneBackEnd } from './none.js';
import { DEVICE_READS, DEVICE_WRITES } from './permission.js';
import { SwiotlbBackEnd } from './swiotlb.js';
import { VduseBackEnd } from './vduse.js';

export interface DmaParts {
  readonly memory: BulkMemory;
  readonly observer: DmaObserver;
  readonly moments: DmaMoments;
  readonly failures: FailureSource;
  /** Stands where swiotlb does, for a driver that brings its own. */
  readonly driverSwiotlb?: BouncingBackEnd;
}

export class Dma implements DmaApi {
  private readonly memory: BulkMemory;
  private readonly observer: DmaObserver;
  private readonly moments: DmaMoments;
  private readonly failures: FailureSource;

  private readonly none: NoneBackEnd;
  private readonly direct: DirectBackEnd;
  private readonly iommu: IommuBackEnd;
  private readonly ownSwiotlb: SwiotlbBackEnd;
  /** The one of the driver under test, or ours. */
  private readonly driverSwiotlb: BouncingBackEnd;
  private swiotlb: BouncingBackEnd;
  private readonly vduse: VduseBackEnd;
  private backEnd: DmaBackEnd;

  private readonly coherentPages = new CoherentAllocator();
  /** DMA address of each coherent allocation, by the page it starts at; meaningless where none starts. */
  private readonly coherentDma = new Float64Array(COHERENT_PAGES);

  constructor(parts: DmaParts) {
    this.memory = parts.memory;
    this.observer = parts.observer;
    this.moments = parts.moments;
    this.failures = parts.failures;
    this.none = new NoneBackEnd();
    this.direct = new DirectBackEnd();
    this.iommu = new IommuBackEnd(parts.observer);
    this.ownSwiotlb = new SwiotlbBackEnd(parts.memory);
    this.driverSwiotlb = parts.driverSwiotlb ?? this.ownSwiotlb;
    this.swiotlb = this.driverSwiotlb;
    this.vduse = new VduseBackEnd(parts.memory, parts.observer);
    this.backEnd = this.none;
  }

  /**
   * Forgets everything and starts with the back end that `config` names. Must come before the first use. With `ownPool` swiotlb
   * is ours whatever the driver brings.
   */
  reset(config: BackEndConfig, ownPool = false): void {
    this.coherentPages.reset();
    this.swiotlb = ownPool ? this.ownSwiotlb : this.driverSwiotlb;
    this.backEnd = this.pick(config.name);
    this.backEnd.reset(config);
  }

  /** How often the bouncing back end in use cut a size down or refused an address, since it was picked. */
  get bounceWarnings(): number {
    return this.backEnd === this.vduse ? this.vduse.warnings : this.swiotlb.warnings;
  }

  mapPage(cpu: number, size: number, direction: DmaDirection, attributes: number): number {
    return this.map(cpu, size, direction, MAP_PAGE, attributes);
  }

  unmapPage(dma: number, size: number, direction: DmaDirection, attributes: number): void {
    this.unmap(dma, size, direction, MAP_PAGE, attributes);
  }

  mapSingle(cpu: number, size: number, direction: DmaDirection, attributes: number): number {
    return this.map(cpu, size, direction, MAP_SINGLE, attributes);
  }

  unmapSingle(dma: number, size: number, direction: DmaDirection, attributes: number): void {
    this.unmap(dma, size, direction, MAP_SINGLE, attributes);
  }

  syncForCpu(dma: number, size: number, direction: DmaDirection): void {
    this.observer.syncing(dma, size, direction, false);
    this.backEnd.syncForCpu(dma, size, direction);
    this.observer.synced();
  }

  syncForDevice(dma: number, size: number, direction: DmaDirection): void {
    this.observer.syncing(dma, size, direction, true);
    this.backEnd.syncForDevice(dma, size, direction);
    this.observer.synced();
  }

  /** Reports the size that was asked for; the whole pages around it are zeroed and shared. */
  allocCoherent(size: number): number {
    if (this.failures.fails(FAIL_COHERENT) || size < 1) return this.refuseCoherent(size);
    const bytes = Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
    const cpu = this.coherentPages.allocate(bytes);
    if (cpu === 0) return this.refuseCoherent(size);
    // Before the device can reach it: what the pages held last is not for the device to see.
    this.memory.fill(cpu, bytes, 0);
    const dma = this.backEnd.mapCoherent(cpu, bytes);
    if (dma === DMA_MAPPING_ERROR) {
      this.coherentPages.release(cpu);
      return this.refuseCoherent(size);
    }
    this.coherentDma[coherentPageIndex(cpu)] = dma;
    this.observer.coherentAllocated(cpu, dma, size);
    return cpu;
  }

  /** DMA_MAPPING_ERROR for an address that no live allocation starts at. */
  coherentDmaAddress(cpu: number): number {
    if (!this.coherentPages.startsAt(cpu)) return DMA_MAPPING_ERROR;
    return this.coherentDma[coherentPageIndex(cpu)]!;
  }

  /** Does nothing but report where no live allocation starts; how much is freed is the allocator's record, not `size`. */
  freeCoherent(cpu: number, size: number): void {
    this.observer.coherentFreeing(cpu, size);
    const bytes = this.coherentPages.release(cpu);
    if (bytes !== 0) this.backEnd.unmapCoherent(cpu, bytes);
    this.observer.coherentFreed();
  }

  maxMappingSize(): number {
    return this.backEnd.maxMappingSize();
  }

  /** The device's view: the CPU address behind `size` bytes (at least 1) at `dma`, or -1 where it may not reach them. */
  translate(dma: number, size: number, write: boolean): number {
    return this.backEnd.translate(dma, size, write);
  }

  /**
   * For the back end `none`, where no map call says so: [cpu, cpu + size) is in the device's hands, for writing or for
   * reading. False when too many ranges are exposed at once (EXPOSED_RANGES_CAPACITY).
   */
  expose(cpu: number, size: number, write: boolean): boolean {
    return this.none.expose(cpu, size, write ? DEVICE_WRITES : DEVICE_READS);
  }

  /** Ends one expose() of exactly that range. */
  withdraw(cpu: number, size: number, write: boolean): void {
    this.none.withdraw(cpu, size, write ? DEVICE_WRITES : DEVICE_READS);
  }

  // Five numbers instead of an options object: this path allocates nothing.
  private map(cpu: number, size: number, direction: DmaDirection, kind: MapKind, attributes: number): number {
    this.observer.mapping(cpu, size, direction, kind, attributes);
    let dma = DMA_MAPPING_ERROR;
    if (!this.failures.fails(FAIL_MAP) && size >= 1) dma = this.backEnd.map(cpu, size, direction, attributes);
    this.observer.mapped(dma);
    this.moments.afterMap();
    return dma;
  }

  private unmap(dma: number, size: number, direction: DmaDirection, kind: MapKind, attributes: number): void {
    this.observer.unmapping(dma, size, direction, kind, attributes);
    this.moments.beforeUnmap();
    this.backEnd.unmap(dma, size, direction, attributes);
    this.observer.unmapped();
  }

  private refuseCoherent(size: number): number {
    this.observer.coherentAllocated(0, DMA_MAPPING_ERROR, size);
    return 0;
  }

  private pick(name: BackEndName): DmaBackEnd {
    switch (name) {
      case 'none':
        return this.none;
      case 'direct':
        return this.direct;
      case 'iommu':
        return this.iommu;
      case 'swiotlb':
        return this.swiotlb;
      case 'vduse':
        return this.vduse;
    }
  }
}
