// What the driver tests stand on: a platform that does what it is told and writes down what it is asked. Plain memory,
// made-up DMA addresses, no harness behind it: the driver is judged by bytes and calls alone.

import { DMA_MAPPING_ERROR, type DmaApi, type DmaDirection } from '../../src/platform/dma-api.js';
import type { Allocator, MemoryView, Platform, Transport } from '../../src/platform/platform.js';

const COHERENT_START = 0x1000;
const HEAP_START = 0x40000;
const MEMORY_END = 0x80000;
const PAGE = 0x1000;

/** DMA address of coherent memory minus its CPU address. */
export const COHERENT_OFFSET = 0x2_0000_0000;
/** Physical address minus CPU address. */
export const PHYSICAL_OFFSET = 0x1_0000_0000;
/** The n-th streaming mapping (from 0) has DMA address FIRST_DMA + n * 0x100. */
export const FIRST_DMA = 0x5_0000_0000;

/** The address that the n-th successful map returns. */
export const dmaOf = (n: number): number => FIRST_DMA + n * 0x100;

const DIRECTIONS = ['BIDI', 'TO', 'FROM'] as const;

export class FakeMemory implements MemoryView {
  readonly view = new DataView(new ArrayBuffer(MEMORY_END));
  /** Addresses of the driver's stores, in order. */
  readonly stores: number[] = [];
  readonly loads: number[] = [];

  load16(address: number): number {
    this.loads.push(address);
    return this.view.getUint16(address, true);
  }

  load32(address: number): number {
    this.loads.push(address);
    return this.view.getUint32(address, true);
  }

  load64(address: number): number {
    this.loads.push(address);
    return this.u64(address);
  }

  store16(address: number, value: number): void {
    this.stores.push(address);
    this.view.setUint16(address, value, true);
  }

  store32(address: number, value: number): void {
    this.stores.push(address);
    this.view.setUint32(address, value, true);
  }

  store64(address: number, value: number): void {
    this.stores.push(address);
    this.view.setBigUint64(address, BigInt(value), true);
  }

  physicalAddress(address: number): number {
    return PHYSICAL_OFFSET + address;
  }

  /** The test's own look at a 64-bit field. */
  u64(address: number): number {
    return Number(this.view.getBigUint64(address, true));
  }

  /** `size` bytes as they are. */
  slice(address: number, size: number): number[] {
    return Array.from(new Uint8Array(this.view.buffer, address, size));
  }
}

export class FakeDma implements DmaApi {
  /** `map page 0x9000 64 TO = 0x500000000`, `unmap single ...`, in order. */
  readonly log: string[] = [];
  /** Numbers of the map attempts that fail, counted from 0 over both kinds since the last arm. */
  failing: readonly number[] = [];
  /** Whether allocCoherent fails at attempt k, counted from 0 since the last arm. */
  failingCoherent: readonly number[] = [];
  readonly live = new Map<number, string>();
  readonly coherent = new Map<number, number>();
  maximum = 0x4_0000;
  private attempts = 0;
  private coherentAttempts = 0;
  private maps = 0;
  private top = COHERENT_START;

  constructor(private readonly memory: FakeMemory) {}

  /** From here on, the k-th map of each list fails. */
  failMaps(...attempts: number[]): void {
    this.attempts = 0;
    this.failing = attempts;
  }

  failCoherent(...attempts: number[]): void {
    this.coherentAttempts = 0;
    this.failingCoherent = attempts;
  }

  /** The log since the last call. */
  take(): string[] {
    return this.log.splice(0);
  }

  mapPage(cpu: number, size: number, direction: DmaDirection): number {
    return this.map('page', cpu, size, direction);
  }

  unmapPage(dma: number, size: number, direction: DmaDirection): void {
    this.unmap('page', dma, size, direction);
  }

  mapSingle(cpu: number, size: number, direction: DmaDirection): number {
    return this.map('single', cpu, size, direction);
  }

  unmapSingle(dma: number, size: number, direction: DmaDirection): void {
    this.unmap('single', dma, size, direction);
  }

  syncForCpu(): void {
    this.log.push('sync for cpu');
  }

  syncForDevice(): void {
    this.log.push('sync for device');
  }

  allocCoherent(size: number): number {
    if (this.failingCoherent.includes(this.coherentAttempts++)) return 0;
    const cpu = this.top;
    this.top += Math.ceil(size / PAGE) * PAGE;
    new Uint8Array(this.memory.view.buffer).fill(0, cpu, this.top);
    this.coherent.set(cpu, size);
    return cpu;
  }

  coherentDmaAddress(cpu: number): number {
    return cpu + COHERENT_OFFSET;
  }

  freeCoherent(cpu: number, size: number): void {
    if (this.coherent.get(cpu) !== size) throw new Error(`freeCoherent(${cpu}, ${size}) was not allocated like that`);
    this.coherent.delete(cpu);
  }

  maxMappingSize(): number {
    return this.maximum;
  }

  private map(kind: string, cpu: number, size: number, direction: DmaDirection): number {
    const what = `${kind} 0x${cpu.toString(16)} ${size} ${DIRECTIONS[direction]}`;
    if (this.failing.includes(this.attempts++)) {
      this.log.push(`map ${what} fails`);
      return DMA_MAPPING_ERROR;
    }
    const dma = dmaOf(this.maps++);
    this.log.push(`map ${what}`);
    this.live.set(dma, `${kind} ${size} ${DIRECTIONS[direction]}`);
    return dma;
  }

  private unmap(kind: string, dma: number, size: number, direction: DmaDirection): void {
    const what = `${kind} ${size} ${DIRECTIONS[direction]}`;
    if (this.live.get(dma) !== what) {
      throw new Error(`unmap ${what} of 0x${dma.toString(16)}, which is ${this.live.get(dma) ?? 'not mapped'}`);
    }
    this.live.delete(dma);
    this.log.push(`unmap ${(dma - FIRST_DMA) / 0x100}`);
  }
}

export class FakeAllocator implements Allocator {
  /** Address to size of what is allocated. */
  readonly live = new Map<number, number>();
  failing: readonly number[] = [];
  private attempts = 0;
  private top = HEAP_START;

  constructor(private readonly memory: FakeMemory) {}

  /** Address of the object allocated last, 0 before there was one. */
  get latest(): number {
    return [...this.live.keys()].at(-1) ?? 0;
  }

  /** From here on, the k-th kmalloc fails, counted from 0. */
  fail(...attempts: number[]): void {
    this.attempts = 0;
    this.failing = attempts;
  }

  kmalloc(size: number): number {
    if (this.failing.includes(this.attempts++)) return 0;
    const address = this.top;
    this.top += (size + 31) & ~15;
    if (this.top > MEMORY_END) throw new Error('the fake heap is full');
    this.live.set(address, size);
    return address;
  }

  /** Freed memory is poisoned, so that a use after free reads nonsense. */
  kfree(address: number): void {
    if (address === 0) return;
    const size = this.live.get(address);
    if (size === undefined) throw new Error(`kfree(0x${address.toString(16)}) of nothing`);
    new Uint8Array(this.memory.view.buffer).fill(0x6b, address, address + size);
    this.live.delete(address);
  }
}

export class FakeTransport implements Transport {
  resettable = true;
  works = true;
  disableError = 0;
  enableError = 0;
  /** `notify`, `disable`, `enable`, in order. */
  readonly log: string[] = [];

  notify(): boolean {
    this.log.push('notify');
    return this.works;
  }

  disableQueue(): number {
    this.log.push('disable');
    return this.disableError;
  }

  enableQueue(): number {
    this.log.push('enable');
    return this.enableError;
  }

  take(): string[] {
    return this.log.splice(0);
  }
}

/** What BUG() and an index out of its table throw. */
export class Panic extends Error {}

export class FakePlatform implements Platform {
  readonly memory = new FakeMemory();
  readonly dma = new FakeDma(this.memory);
  readonly allocator = new FakeAllocator(this.memory);
  readonly transport = new FakeTransport();
  readonly warnings: string[] = [];
  /** How often the queue's callback ran. */
  callbacks = 0;

  panic(reason: string): never {
    throw new Panic(reason);
  }

  warn(reason: string): void {
    this.warnings.push(reason);
  }

  outOfBounds(table: string, index: number, length: number): never {
    throw new Panic(`index ${index} into ${table} of ${length}`);
  }
}
