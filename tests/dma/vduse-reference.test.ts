// A VDUSE domain against a naive model: one object a mapping, pages found by looking at all mappings, copies byte by byte.
// Both run the same random calls, right and wrong ones; every address, every byte of memory and every warning must agree.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DmaObserver } from '../../src/dma/dma-observer.js';
import { VduseBackEnd } from '../../src/dma/vduse.js';
import { DATA_BASE, DOMAIN_BASE, MEMORY_SIZE, PAGE_SIZE, POOL_BASE } from '../../src/memory/layout.js';
import {
  DMA_ATTR_SKIP_CPU_SYNC,
  DMA_FROM_DEVICE,
  DMA_MAPPING_ERROR,
  DMA_TO_DEVICE,
  type DmaDirection,
} from '../../src/platform/dma-api.js';
import { config, FakeMemory, Log, recordingObserver, seededRandom } from './fakes.js';

interface Mapping {
  readonly cpu: number;
  readonly size: number;
  readonly direction: DmaDirection;
  /** Offset in the streaming region. */
  readonly at: number;
}

const pageOf = (address: number): number => Math.floor(address / PAGE_SIZE);

class ReferenceDomain {
  readonly bytes = new Uint8Array(MEMORY_SIZE);
  readonly live: Mapping[] = [];
  readonly reached = new Set<number>();
  warnings = 0;

  constructor(private readonly pages: number) {}

  map(cpu: number, size: number, direction: DmaDirection): Mapping | null {
    const count = pageOf(cpu + size - 1) - pageOf(cpu) + 1;
    const first = this.choose(pageOf(cpu), count);
    if (first === null) return null;
    for (let page = first; page < first + count; page++) {
      if (!this.reached.has(page)) this.bytes.fill(0, POOL_BASE + page * PAGE_SIZE, POOL_BASE + (page + 1) * PAGE_SIZE);
      this.reached.add(page);
    }
    const mapping = { cpu, size, direction, at: first * PAGE_SIZE + (cpu % PAGE_SIZE) };
    this.live.push(mapping);
    for (let k = 0; k < size; k++) this.put(POOL_BASE + mapping.at + k, this.bytes[cpu + k]);
    return mapping;
  }

  unmap(at: number, size: number, direction: DmaDirection, attributes: number): void {
    const candidates = this.live.filter((mapping) => mapping.at === at);
    const mapping =
      candidates.find((each) => each.size === size && each.direction === direction) ?? candidates[0] ?? null;
    if (mapping === null) {
      this.warnings++;
      return;
    }
    if (attributes === 0 && direction !== DMA_TO_DEVICE) this.back(mapping, at, size);
    this.live.splice(this.live.indexOf(mapping), 1);
    for (let page = pageOf(at); page <= pageOf(at + mapping.size - 1); page++) {
      if (!this.live.some((each) => pageOf(each.at) <= page && page <= pageOf(each.at + each.size - 1)))
        this.wipe(page);
    }
  }

  sync(at: number, size: number, direction: DmaDirection, forDevice: boolean): void {
    const mapping = this.live.filter((each) => at >= each.at && at < each.at + each.size).at(-1);
    if (mapping === undefined) this.warnings++;
    else if (!forDevice && direction !== DMA_TO_DEVICE) this.back(mapping, at, size);
    else if (forDevice && direction !== DMA_FROM_DEVICE) {
      if (mapping.direction === DMA_FROM_DEVICE) this.warnings++;
      else {
        const from = at - mapping.at;
        const count = this.cut(mapping, from, size);
        for (let k = from; k < from + count; k++) this.put(POOL_BASE + mapping.at + k, this.bytes[mapping.cpu + k]);
      }
    }
  }

  private back(mapping: Mapping, at: number, size: number): void {
    if (mapping.direction === DMA_TO_DEVICE) {
      this.warnings++;
      return;
    }
    const from = at - mapping.at;
    const count = this.cut(mapping, from, size);
    for (let k = from; k < from + count; k++) this.put(mapping.cpu + k, this.bytes[POOL_BASE + mapping.at + k]);
  }

  private cut(mapping: Mapping, from: number, size: number): number {
    if (from + size > mapping.size) this.warnings++;
    return Math.min(size, mapping.size - from);
  }

  /** A run that shares most simply: the lowest bounce page in use for any page of the run that fits; else the lowest free. */
  private choose(page: number, count: number): number | null {
    const owner = this.owners();
    const fits = (first: number, strict: boolean): boolean =>
      first >= 0 &&
      first + count <= this.pages &&
      Array.from({ length: count }, (_, k) => owner.get(first + k)).every(
        (original, k) => original === undefined || (!strict && original === page + k),
      );
    for (let bounce = 0; bounce < this.pages; bounce++) {
      const original = owner.get(bounce);
      if (original === undefined || original < page || original >= page + count) continue;
      if (fits(bounce - (original - page), false)) return bounce - (original - page);
    }
    for (let bounce = 0; bounce < this.pages; bounce++) if (fits(bounce, true)) return bounce;
    return null;
  }

  /** Which page of memory each bounce page stands for. */
  private owners(): Map<number, number> {
    const owner = new Map<number, number>();
    for (const { at, cpu, size } of this.live) {
      for (let page = pageOf(at); page <= pageOf(at + size - 1); page++)
        owner.set(page, pageOf(cpu) + page - pageOf(at));
    }
    return owner;
  }

  /** Zeroes what mappings can have put there; what the device wrote elsewhere in the page is its own. */
  private wipe(page: number): void {
    const [from, to] = this.filled.get(page) ?? [0, 0];
    this.bytes.fill(0, POOL_BASE + page * PAGE_SIZE + from, POOL_BASE + page * PAGE_SIZE + to);
    this.filled.delete(page);
  }

  private readonly filled = new Map<number, readonly [from: number, to: number]>();

  /** Remembers the hull of the mapped bytes of a page. */
  noteFilled({ at, size }: Mapping): void {
    for (let page = pageOf(at); page <= pageOf(at + size - 1); page++) {
      const from = Math.max(0, at - page * PAGE_SIZE);
      const to = Math.min(PAGE_SIZE, at + size - page * PAGE_SIZE);
      const [low, high] = this.filled.get(page) ?? [from, to];
      this.filled.set(page, [Math.min(low, from), Math.max(high, to)]);
    }
  }

  private put(address: number, byte: number | undefined): void {
    this.bytes[address] = byte ?? 0;
  }
}

class Comparison {
  failedMaps = 0;
  sharedMaps = 0;
  private readonly memory = new FakeMemory();
  private readonly domain: VduseBackEnd;
  private readonly reference: ReferenceDomain;

  constructor(
    private readonly pages: number,
    private readonly random: (bound: number) => number,
  ) {
    const silent: DmaObserver = recordingObserver(new Log());
    this.domain = new VduseBackEnd(this.memory, silent);
    this.domain.reset(config('vduse', { poolSlots: 2 * pages }));
    this.reference = new ReferenceDomain(pages);
    for (let i = POOL_BASE; i < MEMORY_SIZE; i++) this.memory.bytes[i] = random(256);
    this.reference.bytes.set(this.memory.bytes);
  }

  step(): void {
    const { random } = this;
    const { live } = this.reference;
    const mapping = live[random(Math.max(1, live.length))];
    const action = random(8);
    if (mapping === undefined || action < 3) this.map();
    else if (action < 5) this.unmap(mapping);
    else if (action < 7) this.sync(mapping);
    else this.scribble();
    if (random(8) === 0) this.unmapNothing();
  }

  check(): void {
    assert.equal(this.domain.warnings, this.reference.warnings);
    assert.equal(Buffer.compare(this.memory.bytes, this.reference.bytes), 0, 'memory differs');
    const page = this.random(this.pages);
    const expected = this.reference.reached.has(page) ? POOL_BASE + page * PAGE_SIZE : -1;
    assert.equal(this.domain.translate(DOMAIN_BASE + page * PAGE_SIZE, PAGE_SIZE), expected);
  }

  private map(): void {
    const { random } = this;
    // Few pages of memory, so that most mappings meet others in theirs.
    const cpu = DATA_BASE + random(12) * PAGE_SIZE + random(PAGE_SIZE);
    const size = [1 + random(64), 1 + random(600), 4000 + random(200), 1 + random(4 * PAGE_SIZE)][random(4)] ?? 1;
    const direction = random(3) as DmaDirection;
    const before = this.reference.reached.size;
    const expected = this.reference.map(cpu, size, direction);
    const dma = this.domain.map(cpu, size, direction);
    assert.equal(dma, expected === null ? DMA_MAPPING_ERROR : DOMAIN_BASE + expected.at);
    if (expected === null) this.failedMaps++;
    else {
      this.reference.noteFilled(expected);
      if (this.reference.reached.size === before) this.sharedMaps++;
    }
  }

  private unmap(mapping: Mapping): void {
    const { random } = this;
    const size =
      [mapping.size, mapping.size, 1 + random(mapping.size), mapping.size + random(5000), 2 ** 32 - 1][random(5)] ?? 1;
    const direction = random(4) === 0 ? (random(3) as DmaDirection) : mapping.direction;
    const attributes = random(4) === 0 ? DMA_ATTR_SKIP_CPU_SYNC : 0;
    // Of mappings with one address the back end may take another one than this: then the model must as well.
    const twins = this.reference.live.filter(({ at }) => at === mapping.at);
    if (twins.length > 1) return;
    this.domain.unmap(DOMAIN_BASE + mapping.at, size, direction, attributes);
    this.reference.unmap(mapping.at, size, direction, attributes);
  }

  private sync(mapping: Mapping): void {
    const { random } = this;
    const at = random(3) === 0 ? random(this.pages * PAGE_SIZE) : mapping.at + random(mapping.size);
    // Where mappings overlap, which one a byte belongs to is the caller's affair.
    const holders = this.reference.live.filter((each) => at >= each.at && at < each.at + each.size);
    if (holders.length > 1) return;
    const size = random(3) === 0 ? 1 + random(6000) : 1 + random(128);
    const direction = random(3) as DmaDirection;
    const forDevice = random(2) === 0;
    if (forDevice) this.domain.syncForDevice(DOMAIN_BASE + at, size, direction);
    else this.domain.syncForCpu(DOMAIN_BASE + at, size, direction);
    this.reference.sync(at, size, direction, forDevice);
  }

  /** The device writes its pages, the CPU its buffers. */
  private scribble(): void {
    const { random } = this;
    for (let i = 0; i < 64; i++) {
      const page = random(this.pages);
      if (!this.reference.reached.has(page)) continue;
      const pooled = POOL_BASE + page * PAGE_SIZE + random(PAGE_SIZE);
      const address = random(2) === 0 ? pooled : DATA_BASE + random(16 * PAGE_SIZE);
      this.memory.bytes[address] = this.reference.bytes[address] = random(256);
    }
  }

  private unmapNothing(): void {
    const at = this.random(this.pages * PAGE_SIZE);
    if (this.reference.live.some((mapping) => mapping.at === at)) return;
    this.domain.unmap(DOMAIN_BASE + at, 100, DMA_FROM_DEVICE, 0);
    this.reference.unmap(at, 100, DMA_FROM_DEVICE, 0);
  }
}

for (const pages of [1, 2, 3, 8, 64, 128]) {
  test(`random calls agree in a domain of ${pages} bounce pages`, () => {
    const comparison = new Comparison(pages, seededRandom(pages));
    for (let i = 0; i < 1500; i++) {
      comparison.step();
      if (i % 8 === 0) comparison.check();
    }
    comparison.check();
    if (pages < 64) assert.ok(comparison.failedMaps > 100, `only ${comparison.failedMaps} maps failed`);
    assert.ok(comparison.sharedMaps > 100, `only ${comparison.sharedMaps} maps took no new page`);
  });
}
