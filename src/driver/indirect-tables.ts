// Indirect descriptor tables (virtio-v1.4 2.7.5.3, 2.8.8). A table is kmalloc memory mapped for the device to read; the
// driver's own record of each entry lies behind it in the same allocation, outside the mapping, so that nothing is read
// back from bytes that were ever visible to the device.
//
//   0                     16*entries            32*entries
//   +---------------------+---------------------+
//   | table, mapped       | records, private    |
//   +---------------------+---------------------+

import { DMA_MAPPING_ERROR } from '../platform/dma-api.js';
import type { Platform } from '../platform/platform.js';
import { PACKED_DESC_ADDR, PACKED_DESC_FLAGS, PACKED_DESC_ID, PACKED_DESC_LEN } from '../spec/packed-layout.js';
import {
  SPLIT_DESC_ADDR,
  SPLIT_DESC_FLAGS,
  SPLIT_DESC_LEN,
  SPLIT_DESC_NEXT,
  SPLIT_DESCRIPTOR_SIZE,
} from '../spec/split-layout.js';

const ENTRY_SIZE = SPLIT_DESCRIPTOR_SIZE;

const RECORD_ADDR = 0;
const RECORD_LEN = 8;
const RECORD_WRITE = 12;
const RECORD_MAPPED = 14;

export class IndirectTables {
  constructor(private readonly platform: Platform) {}

  /** A table of `entries` entries and their records; 0 when there is no memory. */
  allocate(entries: number): number {
    return this.platform.allocator.kmalloc(2 * entries * ENTRY_SIZE);
  }

  free(table: number): void {
    this.platform.allocator.kfree(table);
  }

  /** Bytes of the part that the device may read. */
  mappedSize(entries: number): number {
    return entries * ENTRY_SIZE;
  }

  writeSplitEntry(table: number, index: number, addr: number, len: number, flags: number): void {
    const at = table + index * ENTRY_SIZE;
    const { memory } = this.platform;
    memory.store64(at + SPLIT_DESC_ADDR, addr);
    memory.store32(at + SPLIT_DESC_LEN, len);
    memory.store16(at + SPLIT_DESC_FLAGS, flags);
    memory.store16(at + SPLIT_DESC_NEXT, index + 1);
  }

  /** virtio-v1.4 2.8.8: the id is reserved, and only WRITE is used of the flags. */
  writePackedEntry(table: number, index: number, addr: number, len: number, flags: number): void {
    const at = table + index * ENTRY_SIZE;
    const { memory } = this.platform;
    memory.store64(at + PACKED_DESC_ADDR, addr);
    memory.store32(at + PACKED_DESC_LEN, len);
    memory.store16(at + PACKED_DESC_ID, 0);
    memory.store16(at + PACKED_DESC_FLAGS, flags);
  }

  /** Records entry `index`; `addr` is DMA_MAPPING_ERROR where there will be nothing to unmap. */
  record(record: number, addr: number, len: number, write: boolean): void {
    const { memory } = this.platform;
    memory.store64(record + RECORD_ADDR, addr === DMA_MAPPING_ERROR ? 0 : addr);
    memory.store32(record + RECORD_LEN, len);
    memory.store16(record + RECORD_WRITE, write ? 1 : 0);
    memory.store16(record + RECORD_MAPPED, addr === DMA_MAPPING_ERROR ? 0 : 1);
  }

  /** Where the record of entry `index` lies. */
  recordAt(table: number, entries: number, index: number): number {
    return table + (entries + index) * ENTRY_SIZE;
  }

  recordedAddr(record: number): number {
    const { memory } = this.platform;
    return memory.load16(record + RECORD_MAPPED) === 0 ? DMA_MAPPING_ERROR : memory.load64(record + RECORD_ADDR);
  }

  recordedLen(record: number): number {
    return this.platform.memory.load32(record + RECORD_LEN);
  }

  recordedWrite(record: number): boolean {
    return this.platform.memory.load16(record + RECORD_WRITE) !== 0;
  }
}
