// Listens to the DMA layer, keeps the ledger and what memory must contain, and asks the oracles whose claim a map, unmap
// or sync touches. An event is judged before it takes effect, so that the first wrong step is the one reported.

import type { DmaObserver, MapKind } from '../dma/dma-observer.js';
import { isHeap } from '../memory/guest-memory.js';
import { COHERENT_BASE, PAGE_SIZE } from '../memory/layout.js';
import { DMA_ATTR_SKIP_CPU_SYNC, DMA_MAPPING_ERROR, type DmaDirection } from '../platform/dma-api.js';
import type { TraceSink } from '../verdict/trace.js';
import type { MapData } from '../verdict/trace-data.js';
import { checkSlot, checkSlotsDisjoint, failNotBounced } from './bounce-mismatch.js';
import { CALL_ADD, CALL_CLIENT } from './calls.js';
import { bounceOf, type CaseFile, deviceReads, deviceWrites, isPool } from './case-file.js';
import { checkExposed, checkMapArguments, checkWithdrawn, granulesOf } from './disclosure.js';
import { BY_CLIENT, BY_DRIVER } from './dma-ledger.js';
import { checkDomain, closePages, openPages } from './domain-rules.js';
import { failDoubleUnmap } from './double-unmap.js';
import { checkEarlyUnmap } from './early-unmap.js';
import { checkCoherentRefused, checkInjected, checkMapRefused } from './errno.js';
import { checkCoherentReached, checkExposure, checkMappingReached } from './reach.js';
import { checkOwner, failUnknownUnmap } from './unknown-unmap.js';
import { checkCoherentGone, checkMappingEnd, checkMappingGone } from './withdrawn-memory.js';
import { checkCoherentFree, checkUnmapArguments, checkUnmapRecord, directionName, kindName } from './unmap-mismatch.js';

/** Asking what the device reaches takes as long as mapping: of new mappings and of ended ones one in eight is asked about. */
const ASKED = 7;

export class DmaJudge implements DmaObserver {
  trace: TraceSink | null = null;
  private pendingKind: MapKind = 1;
  private pendingAttributes = 0;
  private syncForDevice = false;
  /** The coherent memory that is being freed. */
  private freeingAt = 0;
  private freeingSize = 0;

  constructor(private readonly c: CaseFile) {}

  /** Set by the world: how many maps of this execution were made to fail. */
  mapsRefused: () => number = () => 0;
  /** Set by the world: what the driver stored last is told of before its memory goes. */
  settle: () => void = () => undefined;
  /** Set by the world: the same of coherent allocations. */
  coherentRefused: () => number = () => 0;

  mapping(cpu: number, size: number, direction: DmaDirection, kind: MapKind, attributes: number): void {
    const { c } = this;
    c.pendingMap = true;
    c.pendingCpu = cpu;
    c.pendingSize = size;
    c.pendingDirection = direction;
    c.pendingTarget = -1;
    if (c.call === CALL_ADD) checkMapArguments(c, kind);
    this.pendingKind = kind;
    this.pendingAttributes = attributes;
  }

  mapped(dma: number): void {
    const { c } = this;
    const { ledger, pendingCpu: cpu, pendingSize: size } = c;
    c.pendingMap = false;
    if (this.trace !== null) this.trace.event(this.mapData(dma));
    if (dma === DMA_MAPPING_ERROR) {
      c.mapFailures++;
      this.judgeRefused();
      return;
    }
    checkInjected('map', this.mapsRefused() - c.mapsRefused);
    // An indirect table is the driver's own writing: what it holds now is what the device must see.
    if (isHeap(cpu)) c.adopt(cpu, size);
    const bounce = bounceOf(dma);
    if (c.vduse) openPages(c, dma, size);
    else if (bounce >= 0) {
      checkSlot(c, dma, size);
      checkSlotsDisjoint(c, dma, size);
    } else if (c.bounced) failNotBounced(c, dma);
    if ((ledger.count & ASKED) === 0 && (bounce >= 0 || !c.bounced)) {
      checkMappingReached(c, dma, bounce >= 0 ? bounce : cpu);
      if (!c.iommu && !c.bounced) checkMappingEnd(c, dma);
    }
    if (bounce >= 0) c.expect(bounce, cpu, size);
    const entry = ledger.open(dma, cpu, size, c.pendingDirection as DmaDirection);
    ledger.kind[entry] = this.pendingKind;
    ledger.attributes[entry] = this.pendingAttributes;
    ledger.owner[entry] = c.call === CALL_CLIENT ? BY_CLIENT : BY_DRIVER;
    ledger.token[entry] = c.call === CALL_ADD ? c.token : 0;
    if (c.call === CALL_ADD) c.buffers.mappings[c.token]!++;
    if (c.iommu) c.granulesExpected += granulesOf(cpu, size);
  }

  unmapping(dma: number, size: number, direction: DmaDirection, kind: MapKind, attributes: number): void {
    const { c } = this;
    const entry = c.ledger.findLive(dma);
    if (this.trace !== null) {
      const ended = entry < 0 ? orNull(c.ledger.findEnded(dma)) : null;
      const names = { direction: directionName(direction), kind: kindName(kind) };
      this.trace.event({ type: 'unmap', entry: orNull(entry), ended, dma, size, ...names });
    }
    c.current = entry;
    if (entry < 0) {
      if (!c.probing) this.judgeUnknown(dma, size);
      return;
    }
    c.currentStart = 0;
    c.currentSize = c.probing ? Math.min(size, c.ledger.size[entry]!) : c.ledger.size[entry]!;
    c.currentDirection = direction;
    c.currentCopies = (attributes & DMA_ATTR_SKIP_CPU_SYNC) === 0;
    c.currentReturns = c.currentCopies && deviceWrites(direction);
    if (c.ledger.size[entry] !== size || c.ledger.direction[entry] !== direction) c.unmappedWrongly = true;
    checkOwner(c, entry, c.call === CALL_CLIENT ? BY_CLIENT : BY_DRIVER);
    if (c.probing) return;
    checkUnmapArguments(c, entry, size, direction, kind, attributes);
    checkUnmapRecord(c, entry);
    checkEarlyUnmap(c, entry);
  }

  unmapped(): void {
    const { c } = this;
    const entry = c.current;
    if (entry < 0) return;
    const { ledger } = c;
    const cpu = ledger.cpu[entry]!;
    const size = ledger.size[entry]!;
    c.returnBytes();
    ledger.close(entry);
    const token = ledger.token[entry]!;
    if (token > 0) c.buffers.mappings[token]!--;
    if (c.iommu) {
      c.granulesExpected -= granulesOf(cpu, size);
      checkWithdrawn(c);
    } else if (c.vduse) {
      closePages(c, entry);
      checkDomain(c);
    }
    if (!c.unmappedWrongly && !c.bounced && (entry & ASKED) === 0) checkMappingGone(c, entry);
    c.current = -1;
  }

  syncing(dma: number, size: number, direction: DmaDirection, forDevice: boolean): void {
    const { c } = this;
    const entry = c.ledger.findContaining(dma, c.probing ? 1 : size);
    if (this.trace !== null) {
      this.trace.event({ type: 'sync', entry: orNull(entry), dma, size, for: forDevice ? 'device' : 'cpu' });
    }
    c.current = entry;
    c.syncs++;
    if (entry < 0) return;
    c.currentStart = dma - c.ledger.dma[entry]!;
    c.currentSize = Math.min(size, c.ledger.size[entry]! - c.currentStart);
    c.currentDirection = direction;
    c.currentCopies = forDevice ? deviceReads(direction) : deviceWrites(direction);
    this.syncForDevice = forDevice;
  }

  synced(): void {
    const { c } = this;
    const entry = c.current;
    c.current = -1;
    if (entry < 0 || !c.currentCopies) return;
    const bounce = bounceOf(c.ledger.dma[entry]!);
    if (bounce < 0) return;
    const slot = bounce + c.currentStart;
    const original = c.ledger.cpu[entry]! + c.currentStart;
    if (this.syncForDevice) c.expect(slot, original, c.currentSize);
    else c.expect(original, slot, c.currentSize);
  }

  coherentAllocated(cpu: number, dma: number, size: number): void {
    if (cpu === 0) {
      this.c.coherentFailures++;
      if (this.trace !== null) this.trace.event({ type: 'coherent', cpu: null, dma: null, size });
      this.judgeCoherentRefused(size);
      return;
    }
    checkInjected('coherent allocation', this.coherentRefused() - this.c.coherentsRefused);
    this.c.coherentLive++;
    this.c.coherentPages |= coherentMask(cpu, size);
    this.c.coherentSize[(cpu - COHERENT_BASE) >> 12] = size;
    this.c.coherentDma[(cpu - COHERENT_BASE) >> 12] = dma;
    checkCoherentReached(this.c, cpu, dma, size);
    if (this.c.iommu || this.c.vduse) this.c.granulesExpected += Math.ceil(size / PAGE_SIZE);
    if (this.trace !== null) this.trace.event({ type: 'coherent', cpu, dma, size });
  }

  coherentFreeing(cpu: number, size: number): void {
    this.settle();
    checkCoherentFree(this.c, cpu, size);
    this.freeingAt = cpu;
    this.freeingSize = size;
    this.c.coherentLive--;
    this.c.coherentPages &= ~coherentMask(cpu, size);
    if (this.c.iommu || this.c.vduse) this.c.granulesExpected -= Math.ceil(size / PAGE_SIZE);
    if (this.trace !== null) this.trace.event({ type: 'coherent-free', cpu, size });
  }

  coherentFreed(): void {
    checkCoherentGone(this.c, this.freeingAt, this.freeingSize);
  }

  exposed(iova: number, cpu: number, readable: boolean, writable: boolean): void {
    const { c } = this;
    if (!c.pendingMap || c.vduse || (c.granules & ASKED) === 0) checkExposure(c, { iova, cpu, readable, writable });
    if (c.vduse && isPool(cpu)) {
      c.domain.exposed++;
      return;
    }
    c.granules++;
    if (c.pendingMap) checkExposed(c, cpu, readable);
  }

  withdrawn(iova: number): void {
    if (this.c.vduse && bounceOf(iova) >= 0) this.c.domain.exposed--;
    else this.c.granules--;
  }

  /** The map call that just ended, as the ledger is about to have it. */
  private mapData(dma: number): MapData {
    const { c } = this;
    const failed = dma === DMA_MAPPING_ERROR;
    const { pendingCpu: cpu, pendingSize: size } = c;
    return {
      type: 'map',
      entry: failed ? null : c.ledger.count,
      dma: failed ? null : dma,
      cpu,
      size,
      direction: directionName(c.pendingDirection),
      kind: kindName(this.pendingKind),
      token: c.call === CALL_ADD ? c.token : 0,
      owner: c.call === CALL_CLIENT ? 'client' : 'driver',
      ...(isHeap(cpu) && this.trace?.brief !== true
        ? { bytes: Buffer.from(c.bytes.subarray(cpu, cpu + size)).toString('hex') }
        : {}),
    };
  }

  private judgeRefused(): void {
    const { c } = this;
    const refused = this.mapsRefused();
    // Made to fail: says nothing about the pool.
    if (refused !== c.mapsRefused) c.mapsRefused = refused;
    else checkMapRefused(c);
  }

  private judgeCoherentRefused(size: number): void {
    const { c } = this;
    const refused = this.coherentRefused();
    if (refused !== c.coherentsRefused) c.coherentsRefused = refused;
    else checkCoherentRefused(c, size);
  }

  private judgeUnknown(dma: number, size: number): void {
    const ended = this.c.ledger.findEnded(dma);
    if (ended >= 0) failDoubleUnmap(this.c, ended, size);
    else failUnknownUnmap(dma, size);
  }
}

/** The pages of a coherent allocation as bits. */
function coherentMask(cpu: number, size: number): number {
  const first = (cpu - COHERENT_BASE) >> 12;
  const pages = (size + PAGE_SIZE - 1) >> 12;
  return ((1 << pages) - 1) << first;
}

/** Ledger entries as traces have them. */
function orNull(entry: number): number | null {
  return entry < 0 ? null : entry;
}
