// Bounce buffers (Linux's swiotlb, facts/virtio-ring.md 4.1): what a confidential guest uses, where the device reaches
// nothing but a shared pool. Every mapping is copied into slots of the pool and, where the device wrote, back again.
// The device may write every byte of the pool at any time; the slot table is private, and only the table decides what is
// copied where. The caller's size and direction are taken as they come, as in Linux: the table can limit the size but
// knows no direction.
//
//   original        |............[======= mapping =======]
//   slots       | padding slot |..[=====|=======|=====]..|      2 KiB each
//                                 ^ DMA address; below it and behind the mapping nothing is initialised
//
// Not modelled: areas (Linux searches the CPU's own first), the atomic and transient pools of dynamic swiotlb, highmem.

import {
  DMA_ATTR_SKIP_CPU_SYNC,
  DMA_FROM_DEVICE,
  DMA_MAPPING_ERROR,
  DMA_TO_DEVICE,
  type DmaDirection,
} from '../platform/dma-api.js';
import { PHYSICAL_BASE, POOL_BASE } from '../memory/layout.js';
import type { BackEndConfig, BulkMemory, DmaBackEnd } from './back-end.js';
import { CoherentReach } from './coherent-reach.js';
import { SEGMENT_SLOTS, SLOT_MASK, SLOT_SHIFT, SLOT_SIZE, SlotTable } from './slot-table.js';

export class SwiotlbBackEnd implements DmaBackEnd {
  private readonly coherent = new CoherentReach();
  private readonly slots = new SlotTable();
  private poolSize = 0;
  private maxSize = 0;
  private allocAlignMask = 0;
  /** Address bits that the bounce address takes over from the original by an offset into the allocation. */
  private offsetMask = 0;
  /** The part of the offset that lies inside one slot. */
  private slotOffsetMask = 0;
  private warningCount = 0;

  constructor(private readonly memory: BulkMemory) {}

  /** How often a caller's size or address went beyond what the slot table records, since the last reset. */
  get warnings(): number {
    return this.warningCount;
  }

  reset(config: BackEndConfig): void {
    this.coherent.reset();
    this.slots.reset(config);
    this.poolSize = config.poolSlots * SLOT_SIZE;
    // A segment less what the offset can take, or a mapping of that size might never fit (82806744fd7d).
    this.maxSize = SEGMENT_SLOTS * SLOT_SIZE - alignUp(config.minAlignMask, SLOT_MASK);
    this.allocAlignMask = config.allocAlignMask;
    this.offsetMask = config.minAlignMask & (config.allocAlignMask | SLOT_MASK);
    this.slotOffsetMask = config.minAlignMask & SLOT_MASK;
    this.warningCount = 0;
  }

  map(cpu: number, size: number): number {
    if (size > SEGMENT_SLOTS * SLOT_SIZE) return DMA_MAPPING_ERROR;
    const offset = cpu & this.offsetMask;
    const total = alignUp(size + offset, this.allocAlignMask);
    const index = this.slots.allocate(cpu, size, total, offset);
    if (index < 0) return DMA_MAPPING_ERROR;
    const bounce = POOL_BASE + (index << SLOT_SHIFT) + (offset & SLOT_MASK);
    // In every direction and with every attribute: what the device leaves unwritten must read back as the original and
    // not as what an earlier mapping left in the slot (ddbd89deb7d3, 901c7280ca0d).
    this.memory.copy(bounce, cpu, size);
    return PHYSICAL_BASE + bounce;
  }

  unmap(dma: number, size: number, direction: DmaDirection, attributes: number): void {
    const bounce = this.bounceAddress(dma);
    if (bounce < 0) return;
    if ((attributes & DMA_ATTR_SKIP_CPU_SYNC) === 0) this.copyBack(bounce, size, direction);
    this.slots.release((bounce - POOL_BASE) >> SLOT_SHIFT, this.slotOffsetMask);
  }

  syncForCpu(dma: number, size: number, direction: DmaDirection): void {
    const bounce = this.bounceAddress(dma);
    if (bounce >= 0) this.copyBack(bounce, size, direction);
  }

  /** FROM_DEVICE copies nothing: the copy would overwrite what the device already wrote (revert bddac7c1e02b). */
  syncForDevice(dma: number, size: number, direction: DmaDirection): void {
    const bounce = this.bounceAddress(dma);
    if (bounce >= 0 && direction !== DMA_FROM_DEVICE) this.copyPart(bounce, size, true);
  }

  mapCoherent(cpu: number, size: number): number {
    this.coherent.share(cpu, size);
    return PHYSICAL_BASE + cpu;
  }

  unmapCoherent(cpu: number, size: number): void {
    this.coherent.withdraw(cpu, size);
  }

  /** Of one segment; a smaller pool does not lower it, as in Linux. */
  maxMappingSize(): number {
    return this.maxSize;
  }

  /** The device reads and writes the whole pool, free slots included, and shared coherent memory. */
  translate(dma: number, size: number): number {
    const cpu = dma - PHYSICAL_BASE;
    if (this.coherent.covers(cpu, size)) return cpu;
    return cpu >= POOL_BASE && cpu + size <= POOL_BASE + this.poolSize ? cpu : -1;
  }

  /** The CPU address in the pool behind `dma`; -1 for an address outside, which was never bounced. */
  private bounceAddress(dma: number): number {
    const cpu = dma - PHYSICAL_BASE;
    return cpu >= POOL_BASE && cpu < POOL_BASE + this.poolSize ? cpu : -1;
  }

  /** What the device wrote becomes visible to the CPU; it wrote nothing to a TO_DEVICE mapping. */
  private copyBack(bounce: number, size: number, direction: DmaDirection): void {
    if (direction !== DMA_TO_DEVICE) this.copyPart(bounce, size, false);
  }

  /** Copies `size` bytes from `bounce` on, but never more than the slot table records (daf9514fd5eb). */
  private copyPart(bounce: number, size: number, forDevice: boolean): void {
    const index = (bounce - POOL_BASE) >> SLOT_SHIFT;
    if (!this.slots.hasOriginal(index)) return;
    // Relative to the original byte that the slot records. Negative in the first bytes of any slot but the mapping's
    // first, because each slot records the original one slot further on, and that one lies at the offset too.
    const original = this.slots.originalAt(index);
    const distance = (bounce & SLOT_MASK) - (original & this.slotOffsetMask);
    const limit = this.slots.mappedLeftAt(index) - distance;
    if (limit <= 0 || (distance < 0 && this.slots.startsMapping(index))) {
      this.warningCount++; // before the mapping or behind it (868c9ddc182b)
      return;
    }
    let count = size;
    if (count > limit) {
      this.warningCount++;
      count = limit;
    }
    if (forDevice) this.memory.copy(bounce, original + distance, count);
    else this.memory.copy(original + distance, bounce, count);
  }
}

function alignUp(value: number, mask: number): number {
  return (value + mask) & ~mask;
}
