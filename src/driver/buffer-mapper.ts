// How the pieces of a buffer become DMA addresses and how they are given back. Works from the caller's scatter lists when
// mapping and from private records when unmapping; never from ring memory.

import { DMA_FROM_DEVICE, DMA_MAPPING_ERROR, DMA_TO_DEVICE, type DmaDirection } from '../platform/dma-api.js';
import type { Platform } from '../platform/platform.js';
import type { ScatterList } from '../platform/scatter-list.js';
import { DESC_F_INDIRECT, DESC_F_WRITE } from '../spec/split-layout.js';
import type { DescriptorRecords } from './descriptor-records.js';
import type { IndirectTables } from './indirect-tables.js';

export class BufferMapper {
  private useDmaApi = true;

  constructor(
    private readonly platform: Platform,
    private readonly records: DescriptorRecords,
    private readonly tables: IndirectTables,
  ) {}

  reset(useDmaApi: boolean): void {
    this.useDmaApi = useDmaApi;
  }

  /** The DMA address of piece `index`, or DMA_MAPPING_ERROR. */
  mapPiece(list: ScatterList, index: number, write: boolean, premapped: boolean): number {
    if (premapped) return list.dma[index]!;
    const address = list.address[index]!;
    if (!this.useDmaApi) return this.platform.memory.physicalAddress(address);
    return this.platform.dma.mapPage(address, list.size[index]!, directionOf(write), 0);
  }

  /** What goes into the record for a piece mapped at `dma`: the address, or the mark that there is nothing to unmap. */
  recordedAddress(dma: number, premapped: boolean): number {
    return premapped || !this.useDmaApi ? DMA_MAPPING_ERROR : dma;
  }

  /** Maps an indirect table; DMA_MAPPING_ERROR when that fails. */
  mapTable(table: number, entries: number): number {
    if (!this.useDmaApi) return this.platform.memory.physicalAddress(table);
    return this.platform.dma.mapSingle(table, this.tables.mappedSize(entries), DMA_TO_DEVICE, 0);
  }

  /** Unmaps what descriptor `index` stands for, by its private record. */
  unmapDescriptor(index: number): void {
    const addr = this.records.addrOf(index);
    if (addr === DMA_MAPPING_ERROR) return;
    const len = this.records.lenOf(index);
    const flags = this.records.flagsOf(index);
    if ((flags & DESC_F_INDIRECT) !== 0) this.platform.dma.unmapSingle(addr, len, DMA_TO_DEVICE, 0);
    else this.platform.dma.unmapPage(addr, len, directionOf((flags & DESC_F_WRITE) !== 0), 0);
  }

  /** Unmaps the first `count` of a table's `entries` entries, by the private records behind it. */
  unmapTableEntries(table: number, entries: number, count: number): void {
    for (let index = 0; index < count; index++) {
      const record = this.tables.recordAt(table, entries, index);
      const addr = this.tables.recordedAddr(record);
      if (addr === DMA_MAPPING_ERROR) continue;
      const direction = directionOf(this.tables.recordedWrite(record));
      this.platform.dma.unmapPage(addr, this.tables.recordedLen(record), direction, 0);
    }
  }

  maxMappingSize(): number {
    return this.useDmaApi ? this.platform.dma.maxMappingSize() : Number.MAX_SAFE_INTEGER;
  }
}

function directionOf(write: boolean): DmaDirection {
  return write ? DMA_FROM_DEVICE : DMA_TO_DEVICE;
}
