// An event as the line that people read and that the trace hash is made of: a change here changes every hash.

import { DOMAIN_BASE, PHYSICAL_BASE, POOL_BASE, POOL_SIZE } from '../memory/layout.js';
import type { EventData } from './trace-data.js';

/** Which word an event stands under. */
export function eventKind(data: EventData): string {
  switch (data.type) {
    case 'return':
      return 'call';
    case 'device-write':
    case 'device-read':
      return 'device';
    case 'allocate':
    case 'free':
      return 'heap';
    case 'coherent-free':
      return 'coherent';
    default:
      return data.type;
  }
}

export function eventText(data: EventData): string {
  switch (data.type) {
    case 'call':
      return `${data.call}()`;
    case 'return':
      return `${data.call}() = ${data.result}`;
    case 'load':
      return `driver reads ${data.field} = ${hex(data.value)}`;
    case 'store':
      return `driver writes ${data.field} = ${hex(data.value)}`;
    case 'device-write':
      return data.field === null || data.value === undefined
        ? `device writes ${data.size} bytes at ${place(data.at)}`
        : `device writes ${data.field} = ${hex(data.value)}`;
    case 'device-read':
      return `device reads ${data.size} bytes at ${place(data.at)}`;
    case 'map': {
      const what = `map ${data.size} bytes at ${hex(data.cpu)} ${data.direction}`;
      return data.dma === null ? `${what} fails` : `${what} -> ${hex(data.dma)}`;
    }
    case 'unmap':
      return `unmap ${data.size} bytes at ${hex(data.dma)} ${data.direction}`;
    case 'sync':
      return `sync ${data.size} bytes at ${hex(data.dma)} for ${data.for}`;
    case 'copy':
      return `copy ${data.size} bytes ${place(data.source)} -> ${place(data.target)}`;
    case 'allocate':
      return data.at === null ? `kmalloc(${data.size}) fails` : `kmalloc(${data.size}) = ${hex(data.at)}`;
    case 'free':
      return `kfree(${hex(data.at)})`;
    case 'coherent':
      return data.cpu === null || data.dma === null
        ? `coherent allocation of ${data.size} bytes fails`
        : `coherent ${data.size} bytes at ${hex(data.cpu)} = ${hex(data.dma)}`;
    case 'coherent-free':
      return `coherent ${data.size} bytes at ${hex(data.cpu)} freed`;
    case 'violation':
      return `${data.oracle}: ${data.shape}`;
  }
}

/** A driver that reads beyond its tables may hand over what is no number at all: told as it is. */
export function hex(value: number): string {
  return Number.isFinite(value) ? `0x${value.toString(16)}` : String(value);
}

/** A CPU address as people know it: slot and offset in the bounce pool, or plain. */
export function place(address: number): string {
  if (address < POOL_BASE || address >= POOL_BASE + POOL_SIZE) return hex(address);
  return `slot ${(address - POOL_BASE) >> 11}+${(address - POOL_BASE) & 2047}`;
}

/** The CPU address in the bounce pool behind a DMA address, or null where there is none. */
export function bounceAddress(dma: number): number | null {
  const address = dma >= DOMAIN_BASE ? dma - DOMAIN_BASE + POOL_BASE : dma - PHYSICAL_BASE;
  return address < POOL_BASE || address >= POOL_BASE + POOL_SIZE ? null : address;
}
