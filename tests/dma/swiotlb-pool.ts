// A swiotlb back end over plain memory, for its tests.

import type { BackEndConfig } from '../../src/dma/back-end.js';
import { SwiotlbBackEnd } from '../../src/dma/swiotlb.js';
import { PHYSICAL_BASE, POOL_BASE } from '../../src/memory/layout.js';
import { config, FakeMemory, Log } from './fakes.js';

export const SLOT = 2048;
export const SEGMENT = 128 * SLOT;
/** DMA address of the first slot. */
export const POOL = PHYSICAL_BASE + POOL_BASE;

export function setUp(parts: Partial<BackEndConfig> = {}): {
  pool: SwiotlbBackEnd;
  memory: FakeMemory;
  log: Log;
} {
  const log = new Log();
  const memory = new FakeMemory(log);
  const pool = new SwiotlbBackEnd(memory);
  pool.reset(config('swiotlb', parts));
  return { pool, memory, log };
}

export const slotAddress = (index: number): number => POOL + index * SLOT;
export const cpuOf = (dma: number): number => dma - PHYSICAL_BASE;
