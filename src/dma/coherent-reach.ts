// Which pages of coherent memory are shared with the device now, for the back ends whose device uses physical
// addresses. The device may read and write every byte of a shared page, and none of a page that was freed.

import { COHERENT_BASE, COHERENT_SIZE } from '../memory/layout.js';
import { coherentPagesMask } from './coherent-allocator.js';

export class CoherentReach {
  /** Bit n: page n is shared. */
  private shared = 0;

  reset(): void {
    this.shared = 0;
  }

  share(cpu: number, size: number): void {
    this.shared |= coherentPagesMask(cpu, size);
  }

  withdraw(cpu: number, size: number): void {
    this.shared &= ~coherentPagesMask(cpu, size);
  }

  /** Whether all of [cpu, cpu + size) is shared. */
  covers(cpu: number, size: number): boolean {
    if (cpu < COHERENT_BASE || cpu + size > COHERENT_BASE + COHERENT_SIZE) return false;
    const pages = coherentPagesMask(cpu, size);
    return (this.shared & pages) === pages;
  }
}
